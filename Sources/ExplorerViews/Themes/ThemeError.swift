/// A mistake in a theme file.
package struct ThemeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong.
  package enum Problem: Hashable, Sendable {
    /// The file is no TOML; the parser's words.
    case syntax(String)
    /// A name that is no role.
    case unknownRole(suggestion: String?)
    /// A role's name with a dot outside quotes.
    case unquotedRole
    /// A table other than `palette`, `16`, `8` and `mono`.
    case unknownTable
    /// A property other than `fg`, `bg` and `modifiers`.
    case unknownProperty(String)
    /// A modifier no terminal cell has.
    case unknownModifier(String)
    /// Text that is neither a colour nor a name of the palette.
    case unknownColor(String, suggestion: String?)
    /// A number sign without six hexadecimal digits.
    case malformedColor(String)
    /// A value of another type than the one expected.
    case wrongType(expected: String)
    /// `inherits` names a theme that does not exist.
    case unknownParent(String)
    /// Themes that inherit from each other, the first one repeated at the end.
    case inheritanceCycle([String])
  }

  /// The theme's name, or that of its file.
  package let theme: String
  /// The line, from 1; nil when it is not known.
  package let line: Int?
  /// The key concerned; empty for the whole file.
  package let key: String
  /// What is wrong.
  package let problem: Problem

  /// A mistake at `key` in `line` of `theme`.
  package init(theme: String, line: Int?, key: String, problem: Problem) {
    self.theme = theme
    self.line = line
    self.key = key
    self.problem = problem
  }

  /// Where, what, and what to do about it.
  package var description: String {
    let file = theme.hasSuffix(".toml") ? theme : theme + ".toml"
    let place = line.map { "\(file):\($0)" } ?? file
    return key.isEmpty ? "\(place): \(explanation)" : "\(place): \(key): \(explanation)"
  }

  private var explanation: String {
    switch problem {
    case .syntax(let words):
      "this is no TOML: \(words)"
    case .unknownRole(let suggestion):
      "no role has this name\(didYouMean(suggestion))"
    case .unquotedRole:
      "a name with a dot must stand in quotes: \"\(key)\""
    case .unknownTable:
      "no table has this name; use [palette], [16], [8] and [mono]"
    case .unknownProperty(let property):
      "'\(property)' is no property of a style; use fg, bg and modifiers"
    case .unknownModifier(let modifier):
      "'\(modifier)' is no modifier; use \(ThemeFile.modifierNames.joined(separator: ", "))"
    case .unknownColor(let color, let suggestion):
      "'\(color)' is neither a colour nor defined in [palette]\(didYouMean(suggestion))"
    case .malformedColor(let color):
      "'\(color)' is no colour; write # and six hexadecimal digits, such as #d7875f"
    case .wrongType(let expected):
      "this must be \(expected)"
    case .unknownParent(let parent):
      "there is no theme '\(parent)' to inherit from; see `vestige theme list`"
    case .inheritanceCycle(let chain):
      "\(chain.joined(separator: " inherits from ")); remove one `inherits`"
    }
  }

  private func didYouMean(_ suggestion: String?) -> String {
    suggestion.map { "; did you mean '\($0)'?" } ?? ""
  }
}

/// The candidate closest to `name`, or nil when none is close enough to be what was meant.
func closest(to name: String, among candidates: some Sequence<String>) -> String? {
  let limit = name.count < 4 ? 1 : max(2, name.count / 3)
  return candidates.map { (distance: editDistance(name, $0), name: $0) }
    .filter { $0.distance <= limit }
    .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

// Levenshtein's distance: insertions, deletions and replacements.
private func editDistance(_ left: String, _ right: String) -> Int {
  let right = Array(right)
  var row = Array(0...right.count)
  for (index, character) in left.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for column in right.indices {
      let replaced = diagonal + (character == right[column] ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
    }
  }
  return row[right.count]
}
