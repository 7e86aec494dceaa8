/// What a text has to be like.
enum TextTest: Sendable, Equatable {
  /// Contains the pattern; a pattern with `*` has to match the whole text.
  case contains(Glob)
  /// Is exactly this, byte for byte.
  case equals(String)
  /// Is one of these, byte for byte; entries with `*` have to match the whole text.
  case oneOf([Glob])
  /// Contains a match of a regular expression.
  case matches(RegexPattern)
}

/// Text with wildcards.
struct Glob: Sendable, Equatable {
  /// The literal text between the `*`s; never empty, and a single piece means no `*`.
  var pieces: [String]
  var ignoresCase: Bool

  /// Whether there is a `*`, so that the pattern speaks of the whole text.
  var isAnchored: Bool { pieces.count > 1 }

  /// Ignores case unless the pattern has an upper-case letter.
  static func smartCase(_ pieces: [String]) -> Glob {
    let hasCapital = pieces.contains { $0.unicodeScalars.contains { $0.properties.isUppercase } }
    return Glob(pieces: pieces, ignoresCase: !hasCapital)
  }
}

/// A regular expression that has been checked.
struct RegexPattern: Sendable, Equatable {
  var pattern: String
  var ignoresCase: Bool

  /// The compiled expression; `Regex` is not `Sendable`, so a query keeps the pattern.
  ///
  /// - Throws: the parser's complaint, when the pattern is not a regular expression.
  func compiled() throws -> Regex<AnyRegexOutput> {
    let regex = try Regex(pattern)
    return ignoresCase ? regex.ignoresCase() : regex
  }
}
