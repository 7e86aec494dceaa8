import TraceModel
import WireFormats

/// Reads the JSON of Jaeger's query service and web page: traces with their spans and processes.
package struct JaegerReader: SpanFormatReader {
  package static let descriptor = FormatDescriptor(
    name: "jaeger-json", title: "Jaeger traces",
    blindSpots: [
      "calls that were not sampled, or whose export failed",
      "what services without instrumentation did",
      "authorization decisions: an authorization log has to be beside it",
    ])

  package static func sniff(_ prefix: RawSpan) -> Bool {
    let keys = OuterKeys(of: prefix, objectsDeep: 3)
    return keys.contains("spans") && keys.contains("traceID")
      && (keys.contains("operationName") || keys.contains("processes"))
  }

  var stream = JSONRecordStream(JaegerFields.outline)
  var log: ReadingLog
  var text = RecordText()
  var context = ProcessContext()
  typealias OwnKey = JaegerKey
  var ownKeys = AttributeScope.allCases.map { KnownKeys($0, JaegerKey.names) }
  var statusTags = StatusTags()
  var kindKey = KnownKeys(.span, ["span.kind"])
  /// The fields of a log that name its event, the first one first.
  var eventNameKeys = KnownKeys(.event, ["event", "message"])

  var span = FieldReader(JaegerFields.span)
  var reference = FieldReader(JaegerFields.reference)
  var attribute = FieldReader(JaegerFields.tag)
  var logEntry = FieldReader(JaegerFields.log)
  /// The references of the span at hand.
  var references: [Reference] = []
  private var process = FieldReader(JaegerFields.process)
  private var foreignFields = ForeignFields()

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

  // MARK: The walk

  mutating func readRecord(
    _ kind: Int, in bytes: RawSpan, at cursor: inout JSONCursor, into batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    foreignFields.isFormatKnown = true
    text.base = stream.offset(of: 0)
    return kind == JaegerPart.span.rawValue
      ? try readSpan(bytes, &cursor, &batch) : try readProcesses(bytes, &cursor, &batch)
  }

  mutating func follow(
    _ step: JSONRecordStream.Step, in bytes: RawSpan, into batch: inout RecordBatch
  ) {
    switch step {
    case .opened(let part): opened(JaegerPart(rawValue: part), into: &batch)
    case .closed(let part): closed(JaegerPart(rawValue: part), into: &batch)
    case .counted(let part, let offset):
      let isWarning = part == JaegerPart.warning.rawValue
      log.note(
        .otherRecord, at: offset,
        isWarning ? "a warning about a whole trace" : "an error of the query for the traces")
      log.settle(.skipped, into: &batch)
    case .unexpected(let part, let offset):
      unexpected(JaegerPart(rawValue: part), at: offset, into: &batch)
    case .unknown(let part, let key):
      let path = (JaegerPart(rawValue: part)?.name ?? "") + "." + JSONText.display(bytes, key)
      let offset = stream.offset(of: key.lowerBound)
      if part == JaegerPart.document.rawValue && foreignFields.hold(path, at: offset) { return }
      log.note(.unknownField, at: offset, path)
      log.settle(.part, into: &batch)
    case .record, .fault, .suspended, .finished: break
    }
  }

  private mutating func opened(_ part: JaegerPart?, into batch: inout RecordBatch) {
    switch part {
    case .document:
      foreignFields.begin()
      context.open(in: batch)
    case .trace:
      closeTrace(into: &batch)
      foreignFields.isFormatKnown = true
    default: foreignFields.isFormatKnown = true
    }
  }

  private mutating func closed(_ part: JaegerPart?, into batch: inout RecordBatch) {
    switch part {
    case .document:
      closeTrace(into: &batch)
      let fate = foreignFields.settle(
        "an object that is no Jaeger trace", at: stream.offsetOfValue, &log)
      log.settle(fate, into: &batch)
    case .trace: closeTrace(into: &batch)
    default: break
    }
  }

  private mutating func closeTrace(into batch: inout RecordBatch) {
    for offset in context.close(in: &batch) {
      log.note(.replacedValue, at: offset, "span.processID names no process")
    }
    log.settle(.part, into: &batch)
  }

  mutating func valueAbandoned(into batch: inout RecordBatch) {
    closeTrace(into: &batch)
    log.settle(foreignFields.report(&log), into: &batch)
  }

  private mutating func unexpected(
    _ part: JaegerPart?, at offset: UInt64, into batch: inout RecordBatch
  ) {
    let name = part?.name ?? ""
    switch part {
    case .document:
      log.note(.otherRecord, at: offset, "a JSON value that is no object")
      return log.settle(.skipped, into: &batch)
    case .processes:
      log.note(.replacedValue, at: offset, "processes is no object")
      log.settle(.part, into: &batch)
    case .warnings, .errors:
      log.note(.replacedValue, at: offset, "\(name) is no array")
      log.settle(.part, into: &batch)
    case .spans:
      log.note(.invalidField, at: offset, "spans is no array")
      log.settle(.refused, into: &batch)
    default:
      log.note(.invalidField, at: offset, "an element of \(name) is no object")
      log.settle(.refused, into: &batch)
    }
    foreignFields.isFormatKnown = true
  }

  // MARK: Processes

  private mutating func readProcesses(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    let start = stream.offset(of: cursor.position)
    let first = batch.attributes.count
    var found: [(id: StringID, offset: UInt64, service: StringID, attributes: Range<Int>)] = []
    guard var members = ObjectMembers.open(in: bytes, at: &cursor) else { return .part }
    while let key = try members.next(in: bytes, at: &cursor) {
      let offset = stream.offset(of: key.start)
      if let (service, attributes) = try readProcess(bytes, &cursor, &batch) {
        found.append((intern(key, bytes, &batch), offset, service, attributes))
      }
    }
    // What a trace is told is kept only when all of it is there: an incomplete record comes again.
    if context.isComplete {
      log.note(.duplicateField, at: start, "processes")
    } else {
      context.isComplete = true
      for process in found
      where !context.define(
        process.id, service: process.service, attributes: process.attributes, in: &batch)
      {
        log.note(.duplicateField, at: process.offset, "a process")
      }
    }
    batch.attributes.removeLast(batch.attributes.count - first)
    return .part
  }

  /// Reads a process, whose attributes are then the batch's last ones.
  ///
  /// - Returns: its service and attributes; `nil` when it is no object.
  mutating func readProcess(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) -> (service: StringID, attributes: Range<Int>)? {
    guard try process.begin(in: bytes, at: &cursor) else {
      try passWrong("a process", bytes, &cursor)
      return nil
    }
    let first = batch.attributes.count
    while try process.next(in: bytes, at: &cursor) != nil {
      try readTags(.resource, 0, "process.tags", bytes, &cursor, &batch)
    }
    if process.hasIssues { report(process, bytes) }
    let name = process.value(JaegerProcessField.serviceName)
    let service = column(name, "process.serviceName", bytes, &batch)
    appendText(name, .serviceName, .resource, 0, bytes, &batch)
    return (service, first..<batch.attributes.count)
  }
}
