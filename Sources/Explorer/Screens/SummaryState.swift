import TraceAnalysis
import TraceIndex

/// The shape of one run: its summary as it would be printed.
package struct SummaryState: Screen {
  let execution: Int?
  package private(set) var lines: [SummaryText.Line] = []
  package private(set) var top = 0

  init(execution: Int) { self.execution = execution }

  package var shownExecution: Int { execution ?? 0 }

  var place: [Int] { [top] }

  mutating func refresh(_ context: ScreenContext) {
    if let summary = context.analyses.summary(shownExecution, filter: context.filter) {
      lines = SummaryText.lines(of: summary, width: context.width - 2)
    } else {
      lines = []
    }
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
    case .open: return .opening(.traces(TracesState(execution: shownExecution)))
    case .nextError, .nextDenial:
      return jump(to: command == .nextError ? .error : .denial, context)
    default: return .ignored
    }
    refresh(context)
    return .handled
  }

  /// The row behind the headline about failures or denials; without one the first such row.
  private func jump(to target: RowTarget, _ context: ScreenContext) -> ScreenResponse {
    guard let summary = context.analyses.summary(shownExecution, filter: context.filter),
      let index = context.index(shownExecution)
    else { return .saying("still being worked out") }
    let kind: Headline.Kind = target == .error ? .failing : .denied
    let headline = summary.headlines.first { $0.kind == kind }?.row
    guard let row = headline, let trace = index.trace(ofRow: row) else {
      let row = headline ?? index.firstRow(of: target, matches: context.matches)
      guard let row else { return .saying("no \(target.noun) in what is summed up here") }
      return .opening(.events(EventsState(execution: shownExecution, row: row)))
    }
    return .opening(.waterfall(WaterfallState(execution: shownExecution, trace: trace, row: row)))
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    var line = top + (forward ? 1 : -1)
    while lines.indices.contains(line) {
      if search.matches(lines[line].text) {
        top = line
        refresh(context)
        return true
      }
      line += forward ? 1 : -1
    }
    return false
  }
}
