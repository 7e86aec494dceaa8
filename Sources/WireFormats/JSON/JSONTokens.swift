/// The tokens of JSON that has been checked before, without commas and colons.
///
/// For the rare values whose shape no field table describes; nothing it does can fail.
package struct JSONTokens: Sendable {
  /// One token; the extents of strings leave out their quotes.
  package enum Token: Sendable {
    case beginObject
    case endObject
    case beginArray
    case endArray
    case key(FieldValue)
    /// A string, a number or a literal.
    case scalar(FieldValue)
    case end
  }

  private var position: Int
  private let end: Int

  /// Starts at the first byte of a value that ends at `range.upperBound`.
  package init(_ range: Range<Int>) {
    position = range.lowerBound
    end = range.upperBound
  }

  /// The next token.
  package mutating func next(in bytes: RawSpan) -> Token {
    skipSeparators(bytes)
    guard position < end else { return .end }
    let start = position
    position &+= 1
    switch bytes.byte(at: start) {
    case UInt8(ascii: "{"): return .beginObject
    case UInt8(ascii: "}"): return .endObject
    case UInt8(ascii: "["): return .beginArray
    case UInt8(ascii: "]"): return .endArray
    case UInt8(ascii: "\""): return string(bytes, from: start &+ 1)
    default:
      while position < end, !JSONTokens.endsScalar(bytes.byte(at: position)) { position &+= 1 }
      let kind = FieldValue.Kind(firstByte: bytes.byte(at: start))
      return .scalar(FieldValue(kind, from: start, to: position))
    }
  }

  /// Passes the rest of a value whose first token has been taken.
  package mutating func pass(behind first: Token, in bytes: RawSpan) {
    var depth = JSONTokens.step(first)
    while depth > 0 {
      let token = next(in: bytes)
      if case .end = token { return }
      depth += JSONTokens.step(token)
    }
  }

  private static func step(_ token: Token) -> Int {
    switch token {
    case .beginObject, .beginArray: 1
    case .endObject, .endArray: -1
    case .key, .scalar, .end: 0
    }
  }

  private mutating func string(_ bytes: RawSpan, from start: Int) -> Token {
    var hasEscapes = false
    position = start
    while position < end, bytes.byte(at: position) != UInt8(ascii: "\"") {
      if bytes.byte(at: position) == UInt8(ascii: "\\") {
        hasEscapes = true
        position &+= 1
      }
      position &+= 1
    }
    let value = FieldValue(hasEscapes ? .escapedString : .string, from: start, to: position)
    position &+= 1
    var behind = position
    while behind < end, bytes.byte(at: behind) <= 0x20 { behind &+= 1 }
    let isKey = behind < end && bytes.byte(at: behind) == UInt8(ascii: ":")
    return isKey ? .key(value) : .scalar(value)
  }

  private mutating func skipSeparators(_ bytes: RawSpan) {
    while position < end {
      switch bytes.byte(at: position) {
      case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: ":"): position &+= 1
      default: return
      }
    }
  }

  private static func endsScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, 0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): true
    default: false
    }
  }
}
