import TraceModel
import WireFormats

/// Reads OTLP/JSON: the spans of trace requests, and the log records that carry a trace id.
package struct OTLPReader: SpanFormatReader {
  package static let descriptor = FormatDescriptor(
    name: "otlp-json", title: "OpenTelemetry traces (JSON)",
    blindSpots: [
      "calls that were not sampled, or whose export failed",
      "what services without instrumentation did",
      "authorization decisions: an authorization log has to be beside it",
    ])

  package static func sniff(_ prefix: RawSpan) -> Bool {
    let keys = OuterKeys(of: prefix, objectsDeep: 2)
    return OTLPFields.signs.contains { keys.contains($0) }
  }

  var stream = JSONRecordStream(OTLPFields.outline)
  var log: ReadingLog
  var text = RecordText()
  var structure = AnyValueText()
  var context = ResourceContext()

  var span = FieldReader(OTLPFields.span)
  var event = FieldReader(OTLPFields.event)
  var link = FieldReader(OTLPFields.link)
  var logRecord = FieldReader(OTLPFields.log)
  var attribute = FieldReader(OTLPFields.attribute)
  private var resource = FieldReader(OTLPFields.resource)
  private var scope = FieldReader(OTLPFields.scope)

  typealias OwnKey = OTLPKey
  var ownKeys = AttributeScope.allCases.map { KnownKeys($0, OTLPKey.names) }
  private var serviceNameKey = KnownKeys(.resource, ["service.name"])

  private var foreignFields = ForeignFields()

  package init(artifact: UInt32) {
    log = ReadingLog(artifact: artifact)
  }

  // MARK: The walk

  mutating func readRecord(
    _ kind: Int, in bytes: RawSpan, at cursor: inout JSONCursor, into batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    foreignFields.isFormatKnown = true
    text.base = stream.offset(of: 0)
    switch OTLPPart(rawValue: kind) {
    case .span: return try readSpan(bytes, &cursor, &batch)
    case .logRecord: return try readLogRecord(bytes, &cursor, &batch)
    case .resource: return try readResource(bytes, &cursor, &batch)
    case .scope: return try readScope(bytes, &cursor, &batch)
    default: return .part
    }
  }

  mutating func follow(
    _ step: JSONRecordStream.Step, in bytes: RawSpan, into batch: inout RecordBatch
  ) {
    switch step {
    case .opened(let part): opened(OTLPPart(rawValue: part), in: batch)
    case .closed(let part): closed(OTLPPart(rawValue: part), into: &batch)
    case .counted(_, let offset):
      log.note(.otherRecord, at: offset, "metrics or profiles")
      log.settle(.skipped, into: &batch)
    case .unexpected(let part, let offset):
      unexpected(OTLPPart(rawValue: part), at: offset, into: &batch)
    case .unknown(let part, let key):
      let name = OTLPPart(rawValue: part)?.name ?? ""
      let path = name + "." + JSONText.display(bytes, key)
      let offset = stream.offset(of: key.lowerBound)
      if part == OTLPPart.request.rawValue && foreignFields.hold(path, at: offset) { return }
      log.note(.unknownField, at: offset, path)
      log.settle(.part, into: &batch)
    case .record, .fault, .suspended, .finished: break
    }
  }

  private mutating func opened(_ part: OTLPPart?, in batch: borrowing RecordBatch) {
    switch part {
    case .request:
      foreignFields.begin()
      context.openElement(in: batch)
    case .resourceSpansElement, .resourceLogsElement: context.openElement(in: batch)
    case .scopeSpansElement, .scopeLogsElement: context.openScope()
    default: foreignFields.isFormatKnown = true
    }
  }

  private mutating func closed(_ part: OTLPPart?, into batch: inout RecordBatch) {
    switch part {
    case .request:
      context.closeElement(in: &batch)
      let fate = foreignFields.settle(
        "an object that is no OTLP request", at: stream.offsetOfValue, &log)
      log.settle(fate, into: &batch)
    case .resourceSpansElement, .resourceLogsElement: context.closeElement(in: &batch)
    default: break
    }
  }

  mutating func valueAbandoned(into batch: inout RecordBatch) {
    context.closeElement(in: &batch)
    log.settle(foreignFields.report(&log), into: &batch)
  }

  private mutating func unexpected(
    _ part: OTLPPart?, at offset: UInt64, into batch: inout RecordBatch
  ) {
    let name = part?.name ?? ""
    switch part {
    case .request:
      log.note(.otherRecord, at: offset, "a JSON value that is no object")
      log.settle(.skipped, into: &batch)
    case .resource, .scope:
      log.note(.replacedValue, at: offset, "\(name) is no object")
      log.settle(.part, into: &batch)
    case .resourceSpans, .scopeSpans, .spans, .resourceLogs, .scopeLogs, .logRecords, .notRead:
      foreignFields.isFormatKnown = true
      log.note(.invalidField, at: offset, "\(name) is no array")
      log.settle(.refused, into: &batch)
    default:
      log.note(.invalidField, at: offset, "an element of \(name) is no object")
      log.settle(.refused, into: &batch)
    }
  }

  // MARK: Resources and scopes

  private mutating func readResource(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    let start = stream.offset(of: cursor.position)
    let first = batch.attributes.count
    _ = try resource.begin(in: bytes, at: &cursor)
    while try resource.next(in: bytes, at: &cursor) != nil {
      try readAttributes(.resource, 0, bytes, &cursor, &batch)
    }
    if resource.hasIssues { report(resource, bytes) }
    let dropped = resource.value(OriginField.droppedAttributes)
    appendNumber(dropped, .droppedAttributes, .resource, 0, bytes, &batch)
    guard !context.hasResource else {
      log.note(.duplicateField, at: start, "resource")
      batch.attributes.removeLast(batch.attributes.count - first)
      return .part
    }
    let key = serviceNameKey.index(of: 0, in: &batch)
    let name = batch.attributes[first...].first { $0.key == key }
    context.takeResource(from: first, service: name?.value ?? .empty, of: &batch)
    return .part
  }

  private mutating func readScope(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    let start = stream.offset(of: cursor.position)
    let first = batch.attributes.count
    _ = try scope.begin(in: bytes, at: &cursor)
    while try scope.next(in: bytes, at: &cursor) != nil {
      try readAttributes(.scope, 0, bytes, &cursor, &batch)
    }
    if scope.hasIssues { report(scope, bytes) }
    appendText(scope.value(OriginField.name), .name, .scope, 0, bytes, &batch)
    appendText(scope.value(OriginField.version), .version, .scope, 0, bytes, &batch)
    let dropped = scope.value(OriginField.droppedAttributes)
    appendNumber(dropped, .droppedAttributes, .scope, 0, bytes, &batch)
    guard !context.hasScope else {
      log.note(.duplicateField, at: start, "scope")
      batch.attributes.removeLast(batch.attributes.count - first)
      return .part
    }
    context.takeScope(from: first, of: &batch)
    return .part
  }
}
