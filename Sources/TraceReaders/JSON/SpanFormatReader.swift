import TraceModel
import WireFormats

/// The keys of attributes that stand for fields of a span format which have no column; the raw
/// value is the ordinal in `names`.
protocol SpanFormatKey: RawRepresentable<Int> {
  static var names: [String] { get }
  static var spanID: Self { get }
  static var parentSpanID: Self { get }
}

/// A reader of a JSON format of spans, in which a value that cannot be used costs only itself.
protocol SpanFormatReader: JSONTraceReader {
  associatedtype OwnKey: SpanFormatKey
  var text: RecordText { get }
  /// The format's own keys, by attribute scope.
  var ownKeys: [KnownKeys] { get set }
  /// Reads the objects that are attributes.
  var attribute: FieldReader { get set }

  /// The text of a value; empty when there is none.
  mutating func intern(
    _ value: FieldValue, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID
}

extension SpanFormatReader {
  // MARK: Rows

  /// A row that begins at a position of the buffer.
  func startRow(
    _ kind: RowKind, at position: Int, in batch: borrowing RecordBatch
  ) -> RecordRow {
    var row = RecordRow()
    row.kind = kind
    row.artifact = log.artifact
    row.offset = stream.offset(of: position)
    row.firstAttribute = UInt32(truncatingIfNeeded: batch.attributes.count)
    return row
  }

  /// Fills in the identifiers; the text of a hashed span id is kept as an attribute.
  mutating func fillIdentifiers(
    _ row: inout RecordRow, trace: FieldValue, span: FieldValue, parent: FieldValue,
    _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let traceReading = text.traceID(trace, in: bytes, log: &log)
    row.trace = traceReading.id
    if !traceReading.isCanonical { row.traceText = intern(trace, bytes, &batch) }
    let spanReading = text.spanID(span, in: bytes, log: &log)
    row.span = spanReading.id
    if spanReading.isHashed { append(span, .string, .spanID, .span, 0, bytes, &batch) }
    fillParent(&row, parent, bytes, &batch)
  }

  /// Fills in the parent span; the text of a hashed id is kept as an attribute.
  mutating func fillParent(
    _ row: inout RecordRow, _ parent: FieldValue, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let reading = text.spanID(parent, in: bytes, log: &log)
    row.parentSpan = reading.id
    if reading.isHashed { append(parent, .string, .parentSpanID, .span, 0, bytes, &batch) }
  }

  /// Fills in the times of a format that writes a start and a duration; nanoseconds.
  func fillTimes(_ row: inout RecordRow, start: UInt64?, duration: UInt64?) {
    row.start = Int64(clamping: start ?? 0)
    if start == nil { row.marks.insert(.timeMissing) }
    if duration == nil { row.marks.insert(.endMissing) }
    row.duration = min(Int64(clamping: duration ?? 0), Int64.max - row.start)
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
    let type = value.isPlainInteger(in: bytes) ? .integer : value.type(in: bytes)
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

  /// The text of a field that has a column; another type is taken as its JSON text.
  mutating func column(
    _ value: FieldValue, _ path: String, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    if !value.isMissing && !value.isString { replaced(path, value) }
    return intern(value, bytes, &batch)
  }

  /// The text and type of a scalar that is said to be of a type; otherwise the type that it has.
  mutating func scalar(
    _ value: FieldValue, as declared: ValueType, _ path: String, _ bytes: RawSpan,
    _ batch: inout RecordBatch
  ) -> (StringID, ValueType) {
    if declared == .integer {
      if value.isPlainInteger(in: bytes) { return (intern(value, bytes, &batch), .integer) }
      if let text = value.integerText(in: bytes) { return (batch.strings.intern(text), .integer) }
    }
    let isSo = value.canBe(declared, in: bytes)
    if !isSo { replaced(path, value) }
    return (intern(value, bytes, &batch), isSo ? declared : value.type(in: bytes))
  }

  /// Nanoseconds, since the epoch or of a duration, as the artifact has them; `nil` when there are
  /// none that can be used.
  ///
  /// - Parameter scale: the value's unit is ten to this power of nanoseconds.
  mutating func time(
    _ value: FieldValue, _ path: String, _ bytes: RawSpan, scale: Int = 0
  ) -> UInt64? {
    switch value.kind {
    case .absent, .null: return nil
    case .string, .number:
      switch DecimalNumber.read(bytes, value.range, scale: scale) {
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
    return nil
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

extension FieldValue {
  /// Whether a string or number is the usual text of an integer, which fits 64 bits.
  func isPlainInteger(in bytes: RawSpan) -> Bool {
    var start = start
    if start < end, bytes.byte(at: start) == UInt8(ascii: "-") { start &+= 1 }
    guard start < end, end &- start <= 18 else { return false }
    for position in start..<end where bytes.byte(at: position) &- UInt8(ascii: "0") > 9 {
      return false
    }
    return true
  }

  /// The integer that a value writes in some other way, such as `1e3`, in plain digits.
  fileprivate func integerText(in bytes: RawSpan) -> String? {
    guard
      case .whole(let magnitude, let isNegative, isExact: true) = DecimalNumber.read(bytes, range),
      magnitude <= UInt64(Int64.max) + (isNegative ? 1 : 0)
    else { return nil }
    return (isNegative ? "-" : "") + String(magnitude)
  }

  /// Whether a value other than an integer can be of a type.
  fileprivate func canBe(_ type: ValueType, in bytes: RawSpan) -> Bool {
    switch (type, kind) {
    case (.string, .string), (.string, .escapedString), (.boolean, .true), (.boolean, .false),
      (.bytes, .string), (.bytes, .escapedString), (.double, .number):
      true
    case (.double, .string):
      equals("NaN", in: bytes) || equals("Infinity", in: bytes) || equals("-Infinity", in: bytes)
        || DecimalNumber.read(bytes, range) != .malformed
    default: false
    }
  }
}
