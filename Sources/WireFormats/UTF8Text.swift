/// Text that has to be UTF-8.
package enum UTF8Text {
  /// The position of the first byte that is not part of a valid character; `nil` when all are.
  package static func firstWrongByte(of range: Range<Int>, in bytes: RawSpan) -> Int? {
    var position = range.lowerBound
    let text = bytes.extracting(first: range.upperBound)
    while position < range.upperBound {
      if position &+ 8 <= range.upperBound,
        text.word(at: position) & 0x8080_8080_8080_8080 == 0
      {
        position &+= 8
      } else if position &+ 8 > range.upperBound, position &+ 8 <= bytes.byteCount,
        bytes.word(at: position) & highBits(range.upperBound &- position) == 0
      {
        return nil
      } else if text.byte(at: position) < 0x80 {
        position &+= 1
      } else {
        do throws(JSONFault) {
          position = try UTF8Scan.characterEnd(text, at: position)
        } catch { return position }
      }
    }
    return nil
  }

  /// The highest bits of the first `count` bytes of a word, of which there are fewer than eight.
  private static func highBits(_ count: Int) -> UInt64 {
    0x8080_8080_8080_8080 & ((1 << UInt64(truncatingIfNeeded: count &* 8)) &- 1)
  }
}

/// UTF-8 as RFC 3629 allows it: no overlong forms, no surrogates, nothing above U+10FFFF.
enum UTF8Scan {
  /// The end of the character of two to four bytes at `position`.
  static func characterEnd(_ bytes: RawSpan, at position: Int) throws(JSONFault) -> Int {
    let length: Int
    var second: ClosedRange<UInt8> = 0x80...0xBF
    switch bytes.byte(at: position) {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, second) = (3, 0xA0...0xBF)
    case 0xED: (length, second) = (3, 0x80...0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, second) = (4, 0x90...0xBF)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, second) = (4, 0x80...0x8F)
    default: throw JSONFault(.invalidUTF8, at: position)
    }
    for offset in 1..<length {
      let index = position &+ offset
      guard index < bytes.byteCount else { throw JSONFault(.incomplete, at: index) }
      guard (offset == 1 ? second : 0x80...0xBF).contains(bytes.byte(at: index)) else {
        throw JSONFault(.invalidUTF8, at: position)
      }
    }
    return position &+ length
  }
}
