import TraceIndex
import TraceModel

/// What the decisions of one key came to in one execution.
package enum DecisionOutcome: String, Sendable {
  /// There is none.
  case absent
  /// Checks that came to no decision, and nothing else.
  case undecided
  /// Only allowed, whatever errors besides.
  case allow
  /// Only denied, whatever errors besides.
  case deny
  /// Both.
  case mixed

  /// Whether there was a decision.
  package var isDecided: Bool { self == .allow || self == .deny || self == .mixed }
}

extension DecisionCounts {
  package var outcome: DecisionOutcome {
    switch (allowed > 0, denied > 0) {
    case (true, true): .mixed
    case (true, false): .allow
    case (false, true): .deny
    case (false, false): undecided > 0 ? .undecided : .absent
    }
  }
}

/// The decisions of one principal, permission and target that came to something else.
package struct DecisionChange: Sendable, Equatable {
  /// Exact names.
  package let principal: String
  package let permission: String
  package let target: String
  package let before: DecisionCounts
  package let after: DecisionCounts
  package let kind: DifferenceKind

  /// Whether there were decisions on both sides, and they differ.
  package var isFlip: Bool { before.outcome.isDecided && after.outcome.isDecided }
}

/// How many keys (principal, permission, target) with a decision there are.
package struct DecisionKeyCounts: Sendable, Equatable {
  package fileprivate(set) var before = 0
  package fileprivate(set) var after = 0
  package fileprivate(set) var both = 0
  /// Keys of both with the same outcome.
  package fileprivate(set) var unchanged = 0
}

/// The decisions of two executions side by side.
struct DecisionComparison: Sendable {
  /// A changed key, and its groups on the two sides.
  struct Entry: Sendable {
    var change: DecisionChange
    var groups: KeyJoin.Pair
  }

  let before: DecisionGroups
  let after: DecisionGroups
  private(set) var counts = DecisionKeyCounts()
  /// By the bytes of principal, permission and target.
  private(set) var entries: [Entry] = []

  init(
    _ a: (index: TraceIndex, rows: RowSelection), _ b: (index: TraceIndex, rows: RowSelection)
  ) {
    before = DecisionGroups(a.index, rows: a.rows)
    after = DecisionGroups(b.index, rows: b.rows)
    let join = KeyJoin(before: (a.index, before.table), after: (b.index, after.table))
    for pair in join.pairs {
      let old = pair.before.map { before.groups[$0].counts } ?? DecisionCounts()
      let new = pair.after.map { after.groups[$0].counts } ?? DecisionCounts()
      count(old.outcome, new.outcome)
      guard let kind = DecisionComparison.kind(old.outcome, new.outcome) else { continue }
      let names =
        pair.after.map { DecisionComparison.names(after, $0, b.index) }
        ?? pair.before.map { DecisionComparison.names(before, $0, a.index) } ?? ("", "", "")
      entries.append(
        Entry(
          change: DecisionChange(
            principal: names.0, permission: names.1, target: names.2, before: old, after: new,
            kind: kind),
          groups: pair))
    }
    entries.sort { DecisionComparison.isOrdered($0.change, $1.change) }
  }

  private mutating func count(_ old: DecisionOutcome, _ new: DecisionOutcome) {
    if old.isDecided { counts.before += 1 }
    if new.isDecided { counts.after += 1 }
    guard old.isDecided && new.isDecided else { return }
    counts.both += 1
    if old == new { counts.unchanged += 1 }
  }

  /// Nil for a key that came to the same.
  private static func kind(_ old: DecisionOutcome, _ new: DecisionOutcome) -> DifferenceKind? {
    if old == new { return nil }
    switch (old, new) {
    case (_, .absent): return .goneDecision
    case (_, .undecided): return .undecidedNow
    case (.allow, .deny), (.mixed, .deny): return .deniedNow
    case (.deny, .allow), (.mixed, .allow): return .allowedNow
    case (.allow, .mixed): return .partlyDenied
    case (.deny, .mixed): return .partlyAllowed
    case (_, .deny): return .newDenied
    default: return .newAllowed
    }
  }

  private static func names(
    _ groups: DecisionGroups, _ number: Int, _ index: TraceIndex
  ) -> (String, String, String) {
    (
      index.string(groups.principal(number)), index.string(groups.permission(number)),
      index.string(groups.target(number))
    )
  }

  private static func isOrdered(_ a: DecisionChange, _ b: DecisionChange) -> Bool {
    for (x, y) in [
      (a.principal, b.principal), (a.permission, b.permission), (a.target, b.target),
    ] where !x.utf8.elementsEqual(y.utf8) { return isOrderedByBytes(x, y) }
    return false
  }
}
