import TraceModel

/// The rows of each trace of a batch.
struct TraceMembers: ~Copyable {
  /// Larger traces are not searched for the innermost span: there may be many to place in them.
  private static let limit = 4096

  private let buckets: TraceBuckets
  private var ranges: [TraceID: Range<Int>] = [:]

  init(of batch: borrowing RecordBatch) {
    buckets = TraceBuckets(of: batch, .traced, in: batch.columnSpace)
    for index in buckets.buckets.indices {
      let bucket = buckets.buckets[index]
      ranges[bucket.id] = bucket.range
    }
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
    for place in range {
      let span = batch.rows[Int(buckets.members[place])]
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
    for place in range {
      let span = batch.rows[Int(buckets.members[place])]
      if span.kind == .span && span.span == own { return span.service }
    }
    return batch.rows[row].service
  }
}
