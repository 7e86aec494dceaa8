import TraceModel

/// Writes parts of a query so that the parser reads the same parts again.
enum Spelling {
  /// `perm`, `span.http.method` or `span."a b"`.
  static func field(_ field: Field) -> String {
    switch field {
    case .known(let known): return known.rawValue
    case .attribute(let scope, let name):
      let isPlain = name.unicodeScalars.allSatisfy { $0 == "/" || Scanner.continuesName($0) }
      return scope.name + "." + (isPlain && !name.isEmpty ? name : quoted(name))
    }
  }

  /// `"…"`, with escapes.
  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.properties.generalCategory == .control:
        out += "\\u{\(String(scalar.value, radix: 16))}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  /// A value after an operator: bare where that says the same, otherwise quoted.
  static func value(_ text: String) -> String {
    let isBare =
      !text.isEmpty && text.first != "=" && text.first != "~" && text.first != "@"
      && text.unicodeScalars.allSatisfy { isPlain($0) }
    return isBare ? text : quoted(text)
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "(", ")", "{", "}", "|", ",", "\"", "\\", "*": false
    default:
      !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
    }
  }

  /// A pattern: quoted text has no wildcards, so one with wildcards is bare, with backslashes.
  static func glob(_ glob: Glob) -> String {
    guard glob.isAnchored else { return value(glob.pieces[0]) }
    return glob.pieces.map(escaped).joined(separator: "*")
  }

  private static func escaped(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "(", ")", "{", "}", "|", ",", "\"", "\\", "*", " ", "~", "=":
        out.append("\\")
      default: break
      }
      out.append(scalar)
    }
    return String(out)
  }

  /// A word that is searched for: bare where it cannot be taken for anything else.
  static func word(_ glob: Glob) -> String {
    if glob.isAnchored { return escapedWord(glob) }
    let text = glob.pieces[0]
    let isSafe =
      !text.isEmpty && !["and", "or", "not", "in"].contains(text.lowercased())
      && text.unicodeScalars.allSatisfy { $0.value > 0x7F && isPlain($0) || isWordScalar($0) }
      && !["-", "/"].contains(text.first)
    return isSafe ? text : quoted(text)
  }

  private static func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-", "/", "+", "%", "#", "$", "'", ";", "?":
      true
    default: false
    }
  }

  /// A word with wildcards; whatever could begin something else gets a backslash.
  private static func escapedWord(_ glob: Glob) -> String {
    let pieces = glob.pieces.map { piece in
      var out = String.UnicodeScalarView()
      for scalar in piece.unicodeScalars {
        if scalar.value < 0x80, !isWordScalar(scalar) { out.append("\\") }
        out.append(scalar)
      }
      return String(out)
    }
    let text = pieces.joined(separator: "*")
    return text.first == "-" || text.first == "/" ? "\\" + text : text
  }

  /// `/…/` or `/…/i`.
  static func pattern(_ pattern: RegexPattern) -> String {
    var out = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in pattern.pattern.unicodeScalars {
      if scalar == "/", !isEscaped { out.append("\\") }
      isEscaped = scalar == "\\" && !isEscaped
      out.append(scalar)
    }
    return "/\(String(out))/" + (pattern.ignoresCase ? "i" : "")
  }
}

/// Canonical text of conditions.
extension Spelling {
  /// A condition; empty for the one that is always true.
  static func predicate(_ predicate: Predicate) -> String {
    switch predicate {
    case .everything: return ""
    case .all(let parts): return parts.map { operand($0, inAll: true) }.joined(separator: " ")
    case .any(let parts): return parts.map { operand($0, inAll: false) }.joined(separator: " or ")
    case .not(let inner): return "not " + operand(inner, inAll: true, inNot: true)
    case .exists(let field, _): return "exists(\(self.field(field)))"
    case .comparison(let comparison): return self.comparison(comparison)
    case .related(let spanset): return "(\(self.spanset(spanset)))"
    case .search(.contains(let glob)): return word(glob)
    case .search(.matches(let pattern)): return self.pattern(pattern)
    case .search(.equals(let text)): return quoted(text)
    case .search(.oneOf(let globs)): return globs.map(word).joined(separator: " or ")
    }
  }

  private static func operand(
    _ predicate: Predicate, inAll: Bool, inNot: Bool = false
  ) -> String {
    let text = self.predicate(predicate)
    switch predicate {
    case .any where inAll: return "(\(text))"
    case .all where inNot: return "(\(text))"
    default: return text
    }
  }

  private static func comparison(_ comparison: Comparison) -> String {
    let field = self.field(comparison.field)
    let isNegated = comparison.isNegated
    let list = isNegated ? " not in " : " in "
    switch comparison.condition {
    case .text(.contains(let glob)): return field + ":" + self.glob(glob)
    case .text(.equals(let text)): return field + (isNegated ? "!=" : "=") + value(text)
    case .text(.oneOf(let globs)):
      return field + list + "(" + globs.map(self.glob).joined(separator: ", ") + ")"
    case .text(.matches(let pattern)):
      return field + (isNegated ? "!~" : "=~") + self.pattern(pattern)
    case .integer(let ordering, let value):
      return field + symbol(ordering, isNegated) + integer(value, comparison.field)
    case .integers(let values):
      let texts = values.map { integer($0, comparison.field) }
      return field + list + "(" + texts.joined(separator: ", ") + ")"
    case .number(let ordering, let number):
      return field + symbol(ordering, isNegated) + number.description
    case .time(let ordering, let time):
      return field + symbol(ordering, isNegated) + time.description
    case .words(let words):
      if words.count > 1 { return field + list + "(" + words.joined(separator: ", ") + ")" }
      let isFlag = comparison.field == .known(.isWord)
      return field + (isFlag ? ":" : isNegated ? "!=" : "=") + words.joined()
    }
  }

  private static func symbol(_ ordering: Ordering, _ isNegated: Bool) -> String {
    isNegated && ordering == .equal ? "!=" : ordering.rawValue
  }

  private static func integer(_ value: Int64, _ field: Field) -> String {
    field.kind == .duration ? DurationText.text(value) : String(value)
  }
}

/// Canonical text of relations.
extension Spelling {
  /// What comes before the first stage.
  static func spanset(_ spanset: Spanset) -> String {
    if let predicate = spanset.predicate { return self.predicate(predicate) }
    return spanset.alternatives
      .map { group in group.map(chain).joined(separator: " && ") }
      .joined(separator: " || ")
  }

  private static func chain(_ chain: Chain) -> String {
    var text = brace(chain.first)
    for link in chain.links {
      text += " " + (link.isNegated ? "!" : "") + link.relation.rawValue + " "
      text += brace(link.predicate)
    }
    return text
  }

  private static func brace(_ predicate: Predicate) -> String {
    let text = self.predicate(predicate)
    return text.isEmpty ? "{ }" : "{ \(text) }"
  }
}
