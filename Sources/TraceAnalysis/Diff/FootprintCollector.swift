import TraceIndex
import TraceQuery

/// Finds the rows and traces that show each of many differences on one side, in one pass.
struct FootprintCollector {
  /// The footprint of each difference; nil for those that do not show on this side.
  private(set) var footprints: [Footprint?] = []
  /// The traces that have any of the rows.
  private(set) var universe: RowSet
  /// The differences of each operation and of each decision key; none is `-1`.
  private var ofOperation: [Int32]
  private var ofDecision: [Int32]
  private let index: TraceIndex

  /// Collects the footprints of `drafts`; only the first `related` of them keep their traces.
  init(
    _ drafts: [DraftDifference], on side: DiffSide, of index: TraceIndex, spans: SpanGroups,
    decisions: DecisionGroups, related: Int
  ) {
    self.index = index
    ofOperation = [Int32](repeating: -1, count: spans.count)
    ofDecision = [Int32](repeating: -1, count: decisions.groups.count)
    universe = RowSet(rowCount: index.traceCount)
    for (number, draft) in drafts.enumerated() {
      let traceCount = number < related ? index.traceCount : nil
      footprints.append(
        Footprint.Condition.of(draft.kind, on: side, p95: draft.p95).map {
          Footprint($0.condition, isLack: $0.isLack, traceCount: traceCount)
        })
      for pair in draft.groups {
        guard let group = side == .before ? pair.before : pair.after else { continue }
        if draft.isOperation {
          ofOperation[group] = Int32(number)
        } else {
          ofDecision[group] = Int32(number)
        }
      }
    }
    collect(spans, decisions)
  }

  private mutating func collect(_ spans: SpanGroups, _ decisions: DecisionGroups) {
    spans.forEachSpan { row, group in
      if let trace = index.trace(ofRow: row) { universe.insert(trace) }
      let number = Int(ofOperation[group])
      if number >= 0 { footprints[number]?.add(row, of: index) }
    }
    for (row, group) in zip(decisions.rows, decisions.groupOfDecision) {
      if let trace = index.trace(ofRow: Int(row)) { universe.insert(trace) }
      let number = Int(ofDecision[Int(group)])
      if number >= 0 { footprints[number]?.add(Int(row), of: index) }
    }
    for number in footprints.indices where footprints[number]?.isLack == true {
      if let present = footprints[number]?.traces {
        footprints[number]?.traces = universe.subtracting(present)
      }
    }
  }
}
