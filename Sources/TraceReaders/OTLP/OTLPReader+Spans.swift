import TraceModel
import WireFormats

extension OTLPReader {
  mutating func readSpan(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    var row = startRow(.span, at: cursor.position, in: batch)
    let start = cursor.position
    _ = try span.begin(in: bytes, at: &cursor)
    while let field = try span.next(in: bytes, at: &cursor) {
      switch SpanField(rawValue: field) {
      case .events: try readEvents(bytes, &cursor, &batch)
      case .links: try readLinks(bytes, &cursor, &batch)
      default: try readAttributes(.span, 0, bytes, &cursor, &batch)
      }
    }
    if span.hasIssues { report(span, bytes) }
    row.length = UInt32(clamping: cursor.position - start)

    row.name = column(span.value(SpanField.name), "span.name", bytes, &batch)
    row.message = column(
      span.value(SpanField.statusMessage), "span.status.message", bytes, &batch)
    row.spanKind = spanKind(span.value(SpanField.kind), bytes)
    row.status = status(span.value(SpanField.statusCode), bytes)
    fillTimes(&row, bytes)
    fillIdentifiers(
      &row, trace: span.value(SpanField.traceID), span: span.value(SpanField.spanID),
      parent: span.value(SpanField.parentSpanID), bytes, &batch)
    appendText(span.value(SpanField.traceState), .traceState, .span, 0, bytes, &batch)
    appendNumber(span.value(SpanField.flags), .flags, .span, 0, bytes, &batch)
    let droppedAttributes = span.value(SpanField.droppedAttributes)
    appendNumber(droppedAttributes, .droppedAttributes, .span, 0, bytes, &batch)
    appendNumber(span.value(SpanField.droppedEvents), .droppedEvents, .span, 0, bytes, &batch)
    appendNumber(span.value(SpanField.droppedLinks), .droppedLinks, .span, 0, bytes, &batch)
    append(&row, to: &batch)
    return .read
  }

  /// Appends a row whose own fields are known.
  mutating func append(_ row: inout RecordRow, to batch: inout RecordBatch) {
    row.service = context.service
    row.resource = context.resource(in: &batch)
    row.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) &- row.firstAttribute
    batch.rows.append(row)
  }

  // MARK: Columns

  private mutating func fillTimes(_ row: inout RecordRow, _ bytes: RawSpan) {
    let start = time(span.value(SpanField.start), "span.startTimeUnixNano", bytes) ?? 0
    let end = time(span.value(SpanField.end), "span.endTimeUnixNano", bytes) ?? 0
    row.start = Int64(clamping: start)
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

  private mutating func spanKind(_ value: FieldValue, _ bytes: RawSpan) -> SpanKind {
    if value.isMissing { return .unspecified }
    let names: [StaticString] = [
      "SPAN_KIND_UNSPECIFIED", "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT",
      "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER",
    ]
    if let number = OTLPReader.enumeration(value, names, bytes),
      let kind = SpanKind(rawValue: number)
    {
      return kind
    }
    replaced("span.kind", value)
    return .unspecified
  }

  private mutating func status(_ value: FieldValue, _ bytes: RawSpan) -> SpanStatus {
    if value.isMissing { return .unset }
    let names: [StaticString] = ["STATUS_CODE_UNSET", "STATUS_CODE_OK", "STATUS_CODE_ERROR"]
    if let number = OTLPReader.enumeration(value, names, bytes),
      let status = SpanStatus(rawValue: number)
    {
      return status
    }
    replaced("span.status.code", value)
    return .unset
  }

  /// The number of an enumeration's value, which may be written as a number or as a name.
  private static func enumeration(
    _ value: FieldValue, _ names: [StaticString], _ bytes: RawSpan
  ) -> UInt8? {
    if value.end &- value.start == 1 {
      let digit = bytes.byte(at: value.start) &- UInt8(ascii: "0")
      return digit <= 9 ? digit : nil
    }
    for (number, name) in names.enumerated() where value.equals(name, in: bytes) {
      return UInt8(number)
    }
    return nil
  }

  // MARK: Events and links

  private mutating func readEvents(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try passWrong("span.events", bytes, &cursor)
    }
    let row = UInt32(truncatingIfNeeded: batch.rows.count)
    while try elements.next(in: bytes, at: &cursor) {
      guard try event.begin(in: bytes, at: &cursor) else {
        try passWrong("span.events", bytes, &cursor)
        continue
      }
      let item = batch.events.count
      batch.events.append(RecordEvent(row: row, time: 0, name: .empty))
      while try event.next(in: bytes, at: &cursor) != nil {
        try readAttributes(.event, UInt32(truncatingIfNeeded: item), bytes, &cursor, &batch)
      }
      if event.hasIssues { report(event, bytes) }
      let nanoseconds = time(event.value(EventField.time), "event.timeUnixNano", bytes) ?? 0
      batch.events[item].time = Int64(clamping: nanoseconds)
      batch.events[item].name = column(
        event.value(EventField.name), "event.name", bytes, &batch)
      appendNumber(
        event.value(EventField.droppedAttributes), .droppedAttributes, .event,
        UInt32(truncatingIfNeeded: item), bytes, &batch)
    }
  }

  private mutating func readLinks(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try passWrong("span.links", bytes, &cursor)
    }
    let row = UInt32(truncatingIfNeeded: batch.rows.count)
    while try elements.next(in: bytes, at: &cursor) {
      guard try link.begin(in: bytes, at: &cursor) else {
        try passWrong("span.links", bytes, &cursor)
        continue
      }
      let item = UInt32(truncatingIfNeeded: batch.links.count)
      batch.links.append(RecordLink(row: row, trace: .none, span: .none))
      while try link.next(in: bytes, at: &cursor) != nil {
        try readAttributes(.link, item, bytes, &cursor, &batch)
      }
      if link.hasIssues { report(link, bytes) }
      fillLink(item, bytes, &batch)
    }
  }

  private mutating func fillLink(_ item: UInt32, _ bytes: RawSpan, _ batch: inout RecordBatch) {
    let trace = link.value(LinkField.traceID)
    let span = link.value(LinkField.spanID)
    let traceReading = text.traceID(trace, in: bytes, into: &batch.strings, log: &log)
    let spanReading = text.spanID(span, in: bytes, log: &log)
    batch.links[Int(item)].trace = traceReading.id
    batch.links[Int(item)].span = spanReading.id
    if !traceReading.text.isEmpty {
      append(trace, .string, .traceID, .link, item, bytes, &batch)
    }
    if spanReading.isHashed { append(span, .string, .spanID, .link, item, bytes, &batch) }
    appendText(link.value(LinkField.traceState), .traceState, .link, item, bytes, &batch)
    appendNumber(link.value(LinkField.flags), .flags, .link, item, bytes, &batch)
    let dropped = link.value(LinkField.droppedAttributes)
    appendNumber(dropped, .droppedAttributes, .link, item, bytes, &batch)
  }
}
