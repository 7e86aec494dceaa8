import TraceModel
import WireFormats

/// OTLP's fields that have no column.
enum OTLPKey: Int, SpanFormatKey {
  case spanID, parentSpanID, traceState, flags, droppedAttributes, droppedEvents, droppedLinks
  case name, version, severityNumber, severityText, eventName, traceID

  static let names = [
    "span_id", "parent_span_id", "trace_state", "flags", "dropped_attributes_count",
    "dropped_events_count", "dropped_links_count", "name", "version", "severity_number",
    "severity_text", "event_name", "trace_id",
  ]
}

extension OTLPReader {
  @inline(__always)
  mutating func intern(
    _ value: FieldValue, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    if value.isMissing { return .empty }
    return text.intern(value, in: bytes, into: &batch.strings, log: &log)
  }

  /// Reads an array of attributes and appends them to the batch.
  mutating func readAttributes(
    _ scope: AttributeScope, _ item: UInt32, _ bytes: RawSpan, _ cursor: inout JSONCursor,
    _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try passWrong("attributes", bytes, &cursor)
    }
    while try elements.next(in: bytes, at: &cursor) {
      guard try attribute.begin(in: bytes, at: &cursor) else {
        try passWrong("attributes", bytes, &cursor)
        continue
      }
      while try attribute.next(in: bytes, at: &cursor) != nil {}
      if attribute.hasIssues { report(attribute, bytes) }
      let name = attribute.value(AttributeField.key)
      let key =
        if case .string = name.kind {
          batch.key(scope, bytes.extracting(name.range))
        } else {
          batch.key(scope, intern(name, bytes, &batch))
        }
      let (field, content) = attribute.anyValue()
      if field == .string, case .string = content.kind {
        batch.append(key, text: content.range, in: bytes, item: item)
        continue
      }
      let (value, type) = anyValue(field, content, bytes, &batch)
      batch.attributes.append(RecordAttribute(key: key, value: value, type: type, item: item))
    }
    batch.internAnnounced(in: bytes)
  }

  /// The text and type of a value of any type.
  mutating func anyValue(
    _ field: AnyValueField, _ value: FieldValue, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> (StringID, ValueType) {
    if value.isMissing { return (.empty, .empty) }
    switch field {
    case .array, .pairs:
      if value.type(in: bytes) != .structure { replaced("attribute.value", value) }
      structure.write(bytes, value.range, ofPairs: field == .pairs)
      return (batch.strings.intern(structure.text.span.bytes), .structure)
    case .string: return scalar(value, as: .string, "attribute.value", bytes, &batch)
    case .integer: return scalar(value, as: .integer, "attribute.value", bytes, &batch)
    case .boolean: return scalar(value, as: .boolean, "attribute.value", bytes, &batch)
    case .double: return scalar(value, as: .double, "attribute.value", bytes, &batch)
    case .bytes: return scalar(value, as: .bytes, "attribute.value", bytes, &batch)
    }
  }
}

extension FieldReader {
  /// The content of a value of any type, and the field that it stands in.
  @inline(__always)
  func anyValue() -> (AnyValueField, FieldValue) {
    let string = value(AnyValueField.string)
    if !string.isMissing { return (.string, string) }
    let integer = value(AnyValueField.integer)
    if !integer.isMissing { return (.integer, integer) }
    let boolean = value(AnyValueField.boolean)
    if !boolean.isMissing { return (.boolean, boolean) }
    let double = value(AnyValueField.double)
    if !double.isMissing { return (.double, double) }
    let array = value(AnyValueField.array)
    if !array.isMissing { return (.array, array) }
    let pairs = value(AnyValueField.pairs)
    if !pairs.isMissing { return (.pairs, pairs) }
    return (.bytes, value(AnyValueField.bytes))
  }
}
