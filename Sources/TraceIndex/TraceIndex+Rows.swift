package import TraceModel

/// Columns of 32-bit ids: strings, traces, rows, resources or artifacts.
package enum IDColumn: Sendable, CaseIterable {
  case name, service, principal, permission, target, reason, evaluator, message
  case trace, parent, subtreeEnd, resource, artifact

  var section: IndexSection {
    switch self {
    case .name: .name
    case .service: .service
    case .principal: .principal
    case .permission: .permission
    case .target: .target
    case .reason: .reason
    case .evaluator: .evaluator
    case .message: .message
    case .trace: .trace
    case .parent: .parent
    case .subtreeEnd: .subtreeEnd
    case .resource: .resource
    case .artifact: .artifact
    }
  }
}

/// Columns of nanoseconds.
package enum TimeColumn: Sendable, CaseIterable {
  case start, duration, selfTime

  var section: IndexSection {
    switch self {
    case .start: .start
    case .duration: .duration
    case .selfTime: .selfTime
    }
  }
}

/// Columns of raw values of small enumerations.
package enum ByteColumn: Sendable, CaseIterable {
  case kind, spanKind, status, outcome, joinMethod, joinConfidence

  var section: IndexSection {
    switch self {
    case .kind: .kind
    case .spanKind: .spanKind
    case .status: .status
    case .outcome: .outcome
    case .joinMethod: .joinMethod
    case .joinConfidence: .joinConfidence
    }
  }
}

extension TraceIndex {
  private func id(_ section: IndexSection, _ row: Int) -> StringID {
    StringID(element(section, row, as: UInt32.self) ?? 0)
  }

  private func optional(_ section: IndexSection, _ row: Int, below limit: Int) -> Int? {
    guard let value = element(section, row, as: UInt32.self), Int(value) < limit else { return nil }
    return Int(value)
  }

  package func kind(_ row: Int) -> RowKind {
    RowKind(rawValue: element(.kind, row, as: UInt8.self) ?? 0) ?? .span
  }

  package func spanKind(_ row: Int) -> SpanKind {
    SpanKind(rawValue: element(.spanKind, row, as: UInt8.self) ?? 0) ?? .unspecified
  }

  package func status(_ row: Int) -> SpanStatus {
    SpanStatus(rawValue: element(.status, row, as: UInt8.self) ?? 0) ?? .unset
  }

  package func outcome(_ row: Int) -> Outcome {
    Outcome(rawValue: element(.outcome, row, as: UInt8.self) ?? 0) ?? .none
  }

  /// How the row came to its place in a trace.
  package func join(_ row: Int) -> RowJoin {
    RowJoin(
      JoinMethod(rawValue: element(.joinMethod, row, as: UInt8.self) ?? 0) ?? .none,
      confidence: element(.joinConfidence, row, as: UInt8.self) ?? 0)
  }

  package func marks(_ row: Int) -> RowMarks {
    RowMarks(rawValue: element(.marks, row, as: UInt16.self) ?? 0)
  }

  /// Nanoseconds since the Unix epoch.
  package func start(_ row: Int) -> Int64 { element(.start, row, as: Int64.self) ?? 0 }

  /// Nanoseconds, never negative.
  package func duration(_ row: Int) -> Int64 {
    max(0, element(.duration, row, as: Int64.self) ?? 0)
  }

  /// Nanoseconds of a span that no child span covers.
  package func selfTime(_ row: Int) -> Int64 {
    max(0, element(.selfTime, row, as: Int64.self) ?? 0)
  }

  /// Nanoseconds since the Unix epoch.
  package func end(_ row: Int) -> Int64 { start(row).addingSaturating(duration(row)) }

  package func name(_ row: Int) -> StringID { id(.name, row) }
  package func service(_ row: Int) -> StringID { id(.service, row) }
  package func principal(_ row: Int) -> StringID { id(.principal, row) }
  package func permission(_ row: Int) -> StringID { id(.permission, row) }
  package func target(_ row: Int) -> StringID { id(.target, row) }
  package func reason(_ row: Int) -> StringID { id(.reason, row) }
  package func evaluator(_ row: Int) -> StringID { id(.evaluator, row) }
  package func message(_ row: Int) -> StringID { id(.message, row) }

  /// The row above in the tree; always an earlier row.
  package func parent(_ row: Int) -> Int? { optional(.parent, row, below: row) }

  /// The row and its descendants.
  package func subtree(_ row: Int) -> Range<Int> {
    let end = Int(element(.subtreeEnd, row, as: UInt32.self) ?? 0)
    return row..<max(row + 1, min(end, rowCount))
  }

  /// The number of ancestors; 65,535 stands for that many or more.
  package func depth(_ row: Int) -> Int { Int(element(.depth, row, as: UInt16.self) ?? 0) }

  /// The ordinal of the row's trace; nil for rows of no trace.
  package func trace(ofRow row: Int) -> Int? { optional(.trace, row, below: traceCount) }

  package func spanID(_ row: Int) -> SpanID { SpanID(element(.spanID, row, as: UInt64.self) ?? 0) }

  /// The id of the parent that the artifact names, whether that span is there or not.
  package func parentSpanID(_ row: Int) -> SpanID {
    SpanID(element(.parentSpanID, row, as: UInt64.self) ?? 0)
  }

  package func resource(ofRow row: Int) -> Int? { optional(.resource, row, below: resourceCount) }

  package func artifact(ofRow row: Int) -> Int {
    optional(.artifact, row, below: artifacts.count) ?? 0
  }

  /// Where the row's record begins in its artifact, in bytes.
  package func byteOffset(ofRow row: Int) -> UInt64 {
    element(.byteOffset, row, as: UInt64.self) ?? 0
  }

  /// The length of the row's record in its artifact, in bytes.
  package func byteLength(ofRow row: Int) -> UInt32 {
    element(.byteLength, row, as: UInt32.self) ?? 0
  }

  /// The rows that have no ancestor among `rows.lowerBound ..<`, i.e. the children of `row`, in
  /// order of start.
  package func forEachChild(of row: Int, _ body: (Int) -> Void) {
    let range = subtree(row)
    var child = row + 1
    while child < range.upperBound {
      body(child)
      child = subtree(child).upperBound
    }
  }

  /// A whole column of ids, valid during `body`; `none` stands for none where that can be.
  package func withIDs<R, E: Error>(
    _ column: IDColumn, _ body: (Span<UInt32>) throws(E) -> R
  ) throws(E) -> R {
    try withSection(column.section) { bytes throws(E) in
      try bytes.withSpan(of: UInt32.self, body)
    }
  }

  /// A whole column of nanoseconds, valid during `body`.
  package func withTimes<R, E: Error>(
    _ column: TimeColumn, _ body: (Span<Int64>) throws(E) -> R
  ) throws(E) -> R {
    try withSection(column.section) { bytes throws(E) in
      try bytes.withSpan(of: Int64.self, body)
    }
  }

  /// A whole column of raw values, valid during `body`.
  package func withBytes<R, E: Error>(
    _ column: ByteColumn, _ body: (Span<UInt8>) throws(E) -> R
  ) throws(E) -> R {
    try withSection(column.section) { bytes throws(E) in
      try bytes.withSpan(of: UInt8.self, body)
    }
  }

  /// The column of `RowMarks`, valid during `body`.
  package func withMarks<R, E: Error>(_ body: (Span<UInt16>) throws(E) -> R) throws(E) -> R {
    try withSection(.marks) { bytes throws(E) in try bytes.withSpan(of: UInt16.self, body) }
  }

  /// The column of depths, valid during `body`.
  package func withDepths<R, E: Error>(_ body: (Span<UInt16>) throws(E) -> R) throws(E) -> R {
    try withSection(.depth) { bytes throws(E) in try bytes.withSpan(of: UInt16.self, body) }
  }

  /// All rows by start, equal starts by row, valid during `body`.
  package func withTimeOrder<R, E: Error>(_ body: (Span<UInt32>) throws(E) -> R) throws(E) -> R {
    try withSection(.timeOrder) { bytes throws(E) in try bytes.withSpan(of: UInt32.self, body) }
  }

  /// The row at `position` in order of time.
  package func row(atTimePosition position: Int) -> Int? {
    optional(.timeOrder, position, below: rowCount)
  }
}

extension RawSpan {
  /// The bytes as elements; a section is aligned and holds whole elements.
  func withSpan<T: BitwiseCopyable, R, E: Error>(
    of type: T.Type, _ body: (Span<T>) throws(E) -> R
  ) throws(E) -> R {
    try body(Span<T>(_bytes: self))
  }
}

extension TraceIndex {
  /// The position of a row in order of time; the inverse of `row(atTimePosition:)`.
  ///
  /// - Complexity: O(log rows).
  package func timePosition(ofRow row: Int) -> Int {
    var low = 0
    var high = rowCount
    let key = (start(row), row)
    while low < high {
      let middle = (low + high) / 2
      guard let other = self.row(atTimePosition: middle) else { break }
      if (start(other), other) < key { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
