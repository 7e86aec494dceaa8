import TraceIndex
import TraceModel
import TraceQuery

/// The differences of two executions with their footprints and what accounts for each.
struct RelatedDifferences {
  /// The gravest kind first, then the largest, then by the bytes of the subject.
  private(set) var drafts: [DraftDifference]
  private(set) var accounts: [CauseFinder.Account]

  init(
    before a: TraceIndex, after b: TraceIndex, _ decisions: DecisionComparison,
    _ operations: OperationComparison
  ) {
    drafts = DraftDifference.all(decisions, operations).sorted(by: RelatedDifferences.isGraver)
    let limit = ExecutionDiff.relatedLimit
    let old = FootprintCollector(
      drafts, on: .before, of: a, spans: operations.before, decisions: decisions.before,
      related: limit)
    let new = FootprintCollector(
      drafts, on: .after, of: b, spans: operations.after, decisions: decisions.after,
      related: limit)
    for number in drafts.indices {
      drafts[number].before = old.footprints[number]
      drafts[number].after = new.footprints[number]
    }
    accounts = CauseFinder(drafts, on: .after, universe: new.universe.count).accounts()
    let earlier = CauseFinder(drafts, on: .before, universe: old.universe.count).accounts()
    for number in drafts.indices where !accounts[number].isExplained {
      adopt(earlier[number], for: number)
    }
  }

  private static func isGraver(_ a: DraftDifference, _ b: DraftDifference) -> Bool {
    if a.kind != b.kind { return a.kind < b.kind }
    if a.magnitude != b.magnitude { return a.magnitude > b.magnitude }
    return isOrderedByBytes(a.subject.sortKey, b.subject.sortKey)
  }

  /// Takes what the other side tells, unless that would make two differences explain each other.
  private mutating func adopt(_ account: CauseFinder.Account, for number: Int) {
    let present = accounts[number].covered.fraction
    guard account.isExplained || account.covered.fraction > present else { return }
    guard !account.causes.contains(where: { isExplained($0.cause, by: number) }) else { return }
    accounts[number] = account
  }

  private func isExplained(_ number: Int, by cause: Int) -> Bool {
    var pending = [number]
    var seen: Set<Int> = []
    while let next = pending.popLast() {
      if next == cause { return true }
      guard seen.insert(next).inserted else { continue }
      pending += accounts[next].causes.map(\.cause)
    }
    return false
  }

  /// The finished differences, causes first.
  func ranked(before a: TraceIndex, after b: TraceIndex) -> [Difference] {
    var explained = [[(effect: Int, share: Share)]](repeating: [], count: drafts.count)
    for (effect, account) in accounts.enumerated() {
      for entry in account.causes { explained[entry.cause].append((effect, entry.share)) }
    }
    let isCause = { (number: Int) in
      !explained[number].isEmpty && !accounts[number].isExplained
    }
    let order = drafts.indices.filter(isCause) + drafts.indices.filter { !isCause($0) }
    var places = [Int](repeating: 0, count: drafts.count)
    for (place, number) in order.enumerated() { places[number] = place }
    return order.map { number in
      var difference = Difference(drafts[number], before: a, after: b)
      difference.explains = explained[number]
        .map { .init(difference: places[$0.effect], share: $0.share) }
        .sorted { $0.difference < $1.difference }
      difference.explainedBy = accounts[number].causes
        .map { .init(difference: places[$0.cause], share: $0.share) }
      difference.isExplained = accounts[number].isExplained
      return difference
    }
  }
}

extension Difference {
  fileprivate init(_ draft: DraftDifference, before a: TraceIndex, after b: TraceIndex) {
    kind = draft.kind
    subject = draft.subject
    changes = draft.changes
    effect = draft.effect
    first = draft.after.flatMap { $0.isLack ? nil : $0.firstTime }
    evidence =
      [(DiffSide.after, draft.after), (.before, draft.before)].lazy
      .compactMap { side, footprint in
        footprint.flatMap { found in
          found.isLack
            ? nil
            : found.firstRow.map {
              Evidence(
                side: side, row: $0, count: found.count, inferred: found.inferred,
                depth: found.meanDepth)
            }
        }
      }
      .first
    let isDecision = !draft.isOperation
    let rows = (draft.before?.firstRow, draft.after?.firstRow)
    reasonBefore = isDecision ? rows.0.map { a.string(a.reason($0)) } ?? "" : ""
    reasonAfter = isDecision ? rows.1.map { b.string(b.reason($0)) } ?? "" : ""
    let wasAllowed = isDecision && draft.kind != .allowedNow && draft.kind != .partlyAllowed
    grantedBy = wasAllowed ? rows.0.map { a.roles(ofDecision: $0) } ?? [] : []
  }
}

extension Difference.Subject {
  /// The exact names, for a fixed order.
  var sortKey: String {
    switch self {
    case .decision(let principal, let permission, let target, _):
      principal + "\0" + permission + "\0" + target
    case .operation(let service, let name): service + "\0" + name
    }
  }
}

extension TraceIndex {
  /// The roles of the bindings that a decision names as matching, by their bytes.
  func roles(ofDecision row: Int) -> [String] {
    let names = attributes(ofRow: row)
      .filter { $0.scope == .authz && string($0.key) == "role" }
      .map { string($0.value) }
    return Set(names).sorted(by: isOrderedByBytes)
  }
}
