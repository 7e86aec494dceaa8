import TraceIndex
import TraceModel

/// One sentence of the answer to "what is wrong here", with the row that shows it.
package struct Headline: Sendable, Equatable {
  /// What the sentence is about.
  package enum Kind: String, Sendable {
    case failing
    case denied
    case slow
    case unread
    case healthy
    case differences
    case cause
  }

  package let kind: Kind
  /// A sentence of exact names and rounded figures, without a full stop.
  package let text: String
  /// Where to look first; nil when there is no such row.
  package let row: Int?

  init(_ kind: Kind, _ text: String, row: Int? = nil) {
    self.kind = kind
    self.text = text
    self.row = row
  }
}

extension Headline {
  /// The sentences for one execution alone.
  static func all(
    _ index: TraceIndex, rows: RowSelection, totals: ExecutionTotals,
    operations: [ExecutionSummary.Operation], denials: [DenialGroup]
  ) -> [Headline] {
    let failures = EntryFailures(index, rows: rows)
    var headlines = failures.headlines(index)
    // What most rows show comes first: a service that goes on without decisions does not fail.
    if let outage = outage(index, rows: rows, totals: totals) {
      let leads = totals.decisionErrors > failures.worstCount
      headlines.insert(outage, at: leads ? 0 : headlines.count)
    }
    let told = failures.commonDenial(in: index)
    if let denial = denied(denials, totals: totals, besides: told, index) {
      headlines.append(denial)
    }
    if headlines.isEmpty && totals.spans + totals.decisions > 0 {
      headlines.append(Headline(.healthy, "No span failed and no decision was denied"))
    }
    if let slow = mostSelfTime(operations) { headlines.append(slow) }
    headlines += RepeatedSpans.all(index).map { Headline(.unread, $0.text) }
    if totals.recordsRefused > 0 {
      let all = totals.recordsRead + totals.recordsRefused
      headlines.append(
        Headline(
          .unread,
          "\(QuantityText.count(totals.recordsRefused)) of \(QuantityText.count(all)) records could "
            + "not be read: every figure lacks them"))
    }
    return headlines
  }

  private static func mostSelfTime(_ operations: [ExecutionSummary.Operation]) -> Headline? {
    let total = operations.reduce(Int64(0)) { $0.addingSaturating($1.spans.selfTime) }
    let slowest = operations.max { a, b in
      (a.spans.selfTime, b.service, b.name) < (b.spans.selfTime, a.service, a.name)
    }
    guard let slowest, slowest.spans.selfTime > 0 else { return nil }
    return Headline(
      .slow,
      "\(QuantityText.percent(slowest.spans.selfTime, of: total)) of all self time is in "
        + "\(operationText(service: slowest.service, name: slowest.name)): "
        + "\(QuantityText.count(slowest.spans.count, "call")), "
        + "p95 \(QuantityText.duration(slowest.spans.durations.p95))")
  }
}
