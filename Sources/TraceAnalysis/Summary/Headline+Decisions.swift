import TraceIndex
import TraceModel

extension Headline {
  /// Checks that came to no decision; nil when there are none.
  static func outage(
    _ index: TraceIndex, rows: RowSelection, totals: ExecutionTotals
  ) -> Headline? {
    guard totals.decisionErrors > 0 else { return nil }
    var first: (row: Int, time: Int64)?
    var last = Int64.min
    var kinds: Set<StringID> = []
    rows.forEach { row in
      guard index.kind(row) == .decision, index.outcome(row) == .error else { return }
      if index.name(row) != index.permission(row) { kinds.insert(index.name(row)) }
      guard let time = index.knownStart(row) else { return }
      if time < first?.time ?? .max { first = (row, time) }
      last = max(last, time)
    }
    var text =
      "\(QuantityText.count(totals.decisionErrors)) of "
      + "\(QuantityText.count(totals.decisions, "authorization check")) came to no decision"
    if let first { text += index.clockRange(first.time, last) }
    let names = kinds.map { index.string($0) }.filter { !$0.isEmpty }.sorted(by: isOrderedByBytes)
    if !names.isEmpty {
      text += " (\(names.prefix(3).joined(separator: ", "))\(names.count > 3 ? ", …" : ""))"
    }
    return Headline(.failing, text, row: first?.row)
  }

  /// The principal and the permission that were denied most often, on whatever targets, which is
  /// how a comparison groups them; nil when that is `told` alone.
  static func denied(
    _ denials: [DenialGroup], totals: ExecutionTotals, besides told: Int?, _ index: TraceIndex
  ) -> Headline? {
    var table = KeyTable()
    var groups: [[DenialGroup]] = []
    for denial in denials {
      let number = table.number(
        of: .init(a: index.principal(denial.row).value, b: index.permission(denial.row).value))
      if number == groups.count { groups.append([]) }
      groups[number].append(denial)
    }
    let weights = groups.map { $0.reduce(0) { $0 + $1.denied } }
    guard let worst = weights.indices.max(by: { (weights[$0], $1) < (weights[$1], $0) }),
      let first = groups[worst].min(by: { ($0.first ?? .max, $0.row) < ($1.first ?? .max, $1.row) })
    else { return nil }
    let group = groups[worst]
    guard group.count > 1 || first.row != told else { return nil }
    let who = first.principal.isEmpty ? "An unnamed principal" : first.principal
    let what = group.count == 1 ? first.target : QuantityText.count(group.count, "target")
    var text = "\(who) was denied \(first.permission) on \(what)"
    text += weights[worst] == 1 ? " once" : " \(QuantityText.count(weights[worst])) times"
    if let begin = first.first, let end = group.compactMap(\.last).max() {
      text += index.clockRange(begin, end)
    }
    if !first.reason.isEmpty, group.allSatisfy({ $0.reason == first.reason }) {
      text += " (\(first.reason))"
    }
    let others = groups.count - 1
    if others > 0 {
      text +=
        "; \(QuantityText.count(totals.denied - weights[worst], "denial")) in "
        + (others == 1 ? "another group" : "\(QuantityText.count(others)) other groups")
    }
    return Headline(.denied, text, row: first.row)
  }
}

extension TraceIndex {
  /// ` from 10:01:10 to 10:04:26`, or ` at 10:01:10`; with dates when the execution has several.
  func clockRange(_ first: Int64, _ last: Int64) -> String {
    let begin = clockText(first)
    let end = clockText(last)
    return begin == end ? " at \(begin)" : " from \(begin) to \(end)"
  }

  /// `10:01:10`, or `2026-03-02 10:01:10` when the execution spans more than one day of UTC.
  func clockText(_ time: Int64) -> String {
    let days = [totals.start, totals.end].map { Timestamp.text(nanoseconds: $0).prefix(10) }
    return days[0] == days[1]
      ? Timestamp.timeOfDay(nanoseconds: time) : Timestamp.dateTime(nanoseconds: time)
  }
}
