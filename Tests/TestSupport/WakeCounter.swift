import Dispatch
import Testing

/// Wakes that were given and not yet taken; safe from any thread.
final class WakeCounter: Sendable {
  private let semaphore = DispatchSemaphore(value: 0)

  /// No wait of a test lasts longer than this many milliseconds.
  static let patience = 30_000

  func add() {
    semaphore.signal()
  }

  /// Takes one wake; false when none came in time.
  ///
  /// A wait without a limit that is in vain is an issue of the test, not a hang.
  func take(withinMilliseconds limit: Int?) -> Bool {
    let time = DispatchTime.now() + .milliseconds(limit ?? WakeCounter.patience)
    if semaphore.wait(timeout: time) == .success { return true }
    if limit == nil { Issue.record("nobody woke the terminal in \(WakeCounter.patience) ms") }
    return limit == nil
  }
}
