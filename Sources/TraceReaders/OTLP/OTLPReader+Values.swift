import TraceModel
import WireFormats

/// The keys of attributes that stand for fields which have no column; the raw value is the
/// ordinal in `names`.
enum OwnKey: Int {
  case spanID, parentSpanID, traceState, flags, droppedAttributes, droppedEvents, droppedLinks
  case name, version, severityNumber, severityText, eventName, traceID

  static let names = [
    "span_id", "parent_span_id", "trace_state", "flags", "dropped_attributes_count",
    "dropped_events_count", "dropped_links_count", "name", "version", "severity_number",
    "severity_text", "event_name", "trace_id",
  ]
}

extension OTLPReader {
  // MARK: Attributes

  /// Reads an array of attributes and appends them to the batch.
  mutating func readAttributes(
    _ scope: AttributeScope, _ item: UInt32, _ bytes: RawSpan, _ cursor: inout JSONCursor,
    _ batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try passWrong("attributes", bytes, &cursor)
    }
    batch.forgetAnnounced()
    while try elements.next(in: bytes, at: &cursor) {
      guard try attribute.begin(in: bytes, at: &cursor) else {
        try passWrong("attributes", bytes, &cursor)
        continue
      }
      while try attribute.next(in: bytes, at: &cursor) != nil {}
      if attribute.hasIssues { report(attribute, bytes) }
      let name = intern(attribute.value(AttributeField.key), bytes, &batch)
      let (field, content) = attribute.anyValue()
      let key = batch.key(scope, name)
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
    case .integer where OTLPReader.isPlainInteger(value, bytes):
      return (intern(value, bytes, &batch), .integer)
    case .integer:
      if let text = OTLPReader.integerText(value, bytes) {
        return (batch.strings.intern(text), .integer)
      }
    default: break
    }
    let type = OTLPReader.type(of: value, as: field, bytes)
    if type == nil { replaced("attribute.value", value) }
    return (intern(value, bytes, &batch), type ?? value.type(in: bytes))
  }

  /// Whether a string or number is the usual text of an integer, which fits 64 bits.
  private static func isPlainInteger(_ value: FieldValue, _ bytes: RawSpan) -> Bool {
    var start = value.start
    if start < value.end, bytes.byte(at: start) == UInt8(ascii: "-") { start &+= 1 }
    guard start < value.end, value.end &- start <= 18 else { return false }
    for position in start..<value.end where bytes.byte(at: position) &- UInt8(ascii: "0") > 9 {
      return false
    }
    return true
  }

  /// The integer that a value writes in some other way, such as `1e3`, in plain digits.
  private static func integerText(_ value: FieldValue, _ bytes: RawSpan) -> String? {
    guard
      case .whole(let magnitude, let isNegative, isExact: true) = DecimalNumber.read(
        bytes, value.range),
      magnitude <= UInt64(Int64.max) + (isNegative ? 1 : 0)
    else { return nil }
    return (isNegative ? "-" : "") + String(magnitude)
  }

  /// The type of a value that its field may have; `nil` when it may not.
  private static func type(
    of value: FieldValue, as field: AnyValueField, _ bytes: RawSpan
  ) -> ValueType? {
    switch (field, value.kind) {
    case (.string, .string), (.string, .escapedString): .string
    case (.boolean, .true), (.boolean, .false): .boolean
    case (.bytes, .string), (.bytes, .escapedString): .bytes
    case (.double, .number): .double
    case (.double, .string):
      value.equals("NaN", in: bytes) || value.equals("Infinity", in: bytes)
        || value.equals("-Infinity", in: bytes)
        || DecimalNumber.read(bytes, value.range) != .malformed ? .double : nil
    default: nil
    }
  }

  // MARK: Fields without a column

  /// Appends a number as an attribute, unless it is zero, which is as good as absent.
  mutating func appendNumber(
    _ value: FieldValue, _ own: OwnKey, _ scope: AttributeScope, _ item: UInt32,
    _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    if value.isMissing { return }
    let isZero =
      value.end &- value.start == 1 && bytes.byte(at: value.start) == UInt8(ascii: "0")
    if isZero { return }
    let type = OTLPReader.isPlainInteger(value, bytes) ? .integer : value.type(in: bytes)
    append(value, type, own, scope, item, bytes, &batch)
  }

  /// Appends a text as an attribute, unless it is empty, which is as good as absent.
  mutating func appendText(
    _ value: FieldValue, _ own: OwnKey, _ scope: AttributeScope, _ item: UInt32,
    _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    if value.isMissing || value.end == value.start { return }
    append(value, value.type(in: bytes), own, scope, item, bytes, &batch)
  }

  mutating func append(
    _ value: FieldValue, _ type: ValueType, _ own: OwnKey, _ scope: AttributeScope,
    _ item: UInt32, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let id = intern(value, bytes, &batch)
    let key = ownKeys[Int(scope.rawValue)].index(of: own.rawValue, in: &batch)
    batch.attributes.append(RecordAttribute(key: key, value: id, type: type, item: item))
  }

  // MARK: Scalars

  /// The text of a value; empty when there is none.
  @inline(__always)
  mutating func intern(
    _ value: FieldValue, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    if value.isMissing { return .empty }
    return text.intern(value, in: bytes, into: &batch.strings, log: &log)
  }

  /// The text of a field that has a column; another type is taken as its JSON text.
  mutating func column(
    _ value: FieldValue, _ path: String, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    if !value.isMissing && !value.isString { replaced(path, value) }
    return intern(value, bytes, &batch)
  }

  /// Nanoseconds since the epoch as the artifact has them; zero when there are none.
  mutating func time(_ value: FieldValue, _ path: String, _ bytes: RawSpan) -> UInt64 {
    switch value.kind {
    case .absent, .null: return 0
    case .string, .number:
      switch DecimalNumber.read(bytes, value.range) {
      case .whole(let magnitude, false, _):
        if magnitude > UInt64(Int64.max) { replaced(path, value) }
        return magnitude
      case .tooLarge(false):
        replaced(path, value)
        return .max
      default: break
      }
    default: break
    }
    replaced(path, value)
    return 0
  }

  // MARK: Diagnostics

  /// Notes that a value could not be taken as it is.
  mutating func replaced(_ path: String, _ value: FieldValue) {
    log.note(.replacedValue, at: stream.offset(of: value.start), path)
  }

  /// Passes the value at the cursor, which is of a wrong type; `null` stands for nothing.
  mutating func passWrong(
    _ path: String, _ bytes: RawSpan, _ cursor: inout JSONCursor
  ) throws(JSONFault) {
    let value = try attribute.readValue(in: bytes, at: &cursor)
    if !value.isMissing { replaced(path, value) }
  }

  /// Notes what a field reader found strange; the first of several equal fields has been kept.
  mutating func report(_ fields: FieldReader, _ bytes: RawSpan) {
    for issue in fields.issues {
      let code: DiagnosticCode =
        switch issue.kind {
        case .unknown: .unknownField
        case .duplicate: .duplicateField
        case .notObject: .replacedValue
        }
      log.note(code, at: stream.offset(of: issue.offset), fields.path(of: issue, in: bytes))
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
