import TraceModel

/// The rows of each trace of a batch.
struct TraceMembers {
  /// Larger traces are not searched for the innermost span: there may be many to place in them.
  private static let limit = 4096

  private let members: [UInt32]
  private var ranges: [TraceID: Range<Int>] = [:]

  /// Nil when no row belongs to a trace.
  init?(of batch: borrowing RecordBatch) {
    let rows = batch.rows
    let buckets = TraceBuckets(rows: rows) { !rows[$0].trace.isNone }
    guard !buckets.members.isEmpty else { return nil }
    members = buckets.members
    for bucket in buckets.sorted { ranges[bucket.id] = bucket.range }
  }

  /// The span that a row happened in: of those of the anchor's service that were open at the time
  /// the shortest; where there is none, the anchor's own.
  func span(for row: Int, beside anchor: Int, in batch: borrowing RecordBatch) -> SpanID {
    let own = batch.rows[anchor].span
    guard let moments = batch.rows[row].moments, let range = ranges[batch.rows[anchor].trace],
      range.count <= TraceMembers.limit
    else { return own }
    let service = self.service(of: anchor, range, in: batch)
    var best: RecordRow?
    for member in members[range] {
      let span = batch.rows[Int(member)]
      guard span.kind == .span, span.service == service, let open = span.moments,
        open.distance(to: moments) == 0, span.duration < best?.duration ?? .max
      else { continue }
      best = span
    }
    return best?.span ?? own
  }

  /// The service of the span that a row belongs to.
  private func service(
    of row: Int, _ range: Range<Int>, in batch: borrowing RecordBatch
  ) -> StringID {
    guard batch.rows[row].kind != .span else { return batch.rows[row].service }
    let own = batch.rows[row].span
    let span = members[range].first {
      batch.rows[Int($0)].kind == .span && batch.rows[Int($0)].span == own
    }
    return span.map { batch.rows[Int($0)].service } ?? batch.rows[row].service
  }
}
