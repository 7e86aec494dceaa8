/// A condition on one row.
indirect enum Predicate: Sendable {
  /// True of every row.
  case everything
  case all([Predicate])
  case any([Predicate])
  case not(Predicate)
  /// The row has a value for the field, which stands at `range` in the query's text.
  case exists(Field, range: Range<Int>)
  case comparison(Comparison)
  /// A text in any of the fields that `searchedColumns` lists.
  case search(TextTest)
  /// Is one of the rows that relations find.
  case related(Spanset)

  /// A conjunction without nested conjunctions.
  static func conjunction(_ parts: [Predicate]) -> Predicate {
    if parts.count == 1 { return parts[0] }
    return .all(
      parts.flatMap { part in
        if case .all(let inner) = part { inner } else { [part] }
      })
  }

  /// A disjunction without nested disjunctions.
  static func disjunction(_ parts: [Predicate]) -> Predicate {
    if parts.count == 1 { return parts[0] }
    return .any(
      parts.flatMap { part in
        if case .any(let inner) = part { inner } else { [part] }
      })
  }

  /// A negation; two cancel each other.
  static func negation(_ predicate: Predicate) -> Predicate {
    if case .not(let inner) = predicate { inner } else { .not(predicate) }
  }
}

/// A field held against a condition.
struct Comparison: Sendable {
  var field: Field
  /// Where the field stands in the query's text.
  var range: Range<Int>
  /// Present and not so: `!=`, `!~`, `not in`.
  ///
  /// A row without the field fulfils neither.
  var isNegated: Bool
  var condition: Condition
}

/// What the values of a field have to be like.
enum Condition: Sendable {
  case text(TextTest)
  /// Durations in nanoseconds, and whole numbers.
  case integer(Ordering, Int64)
  case integers([Int64])
  /// Attributes whose text is a number.
  case number(Ordering, Number)
  case time(Ordering, TimeLiteral)
  /// One of these words of the field's vocabulary, in the vocabulary's order.
  case words([String])
}

/// How two values have to lie to each other.
///
/// `!=` is a negated `equal`.
enum Ordering: String, Sendable {
  case equal = "="
  case less = "<"
  case atMost = "<="
  case more = ">"
  case atLeast = ">="

  /// Whether `a` stands so to `b`.
  func holds<T: Comparable>(_ a: T, _ b: T) -> Bool {
    switch self {
    case .equal: a == b
    case .less: a < b
    case .atMost: a <= b
    case .more: a > b
    case .atLeast: a >= b
    }
  }
}

/// How the rows of two sets have to lie to each other in the tree of a trace.
///
/// The result is always rows of the right side.
enum Relation: String, Sendable, CaseIterable {
  /// A row on the right has an ancestor on the left.
  case descendant = ">>"
  /// A row on the right has a descendant on the left.
  case ancestor = "<<"
  case child = ">"
  case parent = "<"
  case sibling = "~"
}

/// One link of a chain: the relation to the rows before, and the condition on the rows after.
struct Link: Sendable {
  var relation: Relation
  /// The rows on the right for which the relation does not hold.
  var isNegated: Bool
  var predicate: Predicate
}

/// `{ … } >> { … } > { … }`, from left to right.
struct Chain: Sendable {
  var first: Predicate
  var links: [Link] = []
}

/// The rows a query starts from: chains joined by `&&` (of one trace), and those joined by `||`.
struct Spanset: Sendable {
  /// At least one, of at least one.
  var alternatives: [[Chain]]

  /// The predicate, when there are no relations.
  var predicate: Predicate? {
    guard alternatives.count == 1, let group = alternatives.first, group.count == 1,
      let chain = group.first, chain.links.isEmpty
    else { return nil }
    return chain.first
  }
}
