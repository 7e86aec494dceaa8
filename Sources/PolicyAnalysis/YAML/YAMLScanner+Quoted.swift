extension YAMLScanner {
  /// A scalar in quotation marks, over all its lines.
  mutating func quoted() throws(YAMLError) -> String {
    let mark = byte
    position += 1
    var text: [UInt8] = []
    // What is escaped stays, even white space before a line end.
    var escaped = 0
    while true {
      guard !isAtEnd else { throw fault("a text has no end") }
      let next = byte
      if next == YAMLScanner.lineFeed {
        fold(&text, behind: escaped)
        continue
      }
      position += 1
      if next == mark {
        guard mark == UInt8(ascii: "'"), byte == mark else {
          return String(decoding: text, as: UTF8.self)
        }
        position += 1
        text.append(mark)
      } else if next == UInt8(ascii: "\\"), mark == UInt8(ascii: "\"") {
        try escape(&text)
        escaped = text.count
      } else {
        text.append(next)
      }
    }
  }

  /// One line end is a space, each more a line end.
  private mutating func fold(_ text: inout [UInt8], behind kept: Int) {
    while text.count > kept, text.last == 0x20 || text.last == 0x09 { text.removeLast() }
    var breaks = 0
    while !isAtEnd, byte == YAMLScanner.lineFeed {
      breaks += 1
      newLine()
      skipSpaces()
    }
    text += breaks == 1 ? [0x20] : Array(repeating: YAMLScanner.lineFeed, count: breaks - 1)
  }

  private static let escapes: [UInt8: String] = [
    UInt8(ascii: "0"): "\0", UInt8(ascii: "a"): "\u{07}", UInt8(ascii: "b"): "\u{08}",
    UInt8(ascii: "t"): "\t", UInt8(ascii: "\t"): "\t", UInt8(ascii: "n"): "\n",
    UInt8(ascii: "v"): "\u{0B}", UInt8(ascii: "f"): "\u{0C}", UInt8(ascii: "r"): "\r",
    UInt8(ascii: "e"): "\u{1B}", UInt8(ascii: " "): " ", UInt8(ascii: "\""): "\"",
    UInt8(ascii: "/"): "/", UInt8(ascii: "\\"): "\\", UInt8(ascii: "N"): "\u{85}",
    UInt8(ascii: "_"): "\u{A0}", UInt8(ascii: "L"): "\u{2028}", UInt8(ascii: "P"): "\u{2029}",
  ]

  private mutating func escape(_ text: inout [UInt8]) throws(YAMLError) {
    let sign = byte
    if sign == YAMLScanner.lineFeed {
      newLine()
      return skipSpaces()
    }
    position += 1
    if let plain = YAMLScanner.escapes[sign] { return text += Array(plain.utf8) }
    let digits = [UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8][sign]
    guard let digits else { throw fault("an unknown escape") }
    var value = try hexadecimal(digits)
    if digits == 4, (0xD800...0xDBFF).contains(value), byte == UInt8(ascii: "\\") {
      position += 1
      guard byte == UInt8(ascii: "u") else { throw fault("half of a surrogate pair") }
      position += 1
      let low = try hexadecimal(4)
      guard (0xDC00...0xDFFF).contains(low) else { throw fault("half of a surrogate pair") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw fault("an escape of no character") }
    text += Array(String(scalar).utf8)
  }

  private mutating func hexadecimal(_ digits: Int) throws(YAMLError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<digits {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("a hexadecimal digit expected")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
