package import TraceModel

/// Finds a place in a trace for decisions and log records that name no trace.
///
/// Most audit logs know nothing of traces. What they do know is tried in this order: a request id
/// that a row of a trace has as well; the principal, when it is known to have been at work in a
/// trace at that time. How a row was joined, and with what confidence, stays with the row; what
/// fits several places is left where it is, and says so.
package enum RecordJoin {
  /// How far apart in time two records of one principal may be, in nanoseconds.
  package static let usualWindow: Int64 = 2_000_000_000

  /// Below this confidence a row is not joined.
  static let leastConfidence: UInt8 = 30

  /// Joins what can be joined in a batch that has been read so far.
  ///
  /// It may be called again after more was read: what was concluded before is forgotten first, so
  /// that the result is that of reading everything at once.
  ///
  /// - Parameter window: nanoseconds; zero joins nothing by principal.
  /// - Complexity: O(rows + attributes) when there is anything to join, O(rows) otherwise.
  package static func join(_ batch: inout RecordBatch, window: Int64 = usualWindow) {
    let loose = looseRows(of: &batch)
    guard !loose.isEmpty else { return }
    let traces = TraceMembers(of: batch)
    var rest = SpillArray<UInt32>(in: batch.columnSpace)
    let requests = RequestIDs(of: loose, in: &batch)
    for index in loose.indices {
      batch.space?.pace(index)
      let row = Int(loose[index])
      let candidates = requests.candidates(for: row, in: batch)
      if !settle(row, candidates, .request, traces, &batch) { rest.append(loose[index]) }
    }
    guard window > 0 else { return }
    let activity = PrincipalActivity(of: rest, in: &batch)
    for index in rest.indices {
      batch.space?.pace(index)
      let row = Int(rest[index])
      let candidates = activity.candidates(for: row, in: batch, window: window)
      _ = settle(row, candidates, .principal, traces, &batch)
    }
  }

  /// Decisions and logs that name neither a trace nor a span, as their artifacts have them; none
  /// when there is no trace that they could belong to.
  private static func looseRows(of batch: inout RecordBatch) -> SpillArray<UInt32> {
    var loose = SpillArray<UInt32>(in: batch.columnSpace)
    var hasTraces = false
    for row in batch.rows.indices {
      batch.space?.pace(row)
      if batch.rows[row].join != .none { undo(row, in: &batch) }
      if !batch.rows[row].trace.isNone {
        hasTraces = true
      } else if batch.rows[row].kind != .span && batch.rows[row].span.isNone {
        loose.append(UInt32(row))
      }
    }
    if !hasTraces { loose.removeAll() }
    return loose
  }

  private static func undo(_ row: Int, in batch: inout RecordBatch) {
    if batch.rows[row].join.method.isInferred {
      batch.rows[row].trace = .none
      batch.rows[row].traceText = .empty
      batch.rows[row].span = .none
    }
    if batch.rows[row].join.takesRun { batch.rows[row].run = .empty }
    batch.rows[row].join = .none
  }

  /// Puts a row where the best candidate is; returns whether there was any candidate.
  private static func settle(
    _ row: Int, _ candidates: JoinCandidates, _ method: JoinMethod,
    _ traces: borrowing TraceMembers,
    _ batch: inout RecordBatch
  ) -> Bool {
    guard let best = candidates.best else { return false }
    guard best.confidence >= leastConfidence else {
      batch.rows[row].join = RowJoin(.ambiguous, confidence: 0)
      return true
    }
    let anchor = batch.rows[best.row]
    let place = best.isSameCheck ? anchor.span : traces.span(for: row, beside: best.row, in: batch)
    let takesRun = batch.rows[row].run.isEmpty && !anchor.run.isEmpty
    batch.rows[row].trace = anchor.trace
    batch.rows[row].traceText = anchor.traceText
    batch.rows[row].span = place
    if takesRun { batch.rows[row].run = anchor.run }
    batch.rows[row].join = RowJoin(method, confidence: best.confidence, takesRun: takesRun)
    return true
  }
}

/// What emitters write where they have nothing to write.
enum ContentFree {
  /// In lower case.
  static let texts: Set<String> = [
    "-", "0", "none", "null", "nil", "n/a", "unknown", "undefined", "anonymous",
    "system:anonymous", "00000000-0000-0000-0000-000000000000",
  ]
}

extension RecordRow {
  /// When the record may have happened, in nanoseconds; nil when it does not say.
  ///
  /// A time without a fraction is taken for one that was cut to whole seconds.
  var moments: ClosedRange<Int64>? {
    guard !marks.contains(.timeMissing) else { return nil }
    let second: Int64 = 1_000_000_000
    let rest = kind != .span && start % second == 0 ? second - 1 : 0
    return start...start.addingSaturating(max(duration, rest))
  }
}

extension ClosedRange<Int64> {
  /// Nanoseconds between the two; zero when they overlap.
  func distance(to other: ClosedRange<Int64>) -> Int64 {
    if other.lowerBound > upperBound { return other.lowerBound.subtractingSaturating(upperBound) }
    if lowerBound > other.upperBound { return lowerBound.subtractingSaturating(other.upperBound) }
    return 0
  }
}
