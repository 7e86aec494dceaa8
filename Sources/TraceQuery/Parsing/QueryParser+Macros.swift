extension QueryParser {
  /// `@name`, and where it stands.
  private mutating func macroName() throws(QueryError) -> (name: String, range: Range<Int>) {
    let start = scanner.position
    scanner.position += 1
    while let scalar = scanner.peek(), Scanner.continuesName(scalar) { scanner.position += 1 }
    let range = start..<scanner.position
    let name = scanner.text(start + 1..<scanner.position)
    if name.isEmpty { throw QueryError("a macro's name must follow '@'", at: range) }
    return (name, range)
  }

  /// A parser for the text of a macro, or the reason why there is none.
  private mutating func expansion(
    of name: String, at range: Range<Int>
  ) throws(QueryError) -> QueryParser {
    guard let text = macros[name] else {
      let suggestion = Suggestion.closest(to: name, in: macros.keys.sorted())
      throw QueryError(
        "there is no macro '@\(name)'", at: range, suggestion: suggestion.map { "@" + $0 })
    }
    if openMacros.contains(name) { throw QueryError("macro '@\(name)' uses itself", at: range) }
    expansions += 1
    if expansions > QueryParser.mostExpansions || openMacros.count >= QueryParser.deepest / 4 {
      throw QueryError("macros use each other too often", at: range)
    }
    var inner = QueryParser(text, macros: macros, attributes: attributes)
    inner.openMacros = openMacros + [name]
    inner.expansions = expansions
    return inner
  }

  /// The condition that a macro stands for.
  mutating func macroPredicate() throws(QueryError) -> Predicate {
    let (name, range) = try macroName()
    var inner = try expansion(of: name, at: range)
    do throws(QueryError) {
      let predicate = try inner.predicateOrRelations()
      inner.scanner.skipSpaces()
      if !inner.scanner.isAtEnd { throw inner.unexpected() }
      expansions = inner.expansions
      return predicate.placed(at: range)
    } catch { throw error.inMacro(name, at: range) }
  }

  /// The entries of `( … )` or of `@name` after `in`.
  mutating func list() throws(QueryError) -> [WrittenValue] {
    scanner.skipSpaces()
    guard scanner.peek() == "@" else {
      let start = scanner.position
      guard scanner.take("(") else {
        throw error("'in' needs a list: in (a, b) or in @name")
      }
      let values = try entries()
      guard scanner.take(")") else {
        throw QueryError("the list is not closed", at: start..<start + 1)
      }
      return values
    }
    let (name, range) = try macroName()
    var inner = try expansion(of: name, at: range)
    expansions = inner.expansions
    do throws(QueryError) {
      inner.scanner.skipSpaces()
      let isBracketed = inner.scanner.take("(")
      var values = try inner.entries()
      if isBracketed, !inner.scanner.take(")") { throw inner.unexpected() }
      inner.scanner.skipSpaces()
      if !inner.scanner.isAtEnd { throw inner.unexpected() }
      for index in values.indices { values[index].range = range }
      return values
    } catch { throw error.inMacro(name, at: range) }
  }

  /// One value or more, with commas between them.
  private mutating func entries() throws(QueryError) -> [WrittenValue] {
    var values: [WrittenValue] = []
    repeat {
      scanner.skipSpaces()
      let value = try scanner.value(inList: true)
      if value.range.isEmpty { throw error("expected a value in the list") }
      values.append(value)
      scanner.skipSpaces()
    } while scanner.take(",")
    return values
  }
}

extension QueryError {
  /// The same fault, blamed on the place where the macro is used.
  fileprivate func inMacro(_ name: String, at range: Range<Int>) -> QueryError {
    let inside = suggestion.map { "; did you mean '\($0)'?" } ?? ""
    return QueryError("in macro '@\(name)': \(message)\(inside)", at: range)
  }
}

extension Chain {
  fileprivate func placed(at range: Range<Int>) -> Chain {
    Chain(
      first: first.placed(at: range),
      links: links.map { link in
        var link = link
        link.predicate = link.predicate.placed(at: range)
        return link
      })
  }
}

extension Predicate {
  /// The same condition, with every field blamed on `range`, where a macro is used.
  fileprivate func placed(at range: Range<Int>) -> Predicate {
    switch self {
    case .everything, .search: return self
    case .all(let parts): return .all(parts.map { $0.placed(at: range) })
    case .any(let parts): return .any(parts.map { $0.placed(at: range) })
    case .not(let inner): return .not(inner.placed(at: range))
    case .exists(let field, _): return .exists(field, range: range)
    case .comparison(var comparison):
      comparison.range = range
      return .comparison(comparison)
    case .related(let spanset):
      return .related(
        Spanset(alternatives: spanset.alternatives.map { $0.map { $0.placed(at: range) } }))
    }
  }
}
