import TraceIndex
package import TraceModel

/// What could not be understood: one line a kind, with its first places below.
package struct DiagnosticsState: Screen {
  /// A kind of diagnostic with its count.
  package struct Line: Sendable {
    package let kind: DiagnosticLog.Kind
    package let tally: DiagnosticLog.Tally
  }

  let execution: Int?
  /// The gravest first, then in the order of artifacts.
  package private(set) var lines: [Line] = []
  package private(set) var position = ListPosition()

  init(execution: Int) { self.execution = execution }

  package var shownExecution: Int { execution ?? 0 }

  var place: [Int] { [position.selected] }

  mutating func refresh(_ context: ScreenContext) {
    guard let index = execution.flatMap(context.index) else { return }
    let log = index.diagnostics
    lines = log.kinds.enumerated()
      .compactMap { place, kind in
        log.tallies[kind].map { (place, Line(kind: kind, tally: $0)) }
      }
      .sorted { a, b in
        let (x, y) = (a.1.kind.code.severity, b.1.kind.code.severity)
        return x != y ? x > y : a.0 < b.0
      }
      .map(\.1)
    position.select(position.selected, count: lines.count, height: context.height)
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    position.move(command, count: lines.count, height: context.height) ? .handled : .ignored
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    var line = position.selected + (forward ? 1 : -1)
    while lines.indices.contains(line) {
      let kind = lines[line].kind
      if search.matches(kind.detail) || search.matches(kind.code.rawValue) {
        position.jump(to: line, count: lines.count, height: context.height)
        return true
      }
      line += forward ? 1 : -1
    }
    return false
  }
}
