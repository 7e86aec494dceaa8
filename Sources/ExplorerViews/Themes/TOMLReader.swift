/// A value of a TOML file.
enum TOMLValue: Hashable, Sendable {
  case string(String)
  case array([TOMLValue])
  case table([TOMLEntry])
  /// A number, a truth value or a date, as written.
  case bare(String)
}

/// A key with its value.
struct TOMLEntry: Hashable, Sendable {
  /// The parts of the key; more than one where it is written with dots outside quotes.
  let key: [String]
  let value: TOMLValue
  /// The line the key stands in, from 1.
  let line: Int
}

/// The entries below one `[header]`, or those before the first one.
struct TOMLSection: Hashable, Sendable {
  /// The parts of the header's name; empty before the first header.
  let name: [String]
  var entries: [TOMLEntry] = []
}

/// Why a text is no TOML.
struct TOMLSyntaxError: Error, Hashable, Sendable {
  let line: Int
  let message: String
}

/// Reads the TOML 1.0 that configuration is written in: all of it but multi-line strings and
/// arrays of tables, which are errors; numbers and dates are kept as they are written.
///
/// https://toml.io/en/v1.0.0
struct TOMLReader {
  private let scalars: [Unicode.Scalar]
  private var at = 0
  private var line = 1
  private var depth = 0

  /// Arrays and tables inside each other, so that no file exhausts the stack.
  private static let deepest = 16

  private init(_ text: String) {
    scalars = Array(text.unicodeScalars)
  }

  /// The sections of `text` in the order of the file.
  static func sections(of text: String) throws(TOMLSyntaxError) -> [TOMLSection] {
    var reader = TOMLReader(text)
    return try reader.sections()
  }

  private mutating func sections() throws(TOMLSyntaxError) -> [TOMLSection] {
    var sections = [TOMLSection(name: [])]
    while true {
      skipBlank(acrossLines: true)
      guard let next = peek else { return sections }
      if next == "[" {
        let name = try header()
        guard !sections.contains(where: { $0.name == name }) else {
          throw error("the table [\(name.joined(separator: "."))] is begun twice")
        }
        sections.append(TOMLSection(name: name))
      } else {
        let entry = try entry()
        let index = sections.count - 1
        try add(entry, to: &sections[index].entries)
      }
      try endOfLine()
    }
  }

  private func add(
    _ entry: TOMLEntry, to entries: inout [TOMLEntry]
  ) throws(TOMLSyntaxError) {
    guard let earlier = entries.first(where: { $0.key == entry.key }) else {
      return entries.append(entry)
    }
    throw TOMLSyntaxError(
      line: entry.line,
      message: "\(entry.key.joined(separator: ".")) is already in line \(earlier.line)")
  }

  private mutating func header() throws(TOMLSyntaxError) -> [String] {
    try expect("[", "a table")
    if peek == "[" { throw error("arrays of tables are not used here") }
    let name = try key()
    try expect("]", "a table's name")
    return name
  }

  private mutating func entry() throws(TOMLSyntaxError) -> TOMLEntry {
    let line = line
    let key = try key()
    try expect("=", "a key")
    return TOMLEntry(key: key, value: try value(), line: line)
  }

  private mutating func key() throws(TOMLSyntaxError) -> [String] {
    var parts: [String] = []
    repeat {
      skipBlank()
      switch peek {
      case "\"", "'": parts.append(try string())
      default:
        let part = take(while: TOMLReader.isBareKey)
        if part.isEmpty { throw error("a key is expected, not \(described(peek))") }
        parts.append(part)
      }
      skipBlank()
    } while skip(".")
    return parts
  }

  private mutating func value() throws(TOMLSyntaxError) -> TOMLValue {
    skipBlank()
    switch peek {
    case "\"", "'": return .string(try string())
    case "[": return .array(try nested { reader throws(TOMLSyntaxError) in try reader.array() })
    case "{": return .table(try nested { reader throws(TOMLSyntaxError) in try reader.table() })
    default:
      let text = take { TOMLReader.isBareKey($0) || "+.:".unicodeScalars.contains($0) }
      if text.isEmpty { throw error("a value is expected, not \(described(peek))") }
      return .bare(text)
    }
  }

  private mutating func nested<Result>(
    _ read: (inout TOMLReader) throws(TOMLSyntaxError) -> Result
  ) throws(TOMLSyntaxError) -> Result {
    depth += 1
    defer { depth -= 1 }
    guard depth <= TOMLReader.deepest else { throw error("this is nested too deeply") }
    return try read(&self)
  }

  private mutating func array() throws(TOMLSyntaxError) -> [TOMLValue] {
    try expect("[", "an array")
    var values: [TOMLValue] = []
    while true {
      skipBlank(acrossLines: true)
      if skip("]") { return values }
      values.append(try value())
      skipBlank(acrossLines: true)
      if !skip(",") {
        try expect("]", "an array")
        return values
      }
    }
  }

  private mutating func table() throws(TOMLSyntaxError) -> [TOMLEntry] {
    try expect("{", "a table")
    var entries: [TOMLEntry] = []
    skipBlank()
    if skip("}") { return entries }
    repeat {
      try add(try entry(), to: &entries)
      skipBlank()
    } while skip(",")
    try expect("}", "a table")
    return entries
  }
}

// MARK: - Characters

extension TOMLReader {
  private var peek: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard peek == scalar else { return false }
    at += 1
    return true
  }

  private mutating func take(while isWanted: (Unicode.Scalar) -> Bool) -> String {
    var text = String.UnicodeScalarView()
    while let scalar = peek, isWanted(scalar) {
      text.append(scalar)
      at += 1
    }
    return String(text)
  }

  private static func isBareKey(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
      || scalar == "_" || scalar == "-"
  }

  private mutating func skipBlank(acrossLines: Bool = false) {
    while let scalar = peek {
      switch scalar {
      case " ", "\t": at += 1
      case "\n" where acrossLines:
        at += 1
        line += 1
      case "\r" where acrossLines: at += 1
      case "#" where acrossLines: _ = take { $0 != "\n" }
      default: return
      }
    }
  }

  private mutating func endOfLine() throws(TOMLSyntaxError) {
    skipBlank()
    if peek == "#" { _ = take { $0 != "\n" } }
    _ = skip("\r")
    guard let next = peek, next != "\n" else { return }
    throw error("the line should end here, not go on with \(described(next))")
  }

  private mutating func expect(
    _ scalar: Unicode.Scalar, _ place: String
  ) throws(TOMLSyntaxError) {
    skipBlank()
    guard skip(scalar) else {
      throw error("'\(scalar)' is expected in \(place), not \(described(peek))")
    }
  }

  private mutating func string() throws(TOMLSyntaxError) -> String {
    guard let quote = peek else { throw error("a string is expected") }
    if scalars[at...].prefix(3).elementsEqual([quote, quote, quote]) {
      throw error("strings of several lines are not used here")
    }
    at += 1
    var text = String.UnicodeScalarView()
    while let scalar = peek, scalar != "\n" {
      at += 1
      if scalar == quote { return String(text) }
      text.append(scalar == "\\" && quote == "\"" ? try escaped() : scalar)
    }
    throw error("the string does not end in its line")
  }

  private mutating func escaped() throws(TOMLSyntaxError) -> Unicode.Scalar {
    guard let scalar = peek else { throw error("the string does not end in its line") }
    at += 1
    switch scalar {
    case "\"", "\\": return scalar
    case "b": return "\u{8}"
    case "t": return "\t"
    case "n": return "\n"
    case "f": return "\u{C}"
    case "r": return "\r"
    case "u", "U":
      let count = scalar == "u" ? 4 : 8
      let digits = String(String.UnicodeScalarView(scalars[at...].prefix(count)))
      let value = digits.allSatisfy(\.isHexDigit) ? UInt32(digits, radix: 16) : nil
      guard digits.count == count, let escaped = value.flatMap(Unicode.Scalar.init) else {
        throw error("\\\(scalar) needs the \(count) hexadecimal digits of a character")
      }
      at += count
      return escaped
    default: throw error("\\\(scalar) is no escape; write \\\\ for a backslash")
    }
  }

  private func error(_ message: String) -> TOMLSyntaxError {
    TOMLSyntaxError(line: line, message: message)
  }

  private func described(_ scalar: Unicode.Scalar?) -> String {
    switch scalar {
    case nil: "the end of the file"
    case "\n", "\r": "the end of the line"
    case .some(let scalar): "'\(scalar)'"
    }
  }
}
