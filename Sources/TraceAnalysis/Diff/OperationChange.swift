import TraceIndex
import TraceModel

/// An operation that two executions did differently, or that only one of them did.
package struct OperationChange: Sendable, Equatable {
  /// Exact names.
  package let service: String
  package let name: String
  /// Nil on the side where it did not occur.
  package let before: SpanStatistics?
  package let after: SpanStatistics?
  /// Of all traces of the side, those that have it.
  package let tracesBefore: Share
  package let tracesAfter: Share
  /// Nil unless it has durations on both sides.
  package let effect: EffectSize?
  /// Whether it became slower or faster in the longest durations rather than in all of them.
  package let isTail: Bool
  /// What changed beyond noise, the gravest first; empty when only too few calls tell so.
  package let kinds: [DifferenceKind]
  /// Whether durations differ twofold, but too few calls were made to tell that from noise.
  package let isUnsure: Bool
}

/// The operations of two executions side by side.
///
/// Noise is what chance gives in three standard deviations; besides, a change must matter:
/// - slower or faster: a tail, which is at least a tenth of the durations beyond the other side's
///   p95, with a p95 that differs by a quarter; or else an effect that is at least medium, with a
///   median that differs by a fifth and a p95 that does not say the contrary;
/// - fails more or less: one percentage point; errors where there was none always count;
/// - more or fewer calls: five points of the share of traces that have it, or a quarter more or
///   less calls in each trace that has it.
struct OperationComparison: Sendable {
  /// A changed operation, and its groups on the two sides.
  struct Entry: Sendable {
    var change: OperationChange
    var groups: KeyJoin.Pair
  }

  let before: SpanGroups
  let after: SpanGroups
  /// Operations of both sides that came to the same.
  private(set) var unchanged = 0
  /// By the bytes of service and name.
  private(set) var entries: [Entry] = []
  /// Operations called too rarely to compare, whose medians differ twofold.
  private(set) var unsure: [OperationChange] = []

  private let tracesBefore: TraceCounts
  private let tracesAfter: TraceCounts

  init(
    _ a: (index: TraceIndex, rows: RowSelection), _ b: (index: TraceIndex, rows: RowSelection)
  ) {
    before = SpanGroups(a.index, rows: a.rows, by: .operation)
    after = SpanGroups(b.index, rows: b.rows, by: .operation)
    tracesBefore = TraceCounts(a.index, before)
    tracesAfter = TraceCounts(b.index, after)
    let join = KeyJoin(before: (a.index, before.table), after: (b.index, after.table))
    for pair in join.pairs {
      let key: (TraceIndex, KeyTable.Key)? =
        pair.after.map { (b.index, after.table.keys[$0]) }
        ?? pair.before.map { (a.index, before.table.keys[$0]) }
      guard let (index, ids) = key else { continue }
      let change = compare(
        pair, service: index.string(StringID(ids.a)), name: index.string(StringID(ids.b)))
      if change.isUnsure { unsure.append(change) }
      if !change.kinds.isEmpty {
        entries.append(Entry(change: change, groups: pair))
      } else if !change.isUnsure {
        unchanged += 1
      }
    }
    entries.sort { OperationComparison.isOrdered($0.change, $1.change) }
    unsure.sort(by: OperationComparison.isOrdered)
  }

  private static func isOrdered(_ a: OperationChange, _ b: OperationChange) -> Bool {
    a.service.utf8.elementsEqual(b.service.utf8)
      ? isOrderedByBytes(a.name, b.name) : isOrderedByBytes(a.service, b.service)
  }

  private func compare(_ pair: KeyJoin.Pair, service: String, name: String) -> OperationChange {
    let old = pair.before.map { before.statistics($0) }
    let new = pair.after.map { after.statistics($0) }
    let shares = (
      pair.before.map { tracesBefore.share(ofGroup: $0) } ?? Share(0, of: tracesBefore.all),
      pair.after.map { tracesAfter.share(ofGroup: $0) } ?? Share(0, of: tracesAfter.all)
    )
    var kinds: [DifferenceKind] = []
    var effect: EffectSize?
    var isTail = false
    var isUnsure = false
    if let old, let new, let a = pair.before, let b = pair.after {
      kinds += OperationComparison.errorChange(old, new)
      let durations = (before.durations(ofGroup: a), after.durations(ofGroup: b))
      if !durations.0.isEmpty && !durations.1.isEmpty {
        let size = EffectSize(before: durations.0, after: durations.1)
        effect = size
        let change = OperationComparison.durationChange(durations, size)
        kinds += change.map { [$0.kind] } ?? []
        isTail = change?.isTail ?? false
        isUnsure = size.isTooFew && OperationComparison.isTwofold(old, new)
      }
      kinds += OperationComparison.callChange((old.count, shares.0), (new.count, shares.1))
    } else {
      kinds.append(old == nil ? .newOperation : .goneOperation)
    }
    return OperationChange(
      service: service, name: name, before: old, after: new, tracesBefore: shares.0,
      tracesAfter: shares.1, effect: effect, isTail: isTail, kinds: kinds.sorted(),
      isUnsure: isUnsure && kinds.isEmpty)
  }

  private static func errorChange(
    _ old: SpanStatistics, _ new: SpanStatistics
  ) -> [DifferenceKind] {
    if old.errors == 0 { return new.errors > 0 ? [.failsNow] : [] }
    if new.errors == 0 { return [.failsNoMore] }
    guard isClearlyDifferent(old.errorRate, new.errorRate, byAtLeast: 0.01) else { return [] }
    return [old.errorRate.fraction < new.errorRate.fraction ? .failsMore : .failsLess]
  }

  private static func durationChange(
    _ durations: (before: ArraySlice<Int64>, after: ArraySlice<Int64>), _ effect: EffectSize
  ) -> (kind: DifferenceKind, isTail: Bool)? {
    let (before, after) = durations
    if hasLongerTail(after, than: before) { return (.slower, true) }
    if hasLongerTail(before, than: after) { return (.faster, true) }
    guard effect.isClear else { return nil }
    let isSlower = effect.delta > 0
    let (short, long) = isSlower ? (before, after) : (after, before)
    guard isLonger(nearestRank(50, of: long), than: nearestRank(50, of: short), byPercent: 20),
      !isLonger(nearestRank(95, of: short), than: nearestRank(95, of: long), byPercent: 25)
    else { return nil }
    return (isSlower ? .slower : .faster, false)
  }

  /// Whether far more than the expected twentieth of `a` lies beyond the p95 of `b`.
  private static func hasLongerTail(_ a: ArraySlice<Int64>, than b: ArraySlice<Int64>) -> Bool {
    let limit = nearestRank(95, of: b)
    guard isLonger(nearestRank(95, of: a), than: limit, byPercent: 25) else { return false }
    let beyond = { (durations: ArraySlice<Int64>) in
      Share(durations.endIndex - firstIndex(in: durations, above: limit), of: durations.count)
    }
    return beyond(a).fraction >= 0.1 && isClearlyDifferent(beyond(b), beyond(a), byAtLeast: 0.05)
  }

  /// The first index of the ascending `durations` whose duration exceeds `limit`.
  private static func firstIndex(in durations: ArraySlice<Int64>, above limit: Int64) -> Int {
    var low = durations.startIndex
    var high = durations.endIndex
    while low < high {
      let middle = (low + high) / 2
      if durations[middle] <= limit { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func isLonger(_ a: Int64, than b: Int64, byPercent percent: Int64) -> Bool {
    Int128(a) * 100 >= Int128(b) * Int128(100 + percent) && a > b
  }

  private static func isTwofold(_ old: SpanStatistics, _ new: SpanStatistics) -> Bool {
    let (a, b) = (old.durations.p50, new.durations.p50)
    let isLarge = (b.subtractingSaturating(a)).magnitude >= 1_000_000
    return isLarge && (isLonger(b, than: a, byPercent: 100) || isLonger(a, than: b, byPercent: 100))
  }

  private static func callChange(
    _ old: (calls: Int, traces: Share), _ new: (calls: Int, traces: Share)
  ) -> [DifferenceKind] {
    if isClearlyDifferent(old.traces, new.traces, byAtLeast: 0.05) {
      return [old.traces.fraction < new.traces.fraction ? .moreCalls : .fewerCalls]
    }
    guard old.traces.part > 0, new.traces.part > 0 else { return [] }
    let (a, b) = (Double(old.calls), Double(new.calls))
    let (n, m) = (Double(old.traces.part), Double(new.traces.part))
    let (before, after) = (a / n, b / m)
    // Calls counted as a Poisson process: the variance of a count is the count.
    let noise = 3 * (a / (n * n) + b / (m * m)).squareRoot()
    let ratio = max(before, after) / min(before, after)
    guard ratio >= 1.25, (after - before).magnitude >= noise else { return [] }
    return [before < after ? .moreCalls : .fewerCalls]
  }
}

/// In how many traces each operation occurs.
private struct TraceCounts: Sendable {
  /// Traces that have any of the spans.
  let all: Int
  private let counts: [Int]

  /// Rows lie in trace order, so a trace is new to a group when it is not the group's last one.
  init(_ index: TraceIndex, _ groups: SpanGroups) {
    var counts = [Int](repeating: 0, count: groups.count)
    var last = [UInt32](repeating: .max, count: groups.count)
    var all = 0
    var lastOfAll = UInt32.max
    index.withIDs(.trace) { traces in
      groups.forEachSpan { row, group in
        let trace = traces[row]
        guard trace != TraceIndex.none else { return }
        if last[group] != trace {
          last[group] = trace
          counts[group] += 1
        }
        if lastOfAll != trace {
          lastOfAll = trace
          all += 1
        }
      }
    }
    self.all = all
    self.counts = counts
  }

  func share(ofGroup group: Int) -> Share { Share(counts[group], of: all) }
}
