import TraceIndex
import TraceModel

/// A difference before it is ranked and related to others.
struct DraftDifference: Sendable {
  let kind: DifferenceKind
  let subject: Difference.Subject
  let changes: [MeasureChange]
  let effect: EffectSize?
  /// How large it is among those of its kind.
  let magnitude: Int64
  /// The operation's groups, or the first key's.
  let groups: [KeyJoin.Pair]
  let isOperation: Bool
  /// The 95th percentiles, for operations.
  let p95: (before: Int64, after: Int64)
  /// Of all traces, those that have the operation.
  let traces: (before: Share, after: Share)
  /// Nanoseconds per call that durations and self times grew by, times the calls after.
  let growth: (total: Double, own: Double)
  var before: Footprint?
  var after: Footprint?

  func footprint(_ side: DiffSide) -> Footprint? { side == .before ? before : after }
}

extension DraftDifference {
  /// One difference for an operation, however many of its measures changed.
  init?(_ entry: OperationComparison.Entry) {
    let change = entry.change
    guard let kind = change.kinds.first else { return nil }
    self.kind = kind
    subject = .operation(service: change.service, name: change.name)
    changes = change.kinds.map { DraftDifference.measure($0, of: change) }
    effect = DraftDifference.agreeingEffect(of: change)
    groups = [entry.groups]
    isOperation = true
    let (old, new) = (change.before, change.after)
    p95 = (old?.durations.p95 ?? 0, new?.durations.p95 ?? 0)
    traces = (change.tracesBefore, change.tracesAfter)
    growth = DraftDifference.growth(old, new)
    switch kind {
    case .failsNow, .failsMore, .failsLess, .failsNoMore:
      magnitude = Int64(abs((new?.errors ?? 0) - (old?.errors ?? 0)))
    case .slower, .faster: magnitude = Int64(clamping: Int128(growth.total.magnitude))
    default: magnitude = Int64(abs((new?.count ?? 0) - (old?.count ?? 0)))
    }
  }

  /// The effect, if it points where the difference does: a longer tail may hide shorter medians.
  private static func agreeingEffect(of change: OperationChange) -> EffectSize? {
    let isSlower = change.kinds.contains(.slower)
    guard let effect = change.effect, isSlower || change.kinds.contains(.faster) else { return nil }
    return isSlower == (effect.delta > 0) && effect.magnitude != .negligible ? effect : nil
  }

  private static func measure(
    _ kind: DifferenceKind, of change: OperationChange
  ) -> MeasureChange {
    let (old, new) = (change.before, change.after)
    switch kind {
    case .failsNow, .failsMore, .failsLess, .failsNoMore:
      let none = Share(0, of: 0)
      return MeasureChange(
        .errorRate, .share(old?.errorRate ?? none), .share(new?.errorRate ?? none))
    case .slower, .faster:
      let (a, b) = (old?.durations, new?.durations)
      return change.isTail
        ? MeasureChange(.p95, .duration(a?.p95 ?? 0), .duration(b?.p95 ?? 0))
        : MeasureChange(.p50, .duration(a?.p50 ?? 0), .duration(b?.p50 ?? 0))
    default:
      return MeasureChange(.calls, .count(old?.count ?? 0), .count(new?.count ?? 0))
    }
  }

  private static func growth(
    _ old: SpanStatistics?, _ new: SpanStatistics?
  ) -> (total: Double, own: Double) {
    guard let old, let new, old.count > 0, new.count > 0 else { return (0, 0) }
    let mean = { (sum: Int64, count: Int) in Double(sum) / Double(max(1, count)) }
    let total =
      mean(new.durations.total, new.durations.count)
      - mean(old.durations.total, old.durations.count)
    let own = mean(new.selfTime, new.count) - mean(old.selfTime, old.count)
    return (total * Double(new.count), own * Double(new.count))
  }

  /// One difference for the keys of one principal, permission and kind of change.
  init(_ entries: [DecisionComparison.Entry], kind: DifferenceKind) {
    self.kind = kind
    let first = entries.first?.change
    subject = .decision(
      principal: first?.principal ?? "", permission: first?.permission ?? "",
      target: first?.target ?? "", targets: entries.count)
    let old = entries.reduce(DecisionCounts()) { $0 + $1.change.before }
    let new = entries.reduce(DecisionCounts()) { $0 + $1.change.after }
    changes = [
      kind == .otherTargets
        ? MeasureChange(
          .targets, .count(entries.count { $0.change.before.total > 0 }),
          .count(entries.count { $0.change.after.total > 0 }))
        : DraftDifference.measure(kind, old, new)
    ]
    effect = nil
    groups = entries.map(\.groups)
    isOperation = false
    p95 = (0, 0)
    traces = (Share(0, of: 0), Share(0, of: 0))
    growth = (0, 0)
    // The measure that is shown; other targets are as many as before when each has a new name.
    magnitude =
      kind == .otherTargets
      ? Int64(max(old.total, new.total)) : changes.first?.countChange ?? 0
  }

  private static func measure(
    _ kind: DifferenceKind, _ old: DecisionCounts, _ new: DecisionCounts
  ) -> MeasureChange {
    switch kind {
    case .deniedNow, .newDenied, .partlyDenied:
      MeasureChange(.denied, .count(old.denied), .count(new.denied))
    case .allowedNow, .partlyAllowed, .newAllowed:
      MeasureChange(.allowed, .count(old.allowed), .count(new.allowed))
    case .undecidedNow:
      MeasureChange(.undecided, .count(old.undecided), .count(new.undecided))
    default:
      MeasureChange(.decisions, .count(old.total), .count(new.total))
    }
  }

  /// All differences of two comparisons, unranked: one for each changed operation, and one for
  /// each principal, permission and kind of change of decisions.
  static func all(
    _ decisions: DecisionComparison, _ operations: OperationComparison
  ) -> [DraftDifference] {
    var drafts = operations.entries.compactMap { DraftDifference($0) }
    for kind in DifferenceKind.allCases {
      // Entries are sorted by principal and permission: those of one difference are neighbours.
      var run: [DecisionComparison.Entry] = []
      for entry in decisions.entries where entry.kind == kind {
        if let last = run.last?.change, !last.isRelated(to: entry.change) {
          drafts.append(DraftDifference(run, kind: kind))
          run = []
        }
        run.append(entry)
      }
      if !run.isEmpty { drafts.append(DraftDifference(run, kind: kind)) }
    }
    return drafts
  }
}
