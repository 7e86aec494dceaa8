import TraceAnalysis
import TraceIndex

/// All runs, and what is wrong with the selected one.
package struct ExecutionsState: Screen {
  package private(set) var position = ListPosition()

  /// Two runs are there to be compared: the later one is looked at first.
  init(count: Int = 0) {
    if count == 2 { position.select(1, count: count, height: count) }
  }

  var execution: Int? { nil }

  var place: [Int] { [position.selected] }

  mutating func refresh(_ context: ScreenContext) {
    position.select(
      position.selected, count: context.executions.count, height: context.height)
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    if position.move(command, count: context.executions.count, height: context.height) {
      return .handled
    }
    let selected = position.selected
    switch command {
    case .open, .why, .nextError, .nextDenial, .showTraces, .showWaterfall:
      guard let index = context.index(selected) else {
        return .saying("this run is not ready yet")
      }
      return open(command, execution: selected, in: index, context)
    default:
      return .ignored
    }
  }

  private func open(
    _ command: Command, execution: Int, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    switch command {
    case .why:
      return why(execution: execution, in: index, context)
    case .nextError, .nextDenial:
      guard let target = RowTarget(command) else { return .ignored }
      let row = index.nearestRow(from: -1, forward: true, matches: context.matches) {
        target.holds(for: $0, in: index)
      }
      guard let row else { return .saying("no \(target.noun) in this run") }
      return show(row: row, execution: execution, in: index)
    default:
      if index.traceCount == 0 { return .opening(.events(EventsState(execution: execution))) }
      if command == .showWaterfall {
        return .opening(.waterfall(WaterfallState(execution: execution, trace: 0)))
      }
      return .opening(.traces(TracesState(execution: execution)))
    }
  }

  /// The cause of what the panel names first: of the top difference where the run is held against
  /// another, else of the first headline.
  private func why(
    execution: Int, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    if let base = context.base {
      let diff = context.analyses.comparison(
        before: base, after: execution, filter: context.filter)
      guard let diff else {
        return .saying("still being compared with \(context.executions[base].name)")
      }
      if let top = diff.differences.first {
        return why(top, before: base, after: execution, context)
      }
    }
    guard let summary = context.analyses.summary(execution, filter: context.filter) else {
      return .saying("still being worked out")
    }
    let row =
      summary.headlines.first { $0.kind == .failing }?.row ?? summary.denials.first?.row
      ?? index.firstRow(of: .error, matches: context.matches)
    guard let row else { return .saying("nothing failed and nothing was denied in this run") }
    let finding = CauseFinding(of: index.top(ofRow: row), in: index)
    let isDenial = RowTarget.denial.holds(for: row, in: index)
    let target = isDenial ? row : finding?.row ?? row
    var response = show(row: target, execution: execution, in: index)
    response.message =
      (finding?.row == target ? finding : CauseFinding(of: target, in: index))?.sentence
    return response
  }

  /// The first row that shows a difference; for a failure, what it comes from.
  private func why(
    _ difference: Difference, before: Int, after: Int, _ context: ScreenContext
  ) -> ScreenResponse {
    let sentence = "\(difference.kind.label): \(difference.subjectText)"
    guard let evidence = difference.evidence else {
      return .saying("\(sentence); no row shows it")
    }
    let run = evidence.side == .after ? after : before
    guard let index = context.index(run) else { return .saying("this run is not ready yet") }
    var response = show(row: evidence.row, execution: run, in: index)
    response.message = sentence
    guard [.denied, .error].contains(difference.kind.mark) else { return response }
    let subtree = index.subtree(evidence.row)
    // The sentence that begins at the top of the trace says more, when it ends in the same row.
    let finding = [index.top(ofRow: evidence.row), evidence.row].lazy
      .compactMap { CauseFinding(of: $0, in: index) }
      .first { subtree.contains($0.row) }
    guard let finding else { return response }
    response = show(row: finding.row, execution: run, in: index)
    response.message = finding.sentence
    return response
  }

  private func show(row: Int, execution: Int, in index: TraceIndex) -> ScreenResponse {
    guard let trace = index.trace(ofRow: row) else {
      return .opening(.events(EventsState(execution: execution, row: row)))
    }
    return .opening(.waterfall(WaterfallState(execution: execution, trace: trace, row: row)))
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    let count = context.executions.count
    var line = position.selected + (forward ? 1 : -1)
    while (0..<count).contains(line) {
      if search.matches(context.executions[line].name) {
        position.jump(to: line, count: count, height: context.height)
        return true
      }
      line += forward ? 1 : -1
    }
    return false
  }
}
