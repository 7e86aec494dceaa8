package import TraceIndex
package import TraceModel

/// Builds small executions by hand: `builder.span("a", in: 1, id: 2, parent: 1, at: 0, for: 10)`.
///
/// Times are in milliseconds after 2026-03-02 09:00:00 UTC.
package struct TraceBuilder: ~Copyable {
  /// 2026-03-02T09:00:00Z in nanoseconds since the Unix epoch.
  package static let epoch: Int64 = 1_772_442_000_000_000_000

  package var batch: RecordBatch
  private var offset: UInt64 = 0

  package init(artifact: String = "test.jsonl", space: SpillSpace? = nil) {
    batch = RecordBatch(space: space)
    batch.artifacts.append(ArtifactRecord(path: artifact))
  }

  /// Adds a span; returns its number in the batch.
  @discardableResult
  package mutating func span(
    _ name: String, in trace: UInt64 = 1, id: UInt64, parent: UInt64 = 0, at start: Int64 = 0,
    for duration: Int64 = 1, service: String = "service", kind: SpanKind = .internal,
    status: SpanStatus = .unset, message: String = "",
    attributes: KeyValuePairs<String, String> = [:]
  ) -> Int {
    var row = RecordRow()
    row.kind = .span
    row.spanKind = kind
    row.status = status
    row.trace = TraceID(high: 0, low: trace)
    row.span = SpanID(id)
    row.parentSpan = SpanID(parent)
    row.start = TraceBuilder.epoch + start * 1_000_000
    row.duration = duration * 1_000_000
    row.name = batch.strings.intern(name)
    row.service = batch.strings.intern(service)
    row.message = batch.strings.intern(message)
    return append(row, scope: .span, attributes: attributes)
  }

  /// Adds a decision; `trace` 0 stands for none.
  @discardableResult
  package mutating func decision(
    _ outcome: Outcome, _ principal: String, _ permission: String, on target: String,
    in trace: UInt64 = 0, span: UInt64 = 0, at start: Int64 = 0, latency: Int64 = 0,
    reason: String = "", evaluator: String = "engine", service: String = "",
    attributes: KeyValuePairs<String, String> = [:]
  ) -> Int {
    var row = RecordRow()
    row.kind = .decision
    row.outcome = outcome
    row.trace = TraceID(high: 0, low: trace)
    row.span = SpanID(span)
    row.start = TraceBuilder.epoch + start * 1_000_000
    row.duration = latency * 1_000_000
    row.principal = batch.strings.intern(principal)
    row.permission = batch.strings.intern(permission)
    row.name = row.permission
    row.target = batch.strings.intern(target)
    row.reason = batch.strings.intern(reason)
    row.evaluator = batch.strings.intern(evaluator)
    row.service = batch.strings.intern(service)
    return append(row, scope: .authz, attributes: attributes)
  }

  /// Adds a moment to the row added last.
  package mutating func event(_ name: String, at time: Int64) {
    batch.events.append(
      RecordEvent(
        row: UInt32(batch.rows.count - 1), time: TraceBuilder.epoch + time * 1_000_000,
        name: batch.strings.intern(name)))
  }

  /// Values that are whole numbers become integers; everything else is a string.
  private mutating func append(
    _ row: RecordRow, scope: AttributeScope, attributes: KeyValuePairs<String, String>
  ) -> Int {
    var row = row
    row.offset = offset
    row.length = 100
    offset += 100
    row.firstAttribute = UInt32(batch.attributes.count)
    row.attributeCount = UInt32(attributes.count)
    for (key, value) in attributes {
      batch.attributes.append(
        RecordAttribute(
          key: batch.key(scope, batch.strings.intern(key)), value: batch.strings.intern(value),
          type: Int64(value) == nil ? .string : .integer))
    }
    batch.rows.append(row)
    batch.artifacts[0].recordsRead += 1
    return batch.rows.count - 1
  }

  /// What was built.
  package consuming func take() -> RecordBatch { batch }

  /// Writes the execution to a temporary folder and opens it. The file stays mapped after the
  /// folder is gone.
  package borrowing func index(name: String = "test") throws -> TraceIndex {
    let folder = TemporaryFolder()
    let path = folder.file("test.vtix")
    try IndexBuilder.write(batch, name: name, to: path)
    return try TraceIndex.open(path: path)
  }
}
