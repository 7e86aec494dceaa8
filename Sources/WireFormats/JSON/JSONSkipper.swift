/// Passes one JSON value of any size and depth, checking all of it.
///
/// It can stop after any token and go on in the next buffer. Nesting costs one bit a level, so no
/// depth of input can exhaust the call stack.
package struct JSONSkipper: Sendable {
  private enum Expectation: UInt8 {
    case value, firstElement, firstKey, key, colon, commaOrClose
  }

  /// One bit a level, the outermost in the lowest bit of the first word; set for objects.
  private var levels: [UInt64] = []
  private var depth = 0
  private var expectation = Expectation.value

  /// Keys of objects that lie at most this many objects deep are remembered in `keys`.
  package var rememberedDepth = 0
  /// The ranges of the remembered keys in the buffer, without their quotes.
  package private(set) var keys: [Range<Int>] = []

  package init() {}

  /// Makes ready for another value.
  package mutating func reset() {
    depth = 0
    expectation = .value
    keys.removeAll(keepingCapacity: true)
  }

  /// Passes the value at the cursor, which must be wholly inside `bytes`.
  ///
  /// - Throws: `JSONFault`, also when the value is incomplete.
  package mutating func skip(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) {
    reset()
    guard try advance(in: bytes, at: &cursor, isFinal: false) else {
      throw JSONFault(.incomplete, at: bytes.byteCount)
    }
  }

  /// Moves `position`, which is on a value's first byte, behind the value, which must be wholly
  /// inside `bytes`; a number that ends with them may be cut.
  @inline(never)
  mutating func pass(
    _ bytes: RawSpan, _ position: inout Int, _ lines: inout LineRule
  ) throws(JSONFault) {
    switch bytes.byte(at: position) {
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      position = try JSONScan.numberEnd(bytes, from: position)
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      position = try JSONScan.literalEnd(bytes, from: position)
    default:
      var cursor = JSONCursor(position: position, lines: lines)
      try skip(in: bytes, at: &cursor)
      position = cursor.position
      lines = cursor.lines
    }
  }

  /// Goes on with the value; the cursor stops behind the last whole token.
  ///
  /// - Parameters:
  ///   - bytes: the buffer.
  ///   - cursor: where the value, or what is left of it, begins.
  ///   - isFinal: a number that ends where `bytes` end is whole.
  /// - Returns: whether the value is complete.
  /// - Throws: `JSONFault`, but never an incomplete one.
  package mutating func advance(
    in bytes: RawSpan, at cursor: inout JSONCursor, isFinal: Bool
  ) throws(JSONFault) -> Bool {
    do throws(JSONFault) {
      while true {
        let position = try JSONScan.skipSpace(bytes, from: cursor.position, lines: &cursor.lines)
        cursor.position = position
        guard position < bytes.byteCount else { return false }
        if try step(bytes, at: &cursor, isFinal: isFinal) { return true }
      }
    } catch {
      if error.problem == .incomplete { return false }
      throw error
    }
  }

  /// Passes one token; the cursor moves only when all of it is there.
  @inline(__always)
  private mutating func step(
    _ bytes: RawSpan, at cursor: inout JSONCursor, isFinal: Bool
  ) throws(JSONFault) -> Bool {
    let position = cursor.position
    let byte = bytes.byte(at: position)
    switch expectation {
    case .firstElement where byte == UInt8(ascii: "]"):
      return close(&cursor)
    case .firstKey where byte == UInt8(ascii: "}"):
      return close(&cursor)
    case .value, .firstElement:
      return try value(bytes, byte, at: &cursor, isFinal: isFinal)
    case .key, .firstKey:
      guard byte == UInt8(ascii: "\"") else { throw JSONFault(.expectedKey, at: position) }
      var hasEscapes = false
      let end = try JSONScan.stringEnd(
        bytes, from: position &+ 1, lines: cursor.lines, hasEscapes: &hasEscapes)
      if rememberedDepth > 0 { remember((position &+ 1)..<end) }
      cursor.position = end &+ 1
      expectation = .colon
      return false
    case .colon:
      guard byte == UInt8(ascii: ":") else { throw JSONFault(.expectedColon, at: position) }
      cursor.position = position &+ 1
      expectation = .value
      return false
    case .commaOrClose:
      return try comma(byte, at: &cursor)
    }
  }

  @inline(__always)
  private mutating func value(
    _ bytes: RawSpan, _ byte: UInt8, at cursor: inout JSONCursor, isFinal: Bool
  ) throws(JSONFault) -> Bool {
    let position = cursor.position
    switch byte {
    case UInt8(ascii: "\""):
      var hasEscapes = false
      cursor.position =
        try JSONScan.stringEnd(
          bytes, from: position &+ 1, lines: cursor.lines, hasEscapes: &hasEscapes) &+ 1
    case UInt8(ascii: "{"):
      push(isObject: true)
      cursor.position = position &+ 1
      expectation = .firstKey
      return false
    case UInt8(ascii: "["):
      push(isObject: false)
      cursor.position = position &+ 1
      expectation = .firstElement
      return false
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      let end = try JSONScan.numberEnd(bytes, from: position)
      if end == bytes.byteCount && !isFinal { throw JSONFault(.incomplete, at: end) }
      cursor.position = end
    default:
      cursor.position = try JSONScan.literalEnd(bytes, from: position)
    }
    expectation = .commaOrClose
    return depth == 0
  }

  @inline(__always)
  private mutating func comma(
    _ byte: UInt8, at cursor: inout JSONCursor
  ) throws(JSONFault) -> Bool {
    let isObject = innermostIsObject
    if byte == UInt8(ascii: ",") {
      cursor.position &+= 1
      expectation = isObject ? .key : .value
      return false
    }
    if byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) { return close(&cursor) }
    throw JSONFault(
      isObject ? .expectedCommaInObject : .expectedCommaInArray, at: cursor.position)
  }

  private var innermostIsObject: Bool {
    levels[(depth &- 1) >> 6] >> UInt64((depth &- 1) & 63) & 1 == 1
  }

  private mutating func push(isObject: Bool) {
    if depth >> 6 == levels.count { levels.append(0) }
    let bit: UInt64 = 1 << UInt64(depth & 63)
    if isObject { levels[depth >> 6] |= bit } else { levels[depth >> 6] &= ~bit }
    depth &+= 1
  }

  @inline(__always)
  private mutating func close(_ cursor: inout JSONCursor) -> Bool {
    cursor.position &+= 1
    depth &-= 1
    expectation = .commaOrClose
    return depth == 0
  }

  private mutating func remember(_ key: Range<Int>) {
    guard depth <= 64 else { return }
    let objects = (levels[0] & (depth == 64 ? .max : 1 << UInt64(depth) &- 1)).nonzeroBitCount
    if objects <= rememberedDepth { keys.append(key) }
  }
}

/// A whole document, as RFC 8259 defines it.
package enum JSONDocument {
  /// Checks that `bytes` are exactly one JSON value, with white space around it.
  ///
  /// - Throws: `JSONFault` with the first byte that is wrong.
  package static func check(_ bytes: RawSpan) throws(JSONFault) {
    var skipper = JSONSkipper()
    var cursor = JSONCursor()
    guard try skipper.advance(in: bytes, at: &cursor, isFinal: true) else {
      throw JSONFault(.incomplete, at: bytes.byteCount)
    }
    let end = try JSONScan.skipSpace(bytes, from: cursor.position, lines: &cursor.lines)
    if end < bytes.byteCount { throw JSONFault(.expectedValue, at: end) }
  }
}
