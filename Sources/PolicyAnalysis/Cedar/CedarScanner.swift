/// A word, sign or text of Cedar.
enum CedarToken: Equatable, Sendable {
  case word(String)
  case text(Name)
  case sign(String)
  case end
}

/// Why a text is no Cedar that is read here.
package struct CedarError: Error, Equatable, Sendable, CustomStringConvertible {
  /// From 1.
  package let line: Int
  package let problem: String

  package var description: String { "line \(line): \(problem)" }
}

/// Takes Cedar apart into tokens.
struct CedarScanner {
  private let bytes: [UInt8]
  private var position = 0
  private(set) var line = 1

  init(_ text: String) { bytes = Array(text.utf8) }

  func fault(_ problem: String) -> CedarError { CedarError(line: line, problem: problem) }

  private static let signs = ["::", "==", "!=", "&&", "||"] + "()[]{},;!@".map(String.init)

  mutating func next() throws(CedarError) -> CedarToken {
    skipSpace()
    guard position < bytes.count else { return .end }
    let byte = bytes[position]
    if byte == UInt8(ascii: "\"") {
      position += 1
      return .text(Name(try text()))
    }
    let start = position
    while position < bytes.count, CedarScanner.isWord(bytes[position]) { position += 1 }
    if position > start {
      return .word(String(decoding: bytes[start..<position], as: UTF8.self))
    }
    for sign in CedarScanner.signs where bytes[position...].starts(with: sign.utf8) {
      position += sign.utf8.count
      return .sign(sign)
    }
    throw fault("a sign that is not read")
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\n"):
        line += 1
        position += 1
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): position += 1
      case UInt8(ascii: "/") where bytes[position...].starts(with: "//".utf8):
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      default: return
      }
    }
  }

  private static let escapes: [UInt8: UInt8] = [
    UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
    UInt8(ascii: "0"): 0x00, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "\""): 0x22,
    UInt8(ascii: "'"): 0x27,
  ]

  /// What follows a quotation mark, up to the next.
  private mutating func text() throws(CedarError) -> String {
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += Array(String(try escape()).utf8)
      default:
        if byte == UInt8(ascii: "\n") { line += 1 }
        text.append(byte)
      }
    }
    throw fault("a text has no end")
  }

  private mutating func escape() throws(CedarError) -> Unicode.Scalar {
    guard position < bytes.count else { throw fault("a text has no end") }
    let sign = bytes[position]
    position += 1
    if let plain = CedarScanner.escapes[sign] { return Unicode.Scalar(plain) }
    let digits: [UInt8]
    if sign == UInt8(ascii: "x") {
      digits = Array(bytes[position...].prefix(2))
      position += digits.count
    } else if sign == UInt8(ascii: "u"), bytes[position...].first == UInt8(ascii: "{") {
      digits = Array(bytes[(position + 1)...].prefix { $0 != UInt8(ascii: "}") }.prefix(7))
      position += digits.count + 1
      guard bytes[position...].first == UInt8(ascii: "}") else { throw fault("'}' expected") }
      position += 1
    } else {
      throw fault("an unknown escape")
    }
    guard (1...6).contains(digits.count),
      digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
      let scalar = Unicode.Scalar(value), sign == UInt8(ascii: "u") || value < 0x80
    else { throw fault("an escape of no character") }
    return scalar
  }
}
