internal import CNcurses
package import Terminal

/// The terminal the process runs in, through ncurses.
///
/// There can be one at a time, owned by the main thread: stopping the process relies on it. The
/// terminal is given back when the value goes out of scope, when the process exits, and, as far as
/// bytes can do that, when it crashes.
package struct NcursesTerminal: ~Copyable, TerminalDevice {
  private var shown: Frame?
  private var utf8 = UTF8Input()
  /// What the terminal can show; no colour when `NO_COLOR` is set and not empty.
  package let capabilities: TerminalCapabilities

  /// Takes the terminal.
  ///
  /// - Throws: `TerminalError` when standard input or output is no terminal, or one that cannot
  ///   show a full screen.
  package init() throws(TerminalError) {
    try NcursesTerminal.check(terminal_open())
    capabilities = TerminalCapabilities(
      colorDepth: NcursesTerminal.depth(ofColors: Int(terminal_colors())),
      charset: terminal_is_utf8() ? .utf8 : .ascii)
  }

  deinit {
    terminal_close()
  }

  /// The present size.
  package var size: Size {
    Size(width: Int(terminal_columns()), height: Int(terminal_rows()))
  }

  /// Lets other threads end a wait for keys; harmless after the terminal is gone.
  package var wakeHandle: WakeHandle {
    WakeHandle { terminal_wake() }
  }

  /// Shows `frame`; only runs that differ from the last one are sent.
  package mutating func draw(_ frame: Frame) throws(TerminalError) {
    for run in frame.changes(since: shown) {
      let cells = frame.cells(ofRow: run.row)
      let first = cells.startIndex + run.columns.lowerBound
      let changed = cells[first..<first + run.columns.count].map(terminal_cell.init)
      changed.withUnsafeBufferPointer { buffer in
        unsafe terminal_draw(
          Int32(run.row), Int32(run.columns.lowerBound), buffer.baseAddress, Int32(buffer.count))
      }
    }
    let cursor = frame.cursor ?? Position(row: -1, column: 0)
    terminal_show(Int32(clamping: cursor.row), Int32(clamping: cursor.column))
    shown = frame
  }

  /// The next event, or nil when none came within `timeoutMilliseconds`.
  package mutating func nextEvent(timeoutMilliseconds: Int?) throws(TerminalError) -> KeyEvent? {
    // A negative timeout would wait for ever; a program that asks for one means "at once".
    let timeout = timeoutMilliseconds.map { Int32(clamping: max(0, $0)) } ?? -1
    while true {
      let event = terminal_next_event(timeout)
      switch event.kind {
      case TERMINAL_EVENT_NONE:
        return nil
      case TERMINAL_EVENT_BYTE:
        if let key = utf8.key(afterByte: UInt8(truncatingIfNeeded: event.value)) { return key }
      default:
        if let key = translate(event) { return key }
      }
    }
  }

  /// Forgets what the terminal shows: the next `draw` repaints all of it.
  package mutating func invalidate() {
    shown = nil
    terminal_invalidate()
  }

  /// Gives the terminal back, until `resume`.
  package mutating func suspend() throws(TerminalError) {
    terminal_suspend()
  }

  /// Takes the terminal again.
  package mutating func resume() throws(TerminalError) {
    shown = nil
    terminal_resume()
  }

  /// Stops the process group, as ^Z does, and returns once it continues.
  package mutating func stopProcess() throws(TerminalError) {
    shown = nil
    terminal_stop_process()
  }

  private mutating func translate(_ event: terminal_event) -> KeyEvent? {
    switch event.kind {
    case TERMINAL_EVENT_KEY:
      return KeyEvent(terminal_key(rawValue: terminal_key.RawValue(event.value)))
    case TERMINAL_EVENT_FUNCTION:
      return .function(Int(event.value))
    case TERMINAL_EVENT_RESIZE:
      shown = nil
      return .resize
    case TERMINAL_EVENT_CONTINUED:
      shown = nil
      return .continued
    case TERMINAL_EVENT_STOP: return .control("z")
    case TERMINAL_EVENT_INTERRUPT: return .control("c")
    case TERMINAL_EVENT_TERMINATE: return .terminate
    case TERMINAL_EVENT_HANGUP: return .hangup
    case TERMINAL_EVENT_WAKE: return .wake
    default: return nil
    }
  }

  private static func depth(ofColors colors: Int) -> ColorDepth {
    ColorDepth.allCases.last { $0.rawValue <= max(1, colors) } ?? .mono
  }

  private static func check(_ status: terminal_status) throws(TerminalError) {
    let name = unsafe String(cString: terminal_name())
    switch status {
    case TERMINAL_OK: return
    case TERMINAL_NOT_A_TERMINAL: throw .notATerminal
    case TERMINAL_UNKNOWN: throw .unknownTerminal(name: name)
    case TERMINAL_INCAPABLE: throw .incapableTerminal(name: name, missing: "move its cursor")
    default: throw .systemFailure(operation: "opening the terminal", code: terminal_error())
    }
  }
}

extension terminal_cell {
  fileprivate init(_ cell: Cell) {
    self.init()
    width = UInt8(truncatingIfNeeded: cell.glyph.width)
    scalars = cell.glyph.rawScalars
    disputed = cell.glyph.isDisputed
    attributes = cell.style.attributes.rawValue
    foreground = terminal_cell.index(of: cell.style.foreground)
    background = terminal_cell.index(of: cell.style.background)
  }

  private static func index(of color: Color) -> Int16 {
    switch color {
    case .default: -1
    case .palette(let index): Int16(index)
    }
  }
}

extension KeyEvent {
  fileprivate init?(_ key: terminal_key) {
    switch key {
    case TERMINAL_KEY_UP: self = .up
    case TERMINAL_KEY_DOWN: self = .down
    case TERMINAL_KEY_LEFT: self = .left
    case TERMINAL_KEY_RIGHT: self = .right
    case TERMINAL_KEY_HOME: self = .home
    case TERMINAL_KEY_END: self = .end
    case TERMINAL_KEY_PAGE_UP: self = .pageUp
    case TERMINAL_KEY_PAGE_DOWN: self = .pageDown
    case TERMINAL_KEY_ENTER: self = .enter
    case TERMINAL_KEY_BACK_TAB: self = .backTab
    case TERMINAL_KEY_BACKSPACE: self = .backspace
    case TERMINAL_KEY_DELETE: self = .delete
    case TERMINAL_KEY_INSERT: self = .insert
    default: return nil
    }
  }
}
