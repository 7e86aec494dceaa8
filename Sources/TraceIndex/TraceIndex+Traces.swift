package import TraceModel

/// One trace of an execution.
package struct TraceRecord: Sendable, Equatable {
  package let id: TraceID
  /// The trace's rows: a range, in pre-order of its trees.
  package let rows: Range<Int>
  /// Nanoseconds since the Unix epoch.
  package let start: Int64
  package let end: Int64
  /// The earliest span without a parent.
  package let root: Int
  package let spans: Int
  package let decisions: Int
  /// Spans whose status is error.
  package let errors: Int
  /// Decisions denied.
  package let denied: Int

  /// Nanoseconds, never negative.
  package var duration: Int64 { max(0, end.subtractingSaturating(start)) }
}

extension TraceIndex {
  /// Trace `ordinal`, in order of start. An ordinal past the end reads as an empty trace.
  package func traceRecord(_ ordinal: Int) -> TraceRecord {
    func count(_ section: IndexSection) -> Int {
      Int(element(section, ordinal, as: UInt32.self) ?? 0)
    }
    let first = min(count(.traceFirstRow), rowCount)
    let rows = first..<min(first + count(.traceRowCount), rowCount)
    return TraceRecord(
      id: TraceID(
        high: element(.traceHigh, ordinal, as: UInt64.self) ?? 0,
        low: element(.traceLow, ordinal, as: UInt64.self) ?? 0),
      rows: rows, start: element(.traceStart, ordinal, as: Int64.self) ?? 0,
      end: element(.traceEnd, ordinal, as: Int64.self) ?? 0,
      root: rows.contains(count(.traceRoot)) ? count(.traceRoot) : first,
      spans: count(.traceSpans), decisions: count(.traceDecisions), errors: count(.traceErrors),
      denied: count(.traceDenied))
  }

  /// The trace's id as its artifact writes it, safe to show.
  package func idText(ofTrace ordinal: Int) -> String {
    let text = StringID(element(.traceText, ordinal, as: UInt32.self) ?? 0)
    return text.isEmpty ? traceRecord(ordinal).id.description : self.text(text)
  }

  /// The trace with this id; nil when there is none.
  ///
  /// - Complexity: O(traces).
  package func trace(with id: TraceID) -> Int? {
    (0..<traceCount).first {
      element(.traceLow, $0, as: UInt64.self) == id.low
        && element(.traceHigh, $0, as: UInt64.self) == id.high
    }
  }

  /// The rows that belong to no trace: the last rows, in order of time.
  package var looseRows: Range<Int> {
    guard traceCount > 0 else { return 0..<rowCount }
    return traceRecord(traceCount - 1).rows.upperBound..<rowCount
  }
}
