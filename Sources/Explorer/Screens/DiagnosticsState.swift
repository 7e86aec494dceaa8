import TraceIndex
package import TraceModel

/// What could not be understood: files that no reader knew, then one line a kind of problem.
package struct DiagnosticsState: Screen {
  package enum Line: Sendable {
    /// A file of the run's folder that no reader knew, by its path there.
    case passedOver(String)
    /// A kind of diagnostic with its count.
    case kind(DiagnosticLog.Kind, DiagnosticLog.Tally)
  }

  let execution: Int?
  /// Whole files, then kinds: the gravest first, then in the order of artifacts.
  package private(set) var lines: [Line] = []
  package private(set) var position = ListPosition()

  init(execution: Int) { self.execution = execution }

  package var shownExecution: Int { execution ?? 0 }

  var place: [Int] { [position.selected] }

  mutating func refresh(_ context: ScreenContext) {
    guard let index = execution.flatMap(context.index) else { return }
    let log = index.diagnostics
    let kinds = log.kinds.enumerated()
      .sorted { a, b in
        let (x, y) = (a.element.code.severity, b.element.code.severity)
        return x != y ? x > y : a.offset < b.offset
      }
      .compactMap { _, kind in log.tallies[kind].map { Line.kind(kind, $0) } }
    lines = context.executions[shownExecution].passedOver.map { .passedOver($0) } + kinds
    position.select(position.selected, count: lines.count, height: context.height)
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    if position.move(command, count: lines.count, height: context.height) { return .handled }
    switch command {
    case .open, .showRaw: return openPlace(context)
    default: return .ignored
    }
  }

  /// The bytes of the first occurrence.
  private func openPlace(_ context: ScreenContext) -> ScreenResponse {
    guard lines.indices.contains(position.selected) else { return .saying("nothing is selected") }
    switch lines[position.selected] {
    case .passedOver(let path):
      return .saying("\(path): no reader knew it, so nothing of it was read")
    case .kind(let kind, let tally):
      return .opening(
        .raw(
          RawState(
            execution: shownExecution, artifact: Int(kind.artifact), offset: tally.firstOffset)))
    }
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    var line = position.selected + (forward ? 1 : -1)
    while lines.indices.contains(line) {
      let isFound =
        switch lines[line] {
        case .passedOver(let path): search.matches(path)
        case .kind(let kind, _):
          search.matches(kind.detail) || search.matches(kind.code.rawValue)
        }
      if isFound {
        position.jump(to: line, count: lines.count, height: context.height)
        return true
      }
      line += forward ? 1 : -1
    }
    return false
  }
}
