import TraceModel

/// A value of Terraform's language.
indirect enum TerraformValue: Sendable {
  case text(String)
  case list([TerraformValue])
  case object([(key: String, value: TerraformValue)])
  /// A reference to another block, made of names that are safe.
  case reference(String)
  /// A call of a function with one value.
  case call(String, TerraformValue)

  static func texts(_ texts: [String]) -> TerraformValue { .list(texts.map { .text($0) }) }
}

/// Lines of a Terraform file.
///
/// Every text may come from an untrusted artifact: it stands in quotation marks, with `${` and `%{`,
/// which begin expressions, escaped.
struct TerraformText {
  /// A block such as `resource "aws_iam_policy" "deployer" { … }`.
  struct Block: Sendable {
    let type: String
    let name: String
    let arguments: [(key: String, value: TerraformValue)]
    /// Blocks inside it, without a type and a name of their own.
    var inner: [(name: String, arguments: [(key: String, value: TerraformValue)])] = []
  }

  private(set) var text = ""

  /// A comment; the text cannot leave its line.
  mutating func comment(_ content: String) { text += YAMLText.comment(content) + "\n" }

  mutating func add(_ block: Block) {
    text += "resource \(TerraformText.quoted(block.type)) \(TerraformText.quoted(block.name)) {\n"
    text += TerraformText.lines(block.arguments, 1)
    for inner in block.inner {
      text += "\n  \(inner.name) {\n" + TerraformText.lines(inner.arguments, 2) + "  }\n"
    }
    text += "}\n\n"
  }

  /// One value a line or more; equal signs in lines one below the other stand so, too, as
  /// `terraform fmt` wants it.
  private static func lines(
    _ members: [(key: String, value: TerraformValue)], _ depth: Int
  ) -> String {
    let parts = members.map { (key: key($0.key), value: text($0.value, depth)) }
    var result = ""
    for (place, part) in parts.enumerated() {
      func isLong(_ place: Int) -> Bool { parts[place].value.utf8.contains(UInt8(ascii: "\n")) }
      var width = part.key.count
      if !isLong(place) {
        let above = (0..<place).reversed().prefix { !isLong($0) }
        let below = (place..<parts.count).prefix { !isLong($0) }
        width = (Array(above) + Array(below)).map { parts[$0].key.count }.max() ?? width
      }
      let space = String(repeating: " ", count: width - part.key.count)
      result += indent(depth) + part.key + space + " = " + part.value + "\n"
    }
    return result
  }

  private static func text(_ value: TerraformValue, _ depth: Int) -> String {
    let inside = indent(depth + 1)
    switch value {
    case .text(let text): return quoted(text)
    case .reference(let name): return name
    case .call(let function, let value): return "\(function)(\(text(value, depth)))"
    case .list(let values) where values.isEmpty: return "[]"
    case .list(let values):
      let lines = values.map { inside + text($0, depth + 1) + ",\n" }
      return "[\n" + lines.joined() + indent(depth) + "]"
    case .object(let members):
      return "{\n" + lines(members, depth + 1) + indent(depth) + "}"
    }
  }

  private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

  private static func key(_ text: String) -> String {
    isIdentifier(text) ? text : quoted(text)
  }

  private static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
  }

  /// A string that stands for just `text`.
  static func quoted(_ text: String) -> String {
    let plain = doubleQuoted(text) { scalar in
      let isShort = scalar.value <= 0xFFFF
      return (isShort ? "\\u" : "\\U")
        + hexadecimal(UInt64(scalar.value), digits: isShort ? 4 : 8)
    }
    var result = ""
    var last: Unicode.Scalar?
    let scalars = Array(plain.unicodeScalars)
    for (place, scalar) in scalars.enumerated() {
      let begins = scalar == "$" || scalar == "%"
      if begins, place + 1 < scalars.count, scalars[place + 1] == "{" {
        // Doubled it is itself; behind another sign of its kind, what is doubled is not clear.
        result += last == scalar ? (scalar == "$" ? "\\u0024" : "\\u0025") : "\(scalar)\(scalar)"
      } else {
        result.unicodeScalars.append(scalar)
      }
      last = scalar
    }
    return result
  }

  /// Letters, digits and `_`, beginning with a letter.
  static func identifier(_ text: String) -> String {
    let bytes = text.utf8.map {
      isLetter($0) || isDigit($0) ? $0 : UInt8(ascii: "_")
    }
    let name = String(decoding: bytes, as: UTF8.self)
    return name.utf8.first.map(isLetter) ?? false ? name : "r_" + name
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

/// Names of blocks, each given once.
struct TerraformNames {
  private var taken: Set<String> = []

  mutating func name(_ text: String) -> String {
    let stem = TerraformText.identifier(String(text.prefix(100)))
    var name = stem
    var number = 2
    while !taken.insert(name).inserted {
      name = "\(stem)_\(number)"
      number += 1
    }
    return name
  }
}
