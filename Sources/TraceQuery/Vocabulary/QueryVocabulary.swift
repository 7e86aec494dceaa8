package import TraceIndex

/// What can be written in a query, for help screens and completion.
package enum QueryVocabulary {
  /// A name with its meaning.
  package struct Entry: Sendable, Equatable {
    /// As it is written.
    package var name: String
    /// Other names of the same thing.
    package var aliases: [String]
    /// What goes with it, in a word such as `text` or `duration`.
    package var values: String
    /// One clause, without a full stop.
    package var help: String

    init(_ name: String, aliases: [String] = [], values: String = "", _ help: String) {
      self.name = name
      self.aliases = aliases
      self.values = values
      self.help = help
    }
  }

  /// The fields, by subject.
  package static let fields = KnownField.allCases.map {
    Entry($0.rawValue, aliases: $0.aliases, values: $0.kind.name, $0.help)
  }

  /// The words that go with `is:`.
  package static let words = IsWord.allCases.map { Entry($0.rawValue, $0.help) }

  /// The scopes that attributes are named with.
  package static let scopes = [
    Entry("span.", "an attribute of a span"),
    Entry("resource.", "an attribute of what emitted the row"),
    Entry("event.", "an attribute of a span's event; event.name is its name"),
    Entry("link.", "an attribute of a span's link"),
    Entry("authz.", "a part of a decision that has no field of its own"),
    Entry("scope.", "an attribute of the instrumentation library"),
  ]

  /// The operators between a field and a value.
  package static let operators = [
    Entry(":", "contains, in any case; with *, the whole text"),
    Entry("=", "is exactly"),
    Entry("!=", "is there, and is not"),
    Entry("<", "is less than"),
    Entry("<=", "is at most"),
    Entry(">", "is more than"),
    Entry(">=", "is at least"),
    Entry("=~", "matches a regular expression somewhere"),
    Entry("!~", "is there, and does not match"),
    Entry("in", "is one of (a, b) or of @name"),
    Entry("not in", "is there, and is none of them"),
  ]

  /// The relations between braces; each keeps rows of its right side.
  package static let relations = [
    Entry(">>", "right has an ancestor on the left"),
    Entry("<<", "right has a descendant on the left"),
    Entry(">", "right's parent is on the left"),
    Entry("<", "right has a child on the left"),
    Entry("~", "right has a sibling on the left"),
    Entry("!>>", "right has no ancestor on the left; likewise !<< !> !< !~"),
    Entry("&&", "right is in a trace that left is in, too"),
    Entry("||", "left or right"),
  ]

  /// What can follow `|`.
  package static let stages =
    StageName.allCases.map { Entry($0.rawValue, $0.help) }
    + AggregateFunction.allCases.map {
      Entry($0.rawValue, "\($0.rawValue)(\($0 == .count ? "" : "f")): \($0.help)")
    }

  /// The attributes of an index as fields, in the index's order.
  package static func attributes(of index: TraceIndex) -> [Field] {
    index.attributeKeys.map { .attribute($0.scope, index.string($0.name)) }
  }
}

extension FieldKind {
  /// The kind in a word.
  package var name: String {
    switch self {
    case .text, .identifier, .attribute: "text"
    case .word: "word"
    case .integer: "number"
    case .duration: "duration"
    case .time: "time"
    case .label: "name"
    }
  }
}
