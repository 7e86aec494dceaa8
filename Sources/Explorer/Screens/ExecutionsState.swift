import TraceIndex

/// All runs, and what is wrong with the selected one.
package struct ExecutionsState: Screen {
  package private(set) var position = ListPosition()

  /// Two runs are there to be compared: the later one is looked at first.
  init(count: Int = 0) {
    if count == 2 { position.select(1, count: count, height: count) }
  }

  var execution: Int? { nil }

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

  /// The first denial is looked at first: it is the likelier cause; without one, the first error.
  private func why(
    execution: Int, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    let targets: [RowTarget] = [.denial, .error]
    for target in targets {
      let row = index.nearestRow(from: -1, forward: true, matches: context.matches) {
        target.holds(for: $0, in: index)
          && (target == .error || index.trace(ofRow: $0) != nil || index.traceCount == 0)
      }
      guard let row else { continue }
      let top = index.trace(ofRow: row).map { index.traceRecord($0).rows.lowerBound } ?? row
      let finding = CauseFinding(of: top, in: index)
      var response = show(row: finding?.row ?? row, execution: execution, in: index)
      response.message = finding?.sentence
      return response
    }
    return .saying("nothing failed and nothing was denied in this run")
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
