import TraceModel

/// Lines of a YAML document in block style.
///
/// Every text may come from an untrusted artifact. It is written plain only when no parser could
/// take it for anything but itself; else it is quoted, with all that is invisible, that reorders its
/// neighbours or that YAML forbids spelled out.
struct YAMLText {
  private(set) var text = ""

  /// Two spaces for each level of `depth`.
  mutating func line(_ depth: Int, _ content: String) {
    text += String(repeating: "  ", count: depth) + content + "\n"
  }

  /// A comment; the text cannot leave its line.
  mutating func comment(_ depth: Int, _ content: String) {
    line(depth, YAMLText.comment(content))
  }

  /// A key whose value stands on the following lines, one level deeper.
  mutating func key(_ depth: Int, _ name: Name) {
    let scalar = YAMLText.scalar(name.text)
    if scalar.utf8.count <= YAMLText.longestImplicitKey {
      line(depth, scalar + ":")
    } else {
      line(depth, "? " + scalar)
      line(depth, ":")
    }
  }

  /// A key with its value on the same line.
  mutating func entry(_ depth: Int, _ key: String, _ value: String) {
    line(depth, key + ": " + YAMLText.scalar(value))
  }

  /// An element of a list.
  mutating func item(_ depth: Int, _ value: String) {
    line(depth, "- " + YAMLText.scalar(value))
  }

  /// YAML 1.2, 7.4.2: an implicit key is at most 1,024 characters long.
  private static let longestImplicitKey = 1_000

  /// `text` as one scalar of type string.
  static func scalar(_ text: String) -> String {
    isPlain(text) ? text : quoted(text)
  }

  /// `text` after a number sign, on one line, with nothing invisible in it.
  static func comment(_ text: String) -> String {
    text.isEmpty
      ? "#"
      : "# "
        + visibleText(text).unicodeScalars.map {
          isNoncharacter($0) ? "\\u{\(hexadecimal(UInt64($0.value), digits: 4))}" : String($0)
        }.joined()
  }

  /// Letters, digits and a few signs, beginning with a letter, and no word with another meaning.
  private static func isPlain(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last, isLetter(first),
      last != UInt8(ascii: ":"), bytes.count <= longestImplicitKey
    else { return false }
    return bytes.allSatisfy { isLetter($0) || isDigit($0) || "-_./@:".utf8.contains($0) }
      && !reserved.contains(text.lowercased())
  }

  /// What YAML 1.1 parsers take for booleans and null.
  private static let reserved: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null",
  ]

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// `text` in single quotes where that spares it from escapes, else in double quotes.
  static func quoted(_ text: String) -> String {
    let isVisible = text.unicodeScalars.allSatisfy { !mustEscape($0) }
    if isVisible
      && text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
    {
      return "'" + text.replacing("'", by: "''") + "'"
    }
    return doubleQuoted(text, mustEscape: isNoncharacter, escape: escaped)
  }

  private static func mustEscape(_ scalar: Unicode.Scalar) -> Bool {
    isUnsafe(scalar) || isNoncharacter(scalar)
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    let value = UInt64(scalar.value)
    switch value {
    case ...0xFF: return "\\x" + hexadecimal(value, digits: 2)
    case ...0xFFFF: return "\\u" + hexadecimal(value, digits: 4)
    default: return "\\U" + hexadecimal(value, digits: 8)
    }
  }

  /// The last two of each plane: valid Unicode, but not in a YAML stream.
  private static func isNoncharacter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value)
  }
}
