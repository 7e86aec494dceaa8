/// A field's value as it lies in the buffer.
package struct FieldValue: Sendable {
  /// What the value is.
  package enum Kind: UInt8, Sendable {
    case absent
    /// A string without escapes; the extent leaves out the quotes.
    case string
    /// A string with escapes; the extent leaves out the quotes.
    case escapedString
    case number
    case `true`
    case `false`
    case null
    case object
    case array

    init(firstByte: UInt8) {
      switch firstByte {
      case UInt8(ascii: "\""): self = .string
      case UInt8(ascii: "{"): self = .object
      case UInt8(ascii: "["): self = .array
      case UInt8(ascii: "t"): self = .true
      case UInt8(ascii: "f"): self = .false
      case UInt8(ascii: "n"): self = .null
      default: self = .number
      }
    }
  }

  package var kind: Kind
  /// The record that the value belongs to, as `FieldReader` counts them.
  package var record: UInt32
  /// The first byte; of strings, the one behind the quote.
  package var start: Int
  /// The end; of strings, the closing quote.
  package var end: Int

  package static let absent = FieldValue(.absent, from: 0, to: 0)

  package init(_ kind: Kind, from start: Int, to end: Int) {
    self.kind = kind
    self.record = 0
    self.start = start
    self.end = end
  }

  /// Whether a plain string's bytes are exactly those of `text`; an escaped one is never equal.
  package func equals(_ text: StaticString, in bytes: RawSpan) -> Bool {
    let count = text.utf8CodeUnitCount
    guard kind == .string, end &- start == count else { return false }
    let expected = unsafe UnsafeRawPointer(text.utf8Start)
    var offset = 0
    while offset &+ 8 <= count {
      let word = unsafe expected.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if bytes.word(at: start &+ offset) != UInt64(littleEndian: word) { return false }
      offset &+= 8
    }
    while offset < count {
      let byte = unsafe expected.load(fromByteOffset: offset, as: UInt8.self)
      if bytes.byte(at: start &+ offset) != byte { return false }
      offset &+= 1
    }
    return true
  }
}

/// Something about a record's fields that its format has to judge.
package struct FieldIssue: Sendable {
  /// What it is.
  package enum Kind: Sendable {
    /// The table does not know the field; its value was passed over.
    case unknown
    /// The field was there before; the first value is kept.
    case duplicate
    /// The field's value should be an object and is not; it was passed over.
    case notObject
  }

  package var kind: Kind
  /// The key's first byte in the buffer, behind its quote.
  package var offset: Int
  /// For `unknown`, the key as it lies in the buffer, and the shape that it was found in.
  var key: Range<Int>
  var shape: Int
  /// Otherwise, the table's entry.
  var entry: Int
}
