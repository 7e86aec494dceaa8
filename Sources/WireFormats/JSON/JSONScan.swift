import CKernels

/// The tokens of RFC 8259, one at a time, over bytes.
///
/// Every function takes the position to start at and returns the one behind what it read; none
/// keeps state. Strings are searched sixteen bytes at a time.
enum JSONScan {
  /// The position of the next byte that is not white space; the end of `bytes` when none is left.
  @inline(__always)
  static func skipSpace(
    _ bytes: RawSpan, from position: Int, lines: inout LineRule
  ) throws(JSONFault) -> Int {
    if position < bytes.byteCount, bytes.byte(at: position) > 0x20 { return position }
    return try skipSpaceRun(bytes, from: position, lines: &lines)
  }

  /// Moves to the next byte that is not white space, which must be there, and returns it.
  @inline(__always)
  static func nextByte(
    _ bytes: RawSpan, at position: inout Int, lines: inout LineRule
  ) throws(JSONFault) -> UInt8 {
    guard position < bytes.byteCount else { throw JSONFault(.incomplete, at: position) }
    let byte = bytes.uncheckedByte(at: position)
    if byte > 0x20 { return byte }
    position = try skipSpaceRun(bytes, from: position, lines: &lines)
    guard position < bytes.byteCount else { throw JSONFault(.incomplete, at: position) }
    return bytes.byte(at: position)
  }

  @inline(never)
  private static func skipSpaceRun(
    _ bytes: RawSpan, from start: Int, lines: inout LineRule
  ) throws(JSONFault) -> Int {
    var position = start
    while position < bytes.byteCount {
      switch bytes.byte(at: position) {
      case 0x20:
        // Indentation comes in runs.
        while position &+ 8 <= bytes.byteCount,
          bytes.word(at: position) == 0x2020_2020_2020_2020
        { position &+= 8 }
        while position < bytes.byteCount, bytes.byte(at: position) == 0x20 { position &+= 1 }
      case 0x09, 0x0D: position &+= 1
      case 0x0A:
        if lines.endsValues { throw JSONFault(.lineEnd, at: position) }
        lines.wasCrossed = true
        position &+= 1
      default: return position
      }
    }
    return position
  }

  // MARK: Strings

  /// The closing quote of the string whose first byte is at `start`.
  @inline(__always)
  static func stringEnd(
    _ bytes: RawSpan, from start: Int, lines: LineRule, hasEscapes: inout Bool
  ) throws(JSONFault) -> Int {
    var position = start
    while true {
      if position &+ 16 <= bytes.byteCount {
        let hits = bytes.specialBytes(at: position)
        if hits == 0 {
          position &+= 16
          continue
        }
        position &+= hits.trailingZeroBitCount
      } else if position >= bytes.byteCount {
        throw JSONFault(.incomplete, at: position)
      }
      let byte = bytes.uncheckedByte(at: position)
      if byte == UInt8(ascii: "\"") { return position }
      if byte == UInt8(ascii: "\\") { hasEscapes = true }
      position = try passOne(bytes, at: position, lines: lines)
    }
  }

  /// Passes the plain byte, the escape or the run of non-ASCII characters at `position`.
  @inline(never)
  private static func passOne(
    _ bytes: RawSpan, at position: Int, lines: LineRule
  ) throws(JSONFault) -> Int {
    let byte = bytes.byte(at: position)
    if byte == UInt8(ascii: "\\") { return try escapeEnd(bytes, at: position) }
    if byte >= 0x80 {
      var next = position
      while next < bytes.byteCount, bytes.byte(at: next) >= 0x80 {
        next = try UTF8Scan.characterEnd(bytes, at: next)
      }
      return next
    }
    if byte < 0x20 {
      throw JSONFault(byte == 0x0A && lines.endsValues ? .lineEnd : .controlCharacter, at: position)
    }
    return position &+ 1
  }

  private static func escapeEnd(_ bytes: RawSpan, at position: Int) throws(JSONFault) -> Int {
    guard position &+ 1 < bytes.byteCount else {
      throw JSONFault(.incomplete, at: bytes.byteCount)
    }
    switch bytes.byte(at: position &+ 1) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return position &+ 2
    case UInt8(ascii: "u"):
      for index in (position &+ 2)..<(position &+ 6) {
        guard index < bytes.byteCount else { throw JSONFault(.incomplete, at: index) }
        guard isHexadecimal(bytes.byte(at: index)) else { throw JSONFault(.badEscape, at: index) }
      }
      return position &+ 6
    default: throw JSONFault(.badEscape, at: position &+ 1)
    }
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
  }

  // MARK: Numbers and literals

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") <= 9 }

  /// The end of the number that begins at `start`.
  ///
  /// A number has no closing byte: one that reaches the end of `bytes` may go on in the next ones.
  static func numberEnd(_ bytes: RawSpan, from start: Int) throws(JSONFault) -> Int {
    var position = start
    if bytes.byte(at: position) == UInt8(ascii: "-") { position &+= 1 }
    guard position < bytes.byteCount else { throw JSONFault(.incomplete, at: position) }
    if bytes.byte(at: position) == UInt8(ascii: "0") {
      position &+= 1
    } else {
      position = try digitsEnd(bytes, from: position)
    }
    if position < bytes.byteCount, bytes.byte(at: position) == UInt8(ascii: ".") {
      position = try digitsEnd(bytes, from: position &+ 1)
    }
    if position < bytes.byteCount, bytes.byte(at: position) | 0x20 == UInt8(ascii: "e") {
      position &+= 1
      if position < bytes.byteCount {
        let sign = bytes.byte(at: position)
        if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position &+= 1 }
      }
      position = try digitsEnd(bytes, from: position)
    }
    return position
  }

  /// The end of the digits at `start`, of which there must be one.
  private static func digitsEnd(_ bytes: RawSpan, from start: Int) throws(JSONFault) -> Int {
    var position = start
    while position < bytes.byteCount, isDigit(bytes.byte(at: position)) { position &+= 1 }
    if position == start {
      throw JSONFault(position < bytes.byteCount ? .badNumber : .incomplete, at: position)
    }
    return position
  }

  /// The end of `true`, `false` or `null`, whichever the byte at `start` begins.
  static func literalEnd(_ bytes: RawSpan, from start: Int) throws(JSONFault) -> Int {
    // The letters, the first in the lowest byte.
    let letters: UInt64
    switch bytes.byte(at: start) {
    case UInt8(ascii: "t"): letters = 0x6575_7274
    case UInt8(ascii: "f"): letters = 0x65_736C_6166
    case UInt8(ascii: "n"): letters = 0x6C6C_756E
    default: throw JSONFault(.expectedValue, at: start)
    }
    var position = start &+ 1
    var rest = letters >> 8
    while rest != 0 {
      guard position < bytes.byteCount else { throw JSONFault(.incomplete, at: position) }
      guard bytes.byte(at: position) == UInt8(truncatingIfNeeded: rest) else {
        throw JSONFault(.badLiteral, at: position)
      }
      position &+= 1
      rest >>= 8
    }
    return position
  }
}

extension RawSpan {
  /// The byte at `offset`; a trap when it is not inside.
  @inline(__always)
  func byte(at offset: Int) -> UInt8 { unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self) }

  /// Eight bytes from `offset` on, the first in the lowest byte; a trap when they are not inside.
  @inline(__always)
  func word(at offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  // Without a check: only where the line above has compared the offset with `byteCount`. The
  // three places are `nextByte`, `stringEnd` and `Stretch.matches`.

  /// A bit for each of 16 bytes that cannot be passed inside a string without a closer look.
  @inline(__always)
  func specialBytes(at offset: Int) -> UInt32 {
    withUnsafeBytes { buffer in
      unsafe kernel_special_bytes(buffer.baseAddress.unsafelyUnwrapped + offset)
    }
  }

  @inline(__always)
  func uncheckedByte(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
  }

  @inline(__always)
  func uncheckedWord(at offset: Int) -> UInt64 {
    UInt64(
      littleEndian: unsafe unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
  }
}
