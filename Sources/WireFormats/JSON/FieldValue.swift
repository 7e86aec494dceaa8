/// A field's value as it lies in the buffer.
package struct FieldValue: Sendable {
  /// What the value is.
  package enum Kind: UInt8, Sendable {
    case absent
    /// A string without escapes; the range leaves out the quotes.
    case string
    /// A string with escapes; the range leaves out the quotes.
    case escapedString
    case number
    case `true`
    case `false`
    case null
    case object
    case array
  }

  package var kind: Kind
  package var range: Range<Int>

  package static let absent = FieldValue(kind: .absent, range: 0..<0)

  package init(kind: Kind, range: Range<Int>) {
    self.kind = kind
    self.range = range
  }

  /// Whether there is nothing: no field, or `null`, which protobuf and Go read as no field.
  @inlinable
  package var isMissing: Bool { kind == .absent || kind == .null }

  @inlinable
  package var isString: Bool { kind == .string || kind == .escapedString }

  /// Whether a plain string's bytes are exactly those of `text`; an escaped one is never equal.
  package func equals(_ text: StaticString, in bytes: RawSpan) -> Bool {
    guard kind == .string, range.count == text.utf8CodeUnitCount else { return false }
    for offset in 0..<range.count {
      let expected = unsafe text.utf8Start[offset]
      if bytes.byte(at: range.lowerBound &+ offset) != expected { return false }
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
