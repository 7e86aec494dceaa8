import TraceModel

/// A name as it is written in front of an operator or in brackets.
struct WrittenName {
  /// `dur`, or `span.` with `quoted` or plain text after it.
  var text: String
  /// The text of `span."…"`.
  var quoted: String?
  var range: Range<Int>
}

/// The operators that stand between a field and one value.
enum ComparisonOperator: String, CaseIterable {
  // The longer ones come before those they begin with.
  case matches = "=~"
  case notMatches = "!~"
  case notEqual = "!="
  case atMost = "<="
  case atLeast = ">="
  case contains = ":"
  case equal = "="
  case less = "<"
  case more = ">"

  /// What it asks of two values that have an order; nil for operators on text.
  var ordering: Ordering? {
    switch self {
    case .equal, .notEqual: .equal
    case .less: .less
    case .atMost: .atMost
    case .more: .more
    case .atLeast: .atLeast
    case .contains, .matches, .notMatches: nil
    }
  }
}

extension QueryParser {
  /// A condition that begins with a field; nil, and nothing taken, if none stands here.
  mutating func fieldCondition() throws(QueryError) -> Predicate? {
    let start = scanner.position
    guard let name = try writtenName() else { return nil }
    if name.text.lowercased() == "exists", scanner.peek() == "(" { return try exists() }
    let end = scanner.position
    scanner.skipSpaces()
    let isAdjacent = scanner.position == end
    if let symbol = ComparisonOperator.allCases.first(where: { scanner.isAt($0.rawValue) }),
      symbol != .contains || isAdjacent
    {
      let field = try field(name)
      let symbolStart = scanner.position
      _ = scanner.take(symbol.rawValue)
      return try comparison(field, name, symbol, at: symbolStart)
    }
    if let isNegated = try membershipAhead(name) {
      let field = try field(name)
      return try membership(field, name, isNegated: isNegated)
    }
    if name.quoted != nil {
      throw QueryError(
        "an attribute needs a comparison, or exists(\(scanner.text(name.range)))", at: name.range)
    }
    scanner.position = start
    return nil
  }

  /// Takes `in` or `not in`, and says which; nil, and nothing taken, if neither stands here.
  private mutating func membershipAhead(_ name: WrittenName) throws(QueryError) -> Bool? {
    let start = scanner.position
    let isNegated = scanner.takeKeyword("not")
    scanner.skipSpaces()
    guard scanner.takeKeyword("in") else {
      scanner.position = start
      return nil
    }
    scanner.skipSpaces()
    if scanner.peek() == "(" || scanner.peek() == "@" { return isNegated }
    guard KnownField(named: name.text) == nil else {
      throw error("'in' needs a list: in (a, b) or in @name; to look for the word, quote it")
    }
    scanner.position = start
    return nil
  }

  /// A field's name at the position; nil if no name begins here.
  mutating func writtenName() throws(QueryError) -> WrittenName? {
    let start = scanner.position
    let word = scanner.word(at: start)
    if word.isEmpty { return nil }
    scanner.position += word.unicodeScalars.count
    if word.last == ".", scanner.peek() == "\"" {
      let quoted = try scanner.quoted()
      return WrittenName(text: word, quoted: quoted, range: start..<scanner.position)
    }
    if AttributeScope.prefixing(word) != nil {
      // Keys such as `k8s.io/name` need no quotes.
      while let scalar = scanner.peek(), scalar == "/" || Scanner.continuesName(scalar) {
        scanner.position += 1
      }
    }
    return WrittenName(
      text: scanner.text(from: start), quoted: nil, range: start..<scanner.position)
  }

  /// The field of a name.
  ///
  /// - Throws: `QueryError` with the closest name, for a name that is none.
  func field(_ name: WrittenName) throws(QueryError) -> Field {
    if let field = knownField(name) { return field }
    if let (scope, _) = AttributeScope.prefixing(name.text) {
      throw QueryError("an attribute's name must follow '\(scope.name).'", at: name.range)
    }
    throw unknownField(name)
  }

  /// The field of a name; nil for a name that is none.
  func knownField(_ name: WrittenName) -> Field? {
    guard let (scope, rest) = AttributeScope.prefixing(name.text) else {
      return name.quoted == nil ? KnownField(named: name.text).map { .known($0) } : nil
    }
    if let quoted = name.quoted { return rest.isEmpty ? .attribute(scope, quoted) : nil }
    return rest.isEmpty ? nil : .attribute(scope, rest)
  }

  private func unknownField(_ name: WrittenName) -> QueryError {
    let text = name.text.lowercased()
    if text == "line" {
      return QueryError(
        "an index has no line numbers; use 'byte', the record's place in its artifact",
        at: name.range)
    }
    if text == "raw" || text.hasPrefix("raw.") {
      return QueryError(
        "an index does not hold the records themselves, so 'raw.' cannot be asked; "
          + "use an attribute: span. resource. event. link. authz. scope.", at: name.range)
    }
    let message = "unknown field '\(name.text)'"
    if let suggestion = FieldSuggestion.closest(to: name.text, attributes: attributes) {
      return QueryError(message, at: name.range, suggestion: suggestion)
    }
    if name.text.contains(".") {
      return QueryError(
        message + "; an attribute needs its scope, as in span.\(name.text)", at: name.range)
    }
    return QueryError(message + "; to look for the text, quote it", at: name.range)
  }

  /// `(field)` after `exists`.
  private mutating func exists() throws(QueryError) -> Predicate {
    scanner.position += 1
    let (field, range) = try bracketedField()
    if case .known(.isWord) = field {
      throw QueryError("'is' is not a value that can be absent", at: range)
    }
    guard scanner.take(")") else { throw error("expected ')'") }
    return .exists(field, range: range)
  }

  /// A field inside brackets, with the spaces around it.
  mutating func bracketedField() throws(QueryError) -> (Field, Range<Int>) {
    scanner.skipSpaces()
    guard let name = try writtenName() else { throw error("expected a field") }
    let field = try field(name)
    scanner.skipSpaces()
    return (field, name.range)
  }
}

extension AttributeScope {
  /// The scope that `text` begins with, and what follows its point.
  static func prefixing(_ text: String) -> (scope: AttributeScope, rest: String)? {
    guard let point = text.firstIndex(of: ".") else { return nil }
    let name = text[..<point].lowercased()
    guard let scope = allCases.first(where: { $0.name == name }) else { return nil }
    return (scope, String(text[text.index(after: point)...]))
  }
}

/// Finds the field or attribute that was probably meant.
enum FieldSuggestion {
  /// A text that parses to the closest field; `nil` if none is close.
  static func closest(to text: String, attributes: [Field]) -> String? {
    let sameName = attributes.first { field in
      if case .attribute(_, let name) = field { name == text } else { false }
    }
    if let sameName { return Spelling.field(sameName) }
    let names = KnownField.allNames + attributes.map(Spelling.field)
    if let name = Suggestion.closest(to: text, in: names) { return name }
    // A name without its scope is as close as its own part is.
    let unscoped = attributes.compactMap { field -> String? in
      if case .attribute(_, let name) = field { name } else { nil }
    }
    guard let name = Suggestion.closest(to: text, in: unscoped),
      let index = unscoped.firstIndex(of: name)
    else { return nil }
    return Spelling.field(attributes[index])
  }
}
