import TraceModel
import WireFormats

/// Turns values as they lie in the buffer into interned text and attributes.
struct RecordText: Sendable {
  /// The offset in the artifact of the buffer's first byte.
  var base: UInt64 = 0
  /// The buffer is the decoded text of a string, which begins at `base`: no byte of it has an
  /// offset of its own.
  var isEmbedded = false
  private var decoded: [UInt8] = []

  /// The offset in the artifact of a position in the buffer.
  func offset(of position: Int) -> UInt64 {
    isEmbedded ? base : base &+ UInt64(truncatingIfNeeded: position)
  }

  /// The text of a value: a string's own, with escapes decoded; of anything else, its JSON.
  mutating func intern(
    _ value: FieldValue, in bytes: RawSpan, into strings: inout StringTable, log: inout ReadingLog
  ) -> StringID {
    var loneSurrogates = 0
    let id = intern(value, in: bytes, into: &strings, loneSurrogates: &loneSurrogates)
    log.note(loneSurrogates: loneSurrogates, at: offset(of: value.start))
    return id
  }

  /// The text of a value; `loneSurrogates` grows by how many of them were replaced in it.
  mutating func intern(
    _ value: FieldValue, in bytes: RawSpan, into strings: inout StringTable,
    loneSurrogates: inout Int
  ) -> StringID {
    switch value.kind {
    case .escapedString:
      decoded.removeAll(keepingCapacity: true)
      loneSurrogates += JSONText.decode(bytes, value.range, into: &decoded)
      return strings.intern(decoded.span.bytes)
    case .object, .array: return intern(structure: value, in: bytes, into: &strings)
    default: return strings.intern(bytes.extracting(value.range))
    }
  }

  /// Leaves out white space, so that pretty and compact artifacts give the same text.
  @inline(never)
  private mutating func intern(
    structure value: FieldValue, in bytes: RawSpan, into strings: inout StringTable
  ) -> StringID {
    decoded.removeAll(keepingCapacity: true)
    var isInString = false
    var isEscaped = false
    for position in value.range {
      let byte = bytes.byte(at: position)
      if !isInString && byte <= 0x20 { continue }
      if byte == UInt8(ascii: "\"") && !isEscaped { isInString.toggle() }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      decoded.append(byte)
    }
    return strings.intern(decoded.span.bytes)
  }
}

extension RecordText {
  /// The trace id that a value writes, and its text where the id does not give it back.
  mutating func traceID(
    _ value: FieldValue, in bytes: RawSpan, into strings: inout StringTable, log: inout ReadingLog
  ) -> (id: TraceID, text: StringID) {
    let reading = traceID(value, in: bytes, log: &log)
    if reading.isCanonical { return (reading.id, .empty) }
    return (reading.id, intern(value, in: bytes, into: &strings, log: &log))
  }

  /// The trace id that a value writes, and whether the id gives the text back.
  func traceID(
    _ value: FieldValue, in bytes: RawSpan, log: inout ReadingLog
  ) -> (id: TraceID, isCanonical: Bool) {
    let reading: (id: TraceID, form: IdentifierForm)
    switch value.kind {
    case .absent, .null: return (.none, true)
    case .string: reading = TraceID.reading(bytes.extracting(value.range))
    case .escapedString: reading = TraceID.reading(value.decodedText(in: bytes).span.bytes)
    default:
      log.note(.replacedValue, at: offset(of: value.start), "a trace id that is no string")
      return (.none, true)
    }
    return (reading.id, reading.form == .canonical || reading.form == .none)
  }

  /// The span id that a value writes, and whether its text is needed to know what it was.
  func spanID(
    _ value: FieldValue, in bytes: RawSpan, log: inout ReadingLog
  ) -> (id: SpanID, isHashed: Bool) {
    let reading: (id: SpanID, form: IdentifierForm)
    switch value.kind {
    case .absent, .null: return (.none, false)
    case .string: reading = SpanID.reading(bytes.extracting(value.range))
    case .escapedString: reading = SpanID.reading(value.decodedText(in: bytes).span.bytes)
    default:
      log.note(.replacedValue, at: offset(of: value.start), "a span id that is no string")
      return (.none, false)
    }
    if case .hashed = reading.form { return (reading.id, true) }
    return (reading.id, false)
  }
}

/// The attribute keys that a reader gives itself, each interned when it is first used.
struct KnownKeys: Sendable {
  private let scope: AttributeScope
  private let names: [String]
  /// Indices in the batch; `.max` for keys not used yet.
  private var indices: [UInt32]

  init(_ scope: AttributeScope, _ names: [String]) {
    self.scope = scope
    self.names = names
    indices = [UInt32](repeating: .max, count: names.count)
  }

  /// The index in the batch, which must be the same one every time, of the key of that ordinal.
  @inline(__always)
  mutating func index(of ordinal: Int, in batch: inout RecordBatch) -> UInt32 {
    let index = indices[ordinal]
    return index == .max ? add(ordinal, to: &batch) : index
  }

  @inline(never)
  private mutating func add(_ ordinal: Int, to batch: inout RecordBatch) -> UInt32 {
    let index = batch.key(scope, batch.strings.intern(names[ordinal]))
    indices[ordinal] = index
    return index
  }
}

// The hot accessors are here and not in WireFormats because the optimizer does not inline package
// functions across modules; stored properties it reads directly.

extension FieldReader {
  /// The value of a field of the record at hand, as far as it has been read.
  @inline(__always)
  func value(_ field: some RawRepresentable<Int>) -> FieldValue { value(field.rawValue) }

  /// The value of the field of that number.
  @inline(__always)
  func value(_ number: Int) -> FieldValue {
    let value = values[number]
    return value.record == record ? value : FieldValue(.absent, from: 0, to: 0)
  }
}

extension FieldValue {
  /// Whether there is nothing: no field, or `null`, which protobuf and Go read as no field.
  @inline(__always)
  var isMissing: Bool {
    switch kind {
    case .absent, .null: true
    default: false
    }
  }

  @inline(__always)
  var isString: Bool {
    switch kind {
    case .string, .escapedString: true
    default: false
    }
  }

  var range: Range<Int> { start..<end }

  /// A string's text with its escapes decoded, when it has any: rare, and never on the hot path.
  func decodedText(in bytes: RawSpan) -> [UInt8] {
    var text: [UInt8] = []
    _ = JSONText.decode(bytes, range, into: &text)
    return text
  }

  /// Whether the value is the string `text`, however it is escaped.
  func isText(_ text: StaticString, in bytes: RawSpan) -> Bool {
    switch kind {
    case .string: equals(text, in: bytes)
    case .escapedString: String(decoding: decodedText(in: bytes), as: UTF8.self) == text.description
    default: false
    }
  }

  /// The type that an attribute with this value has.
  func type(in bytes: RawSpan) -> ValueType {
    switch kind {
    case .string, .escapedString: .string
    case .number: isInteger(in: bytes) ? .integer : .double
    case .true, .false: .boolean
    case .object, .array: .structure
    case .absent, .null: .empty
    }
  }

  private func isInteger(in bytes: RawSpan) -> Bool {
    for position in range where bytes.byte(at: position) > UInt8(ascii: "9") { return false }
    for position in range where bytes.byte(at: position) == UInt8(ascii: ".") { return false }
    return true
  }
}
