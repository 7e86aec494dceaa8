package import Explorer
import Synchronization
package import Terminal

/// Where other threads leave what happened; the event loop empties it.
package final class Mailbox: Sendable {
  private let actions = Mutex<[Action]>([])
  private let wakeHandle: WakeHandle

  package init(waking wakeHandle: WakeHandle) {
    self.wakeHandle = wakeHandle
  }

  /// Adds an action and wakes the event loop; safe from any thread.
  package func post(_ action: Action) {
    actions.withLock { $0.append(action) }
    wakeHandle.wake()
  }

  /// Takes all actions, in the order in which they were posted.
  func takeAll() -> [Action] {
    actions.withLock { actions in
      defer { actions = [] }
      return actions
    }
  }
}
