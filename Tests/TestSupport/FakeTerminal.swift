package import Terminal

/// A terminal that lives in memory: it plays a script of keys and keeps every frame drawn.
///
/// When the script is over it hangs up, as a terminal does that is closed, so that a program under
/// test always ends.
package struct FakeTerminal: TerminalDevice {
  /// Every frame drawn, oldest first.
  package private(set) var frames: [Frame] = []
  /// Every call that was neither `draw` nor `nextEvent`, oldest first.
  package private(set) var calls: [Call] = []
  /// The present size; a `<Resize>` in the script changes it.
  package private(set) var size: Size
  /// What the terminal claims to show.
  package let capabilities: TerminalCapabilities

  private var steps: ArraySlice<KeyScript.Step>
  private let wakes = WakeCounter()

  /// What a program asked of the terminal besides drawing and keys.
  package enum Call: Hashable, Sendable {
    /// `invalidate()`
    case invalidate
    /// `suspend()`
    case suspend
    /// `resume()`
    case resume
    /// `stopProcess()`
    case stopProcess
  }

  /// A terminal of `width` columns and `height` rows that plays `script`.
  package init(
    width: Int = 80, height: Int = 24, script: KeyScript = "",
    capabilities: TerminalCapabilities = TerminalCapabilities(
      colorDepth: .palette256, charset: .utf8)
  ) {
    size = Size(width: width, height: height)
    steps = script.steps[...]
    self.capabilities = capabilities
  }

  /// The frame on the screen, nil before the first `draw`.
  package var screen: Frame? { frames.last }

  /// Ends a `<Wait>` of the script.
  package var wakeHandle: WakeHandle {
    WakeHandle { [wakes] in wakes.add() }
  }

  /// Keeps `frame`.
  package mutating func draw(_ frame: Frame) throws(TerminalError) {
    frames.append(frame)
  }

  /// The next event of the script; nil when it waits for a wake that did not come in time.
  package mutating func nextEvent(
    timeoutMilliseconds: Int?
  ) throws(TerminalError) -> KeyEvent? {
    switch steps.first {
    case nil:
      return .hangup
    case .event(let event):
      steps.removeFirst()
      return event
    case .resize(let newSize):
      steps.removeFirst()
      size = newSize
      return .resize
    case .wait:
      guard wakes.take(withinMilliseconds: timeoutMilliseconds) else { return nil }
      steps.removeFirst()
      return .wake
    }
  }

  /// Notes the call.
  package mutating func invalidate() {
    calls.append(.invalidate)
  }

  /// Notes the call.
  package mutating func suspend() throws(TerminalError) {
    calls.append(.suspend)
  }

  /// Notes the call.
  package mutating func resume() throws(TerminalError) {
    calls.append(.resume)
  }

  /// Notes the call; the process does not stop.
  package mutating func stopProcess() throws(TerminalError) {
    calls.append(.stopProcess)
  }
}
