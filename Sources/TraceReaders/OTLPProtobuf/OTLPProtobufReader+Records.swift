import TraceModel
import WireFormats

// Field numbers are those of opentelemetry/proto/trace/v1/trace.proto, logs/v1/logs.proto,
// resource/v1/resource.proto and common/v1/common.proto, version 1.

extension OTLPProtobufReader {
  /// Reads an element of `spans`, `logRecords` or `metrics`, which all have the same field number.
  mutating func readRecord(
    _ range: Range<Int>, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) throws(ProtobufFault) -> RecordFate {
    switch try OTLPSignal(range, bytes) {
    case .span: return try readSpan(range, bytes, &batch)
    case .log: return try readLog(range, bytes, &batch)
    case .metric:
      log.note(.otherRecord, at: base + UInt64(range.lowerBound), "metrics or profiles")
      return .skipped
    }
  }

  private func startRow(
    _ kind: RowKind, _ range: Range<Int>, in batch: borrowing RecordBatch
  ) -> RecordRow {
    var row = RecordRow()
    row.kind = kind
    row.artifact = log.artifact
    row.offset = base + UInt64(range.lowerBound)
    row.length = UInt32(clamping: range.count)
    row.firstAttribute = UInt32(truncatingIfNeeded: batch.attributes.count)
    return row
  }

  private mutating func finish(_ row: inout RecordRow, _ batch: inout RecordBatch) {
    row.service = context.service
    row.resource = context.resource(in: &batch)
    row.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) &- row.firstAttribute
    batch.rows.append(row)
  }

  // MARK: Spans

  private mutating func readSpan(
    _ range: Range<Int>, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) throws(ProtobufFault) -> RecordFate {
    var row = startRow(.span, range, in: batch)
    var start: UInt64 = 0
    var end: UInt64 = 0
    var cursor = ProtobufCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch (field.number, field.wire) {
      case (1, .bytes): fillTrace(&row, field.range, bytes, &batch)
      case (2, .bytes): row.span = spanID(field.range, .spanID, .span, 0, bytes, &batch)
      case (3, .bytes): appendText(field.range, .traceState, .span, 0, bytes, &batch)
      case (4, .bytes): row.parentSpan = spanID(field.range, .parentSpanID, .span, 0, bytes, &batch)
      case (5, .bytes): row.name = intern(field.range, bytes, &batch)
      case (6, .varint): row.spanKind = kind(field)
      case (7, .fixed64): start = field.value
      case (8, .fixed64): end = field.value
      case (9, .bytes): try readAttribute(field.range, .span, 0, bytes, &batch)
      case (10, .varint): appendNumber(field, .droppedAttributes, .span, 0, &batch)
      case (11, .bytes): try readEvent(field.range, bytes, &batch)
      case (12, .varint): appendNumber(field, .droppedEvents, .span, 0, &batch)
      case (13, .bytes): try readLink(field.range, bytes, &batch)
      case (14, .varint): appendNumber(field, .droppedLinks, .span, 0, &batch)
      case (15, .bytes): try readStatus(field.range, &row, bytes, &batch)
      case (16, .fixed32): appendNumber(field, .flags, .span, 0, &batch)
      default: noteStrange(field, "span", known: 1...16)
      }
    }
    batch.internAnnounced(in: bytes)
    fillTimes(&row, start: start, end: end)
    finish(&row, &batch)
    return .read
  }

  private mutating func fillTimes(_ row: inout RecordRow, start: UInt64, end: UInt64) {
    row.start = Int64(clamping: start)
    for time in [start, end] where time > UInt64(Int64.max) {
      log.note(.replacedValue, at: row.offset, "a time beyond the year 2262: \(time)")
    }
    if start == 0 {
      row.marks.insert(.timeMissing)
      if end == 0 { row.marks.insert(.endMissing) }
    } else if end == 0 {
      row.marks.insert(.endMissing)
    } else if end < start {
      row.marks.insert(.endBeforeStart)
    } else {
      row.duration = Int64(clamping: end) - row.start
    }
  }

  private mutating func kind(_ field: ProtobufField) -> SpanKind {
    if field.value <= 5, let kind = SpanKind(rawValue: UInt8(field.value)) { return kind }
    log.note(.replacedValue, at: base + UInt64(field.range.lowerBound), "span.kind")
    return .unspecified
  }

  private mutating func readStatus(
    _ range: Range<Int>, _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) throws(ProtobufFault) {
    var cursor = ProtobufCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch (field.number, field.wire) {
      case (2, .bytes): row.message = intern(field.range, bytes, &batch)
      case (3, .varint):
        if field.value <= 2, let status = SpanStatus(rawValue: UInt8(field.value)) {
          row.status = status
        } else {
          log.note(.replacedValue, at: base + UInt64(field.range.lowerBound), "span.status.code")
        }
      // Field 1 was the code of versions before 1.0.
      default: noteStrange(field, "span.status", known: 2...3)
      }
    }
  }

  // MARK: Events and links

  private mutating func readEvent(
    _ range: Range<Int>, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) throws(ProtobufFault) {
    let item = UInt32(truncatingIfNeeded: batch.events.count)
    batch.events.append(
      RecordEvent(
        row: UInt32(truncatingIfNeeded: batch.rows.count), time: 0, name: .empty))
    var cursor = ProtobufCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch (field.number, field.wire) {
      case (1, .fixed64): batch.events[Int(item)].time = Int64(clamping: field.value)
      case (2, .bytes): batch.events[Int(item)].name = intern(field.range, bytes, &batch)
      case (3, .bytes): try readAttribute(field.range, .event, item, bytes, &batch)
      case (4, .varint): appendNumber(field, .droppedAttributes, .event, item, &batch)
      default: noteStrange(field, "event", known: 1...4)
      }
    }
  }

  private mutating func readLink(
    _ range: Range<Int>, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) throws(ProtobufFault) {
    let item = UInt32(truncatingIfNeeded: batch.links.count)
    batch.links.append(
      RecordLink(
        row: UInt32(truncatingIfNeeded: batch.rows.count), trace: .none, span: .none))
    var cursor = ProtobufCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch (field.number, field.wire) {
      case (1, .bytes):
        let reading = traceID(field.range, bytes)
        batch.links[Int(item)].trace = reading.id
        if !reading.isCanonical {
          appendHexadecimal(field.range, .traceID, .link, item, bytes, &batch)
        }
      case (2, .bytes):
        batch.links[Int(item)].span = spanID(field.range, .spanID, .link, item, bytes, &batch)
      case (3, .bytes): appendText(field.range, .traceState, .link, item, bytes, &batch)
      case (4, .bytes): try readAttribute(field.range, .link, item, bytes, &batch)
      case (5, .varint): appendNumber(field, .droppedAttributes, .link, item, &batch)
      case (6, .fixed32): appendNumber(field, .flags, .link, item, &batch)
      default: noteStrange(field, "link", known: 1...6)
      }
    }
  }

  // MARK: Log records

  private mutating func readLog(
    _ range: Range<Int>, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) throws(ProtobufFault) -> RecordFate {
    var row = startRow(.log, range, in: batch)
    var observed: UInt64 = 0
    var cursor = ProtobufCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch (field.number, field.wire) {
      case (1, .fixed64): row.start = Int64(clamping: field.value)
      case (11, .fixed64): observed = field.value
      case (2, .varint): appendNumber(field, .severityNumber, .span, 0, &batch)
      case (3, .bytes): appendText(field.range, .severityText, .span, 0, bytes, &batch)
      case (5, .bytes): row.name = try anyValue(field.range, bytes, &batch).0
      case (6, .bytes): try readAttribute(field.range, .span, 0, bytes, &batch)
      case (7, .varint): appendNumber(field, .droppedAttributes, .span, 0, &batch)
      case (8, .fixed32): appendNumber(field, .flags, .span, 0, &batch)
      case (9, .bytes): fillTrace(&row, field.range, bytes, &batch)
      case (10, .bytes):
        row.parentSpan = spanID(field.range, .parentSpanID, .span, 0, bytes, &batch)
      case (12, .bytes): appendText(field.range, .eventName, .span, 0, bytes, &batch)
      default: noteStrange(field, "log", known: 1...12)
      }
    }
    batch.internAnnounced(in: bytes)
    if row.trace.isNone {
      log.forgetRecord()
      log.note(.otherRecord, at: row.offset, "a log record without a trace id")
      return .skipped
    }
    if row.start == 0 { row.start = Int64(clamping: observed) }
    if row.start == 0 { row.marks.insert(.timeMissing) }
    finish(&row, &batch)
    return .read
  }

  // MARK: Resources and scopes

  mutating func readResource(
    _ range: Range<Int>, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) throws(ProtobufFault) {
    let first = batch.attributes.count
    var cursor = ProtobufCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch (field.number, field.wire) {
      case (1, .bytes): try readAttribute(field.range, .resource, 0, bytes, &batch)
      case (2, .varint): appendNumber(field, .droppedAttributes, .resource, 0, &batch)
      case (3, .bytes): break
      default: noteStrange(field, "resource", known: 1...3)
      }
    }
    batch.internAnnounced(in: bytes)
    guard !context.hasResource else {
      log.note(.duplicateField, at: base + UInt64(range.lowerBound), "resource")
      batch.attributes.removeLast(batch.attributes.count - first)
      return
    }
    let key = serviceNameKey.index(of: 0, in: &batch)
    let name = batch.attributes[first...].first { $0.key == key }
    context.takeResource(from: first, service: name?.value ?? .empty, of: &batch)
  }

  mutating func readScope(
    _ range: Range<Int>, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) throws(ProtobufFault) {
    let first = batch.attributes.count
    var cursor = ProtobufCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch (field.number, field.wire) {
      case (1, .bytes): appendText(field.range, .name, .scope, 0, bytes, &batch)
      case (2, .bytes): appendText(field.range, .version, .scope, 0, bytes, &batch)
      case (3, .bytes): try readAttribute(field.range, .scope, 0, bytes, &batch)
      case (4, .varint): appendNumber(field, .droppedAttributes, .scope, 0, &batch)
      default: noteStrange(field, "scope", known: 1...4)
      }
    }
    batch.internAnnounced(in: bytes)
    guard !context.hasScope else {
      log.note(.duplicateField, at: base + UInt64(range.lowerBound), "scope")
      batch.attributes.removeLast(batch.attributes.count - first)
      return
    }
    context.takeScope(from: first, of: &batch)
  }

  // MARK: Diagnostics

  /// Notes a field that is not known, or has another type than its number says.
  func strangeness(_ field: ProtobufField, known: ClosedRange<Int>) -> DiagnosticCode {
    known.contains(field.number) ? .replacedValue : .unknownField
  }

  private mutating func noteStrange(
    _ field: ProtobufField, _ message: String, known: ClosedRange<Int>
  ) {
    log.note(
      strangeness(field, known: known), at: base + UInt64(field.range.lowerBound),
      "\(message) field \(field.number)")
  }
}

/// Which signal a record belongs to: requests of all signals have the same outer fields.
private enum OTLPSignal {
  case span, log, metric

  /// By the first field that only one signal has; fields may come in any order.
  init(_ range: Range<Int>, _ bytes: RawSpan) throws(ProtobufFault) {
    var cursor = ProtobufCursor(range)
    // The trace id and the span id of a span are what a metric has its name and description in.
    var first = 0
    var second = 0
    while let field = try cursor.next(in: bytes) {
      switch (field.number, field.wire) {
      case (7, .fixed64), (8, .fixed64), (6, .varint), (4, .bytes), (13..., _):
        self = .span
        return
      case (1, .fixed64), (11, .fixed64), (8, .fixed32), (2, .varint), (6, .bytes):
        self = .log
        return
      case (7, .bytes), (10, .bytes):
        self = .metric
        return
      case (1, .bytes): first = field.range.count
      case (2, .bytes): second = field.range.count
      default: break
      }
    }
    self = [0, 16].contains(first) && [0, 8].contains(second) ? .span : .metric
  }
}
