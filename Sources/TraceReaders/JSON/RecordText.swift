import TraceModel
import WireFormats

/// Turns values as they lie in the buffer into interned text and attributes.
struct RecordText: Sendable {
  /// The offset in the artifact of the buffer's first byte.
  var base: UInt64 = 0
  private var decoded: [UInt8] = []

  /// The text of a value: a string's own, with escapes decoded; of anything else, its JSON.
  mutating func intern(
    _ value: FieldValue, in bytes: RawSpan, into strings: inout StringTable, log: inout ReadingLog
  ) -> StringID {
    if value.kind != .escapedString { return strings.intern(bytes.extracting(value.range)) }
    return intern(escaped: value, in: bytes, into: &strings, log: &log)
  }

  @inline(never)
  private mutating func intern(
    escaped value: FieldValue, in bytes: RawSpan, into strings: inout StringTable,
    log: inout ReadingLog
  ) -> StringID {
    decoded.removeAll(keepingCapacity: true)
    let loneSurrogates = JSONText.decode(bytes, value.range, into: &decoded)
    for _ in 0..<loneSurrogates {
      log.note(.loneSurrogate, at: base &+ UInt64(value.range.lowerBound), "")
    }
    return strings.intern(decoded.span.bytes)
  }
}

/// A key that a reader gives attributes itself, interned when the first of them appears.
struct KnownKey: Sendable {
  private let scope: AttributeScope
  private let name: String
  private var index: UInt32?

  init(_ scope: AttributeScope, _ name: String) {
    self.scope = scope
    self.name = name
  }

  /// The key's index in the batch, which must be the same one every time.
  mutating func index(in batch: inout RecordBatch) -> UInt32 {
    if let index { return index }
    let added = batch.key(scope, batch.strings.intern(name))
    index = added
    return added
  }
}

extension FieldValue {
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
