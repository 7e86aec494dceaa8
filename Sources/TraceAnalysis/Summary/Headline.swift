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
    var headlines: [Headline] = []
    let failures = EntryFailures(index, rows: rows)
    if let failing = failures.headline(index) ?? mostErrors(operations) { headlines.append(failing) }
    if let denial = denied(denials, totals: totals) { headlines.append(denial) }
    if headlines.isEmpty && totals.spans + totals.decisions > 0 {
      headlines.append(Headline(.healthy, "No span failed and no decision was denied"))
    }
    if let slow = mostSelfTime(operations) { headlines.append(slow) }
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

  private static func mostErrors(_ operations: [ExecutionSummary.Operation]) -> Headline? {
    guard let worst = operations.first, worst.spans.errors > 0 else { return nil }
    return Headline(
      .failing,
      "\(operationText(service: worst.service, name: worst.name)) failed "
        + "\(QuantityText.count(worst.spans.errors)) of \(QuantityText.count(worst.spans.count)) "
        + "times; no trace failed as a whole")
  }

  private static func denied(_ denials: [DenialGroup], totals: ExecutionTotals) -> Headline? {
    guard let first = denials.first else { return nil }
    let who = first.principal.isEmpty ? "An unnamed principal" : first.principal
    var text = "\(who) was denied \(first.permission) on \(first.target)"
    text += first.denied == 1 ? " once" : " \(QuantityText.count(first.denied)) times"
    if let begin = first.first, let end = first.last {
      let times = [begin, end].map { Timestamp.timeOfDay(nanoseconds: $0) }
      text += times[0] == times[1] ? " at \(times[0])" : " from \(times[0]) to \(times[1])"
    }
    if !first.reason.isEmpty { text += " (\(first.reason))" }
    let others = denials.count - 1
    if others > 0 {
      text += "; \(QuantityText.count(totals.denied - first.denied)) denials of "
        + "\(QuantityText.count(others)) other kinds"
    }
    return Headline(.denied, text, row: first.row)
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
        + "\(QuantityText.count(slowest.spans.count)) calls, "
        + "p95 \(QuantityText.duration(slowest.spans.durations.p95))")
  }
}

/// The failed spans at the top of their traces: what a user of the system saw fail.
private struct EntryFailures {
  private struct Entry {
    var count = 0
    var failed: [Int] = []
  }

  private var table = KeyTable()
  private var entries: [Entry] = []

  init(_ index: TraceIndex, rows: RowSelection) {
    rows.forEach { row in
      guard index.kind(row) == .span, index.parent(row) == nil else { return }
      let number = table.number(of: .init(a: index.service(row).value, b: index.name(row).value))
      if number == entries.count { entries.append(Entry()) }
      entries[number].count += 1
      if index.status(row) == .error { entries[number].failed.append(row) }
    }
  }

  func headline(_ index: TraceIndex) -> Headline? {
    let worst = entries.indices.max { a, b in
      (entries[a].failed.count, b) < (entries[b].failed.count, a)
    }
    guard let worst, let first = entries[worst].failed.min(by: { index.start($0) < index.start($1) })
    else { return nil }
    let entry = entries[worst]
    let key = table.keys[worst]
    let subject = index.operationText(service: StringID(key.a), name: StringID(key.b))
    var text = "\(subject) failed \(QuantityText.count(entry.failed.count)) of "
      + "\(QuantityText.count(entry.count)) times"
    if let cause = commonCause(of: entry.failed, in: index) { text += "; " + cause }
    let others = entries.reduce(0) { $0 + $1.failed.count } - entry.failed.count
    if others > 0 { text += "; \(QuantityText.count(others)) failures of other entry points" }
    return Headline(.failing, text, row: first)
  }

  /// Where most of the failures end, as `Cause` finds it; nil when they end in themselves.
  private func commonCause(of failed: [Int], in index: TraceIndex) -> String? {
    var causes = KeyTable()
    var counts: [Int] = []
    var firsts: [Int] = []
    for row in failed {
      guard let deepest = Cause.deepestBelow(row, in: index), deepest != row else { continue }
      let key: KeyTable.Key =
        index.kind(deepest) == .decision
        ? .init(
          a: index.principal(deepest).value, b: index.permission(deepest).value,
          c: index.target(deepest).value &+ 1)
        : .init(a: index.service(deepest).value, b: index.name(deepest).value)
      let number = causes.number(of: key)
      if number == counts.count {
        counts.append(0)
        firsts.append(deepest)
      }
      counts[number] += 1
    }
    guard let most = counts.indices.max(by: { (counts[$0], $1) < (counts[$1], $0) }) else {
      return nil
    }
    let share = Share(counts[most], of: failed.count)
    let many = share.isAll ? (share.whole == 1 ? "it ends" : "all of them end")
      : "\(QuantityText.count(share.part)) of them end"
    let row = firsts[most]
    return index.kind(row) == .decision
      ? "\(many) in the same call: \(index.decisionText(ofRow: row))"
      : "\(many) in \(index.operationText(ofRow: row))\(index.errorText(ofRow: row))"
  }
}
