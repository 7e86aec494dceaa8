import TraceModel
import WireFormats

extension JaegerReader {
  /// A reference as it lies in the buffer.
  struct Reference: Sendable {
    let type: FieldValue
    let trace: FieldValue
    let span: FieldValue
  }

  mutating func readSpan(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    var row = startRow(.span, at: cursor.position, in: batch)
    let start = cursor.position
    references.removeAll(keepingCapacity: true)
    _ = try span.begin(in: bytes, at: &cursor)
    while let field = try span.next(in: bytes, at: &cursor) {
      switch JaegerSpanField(rawValue: field) {
      case .references: try readReferences(bytes, &cursor)
      case .logs: try readLogs(bytes, &cursor, &batch)
      case .warnings: try readWarnings(bytes, &cursor, &batch)
      default: try readTags(.span, 0, "span.tags", bytes, &cursor, &batch)
      }
    }
    if span.hasIssues { report(span, bytes) }
    row.length = UInt32(clamping: cursor.position - start)

    row.name = column(
      span.value(JaegerSpanField.operationName), "span.operationName", bytes, &batch)
    fillTimes(&row, bytes)
    fillIdentifiers(
      &row, trace: span.value(JaegerSpanField.traceID), span: span.value(JaegerSpanField.spanID),
      parent: .absent, bytes, &batch)
    fillReferences(&row, bytes, &batch)
    appendNumber(span.value(JaegerSpanField.flags), .flags, .span, 0, bytes, &batch)
    fillKind(&row, &batch)
    // Jaeger's tag is a Boolean; a text in it names what went wrong.
    statusTags.fill(&row, &batch) { !["false", "0", ""].contains($0) }
    try fillProcess(&row, bytes, &batch)
    row.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) &- row.firstAttribute
    batch.rows.append(row)
    return .read
  }

  // MARK: Columns

  private mutating func fillTimes(_ row: inout RecordRow, _ bytes: RawSpan) {
    let start = time(span.value(JaegerSpanField.startTime), "span.startTime", bytes, scale: 3)
    let duration = time(span.value(JaegerSpanField.duration), "span.duration", bytes, scale: 3)
    fillTimes(&row, start: start, duration: duration)
  }

  /// The kind that the tag `span.kind` names.
  private mutating func fillKind(_ row: inout RecordRow, _ batch: inout RecordBatch) {
    let key = kindKey.index(of: 0, in: &batch)
    let first = Int(row.firstAttribute)
    guard let tag = batch.attributes.firstIndex(from: first, where: { $0.key == key }) else {
      return
    }
    let name = batch.strings.string(batch.attributes[tag].value)
    row.spanKind = SpanKind.allCases.first { $0.name == name } ?? .unspecified
  }

  private mutating func fillProcess(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    let id = span.value(JaegerSpanField.processID)
    if !id.isMissing {
      let name = column(id, "span.processID", bytes, &batch)
      (row.resource, row.service) = context.process(name, usedAt: row.offset, in: &batch)
      return
    }
    let embedded = span.value(JaegerSpanField.process)
    var cursor = JSONCursor(position: embedded.start)
    guard case .object = embedded.kind,
      let (service, attributes) = try readProcess(bytes, &cursor, &batch)
    else {
      return log.note(.replacedValue, at: row.offset, "a span without a process")
    }
    row.service = service
    row.resource = context.defineUnnamed(service: service, attributes: attributes, in: &batch)
    batch.attributes.removeLast(attributes.count)
  }

  // MARK: References

  private mutating func readReferences(
    _ bytes: RawSpan, _ cursor: inout JSONCursor
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try passWrong("span.references", bytes, &cursor)
    }
    while try elements.next(in: bytes, at: &cursor) {
      guard try reference.begin(in: bytes, at: &cursor) else {
        try passWrong("span.references", bytes, &cursor)
        continue
      }
      while try reference.next(in: bytes, at: &cursor) != nil {}
      if reference.hasIssues { report(reference, bytes) }
      references.append(
        Reference(
          type: reference.value(JaegerReferenceField.type),
          trace: reference.value(JaegerReferenceField.traceID),
          span: reference.value(JaegerReferenceField.spanID)))
    }
  }

  /// The first `CHILD_OF` inside the trace is the parent; all others become links.
  private mutating func fillReferences(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    var hasParent = false
    for reference in references {
      let trace =
        reference.trace.isMissing
        ? row.trace : text.traceID(reference.trace, in: bytes, log: &log).id
      if !hasParent && trace == row.trace && !reference.span.isMissing
        && (reference.type.isMissing || reference.type.isText("CHILD_OF", in: bytes))
      {
        hasParent = true
        fillParent(&row, reference.span, bytes, &batch)
      } else {
        appendLink(reference, trace, bytes, &batch)
      }
    }
    let legacy = span.value(JaegerSpanField.parentSpanID)
    if !hasParent {
      fillParent(&row, legacy, bytes, &batch)
    } else if !legacy.isMissing {
      let other = text.spanID(legacy, in: bytes, log: &log).id
      if !other.isNone && other != row.parentSpan {
        appendLink(Reference(type: .absent, trace: .absent, span: legacy), row.trace, bytes, &batch)
      }
    }
  }

  private mutating func appendLink(
    _ reference: Reference, _ trace: TraceID, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let item = UInt32(truncatingIfNeeded: batch.links.count)
    let spanReading = text.spanID(reference.span, in: bytes, log: &log)
    batch.links.append(
      RecordLink(
        row: UInt32(truncatingIfNeeded: batch.rows.count), trace: trace, span: spanReading.id))
    if reference.trace.isString, !text.traceID(reference.trace, in: bytes, log: &log).isCanonical {
      append(reference.trace, .string, .traceID, .link, item, bytes, &batch)
    }
    if spanReading.isHashed {
      append(reference.span, .string, .spanID, .link, item, bytes, &batch)
    }
    appendText(reference.type, .referenceType, .link, item, bytes, &batch)
  }

  // MARK: Tags, logs and warnings

  /// Reads an array of tags and appends them to the batch as attributes.
  mutating func readTags(
    _ scope: AttributeScope, _ item: UInt32, _ path: String, _ bytes: RawSpan,
    _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try passWrong(path, bytes, &cursor)
    }
    while try elements.next(in: bytes, at: &cursor) {
      guard try attribute.begin(in: bytes, at: &cursor) else {
        try passWrong(path, bytes, &cursor)
        continue
      }
      while try attribute.next(in: bytes, at: &cursor) != nil {}
      if attribute.hasIssues { report(attribute, bytes) }
      let name = intern(attribute.value(JaegerTagField.key), bytes, &batch)
      let (value, type) = tagValue(bytes, &batch)
      batch.attributes.append(
        RecordAttribute(key: batch.key(scope, name), value: value, type: type, item: item))
    }
  }

  /// The text and type of the tag at hand.
  private mutating func tagValue(
    _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> (StringID, ValueType) {
    let value = attribute.value(JaegerTagField.value)
    if value.isMissing { return (.empty, .empty) }
    let declared = attribute.value(JaegerTagField.type)
    guard let type = JaegerReader.type(named: declared, bytes) else {
      if !declared.isMissing { replaced("tag.type", declared) }
      return (intern(value, bytes, &batch), value.type(in: bytes))
    }
    // Some storages keep every value as text.
    if type == .boolean, value.equals("true", in: bytes) || value.equals("false", in: bytes) {
      return (intern(value, bytes, &batch), .boolean)
    }
    return scalar(value, as: type, "tag.value", bytes, &batch)
  }

  private static func type(named name: FieldValue, _ bytes: RawSpan) -> ValueType? {
    if name.equals("string", in: bytes) { return .string }
    if name.equals("int64", in: bytes) { return .integer }
    if name.equals("bool", in: bytes) { return .boolean }
    if name.equals("float64", in: bytes) { return .double }
    return name.equals("binary", in: bytes) ? .bytes : nil
  }

  private mutating func readLogs(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try passWrong("span.logs", bytes, &cursor)
    }
    let row = UInt32(truncatingIfNeeded: batch.rows.count)
    while try elements.next(in: bytes, at: &cursor) {
      guard try logEntry.begin(in: bytes, at: &cursor) else {
        try passWrong("span.logs", bytes, &cursor)
        continue
      }
      let item = UInt32(truncatingIfNeeded: batch.events.count)
      let first = batch.attributes.count
      batch.events.append(RecordEvent(row: row, time: 0, name: .empty))
      while try logEntry.next(in: bytes, at: &cursor) != nil {
        try readTags(.event, item, "log.fields", bytes, &cursor, &batch)
      }
      if logEntry.hasIssues { report(logEntry, bytes) }
      let time = time(logEntry.value(JaegerLogField.timestamp), "log.timestamp", bytes, scale: 3)
      batch.events[Int(item)].time = Int64(clamping: time ?? 0)
      batch.events[Int(item)].name = takeEventName(from: first, of: &batch)
    }
  }

  /// Takes the field that names the event out of its attributes, which are the batch's last.
  private mutating func takeEventName(from first: Int, of batch: inout RecordBatch) -> StringID {
    for ordinal in 0..<2 {
      let key = eventNameKeys.index(of: ordinal, in: &batch)
      if let place = batch.attributes.firstIndex(from: first, where: { $0.key == key }) {
        return batch.attributes.remove(at: place).value
      }
    }
    return .empty
  }

  private mutating func readWarnings(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try passWrong("span.warnings", bytes, &cursor)
    }
    while try elements.next(in: bytes, at: &cursor) {
      let warning = try span.readValue(in: bytes, at: &cursor)
      appendText(warning, .warnings, .span, 0, bytes, &batch)
    }
  }
}
