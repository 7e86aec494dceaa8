import TraceIndex
import TraceModel

/// The failed spans at the top of their traces, which a user of the system saw fail, and the ones
/// below tops that did not fail.
struct EntryFailures {
  /// The spans of one operation.
  private struct Spans {
    var count = 0
    /// Rows of failed spans, ascending.
    var failed: [Int] = []
  }

  /// Operations with their spans, numbered by `table`.
  private struct Operations {
    var table = KeyTable()
    var spans: [Spans] = []

    mutating func add(_ row: Int, of index: TraceIndex, isFailure: Bool) {
      let number = table.number(of: .init(a: index.service(row).value, b: index.name(row).value))
      if number == spans.count { spans.append(Spans()) }
      spans[number].count += 1
      if isFailure { spans[number].failed.append(row) }
    }

    /// The operation with the most failures, of several the first; nil when nothing failed.
    var worst: Int? {
      spans.indices.filter { !spans[$0].failed.isEmpty }
        .max { (spans[$0].failed.count, $1) < (spans[$1].failed.count, $0) }
    }

    func text(_ number: Int, in index: TraceIndex) -> String {
      let key = table.keys[number]
      return index.operationText(service: StringID(key.a), name: StringID(key.b))
    }
  }

  private var entries = Operations()
  private var below = Operations()
  /// Where most failures of the worst entry end: rows of one decision or operation.
  private var cause: (first: Int, count: Int)?

  init(_ index: TraceIndex, rows: RowSelection) {
    // Rows lie in pre-order, so the last row without a parent is the top of those that follow.
    var topFailed = false
    for row in 0..<index.rowCount {
      let isTop = index.parent(row) == nil
      let failed = index.status(row) == .error
      if isTop { topFailed = failed }
      guard index.kind(row) == .span, rows.contains(row) else { continue }
      if isTop {
        entries.add(row, of: index, isFailure: failed)
      } else {
        below.add(row, of: index, isFailure: failed && !topFailed)
      }
    }
    cause = entries.worst.flatMap { EntryFailures.cause(of: entries.spans[$0].failed, in: index) }
  }

  /// The earliest denied decision in which failures of the worst entry end; nil for other causes.
  func commonDenial(in index: TraceIndex) -> Int? {
    cause.flatMap { index.outcome($0.first).isDenial ? $0.first : nil }
  }

  /// How many spans of the operation failed that the first sentence is about.
  var worstCount: Int {
    if let worst = entries.worst { return entries.spans[worst].failed.count }
    return below.worst.map { below.spans[$0].failed.count } ?? 0
  }

  /// What failed for users, and what failed behind operations that did not.
  func headlines(_ index: TraceIndex) -> [Headline] {
    [entryHeadline(index), belowHeadline(index)].compactMap { $0 }
  }

  private func entryHeadline(_ index: TraceIndex) -> Headline? {
    guard let worst = entries.worst else { return nil }
    let spans = entries.spans[worst]
    let times = spans.failed.compactMap { index.knownStart($0) }
    var text =
      "\(entries.text(worst, in: index)) failed \(QuantityText.count(spans.failed.count)) "
      + "of \(QuantityText.count(spans.count)) times"
    if let first = times.min(), let last = times.max() { text += index.clockRange(first, last) }
    if let cause { text += "; " + EntryFailures.text(cause, of: spans.failed.count, in: index) }
    let others = entries.spans.reduce(0) { $0 + $1.failed.count } - spans.failed.count
    if others > 0 { text += "; \(QuantityText.count(others, "failure")) of other entry points" }
    let first = spans.failed.min { (index.start($0), $0) < (index.start($1), $1) }
    return Headline(.failing, text, row: first)
  }

  private func belowHeadline(_ index: TraceIndex) -> Headline? {
    guard let worst = below.worst else { return nil }
    let spans = below.spans[worst]
    let others = below.spans.reduce(0) { $0 + $1.failed.count } - spans.failed.count
    var text =
      "\(below.text(worst, in: index)) failed \(QuantityText.count(spans.failed.count)) of "
      + "\(QuantityText.count(spans.count)) times below entry points that did not fail"
    if others > 0 { text += "; so did \(QuantityText.count(others, "span")) of other operations" }
    return Headline(.failing, text, row: spans.failed.first)
  }

  /// Where most of the failed spans end, as `Cause` finds it; nil when they end in themselves.
  private static func cause(
    of failed: [Int], in index: TraceIndex
  ) -> (first: Int, count: Int)? {
    var table = KeyTable()
    var causes: [(first: Int, count: Int)] = []
    for row in failed {
      guard let deepest = Cause.deepestBelow(row, in: index), deepest != row else { continue }
      // A decision's target is never 0 in its key, which tells it from an operation.
      let key: KeyTable.Key =
        index.kind(deepest) == .decision
        ? .init(
          a: index.principal(deepest).value, b: index.permission(deepest).value,
          c: index.target(deepest).value &+ 1)
        : .init(a: index.service(deepest).value, b: index.name(deepest).value)
      let number = table.number(of: key)
      if number == causes.count { causes.append((deepest, 0)) }
      causes[number].count += 1
      if index.start(deepest) < index.start(causes[number].first) { causes[number].first = deepest }
    }
    let most = causes.indices.max { (causes[$0].count, $1) < (causes[$1].count, $0) }
    return most.map { causes[$0] }
  }

  private static func text(
    _ cause: (first: Int, count: Int), of failures: Int, in index: TraceIndex
  ) -> String {
    var many = "\(QuantityText.count(cause.count)) of them end"
    if cause.count == failures { many = failures == 1 ? "it ends" : "all of them end" }
    return index.kind(cause.first) == .decision
      ? "\(many) in the same call: \(index.decisionText(ofRow: cause.first))"
      : "\(many) in \(index.operationText(ofRow: cause.first))"
        + index.errorText(ofRow: cause.first)
  }
}
