import TraceIndex

/// One record as its artifact has it.
package struct RawState: Screen {
  /// How the bytes are shown.
  package enum Mode: String, CaseIterable, Sendable {
    case pretty, original, hexadecimal
  }

  let execution: Int?
  package let row: Int
  /// Nil until the artifact was read.
  package private(set) var bytes: RecordBytes?
  package private(set) var mode = Mode.pretty
  package private(set) var lines: [String] = []
  package private(set) var top = 0

  init(execution: Int, row: Int) {
    self.execution = execution
    self.row = row
  }

  package var shownExecution: Int { execution ?? 0 }

  func selectedRow(_ context: ScreenContext) -> Int? { row }

  mutating func receive(_ bytes: RecordBytes, execution: Int, row: Int) {
    guard execution == self.execution, row == self.row else { return }
    self.bytes = bytes
    layOut()
  }

  var place: [Int] { [top] }

  mutating func refresh(_ context: ScreenContext) {
    top = max(0, min(top, lines.count - context.height))
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    let page = max(1, context.height - 1)
    switch command {
    case .down: top += 1
    case .up: top -= 1
    case .pageDown: top += page
    case .pageUp: top -= page
    case .halfPageDown: top += page / 2
    case .halfPageUp: top -= page / 2
    case .first: top = 0
    case .last: top = lines.count
    case .showRaw, .open:
      let next = (Mode.allCases.firstIndex(of: mode) ?? 0) + 1
      mode = Mode.allCases[next % Mode.allCases.count]
      top = 0
      layOut()
    default: return .ignored
    }
    refresh(context)
    return .handled
  }

  private mutating func layOut() {
    switch bytes {
    case nil: lines = []
    case .unavailable(let reason): lines = [reason]
    case .bytes(let bytes):
      lines =
        switch mode {
        case .pretty: RecordText.pretty(bytes)
        case .original: RecordText.original(bytes)
        case .hexadecimal: RecordText.hexadecimal(bytes)
        }
    }
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    var line = top + (forward ? 1 : -1)
    while lines.indices.contains(line) {
      if search.matches(lines[line]) {
        top = line
        refresh(context)
        return true
      }
      line += forward ? 1 : -1
    }
    return false
  }
}
