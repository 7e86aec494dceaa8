package import TraceAnalysis
import TraceIndex
import TraceQuery

/// What differs between two runs, causes first.
package struct DiffState: Screen {
  package let before: Int
  package let after: Int
  /// The query whose rows are compared; nil for all rows.
  private var filter: String?
  package private(set) var count = 0
  package private(set) var position = ListPosition()
  /// What the selected difference is about: its number changes when a run grows.
  private var selectedName: String?
  private var hasGrown = false

  init(before: Int, after: Int) {
    self.before = before
    self.after = after
  }

  /// The later run: what a person looks for is usually there.
  var execution: Int? { after }

  package func diff(_ analyses: Analyses) -> ExecutionDiff? {
    analyses.comparison(before: before, after: after, filter: filter)
  }

  package func selected(_ analyses: Analyses) -> Difference? {
    guard let diff = diff(analyses), diff.differences.indices.contains(position.selected) else {
      return nil
    }
    return diff.differences[position.selected]
  }

  var place: [Int] { [position.selected] }

  mutating func refresh(_ context: ScreenContext) {
    filter = context.filter
    let differences = diff(context.analyses)?.differences ?? []
    count = differences.count
    // While nothing is worked out, what was selected is still looked for.
    guard !differences.isEmpty || !hasGrown else { return }
    if hasGrown, let line = differences.firstIndex(where: { $0.nameText == selectedName }) {
      position.follow(to: line, count: count, height: context.height)
    } else {
      position.select(position.selected, count: count, height: context.height)
    }
    hasGrown = false
    selectedName = selected(context.analyses)?.nameText
  }

  mutating func translate(by rows: RowTranslation) {
    if rows.concerns(before) || rows.concerns(after) { hasGrown = true }
  }

  func selectedRow(_ context: ScreenContext) -> Int? {
    guard let evidence = selected(context.analyses)?.evidence, evidence.side == .after else {
      return nil
    }
    return evidence.row
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    let response = carryOut(command, context)
    if !hasGrown { selectedName = selected(context.analyses)?.nameText }
    return response
  }

  private mutating func carryOut(
    _ command: Command, _ context: ScreenContext
  ) -> ScreenResponse {
    if position.move(command, count: count, height: context.height) { return .handled }
    switch command {
    case .nextChange, .previousChange:
      let next = position.selected + (command.isForward ? 1 : -1)
      guard (0..<count).contains(next) else {
        return .saying(command.isForward ? "this is the last difference" : "this is the first")
      }
      position.select(next, count: count, height: context.height)
      return .handled
    case .nextDenial, .previousDenial:
      return jump(forward: command.isForward, context, noun: "denied difference") {
        $0.mark == .denied
      }
    case .nextError, .previousError:
      return jump(forward: command.isForward, context, noun: "failing difference") {
        $0.mark == .error
      }
    case .open, .why: return openEvidence(context)
    default: return .ignored
    }
  }

  private mutating func jump(
    forward: Bool, _ context: ScreenContext, noun: String, where isWanted: (DifferenceKind) -> Bool
  ) -> ScreenResponse {
    guard let diff = diff(context.analyses) else { return .handled }
    var line = position.selected + (forward ? 1 : -1)
    while diff.differences.indices.contains(line) {
      if isWanted(diff.differences[line].kind) {
        position.jump(to: line, count: count, height: context.height)
        return .handled
      }
      line += forward ? 1 : -1
    }
    return .saying("no \(forward ? "further" : "earlier") \(noun)")
  }

  /// The first row that shows the difference, in the run that has it.
  private func openEvidence(_ context: ScreenContext) -> ScreenResponse {
    guard let difference = selected(context.analyses) else {
      return .saying("no difference is selected")
    }
    guard let evidence = difference.evidence else { return .saying("no row shows it") }
    let run = evidence.side == .after ? after : before
    guard let index = context.index(run) else { return .saying("this run is not ready yet") }
    guard let trace = index.trace(ofRow: evidence.row) else {
      return .opening(.events(EventsState(execution: run, row: evidence.row)))
    }
    var response = ScreenResponse.opening(
      .waterfall(WaterfallState(execution: run, trace: trace, row: evidence.row)))
    response.message = "the first of \(evidence.count) in \(context.executions[run].name)"
    return response
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    guard let diff = diff(context.analyses) else { return false }
    var line = position.selected + (forward ? 1 : -1)
    while diff.differences.indices.contains(line) {
      if search.matches(diff.differences[line].subjectText) {
        position.jump(to: line, count: count, height: context.height)
        return true
      }
      line += forward ? 1 : -1
    }
    return false
  }
}

extension Difference {
  /// What tells it apart from all others.
  fileprivate var nameText: String { "\(kind.label) \(subjectText)" }

  /// What differs, as short as a list needs it.
  package var shortSubject: String {
    guard case .decision(let principal, let permission, let target, let targets) = subject else {
      return subjectText
    }
    let more = targets > 1 ? " +\(targets - 1)" : ""
    return "\(ShortText.principal(principal))  \(permission)  "
      + ShortText.resource(target, parts: 3) + more
  }

  /// What differs, in one line; exact names.
  package var subjectText: String {
    switch subject {
    case .decision(let principal, let permission, let target, let targets):
      let more = targets > 1 ? " and \(targets - 1) more" : ""
      return "\(ShortText.named(principal)) \(permission) \(target)\(more)"
    case .operation(let service, let name):
      return service.isEmpty ? name : "\(service) \(name)"
    }
  }
}
