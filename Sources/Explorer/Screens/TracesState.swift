import TraceIndex
import TraceQuery

/// The traces of one run, as a table.
package struct TracesState: Screen {
  /// The order of the table.
  package enum Order: String, CaseIterable, Sendable {
    case start, duration, errors, denied
  }

  let execution: Int?
  package private(set) var order = Order.start
  /// Trace ordinals in the order of the table.
  package private(set) var traces: [Int] = []
  /// Traces that the filter hides, with the errors and denials in them.
  package private(set) var hidden = (traces: 0, errors: 0, denied: 0)
  package private(set) var position = ListPosition()
  /// Whether the newest trace is selected, whatever comes.
  package private(set) var isPinned = false
  /// The selected trace in a newer index.
  private var moved: Int?

  init(execution: Int, order: Order = .start) {
    self.execution = execution
    self.order = order
  }

  package var shownExecution: Int { execution ?? 0 }

  var place: [Int] { [position.selected] }

  package var selectedTrace: Int? {
    traces.indices.contains(position.selected) ? traces[position.selected] : nil
  }

  func selectedRow(_ context: ScreenContext) -> Int? {
    guard let trace = selectedTrace, let index = execution.flatMap(context.index) else {
      return nil
    }
    return index.traceRecord(trace).root
  }

  mutating func translate(by rows: RowTranslation) {
    guard rows.concerns(execution) else { return }
    moved = selectedTrace.flatMap { rows.trace($0, of: execution) }
    traces = []
  }

  mutating func refresh(_ context: ScreenContext) {
    guard let index = execution.flatMap(context.index) else { return }
    let selected = moved ?? selectedTrace
    hidden = (0, 0, 0)
    traces = []
    for trace in 0..<index.traceCount {
      if let matches = context.matches {
        let record = index.traceRecord(trace)
        guard matches.holdsAny(of: record.rows) else {
          hidden.traces += 1
          hidden.errors += record.errors
          hidden.denied += record.denied
          continue
        }
      }
      traces.append(trace)
    }
    if order != .start { sort(in: index) }
    let line = selected.flatMap(traces.firstIndex(of:)) ?? position.selected
    if isPinned {
      position.select(traces.count - 1, count: traces.count, height: context.height)
    } else if moved != nil {
      position.follow(to: line, count: traces.count, height: context.height)
    } else {
      position.select(line, count: traces.count, height: context.height)
    }
    moved = nil
  }

  private mutating func sort(in index: TraceIndex) {
    let keyed = traces.map { trace -> (key: Int64, trace: Int) in
      let record = index.traceRecord(trace)
      return switch order {
      case .start: (0, trace)
      case .duration: (record.duration, trace)
      case .errors: (Int64(record.errors), trace)
      case .denied: (Int64(record.denied), trace)
      }
    }
    traces = keyed.sorted { $0.key != $1.key ? $0.key > $1.key : $0.trace < $1.trace }.map(\.trace)
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    if command == .followEnd, context.isFollowed(execution) {
      guard order == .start else { return .saying("by start alone the newest is last; o sorts") }
      isPinned.toggle()
      refresh(context)
      return .saying(isPinned ? "following the end; moving away stops it" : "no longer following")
    }
    let response = carryOut(command, context)
    if command == .last && order == .start && context.isFollowed(execution) { isPinned = true }
    if position.selected != traces.count - 1 || order != .start { isPinned = false }
    return response
  }

  private mutating func carryOut(
    _ command: Command, _ context: ScreenContext
  ) -> ScreenResponse {
    guard let execution, let index = context.index(execution) else { return .ignored }
    if position.move(command, count: traces.count, height: context.height) { return .handled }
    switch command {
    case .open, .showWaterfall:
      guard let trace = selectedTrace else { return .saying("no trace here") }
      return .opening(.waterfall(WaterfallState(execution: execution, trace: trace)))
    case .why:
      guard let trace = selectedTrace else { return .saying("no trace here") }
      let rows = index.traceRecord(trace).rows
      guard let finding = CauseFinding(within: rows, in: index) else {
        return .saying("nothing failed in this trace")
      }
      var response = ScreenResponse.opening(
        .waterfall(WaterfallState(execution: execution, trace: trace, row: finding.row)))
      response.message = finding.sentence
      return response
    case .sort:
      let next = (Order.allCases.firstIndex(of: order) ?? 0) + 1
      order = Order.allCases[next % Order.allCases.count]
      // The largest are asked for, not the trace that was selected before.
      position = ListPosition()
      traces = []
      refresh(context)
      return .saying("by \(order.rawValue)\(order == .start ? "" : ", largest first")")
    case .nextError, .previousError, .nextDenial, .previousDenial:
      return jump(command, in: index, context)
    default:
      return .ignored
    }
  }

  private mutating func jump(
    _ command: Command, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    guard let target = RowTarget(command) else { return .ignored }
    let found = nearest(forward: command.isForward) { trace in
      let record = index.traceRecord(trace)
      return target == .error ? record.errors > 0 : record.denied > 0
    }
    guard let found else {
      return .saying("no \(command.isForward ? "further" : "earlier") trace with a \(target.noun)")
    }
    position.jump(to: found, count: traces.count, height: context.height)
    return .handled
  }

  private func nearest(forward: Bool, where isWanted: (Int) -> Bool) -> Int? {
    var line = position.selected + (forward ? 1 : -1)
    while traces.indices.contains(line) {
      if isWanted(traces[line]) { return line }
      line += forward ? 1 : -1
    }
    return nil
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    guard let index = execution.flatMap(context.index) else { return false }
    let found = nearest(forward: forward) { trace in
      search.matches(index.idText(ofTrace: trace))
        || search.matches(row: index.traceRecord(trace).root, in: index)
    }
    guard let found else { return false }
    position.jump(to: found, count: traces.count, height: context.height)
    isPinned = false
    return true
  }
}
