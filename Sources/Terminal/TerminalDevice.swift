/// A screen to draw on and the keys that come with it.
///
/// One thread owns a device; others reach it only through its `wakeHandle`.
package protocol TerminalDevice: ~Copyable {
  /// The present size.
  var size: Size { get }
  /// What the terminal can show.
  var capabilities: TerminalCapabilities { get }
  /// Lets other threads end a wait for keys.
  var wakeHandle: WakeHandle { get }

  /// Shows `frame`; only what differs from the last one is sent.
  ///
  /// A frame of another size than the terminal's is cut at its edges.
  mutating func draw(_ frame: Frame) throws(TerminalError)

  /// The next event, or nil when none came within `timeoutMilliseconds`; without a timeout it waits.
  mutating func nextEvent(timeoutMilliseconds: Int?) throws(TerminalError) -> KeyEvent?

  /// Forgets what the terminal shows, so that the next `draw` repaints all of it; for when other
  /// programs wrote over the screen.
  mutating func invalidate()

  /// Gives the terminal back to the shell or to another program, until `resume`.
  mutating func suspend() throws(TerminalError)

  /// Takes the terminal again after `suspend`; the next `draw` repaints all of it.
  mutating func resume() throws(TerminalError)

  /// Stops the process, as ^Z does in a shell, and returns once it continues, with the terminal
  /// taken again.
  mutating func stopProcess() throws(TerminalError)
}

/// What a terminal can show.
package struct TerminalCapabilities: Hashable, Sendable {
  /// The number of colours.
  package var colorDepth: ColorDepth
  /// The characters.
  package var charset: Charset

  /// What a terminal with these abilities can show.
  package init(colorDepth: ColorDepth, charset: Charset) {
    self.colorDepth = colorDepth
    self.charset = charset
  }
}

/// Ends the device's wait for keys from any thread; the wait then gives `KeyEvent.wake`.
package struct WakeHandle: Sendable {
  private let action: @Sendable () -> Void

  /// A handle that does `action`, which must be safe from any thread and must not block.
  package init(_ action: @escaping @Sendable () -> Void) {
    self.action = action
  }

  /// Wakes the device; several calls before it wakes count as one.
  package func wake() {
    action()
  }
}

/// Why a terminal cannot be used.
package enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Input or output is a file or a pipe.
  case notATerminal
  /// `TERM` is empty or names no entry of the terminal database.
  case unknownTerminal(name: String)
  /// The terminal cannot do what a full screen needs, such as moving the cursor.
  case incapableTerminal(name: String, missing: String)
  /// A system call failed.
  case systemFailure(operation: String, code: Int32)

  /// What happened and what to do next.
  package var description: String {
    let hint = "Use a command with `--format text` instead, such as `vestige trace summarize`."
    return switch self {
    case .notATerminal:
      "The explorer needs a terminal for its input and its output. \(hint)"
    case .unknownTerminal(let name):
      name.isEmpty
        ? "TERM is not set, so the terminal's abilities are unknown. Set TERM, or: \(hint)"
        : "The terminal database has no entry '\(name)' (TERM). Set TERM to one it has, "
          + "such as xterm-256color, or: \(hint)"
    case .incapableTerminal(let name, let missing):
      "A terminal of type '\(name)' (TERM) cannot \(missing), which the explorer needs. \(hint)"
    case .systemFailure(let operation, let code):
      "\(operation) failed with error number \(code). \(hint)"
    }
  }
}
