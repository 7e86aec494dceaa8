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
  /// As the key alone shows it: never `otherTargets`.
  package let kind: DifferenceKind

  /// Whether there were decisions on both sides, and they differ.
  package var isFlip: Bool { before.outcome.isDecided && after.outcome.isDecided }
}

extension DecisionChange {
  /// Whether both are about the same principal and permission.
  func isRelated(to other: DecisionChange) -> Bool {
    principal.utf8.elementsEqual(other.principal.utf8)
      && permission.utf8.elementsEqual(other.permission.utf8)
  }
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
    /// The kind of the difference that it is counted in.
    var kind: DifferenceKind
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
          groups: pair, kind: kind))
    }
    entries.sort { DecisionComparison.isOrdered($0.change, $1.change) }
    markOtherTargets(sharing: families(of: join))
  }

  /// A principal and a permission, as ids of the second execution or else of the first.
  private struct Family: Hashable {
    var isAfter: Bool
    var principal: UInt32
    var permission: UInt32
  }

  private func family(_ pair: KeyJoin.Pair) -> [Family] {
    let new = pair.after.map { after.table.keys[$0] }
    let old = pair.before.map { before.table.keys[$0] }
    return [
      new.map { Family(isAfter: true, principal: $0.a, permission: $0.b) },
      old.map { Family(isAfter: false, principal: $0.a, permission: $0.b) },
    ].compactMap { $0 }
  }

  /// The families that have a target on both sides.
  private func families(of join: KeyJoin) -> Set<Family> {
    Set(join.pairs.filter { $0.before != nil && $0.after != nil }.flatMap(family))
  }

  /// Where a family has no target on both sides, and came to one and the same outcome on both,
  /// its targets are other ones, not new and gone.
  private mutating func markOtherTargets(sharing shared: Set<Family>) {
    var start = 0
    while start < entries.count {
      var end = start + 1
      while end < entries.count && entries[end].change.isRelated(to: entries[start].change) {
        end += 1
      }
      let run = entries[start..<end]
      let old = Set(run.map(\.change.before.outcome)).subtracting([.absent])
      let new = Set(run.map(\.change.after.outcome)).subtracting([.absent])
      let isShared = run.contains { !shared.isDisjoint(with: family($0.groups)) }
      if !isShared && old.count == 1 && old == new {
        for place in start..<end { entries[place].kind = .otherTargets }
      }
      start = end
    }
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
    case (_, .deny), (_, .mixed): return .newDenied
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
