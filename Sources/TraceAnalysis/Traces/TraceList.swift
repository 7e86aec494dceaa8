package import TraceIndex
import TraceModel
package import TraceQuery

/// The traces of an execution in an order a person asked for; a trace is looked up when shown.
package struct TraceList: Sendable {
  /// What traces are ordered by; equal ones by start.
  package enum Order: String, Sendable, CaseIterable {
    case start
    case duration
    case spans
    case errors
    case denied
  }

  /// One trace.
  package struct Row: Sendable, Equatable {
    /// The trace's number in the execution, in order of start.
    package let ordinal: Int
    /// The id as the artifact writes it, safe to show.
    package let id: String
    /// The name of the earliest span without a parent, and its service; exact.
    package let name: String
    package let service: String
    /// Nanoseconds since the Unix epoch.
    package let start: Int64
    /// Nanoseconds.
    package let duration: Int64
    package let spans: Int
    package let decisions: Int
    package let errors: Int
    package let denied: Int
    /// The row of the earliest span without a parent.
    package let root: Int
  }

  /// The numbers of the traces, in the list's order.
  package let ordinals: [Int]
  /// Rows that belong to no trace, and of them the denied decisions: what the list cannot show.
  package let looseRows: Int
  package let looseDenied: Int

  /// The traces that have a row in `rows`, or all.
  ///
  /// Descending, the largest comes first; equal ones stay in order of start.
  ///
  /// - Complexity: O(traces × log traces), and O(rows) for a set of rows.
  package init(
    _ index: TraceIndex, rows: RowSet? = nil, by order: Order = .start, isDescending: Bool = false
  ) {
    let all = TraceList.traces(index, rows: rows)
    if order == .start {
      ordinals = isDescending ? all.reversed() : all
    } else {
      let keyed = all.map { (ordinal: $0, key: TraceList.key(index.traceRecord($0), order)) }
      ordinals = keyed.sorted { a, b in
        if a.key != b.key { return isDescending ? a.key > b.key : a.key < b.key }
        return a.ordinal < b.ordinal
      }
      .map(\.ordinal)
    }
    let loose = index.looseRows.filter { rows?.contains($0) ?? true }
    looseRows = loose.count
    looseDenied = loose.count { index.outcome($0).isDenial }
  }

  private static func traces(_ index: TraceIndex, rows: RowSet?) -> [Int] {
    guard let rows else { return Array(0..<index.traceCount) }
    var found = RowSet(rowCount: index.traceCount)
    for row in rows {
      if let trace = index.trace(ofRow: row) { found.insert(trace) }
    }
    return Array(found)
  }

  private static func key(_ record: TraceRecord, _ order: Order) -> Int64 {
    switch order {
    case .start: record.start
    case .duration: record.duration
    case .spans: Int64(record.spans)
    case .errors: Int64(record.errors)
    case .denied: Int64(record.denied)
    }
  }
}

extension TraceList.Row {
  /// Trace `ordinal` of an execution.
  package init(_ index: TraceIndex, ordinal: Int) {
    let record = index.traceRecord(ordinal)
    self.ordinal = ordinal
    id = index.idText(ofTrace: ordinal)
    name = index.string(index.name(record.root))
    service = index.string(index.service(record.root))
    start = record.start
    duration = record.duration
    spans = record.spans
    decisions = record.decisions
    errors = record.errors
    denied = record.denied
    root = record.root
  }
}
