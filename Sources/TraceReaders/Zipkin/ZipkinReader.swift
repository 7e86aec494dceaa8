import TraceModel
import WireFormats

/// Reads Zipkin's JSON, version 2 and version 1.
package struct ZipkinReader: SpanFormatReader {
  package static let descriptor = FormatDescriptor(
    name: "zipkin-json", title: "Zipkin traces",
    blindSpots: [
      "calls that were not sampled, or whose export failed",
      "what services without instrumentation did",
      "authorization decisions: an authorization log has to be beside it",
      "the kind of an attribute's value: all are text",
    ])

  package static func sniff(_ prefix: RawSpan) -> Bool {
    let keys = OuterKeys(of: prefix, objectsDeep: 1)
    return keys.contains("traceId") && keys.contains("id")
      && ZipkinFields.signs.contains { keys.contains($0) }
  }

  /// A host with the text of its fields, by which equal ones share a resource.
  private struct Host: Hashable {
    var service = StringID.empty
    var ipv4 = StringID.empty
    var ipv6 = StringID.empty
    var port = StringID.empty
  }

  var stream = JSONRecordStream(ZipkinFields.outline)
  var log: ReadingLog
  var text = RecordText()
  typealias OwnKey = ZipkinKey
  var ownKeys = AttributeScope.allCases.map { KnownKeys($0, ZipkinKey.names) }
  var attribute = FieldReader(ZipkinFields.binaryAnnotation)
  var annotation = FieldReader(ZipkinFields.annotation)
  var core = CoreAnnotations()
  private var span = FieldReader(ZipkinFields.span)
  private var statusTags = StatusTags()
  private var resources: [Host: UInt32] = [:]

  package init(artifact: UInt32) {
    log = ReadingLog(artifact: artifact)
  }

  @inline(__always)
  mutating func intern(
    _ value: FieldValue, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    if value.isMissing { return .empty }
    return text.intern(value, in: bytes, into: &batch.strings, log: &log)
  }

  mutating func follow(
    _ step: JSONRecordStream.Step, in bytes: RawSpan, into batch: inout RecordBatch
  ) {
    guard case .unexpected(_, let offset) = step else { return }
    log.note(.otherRecord, at: offset, "a JSON value that is no object")
    log.settle(.skipped, into: &batch)
  }

  // MARK: Spans

  mutating func readRecord(
    _ kind: Int, in bytes: RawSpan, at cursor: inout JSONCursor, into batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    text.base = stream.offset(of: 0)
    var row = startRow(.span, at: cursor.position, in: batch)
    let start = cursor.position
    core.forget()
    _ = try span.begin(in: bytes, at: &cursor)
    while let field = try span.next(in: bytes, at: &cursor) {
      switch ZipkinSpanField(rawValue: field) {
      case .annotations: try readAnnotations(bytes, &cursor, &batch)
      case .binaryAnnotations: try readBinaryAnnotations(bytes, &cursor, &batch)
      default: try readTags(bytes, &cursor, &batch)
      }
    }
    if span.value(ZipkinSpanField.traceID).isMissing && span.value(ZipkinSpanField.id).isMissing {
      log.forgetRecord()
      log.note(.otherRecord, at: row.offset, "an object that is no Zipkin span")
      return .skipped
    }
    if span.hasIssues { report(span, bytes) }
    row.length = UInt32(clamping: cursor.position - start)
    fill(&row, bytes, &batch)
    row.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) &- row.firstAttribute
    batch.rows.append(row)
    return .read
  }

  private mutating func fill(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    row.name = column(span.value(ZipkinSpanField.name), "span.name", bytes, &batch)
    row.spanKind = spanKind(span.value(ZipkinSpanField.kind), bytes)
    fillTimes(&row, bytes)
    fillIdentifiers(
      &row, trace: span.value(ZipkinSpanField.traceID), span: span.value(ZipkinSpanField.id),
      parent: span.value(ZipkinSpanField.parentID), bytes, &batch)
    appendFlag(span.value(ZipkinSpanField.debug), .debug, "span.debug", bytes, &batch)
    appendFlag(span.value(ZipkinSpanField.shared), .shared, "span.shared", bytes, &batch)
    // Zipkin takes the tag itself as the sign of a failure, whatever it says.
    statusTags.fill(&row, &batch) { _ in true }
    let remote = ZipkinEndpoint(
      service: span.value(ZipkinSpanField.remoteService),
      ipv4: span.value(ZipkinSpanField.remoteIPv4), ipv6: span.value(ZipkinSpanField.remoteIPv6),
      port: span.value(ZipkinSpanField.remotePort))
    appendRemote(remote, bytes, &batch)
    fillHost(&row, bytes, &batch)
  }

  private mutating func spanKind(_ value: FieldValue, _ bytes: RawSpan) -> SpanKind {
    if value.isMissing { return core.kind }
    if value.equals("SERVER", in: bytes) { return .server }
    if value.equals("CLIENT", in: bytes) { return .client }
    if value.equals("PRODUCER", in: bytes) { return .producer }
    if value.equals("CONSUMER", in: bytes) { return .consumer }
    replaced("span.kind", value)
    return .unspecified
  }

  private mutating func fillTimes(_ row: inout RecordRow, _ bytes: RawSpan) {
    let timestamp = span.value(ZipkinSpanField.timestamp)
    var start = time(timestamp, "span.timestamp", bytes, scale: 3)
    var duration = time(
      span.value(ZipkinSpanField.duration), "span.duration", bytes, scale: 3)
    // Zipkin's zero stands for a number that is not known.
    if start == 0 { start = nil }
    if duration == 0 { duration = nil }
    let own = core.interval
    if start == nil { start = own.start }
    if duration == nil, let begin = own.start, let end = own.end {
      duration = end < begin ? 0 : end - begin
      if end < begin { row.marks.insert(.endBeforeStart) }
    }
    fillTimes(&row, start: start, duration: duration)
  }

  // MARK: Endpoints

  /// Finds or makes the resource of the host that the span ran on.
  private mutating func fillHost(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    var endpoint = ZipkinEndpoint(
      service: span.value(ZipkinSpanField.localService),
      ipv4: span.value(ZipkinSpanField.localIPv4), ipv6: span.value(ZipkinSpanField.localIPv6),
      port: span.value(ZipkinSpanField.localPort))
    if endpoint.isEmpty { endpoint = core.endpoint }
    if endpoint.isEmpty { return }
    var host = Host()
    host.service = column(endpoint.service, "endpoint.serviceName", bytes, &batch)
    host.ipv4 = intern(endpoint.ipv4, bytes, &batch)
    host.ipv6 = intern(endpoint.ipv6, bytes, &batch)
    host.port = intern(endpoint.port, bytes, &batch)
    row.service = host.service
    if let resource = resources[host] {
      row.resource = resource
      return
    }
    row.resource = UInt32(truncatingIfNeeded: batch.resources.count)
    resources[host] = row.resource
    let first = batch.attributes.count
    appendText(endpoint.service, .serviceName, .resource, 0, bytes, &batch)
    appendText(endpoint.ipv4, .ipv4, .resource, 0, bytes, &batch)
    appendText(endpoint.ipv6, .ipv6, .resource, 0, bytes, &batch)
    appendNumber(endpoint.port, .port, .resource, 0, bytes, &batch)
    batch.resources.append(
      RecordResource(
        firstAttribute: UInt32(truncatingIfNeeded: batch.resourceAttributes.count),
        attributeCount: UInt32(truncatingIfNeeded: batch.attributes.count - first)))
    batch.resourceAttributes.append(contentsOf: batch.attributes[first...])
    batch.attributes.removeLast(batch.attributes.count - first)
  }

  /// Appends the other side of the call as attributes.
  mutating func appendRemote(
    _ endpoint: ZipkinEndpoint, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    appendText(endpoint.service, .remoteService, .span, 0, bytes, &batch)
    appendText(endpoint.ipv4, .remoteIPv4, .span, 0, bytes, &batch)
    appendText(endpoint.ipv6, .remoteIPv6, .span, 0, bytes, &batch)
    appendNumber(endpoint.port, .remotePort, .span, 0, bytes, &batch)
  }

  /// Appends a Boolean as an attribute, unless it is false, which is as good as absent.
  private mutating func appendFlag(
    _ value: FieldValue, _ own: ZipkinKey, _ path: String, _ bytes: RawSpan,
    _ batch: inout RecordBatch
  ) {
    switch value.kind {
    case .absent, .null, .false: break
    case .true: append(value, .boolean, own, .span, 0, bytes, &batch)
    default: replaced(path, value)
    }
  }
}
