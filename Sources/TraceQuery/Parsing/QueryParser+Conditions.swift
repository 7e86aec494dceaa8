/// Values and lists, read as the kind of the field demands.
extension QueryParser {
  /// The value after an operator, and what both ask of the field.
  mutating func comparison(
    _ field: Field, _ name: WrittenName, _ symbol: ComparisonOperator, at start: Int
  ) throws(QueryError) -> Predicate {
    let isNegated = symbol == .notEqual || symbol == .notMatches
    let range = start..<scanner.position
    if symbol != .contains { scanner.skipSpaces() }
    let condition: Condition
    switch symbol {
    case .matches, .notMatches:
      try refusePattern(field, at: range)
      condition = .text(.matches(try pattern()))
    default:
      let value = try requiredValue(after: symbol)
      condition = try self.condition(field, symbol, value, at: range)
    }
    return .comparison(
      Comparison(field: field, range: name.range, isNegated: isNegated, condition: condition))
  }

  private mutating func requiredValue(
    after symbol: ComparisonOperator
  ) throws(QueryError) -> WrittenValue {
    if symbol == .equal, scanner.peek() == "=" { throw error("write '=' once") }
    let value = try scanner.value()
    if value.range.isEmpty {
      throw error("expected a value after '\(symbol.rawValue)'")
    }
    return value
  }

  private func condition(
    _ field: Field, _ symbol: ComparisonOperator, _ value: WrittenValue, at range: Range<Int>
  ) throws(QueryError) -> Condition {
    switch field.kind {
    case .text, .label, .identifier:
      return .text(try textTest(field, symbol, value, at: range))
    case .attribute:
      if let ordering = symbol.ordering, ordering != .equal {
        return .number(ordering, try literal(value, SizeText.number))
      }
      return .text(try textTest(field, symbol, value, at: range))
    case .word(let vocabulary):
      return .words(try words(field, vocabulary, symbol, value, at: range))
    case .integer:
      return .integer(
        try ordering(field, symbol, at: range), try literal(value, SizeText.integer))
    case .duration:
      return .integer(
        try ordering(field, symbol, at: range),
        try literal(value, DurationText.nanoseconds))
    case .time:
      return .time(
        try ordering(field, symbol, at: range), try literal(value, TimeLiteral.init(_:)))
    }
  }

  private func literal<T>(
    _ value: WrittenValue, _ parse: (String) throws(LiteralError) -> T
  ) throws(QueryError) -> T {
    do throws(LiteralError) { return try parse(value.text) } catch {
      throw QueryError(error.message, at: value.range)
    }
  }

  private func textTest(
    _ field: Field, _ symbol: ComparisonOperator, _ value: WrittenValue, at range: Range<Int>
  ) throws(QueryError) -> TextTest {
    switch symbol {
    case .contains: return .contains(Glob(pieces: value.pieces, ignoresCase: true))
    case .equal, .notEqual:
      return .equals(field.kind == .identifier ? value.text.lowercased() : value.text)
    default:
      throw QueryError(
        "'\(Spelling.field(field))' is text and has no order; use : = != =~ !~ or in", at: range)
    }
  }

  private func ordering(
    _ field: Field, _ symbol: ComparisonOperator, at range: Range<Int>
  ) throws(QueryError) -> Ordering {
    if let ordering = symbol.ordering { return ordering }
    throw QueryError(
      "'\(symbol.rawValue)' is for text; '\(Spelling.field(field))' takes = != < <= > >=",
      at: range, suggestion: symbol == .contains ? "=" : nil)
  }

  private func words(
    _ field: Field, _ vocabulary: [String], _ symbol: ComparisonOperator, _ value: WrittenValue,
    at range: Range<Int>
  ) throws(QueryError) -> [String] {
    let isFlag = field == .known(.isWord)
    switch symbol {
    case .contains where !isFlag:
      let glob = CompiledGlob(Glob(pieces: value.pieces, ignoresCase: true))
      let found = vocabulary.filter { glob.matches(Array($0.utf8).span.bytes) }
      if !found.isEmpty { return found }
    case .contains, .equal, .notEqual:
      if isFlag, symbol == .notEqual {
        throw QueryError("write 'not is:\(value.text)'", at: range)
      }
      if vocabulary.contains(value.text.lowercased()) { return [value.text.lowercased()] }
    default:
      throw QueryError(
        "'\(Spelling.field(field))' has no order; use : = != or in", at: range)
    }
    throw unknownWord(field, vocabulary, value)
  }

  private func unknownWord(
    _ field: Field, _ vocabulary: [String], _ value: WrittenValue
  ) -> QueryError {
    QueryError(
      "'\(Spelling.field(field))' is one of \(vocabulary.joined(separator: ", "))",
      at: value.range, suggestion: Suggestion.closest(to: value.text, in: vocabulary))
  }

  /// `in (…)` after a field.
  mutating func membership(
    _ field: Field, _ name: WrittenName, isNegated: Bool
  ) throws(QueryError) -> Predicate {
    let start = scanner.position
    let values = try list()
    let condition: Condition
    switch field.kind {
    case .text, .label, .attribute:
      condition = .text(.oneOf(values.map { Glob(pieces: $0.pieces, ignoresCase: false) }))
    case .identifier:
      condition = .text(
        .oneOf(values.map { Glob(pieces: $0.pieces.map { $0.lowercased() }, ignoresCase: false) }))
    case .word(let vocabulary):
      let isFlag = field == .known(.isWord)
      if isFlag, isNegated {
        throw QueryError("write 'not is in (…)'", at: name.range)
      }
      condition = .words(try listed(field, vocabulary, values))
    case .integer:
      var numbers: [Int64] = []
      for value in values { numbers.append(try literal(value, SizeText.integer)) }
      condition = .integers(numbers)
    case .duration:
      var numbers: [Int64] = []
      for value in values {
        numbers.append(try literal(value, DurationText.nanoseconds))
      }
      condition = .integers(numbers)
    case .time:
      throw QueryError(
        "'in' is not for times; use >= and <", at: start..<scanner.position)
    }
    return .comparison(
      Comparison(field: field, range: name.range, isNegated: isNegated, condition: condition))
  }

  private func listed(
    _ field: Field, _ vocabulary: [String], _ values: [WrittenValue]
  ) throws(QueryError) -> [String] {
    for value in values where !vocabulary.contains(value.text.lowercased()) {
      throw unknownWord(field, vocabulary, value)
    }
    return vocabulary.filter { word in values.contains { $0.text.lowercased() == word } }
  }

  private func refusePattern(_ field: Field, at range: Range<Int>) throws(QueryError) {
    switch field.kind {
    case .text, .label, .attribute: return
    case .identifier:
      throw QueryError("regular expressions are not for ids; use ':' with '*'", at: range)
    case .word, .integer, .duration, .time:
      throw QueryError(
        "regular expressions are for text; '\(Spelling.field(field))' is not", at: range)
    }
  }

  /// `/…/`, a quoted or a bare pattern after `=~`.
  private mutating func pattern() throws(QueryError) -> RegexPattern {
    let start = scanner.position
    let pattern: RegexPattern
    switch scanner.peek() {
    case "/":
      guard let slashed = scanner.slashedPattern() else {
        throw QueryError(
          "the pattern is not closed: /…/ or /…/i", at: start..<scanner.scalars.count)
      }
      pattern = slashed
    case "\"": pattern = RegexPattern(pattern: try scanner.quoted(), ignoresCase: false)
    default: pattern = RegexPattern(pattern: scanner.barePattern(), ignoresCase: false)
    }
    if pattern.pattern.isEmpty { throw error("expected a regular expression") }
    return try checked(pattern, at: start..<scanner.position)
  }

  /// The pattern, if it is a regular expression.
  func checked(_ pattern: RegexPattern, at range: Range<Int>) throws(QueryError) -> RegexPattern {
    do { _ = try pattern.compiled() } catch {
      throw QueryError("not a regular expression: \(error)", at: range)
    }
    return pattern
  }
}
