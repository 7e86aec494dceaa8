package import TraceIndex
package import TraceModel

/// One trace as a tree: every row in pre-order, with what a person needs to read it.
package struct TraceDetail: Sendable, Equatable {
  /// One span, decision or log of the trace.
  package struct Row: Sendable, Equatable {
    package let row: Int
    package let kind: RowKind
    /// Ancestors.
    package let depth: Int
    /// Exact names.
    package let service: String
    package let name: String
    package let spanKind: SpanKind
    package let status: SpanStatus
    package let outcome: Outcome
    package let principal: String
    package let target: String
    /// A span's status message, a decision's reason, exactly.
    package let message: String
    /// Nanoseconds after the trace's start; nil when the artifact gives no time.
    package let offset: Int64?
    /// Nanoseconds.
    package let duration: Int64
    package let selfTime: Int64
    package let marks: RowMarks
    package let join: RowJoin
    /// Where the record lies: the artifact's path, and bytes from its beginning.
    package let artifact: String
    package let byteOffset: UInt64
  }

  /// A service's part of the critical path.
  package struct ServiceTime: Sendable, Equatable {
    package let service: String
    /// Nanoseconds.
    package let time: Int64
  }

  /// The execution's name.
  package let execution: String
  package let trace: TraceList.Row
  /// In pre-order of the trees.
  package let rows: [Row]
  /// The self time of the spans on the critical path, by service, the longest first.
  package let criticalServices: [ServiceTime]
  /// Why the first failed or denied row of the trace went wrong; nil when none did.
  package let cause: String?

  /// Trace `ordinal` of an execution; nil when there is none.
  ///
  /// - Complexity: O(rows of the trace).
  package init?(_ index: TraceIndex, trace ordinal: Int) {
    guard ordinal >= 0, ordinal < index.traceCount else { return nil }
    execution = index.name
    trace = TraceList.Row(index, ordinal: ordinal)
    let start = trace.start
    let record = index.traceRecord(ordinal)
    rows = record.rows.map { Row(index, row: $0, traceStart: start) }
    criticalServices = TraceDetail.criticalServices(rows)
    cause = TraceDetail.firstTrouble(index, record)
      .flatMap { Cause(of: $0, in: index)?.sentence(in: index) }
  }

  /// The topmost row of the trace that went wrong, or has such a row below it.
  private static func firstTrouble(_ index: TraceIndex, _ record: TraceRecord) -> Int? {
    let isTrouble: (Int) -> Bool = { row in
      index.status(row) == .error || index.outcome(row).isDenial || index.outcome(row) == .error
    }
    if isTrouble(record.root) { return record.root }
    return record.rows.first(where: isTrouble)
  }

  private static func criticalServices(_ rows: [Row]) -> [ServiceTime] {
    var times: [String: Int64] = [:]
    for row in rows where row.marks.contains(.critical) {
      times[row.service] = (times[row.service] ?? 0).addingSaturating(row.selfTime)
    }
    return times.map { ServiceTime(service: $0.key, time: $0.value) }
      .sorted { $0.time != $1.time ? $0.time > $1.time : isOrderedByBytes($0.service, $1.service) }
  }
}

extension TraceDetail.Row {
  fileprivate init(_ index: TraceIndex, row: Int, traceStart: Int64) {
    self.row = row
    kind = index.kind(row)
    depth = index.depth(row)
    service = index.string(index.service(row))
    name = index.string(index.name(row))
    spanKind = index.spanKind(row)
    status = index.status(row)
    outcome = index.outcome(row)
    principal = index.string(index.principal(row))
    target = index.string(index.target(row))
    message = index.string(kind == .decision ? index.reason(row) : index.message(row))
    offset = index.knownStart(row).map { $0.subtractingSaturating(traceStart) }
    duration = index.duration(row)
    selfTime = index.selfTime(row)
    marks = index.marks(row)
    join = index.join(row)
    let artifact = index.artifact(ofRow: row)
    self.artifact = index.artifacts.indices.contains(artifact) ? index.artifacts[artifact].path : ""
    byteOffset = index.byteOffset(ofRow: row)
  }
}
