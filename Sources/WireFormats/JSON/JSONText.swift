/// The text of JSON strings.
package enum JSONText {
  /// U+FFFD in UTF-8, which stands for half of a surrogate pair.
  private static let replacement: [UInt8] = [0xEF, 0xBF, 0xBD]

  /// Appends the text of a string that the scanner has accepted, its escapes decoded.
  ///
  /// - Parameters:
  ///   - bytes: the buffer.
  ///   - range: the string without its quotes.
  ///   - text: gains UTF-8.
  /// - Returns: how many lone surrogates became U+FFFD.
  package static func decode(
    _ bytes: RawSpan, _ range: Range<Int>, into text: inout [UInt8]
  ) -> Int {
    var loneSurrogates = 0
    var position = range.lowerBound
    while position < range.upperBound {
      let plain = position..<nextBackslash(bytes, position..<range.upperBound)
      if !plain.isEmpty {
        bytes.extracting(plain).withUnsafeBytes { unsafe text.append(contentsOf: $0) }
        position = plain.upperBound
        continue
      }
      let letter = bytes.byte(at: position &+ 1)
      if letter == UInt8(ascii: "u") {
        position = decodeUnicode(bytes, at: position, end: range.upperBound, &text, &loneSurrogates)
      } else {
        text.append(control(letter))
        position &+= 2
      }
    }
    return loneSurrogates
  }

  /// The position of the first backslash that has a byte behind it; the range's end for none.
  private static func nextBackslash(_ bytes: RawSpan, _ range: Range<Int>) -> Int {
    var position = range.lowerBound
    while position &+ 8 <= range.upperBound {
      let difference = bytes.word(at: position) ^ 0x5C5C_5C5C_5C5C_5C5C
      // Exact for the lowest zero byte, which is the one that counts.
      let hits = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
      if hits != 0 {
        position &+= hits.trailingZeroBitCount >> 3
        return position &+ 1 < range.upperBound ? position : range.upperBound
      }
      position &+= 8
    }
    while position < range.upperBound {
      if bytes.byte(at: position) == UInt8(ascii: "\\"), position &+ 1 < range.upperBound {
        return position
      }
      position &+= 1
    }
    return range.upperBound
  }

  /// A key as it lies in the buffer, for diagnostics; a very long one is cut short.
  package static func display(_ bytes: RawSpan, _ range: Range<Int>) -> String {
    let shown = range.prefix(100)
    let text = bytes.extracting(shown).withUnsafeBytes {
      unsafe String(decoding: $0, as: UTF8.self)
    }
    return shown.count < range.count ? text + "…" : text
  }

  private static func control(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  /// Decodes the `\uXXXX` at `position`, with the one behind it when they are a surrogate pair.
  private static func decodeUnicode(
    _ bytes: RawSpan, at position: Int, end: Int, _ text: inout [UInt8], _ loneSurrogates: inout Int
  ) -> Int {
    let unit = codeUnit(bytes, at: position, end: end)
    var next = position &+ 6
    var scalar = unit
    if unit & 0xFC00 == 0xD800, let low = followingLow(bytes, at: next, end: end) {
      scalar = 0x10000 &+ (unit & 0x3FF) << 10 | (low & 0x3FF)
      next &+= 6
    }
    guard let character = Unicode.Scalar(scalar) else {
      loneSurrogates &+= 1
      text.append(contentsOf: replacement)
      return next
    }
    text.append(contentsOf: UTF8.encode(character) ?? UTF8.encodedReplacementCharacter)
    return next
  }

  private static func followingLow(_ bytes: RawSpan, at position: Int, end: Int) -> UInt32? {
    guard position &+ 6 <= end, bytes.byte(at: position) == UInt8(ascii: "\\"),
      bytes.byte(at: position &+ 1) == UInt8(ascii: "u")
    else { return nil }
    let unit = codeUnit(bytes, at: position, end: end)
    return unit & 0xFC00 == 0xDC00 ? unit : nil
  }

  private static func codeUnit(_ bytes: RawSpan, at position: Int, end: Int) -> UInt32 {
    var unit: UInt32 = 0
    for index in (position &+ 2)..<min(position &+ 6, end) {
      let byte = bytes.byte(at: index)
      unit = unit << 4 | UInt32(byte <= UInt8(ascii: "9") ? byte & 0x0F : (byte & 0x0F) &+ 9)
    }
    return unit
  }
}
