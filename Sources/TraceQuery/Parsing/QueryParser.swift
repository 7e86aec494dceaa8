import TraceModel

/// Turns a query's text into conditions, relations and stages, by recursive descent.
///
/// ```
/// query   = [spanset] { "|" stage }
/// spanset = pred | group { "||" group }       group = chain { "&&" chain }
/// chain   = brace { relation brace }          brace = "{" [pred] "}"
/// pred    = and { "or" and }                  and   = not { ["and"] not }
/// not     = ("not" | "!" | "-") not | prim
/// prim    = "(" (pred | spanset) ")" | exists "(" field ")" | field op value | field ["not"] in list
///         | word | string | /pattern/[i] | "@" macro
/// ```
struct QueryParser {
  /// Deeper brackets are refused: the parser and the evaluation call themselves for each.
  static let deepest = 60
  /// Macros may use macros; a chain of doubling ones ends here.
  static let mostExpansions = 200

  var scanner: Scanner
  let macros: [String: String]
  /// Attribute keys of an index, for suggestions.
  let attributes: [Field]
  /// The macros that are being expanded, outermost first.
  var openMacros: [String] = []
  var expansions = 0
  private var depth = 0

  init(_ text: String, macros: [String: String], attributes: [Field]) {
    scanner = Scanner(text)
    self.macros = macros
    self.attributes = attributes
  }

  /// The whole query.
  mutating func query() throws(QueryError) -> (Spanset, [WrittenStage]) {
    scanner.skipSpaces()
    let spanset = try spanset()
    var stages: [WrittenStage] = []
    scanner.skipSpaces()
    while !scanner.isAtEnd {
      if scanner.isAt("||") {
        throw error("'||' joins braces; between conditions write 'or'", length: 2)
      }
      guard scanner.take("|") else { throw unexpected() }
      stages.append(try stage())
      scanner.skipSpaces()
    }
    return (spanset, stages)
  }

  private mutating func spanset() throws(QueryError) -> Spanset {
    if scanner.isAtEnd || scanner.peek() == "|" {
      return Spanset(alternatives: [[Chain(first: .everything)]])
    }
    if scanner.peek() == "{" { return try relations() }
    let predicate = try predicate()
    scanner.skipSpaces()
    if scanner.peek() == "{" || scanner.peek() == "}" {
      throw error("a relation needs braces on both sides: { … } >> { … }")
    }
    return Spanset(alternatives: [[Chain(first: predicate)]])
  }

  /// Braces and what stands between them.
  private mutating func relations() throws(QueryError) -> Spanset {
    var groups = [[try chain()]]
    while true {
      scanner.skipSpaces()
      if scanner.take("&&") {
        groups[groups.count - 1].append(try chain())
      } else if scanner.take("||") {
        groups.append([try chain()])
      } else {
        return Spanset(alternatives: groups)
      }
    }
  }

  private mutating func chain() throws(QueryError) -> Chain {
    var chain = Chain(first: try brace())
    while true {
      scanner.skipSpaces()
      let isNegated = scanner.isAt("!")
      if isNegated { scanner.position += 1 }
      // The two-character relations come first in `allCases`.
      if let relation = Relation.allCases.first(where: { scanner.isAt($0.rawValue) }) {
        _ = scanner.take(relation.rawValue)
        chain.links.append(
          Link(relation: relation, isNegated: isNegated, predicate: try brace()))
      } else if isNegated || !endsChain {
        throw error("expected a relation between braces: >> << > < ~ && || or one with !")
      } else {
        return chain
      }
    }
  }

  private var endsChain: Bool {
    scanner.isAtEnd || scanner.isAt("|") || scanner.isAt("&&") || (depth > 0 && scanner.isAt(")"))
  }

  private mutating func brace() throws(QueryError) -> Predicate {
    scanner.skipSpaces()
    let start = scanner.position
    guard scanner.take("{") else { throw error("expected '{'") }
    scanner.skipSpaces()
    if scanner.take("}") { return .everything }
    let predicate = try predicate()
    scanner.skipSpaces()
    guard scanner.take("}") else {
      if scanner.isAtEnd {
        throw QueryError("the brace is not closed", at: start..<start + 1)
      }
      throw unexpected()
    }
    return predicate
  }

  /// What may stand in brackets and in a macro: conditions, or relations between braces.
  mutating func predicateOrRelations() throws(QueryError) -> Predicate {
    scanner.skipSpaces()
    guard scanner.peek() == "{" else { return try predicate() }
    depth += 1
    defer { depth -= 1 }
    if depth > QueryParser.deepest { throw error("nested too deeply") }
    let spanset = try relations()
    return spanset.predicate ?? .related(spanset)
  }

  /// Conditions joined by `or`, or by nothing at all.
  mutating func predicate() throws(QueryError) -> Predicate {
    depth += 1
    defer { depth -= 1 }
    if depth > QueryParser.deepest { throw error("nested too deeply") }
    var parts = [try conjunction()]
    scanner.skipSpaces()
    while scanner.takeKeyword("or") {
      parts.append(try conjunction())
      scanner.skipSpaces()
    }
    return .disjunction(parts)
  }

  private mutating func conjunction() throws(QueryError) -> Predicate {
    var parts = [try negation()]
    while true {
      scanner.skipSpaces()
      if scanner.takeKeyword("and") {
        parts.append(try negation())
      } else if endsConjunction {
        return .conjunction(parts)
      } else {
        parts.append(try negation())
      }
    }
  }

  private var endsConjunction: Bool {
    guard let scalar = scanner.peek() else { return true }
    if scalar == ")" || scalar == "}" || scalar == "{" || scalar == "|" { return true }
    return scanner.word(at: scanner.position).lowercased() == "or"
  }

  private mutating func negation() throws(QueryError) -> Predicate {
    depth += 1
    defer { depth -= 1 }
    if depth > QueryParser.deepest { throw error("nested too deeply") }
    scanner.skipSpaces()
    if scanner.takeKeyword("not") || scanner.take("!") || scanner.take("-") {
      return .negation(try negation())
    }
    return try primary()
  }

  private mutating func primary() throws(QueryError) -> Predicate {
    guard let scalar = scanner.peek() else { throw error("expected a condition") }
    switch scalar {
    case "(": return try group()
    case "@": return try macroPredicate()
    case "\"": return .search(.contains(.smartCase([try scanner.quoted()])))
    case ")", "}", "|", ":", "=", "<", ">", "~": throw missingCondition(scalar)
    case "&": throw error("between conditions write 'and', or nothing")
    case "/":
      let start = scanner.position
      if let pattern = scanner.slashedPattern() {
        return .search(.matches(try checked(pattern, at: start..<scanner.position)))
      }
    default:
      let keyword = scanner.word(at: scanner.position).lowercased()
      if keyword == "and" || keyword == "or" {
        throw error("expected a condition before '\(keyword)'", length: keyword.utf8.count)
      }
      if let condition = try fieldCondition() { return condition }
    }
    return .search(.contains(.smartCase(try scanner.value().pieces)))
  }

  private mutating func group() throws(QueryError) -> Predicate {
    let start = scanner.position
    scanner.position += 1
    let predicate = try predicateOrRelations()
    scanner.skipSpaces()
    guard scanner.take(")") else {
      if scanner.isAtEnd {
        throw QueryError("the bracket is not closed", at: start..<start + 1)
      }
      throw unexpected()
    }
    return predicate
  }

  private func missingCondition(_ scalar: Unicode.Scalar) -> QueryError {
    switch scalar {
    case ":", "=", "<", ">", "~":
      error("expected a field before '\(scalar)'; to look for the character, quote it")
    default: error("expected a condition before '\(scalar)'")
    }
  }
}

/// Faults at the position.
extension QueryParser {
  /// A fault that begins here.
  func error(_ message: String, length: Int = 1) -> QueryError {
    QueryError(message, at: scanner.position..<scanner.position + length)
  }

  /// The fault of something that cannot stand here.
  func unexpected() -> QueryError {
    guard let scalar = scanner.peek() else { return error("the query ends too early") }
    return error("unexpected '\(scalar)'")
  }
}
