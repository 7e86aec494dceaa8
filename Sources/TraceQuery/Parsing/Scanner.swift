/// Takes a query's text apart; positions are Unicode scalars from 0.
///
/// There are no tokens: what a character means depends on what stands before it. A `>` after `}`
/// is a relation, after a field a comparison, and in `name:a>b` a part of the value.
struct Scanner {
  let scalars: [Unicode.Scalar]
  var position = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  var isAtEnd: Bool { position >= scalars.count }

  /// The scalar at the position, or further on.
  func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    position + offset < scalars.count ? scalars[position + offset] : nil
  }

  /// Whether `text` stands at the position.
  func isAt(_ text: String) -> Bool {
    var offset = 0
    for scalar in text.unicodeScalars {
      guard peek(offset) == scalar else { return false }
      offset += 1
    }
    return true
  }

  /// Moves past `text`, if it stands at the position.
  mutating func take(_ text: String) -> Bool {
    guard isAt(text) else { return false }
    position += text.unicodeScalars.count
    return true
  }

  /// Moves past white space.
  mutating func skipSpaces() {
    while let scalar = peek(), scalar.properties.isWhitespace { position += 1 }
  }

  /// Takes a word such as `and`, in any case, if no letter, digit or field character follows it.
  mutating func takeKeyword(_ keyword: String) -> Bool {
    guard word(at: position).lowercased() == keyword else { return false }
    position += keyword.unicodeScalars.count
    return true
  }

  /// The scalars from `start` to the position.
  func text(from start: Int) -> String { text(start..<position) }

  /// The scalars of a range.
  func text(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  /// The longest run of field characters from `start`, if it begins like a field's name.
  func word(at start: Int) -> String {
    guard start < scalars.count, Scanner.beginsName(scalars[start]) else { return "" }
    var end = start
    while end < scalars.count, Scanner.continuesName(scalars[end]) { end += 1 }
    return text(start..<end)
  }

  /// Whether a name can begin with `scalar`.
  static func beginsName(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII && scalar.properties.isAlphabetic || scalar == "_"
  }

  /// Whether a name can go on with `scalar`.
  static func continuesName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-": true
    default: false
    }
  }

  /// Whether a value cannot go on over `scalar`, outside brackets of its own.
  static func endsValue(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isWhitespace || scalar == ")" || scalar == "}" || scalar == "|"
  }
}

/// A value as it is written: bare with wildcards, or quoted and literal.
struct WrittenValue {
  /// The literal text between wildcards.
  var pieces: [String]
  var isQuoted: Bool
  var range: Range<Int>

  /// The text, with wildcards as they were written.
  var text: String { pieces.joined(separator: "*") }
}

extension Scanner {
  /// A quoted or a bare value at the position.
  ///
  /// In a list, a comma ends a bare one.
  mutating func value(inList: Bool = false) throws(QueryError) -> WrittenValue {
    let start = position
    if peek() == "\"" {
      let text = try quoted()
      return WrittenValue(pieces: [text], isQuoted: true, range: start..<position)
    }
    return try bare(inList: inList)
  }

  /// `"…"` with the escapes `\"`, `\\`, `\n`, `\r`, `\t` and `\u{…}`.
  mutating func quoted() throws(QueryError) -> String {
    let start = position
    position += 1
    var text = String.UnicodeScalarView()
    while let scalar = peek() {
      position += 1
      if scalar == "\"" { return String(text) }
      text.append(scalar == "\\" ? try escape() : scalar)
    }
    throw QueryError("the text has no closing quote", at: start..<position)
  }

  private mutating func escape() throws(QueryError) -> Unicode.Scalar {
    let start = position - 1
    guard let scalar = peek() else {
      throw QueryError("the text has no closing quote", at: start..<position)
    }
    position += 1
    switch scalar {
    case "\"", "\\": return scalar
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u":
      if let scalar = takeScalarEscape() { return scalar }
    default: break
    }
    throw QueryError(
      "'\\\(scalar)' is not an escape; write \\\\ for a backslash, or a regular expression as /…/",
      at: start..<position)
  }

  /// `{1F600}` after `\u`.
  private mutating func takeScalarEscape() -> Unicode.Scalar? {
    guard peek() == "{" else { return nil }
    var end = 1
    while let scalar = peek(end), scalar != "}", end < 8 { end += 1 }
    guard peek(end) == "}",
      let value = UInt32(text(position + 1..<position + end), radix: 16),
      let scalar = Unicode.Scalar(value)
    else { return nil }
    position += end + 1
    return scalar
  }

  /// A value without quotes.
  ///
  /// Brackets inside belong to it as long as they are balanced, so that `/users/{id}` and
  /// `databases/(default)` need none; a backslash takes the meaning of `*`, of brackets, of a space
  /// and so on, and before a letter or digit it is itself.
  private mutating func bare(inList: Bool) throws(QueryError) -> WrittenValue {
    let start = position
    var pieces = [String.UnicodeScalarView()]
    var depth = 0
    while let scalar = peek() {
      if depth == 0, Scanner.endsValue(scalar) || (inList && scalar == ",") { break }
      if scalar.properties.isWhitespace || scalar == "|" { break }
      if scalar == "\"" {
        throw QueryError(
          "a quote inside a value; put the whole value in quotes", at: position..<position + 1)
      }
      position += 1
      switch scalar {
      case "*": pieces.append(String.UnicodeScalarView())
      case "\\":
        pieces[pieces.count - 1].append(takeEscaped() ?? "\\")
      default:
        if scalar == "(" || scalar == "{" { depth += 1 }
        if scalar == ")" || scalar == "}" { depth -= 1 }
        pieces[pieces.count - 1].append(scalar)
      }
    }
    if depth > 0 {
      throw QueryError(
        "a bracket of the value is not closed; put the value in quotes", at: start..<position)
    }
    return WrittenValue(
      pieces: pieces.map { String($0) }, isQuoted: false, range: start..<position)
  }

  private mutating func takeEscaped() -> Unicode.Scalar? {
    guard let scalar = peek(), scalar.isASCII, !scalar.properties.isAlphabetic,
      scalar.properties.numericType == nil
    else { return nil }
    position += 1
    return scalar
  }

  /// `/…/` or `/…/i` at the position; nil, and nothing taken, when no slash closes it.
  ///
  /// Only a slash at the end of a word closes, so that a path such as `/api/v1` is not an
  /// expression.
  mutating func slashedPattern() -> RegexPattern? {
    var end = position + 1
    var pattern = String.UnicodeScalarView()
    while end < scalars.count {
      let scalar = scalars[end]
      if scalar == "\\", end + 1 < scalars.count {
        if scalars[end + 1] != "/" { pattern.append(scalar) }
        pattern.append(scalars[end + 1])
        end += 2
        continue
      }
      end += 1
      if scalar == "/", !pattern.isEmpty {
        let ignoresCase = end < scalars.count && scalars[end] == "i"
        let next = ignoresCase ? end + 1 : end
        if next >= scalars.count || Scanner.endsValue(scalars[next]) {
          position = next
          return RegexPattern(pattern: String(pattern), ignoresCase: ignoresCase)
        }
      }
      pattern.append(scalar)
    }
    return nil
  }

  /// A pattern without slashes or quotes, up to a space or an unbalanced bracket.
  mutating func barePattern() -> String {
    let start = position
    var depth = 0
    while let scalar = peek() {
      if scalar.properties.isWhitespace { break }
      if depth == 0, scalar == ")" || scalar == "}" || scalar == "|" { break }
      if scalar == "\\", peek(1) != nil {
        position += 2
        continue
      }
      if scalar == "(" || scalar == "{" { depth += 1 }
      if scalar == ")" || scalar == "}" { depth -= 1 }
      position += 1
    }
    return text(from: start)
  }
}
