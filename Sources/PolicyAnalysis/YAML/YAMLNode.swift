/// A document of YAML as a tree.
///
/// Entries keep their order.
package indirect enum YAMLNode: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package let key: Name
    package let value: YAMLNode

    package init(key: Name, value: YAMLNode) {
      self.key = key
      self.value = value
    }
  }

  /// No key is there twice.
  case mapping([Entry])
  case sequence([YAMLNode])
  case string(Name)
  /// A plain scalar that some version of YAML takes for null, a boolean or a number, as written;
  /// empty where nothing is written.
  case literal(Name)

  /// The value of a key; nil when there is none, or no mapping.
  package subscript(key: Name) -> YAMLNode? {
    guard case .mapping(let entries) = self else { return nil }
    return entries.first { $0.key == key }?.value
  }

  /// Whether nothing is written, or null.
  package var isNull: Bool {
    guard case .literal(let text) = self else { return false }
    return text.isEmpty || text == "~" || text.text.lowercased() == "null"
  }

  /// A plain scalar, by what parsers of YAML 1.1 and 1.2 take it for.
  init(plain text: String) {
    self = YAMLNode.isLiteral(text) ? .literal(Name(text)) : .string(Name(text))
  }

  private static let words: Set<String> = [
    "", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".inf", "-.inf", "+.inf",
    ".nan",
  ]

  private static func isLiteral(_ text: String) -> Bool {
    let lower = text.lowercased()
    if words.contains(lower) { return true }
    let unsigned = lower.hasPrefix("-") || lower.hasPrefix("+") ? lower.dropFirst() : lower[...]
    guard let first = unsigned.utf8.first, isDigit(first) || first == UInt8(ascii: ".") else {
      return false
    }
    let digits = unsigned.utf8.filter { $0 != UInt8(ascii: "_") }
    if ["0x", "0o", "0b"].contains(where: unsigned.hasPrefix) {
      return digits.dropFirst(2).allSatisfy { isDigit($0) || (97...102).contains($0) }
    }
    let isSexagesimal = digits.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ":") }
    return isSexagesimal || Double(String(decoding: digits, as: UTF8.self)) != nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// Why a text is no YAML that is read here.
package struct YAMLError: Error, Equatable, Sendable, CustomStringConvertible {
  /// From 1.
  package let line: Int
  package let problem: String

  package var description: String { "line \(line): \(problem)" }
}
