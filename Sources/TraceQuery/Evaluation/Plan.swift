import TraceIndex
import TraceModel

/// One step of finding rows, on a stack of sets.
enum Operation {
  /// Pushes the rows that pass.
  case column(ColumnTest)
  /// Pushes the rows that own a value of an attribute that passes.
  case postings(key: Int, AttributeTest)
  /// Pushes the rows of the traces whose id passes.
  case traces(TextMatcher)
  /// Pushes the rows that own an event whose name passes; nil passes every name.
  case eventNames(TextMatcher?)
  case fixed(RowSet)
  /// Replaces the two sets on top by one.
  case intersection
  case union
  /// Replaces the set on top.
  case complement
  /// Replaces the two sets on top by the rows of the upper one for which the relation holds.
  case relation(Relation, isNegated: Bool)
  /// The same, for rows of one trace.
  case sameTrace
}

/// Turns a query's conditions into operations on one index.
struct PlanBuilder {
  let index: TraceIndex
  let context: QueryContext
  private(set) var operations: [Operation] = []

  init(index: TraceIndex, context: QueryContext) {
    self.index = index
    self.context = context
  }

  /// - Throws: `QueryError` for an attribute that the index does not have, and for what the context
  ///   does not give.
  static func operations(
    for spanset: Spanset, in index: TraceIndex, context: QueryContext
  ) throws(QueryError) -> [Operation] {
    var builder = PlanBuilder(index: index, context: context)
    try builder.add(spanset)
    return builder.operations
  }

  private mutating func add(_ spanset: Spanset) throws(QueryError) {
    for (number, group) in spanset.alternatives.enumerated() {
      for (position, chain) in group.enumerated() {
        try add(chain)
        if position > 0 { push(.sameTrace) }
      }
      if number > 0 { push(.union) }
    }
  }

  /// Adds an operation after those there are.
  mutating func push(_ operation: Operation) { operations.append(operation) }

  private mutating func add(_ chain: Chain) throws(QueryError) {
    try add(chain.first)
    for link in chain.links {
      try add(link.predicate)
      push(.relation(link.relation, isNegated: link.isNegated))
    }
  }

  private mutating func add(_ predicate: Predicate) throws(QueryError) {
    switch predicate {
    case .everything: push(.fixed(RowSet(all: index.rowCount)))
    case .all(let parts): try add(parts, joinedBy: .intersection)
    case .any(let parts): try add(parts, joinedBy: .union)
    case .not(let inner):
      try add(inner)
      push(.complement)
    case .exists(let field, let range): try addPresence(FieldUse(field: field, range: range))
    case .search(let test): push(.column(search(test)))
    case .related(let spanset): try add(spanset)
    case .comparison(let comparison):
      let use = FieldUse(field: comparison.field, range: comparison.range)
      try addMatches(of: comparison.condition, use)
      if comparison.isNegated {
        push(.complement)
        try addPresence(use)
        push(.intersection)
      }
    }
  }

  private mutating func add(
    _ parts: [Predicate], joinedBy operation: Operation
  ) throws(QueryError) {
    for (position, part) in parts.enumerated() {
      try add(part)
      if position > 0 { push(operation) }
    }
  }

  /// The columns that a bare word is looked for in.
  static let searchedColumns: [IDColumn] = [
    .name, .service, .principal, .permission, .target, .message, .reason,
  ]

  private func search(_ test: TextTest) -> ColumnTest {
    .dictionary(PlanBuilder.searchedColumns, dictionaryTest(test))
  }

  private func dictionaryTest(_ test: TextTest, part: TextPart = .whole) -> DictionaryTest {
    DictionaryTest(TextMatcher(test), part: part, stringCount: index.stringCount)
  }

  /// The rows with a value of the field that fulfils the condition.
  private mutating func addMatches(
    of condition: Condition, _ use: FieldUse
  ) throws(QueryError) {
    switch (use.field, condition) {
    case (.attribute(let scope, let name), _):
      try addAttribute(
        scope, name, AttributeTest(condition, stringCount: index.stringCount), at: use.range)
    case (.known(let field), .text(let test)): try add(test, of: field, at: use.range)
    case (.known(let field), .integer(let ordering, let value)):
      add(IntegerTest(ordering, value), of: field)
    case (.known(let field), .integers(let values)): add(.oneOf(Set(values)), of: field)
    case (.known(let field), .time(let ordering, let time)):
      let moment = time.nanoseconds(from: index.totals.start, to: index.totals.end)
      add(IntegerTest(ordering, moment), of: field)
    case (.known(let field), .words(let words)): try add(words, of: field, at: use.range)
    case (.known, .number): push(.fixed(RowSet(rowCount: index.rowCount)))
    }
  }

  private mutating func add(
    _ test: TextTest, of field: KnownField, at range: Range<Int>
  ) throws(QueryError) {
    switch FieldSource(field, in: index) {
    case .text(let texts):
      for (position, text) in texts.enumerated() {
        switch text {
        case .column(let column, let part):
          push(.column(.dictionary([column], dictionaryTest(test, part: part))))
        case .attribute(let key):
          push(.postings(key: key, AttributeTest(.text(test), stringCount: index.stringCount)))
        }
        if position > 0 { push(.union) }
      }
      if texts.isEmpty { push(.fixed(RowSet(rowCount: index.rowCount))) }
    case .trace: push(.traces(TextMatcher(test)))
    case .span: push(.column(.spanID(IdentifierTest(test))))
    case .parent: push(.column(.parentSpanID(IdentifierTest(test))))
    case .file: push(.column(.ordinals(.artifact, artifacts(TextMatcher(test)))))
    case .run:
      let matcher = TextMatcher(test)
      let isMatch = ([index.name] + context.runNames).contains { matcher.matches($0) }
      push(.fixed(isMatch ? RowSet(all: index.rowCount) : RowSet(rowCount: index.rowCount)))
    case .label: push(.fixed(try labelled(field, TextMatcher(test), at: range)))
    case .word, .number: push(.fixed(RowSet(rowCount: index.rowCount)))
    }
  }

  private func artifacts(_ matcher: TextMatcher) -> RowSet {
    let matching = index.artifacts.indices.filter { matcher.matches(index.artifacts[$0].path) }
    return RowSet(rowCount: index.artifacts.count, matching)
  }

  /// The union of the context's sets whose name passes; nil passes every name.
  private func labelled(
    _ field: KnownField, _ matcher: TextMatcher?, at range: Range<Int>
  ) throws(QueryError) -> RowSet {
    guard let sets = context.labels[field.rawValue] else {
      throw QueryError("not available here: '\(field.rawValue)' (\(field.help))", at: range)
    }
    var result = RowSet(rowCount: index.rowCount)
    for (name, rows) in sets where matcher?.matches(name) ?? true { result.formUnion(rows) }
    return result
  }

  private mutating func add(_ test: IntegerTest, of field: KnownField) {
    switch field {
    case .start: push(.column(.times(.start, test)))
    case .end: push(.column(.end(test)))
    case .dur, .latency: push(.column(.times(.duration, test)))
    case .selfTime: push(.column(.times(.selfTime, test)))
    case .depth: push(.column(.depth(test)))
    case .byte: push(.column(.byte(test)))
    case .confidence:
      // Zero stands for no join, and so for no value.
      push(.column(.bytes(.joinConfidence, (0...100).map { $0 > 0 && test.matches($0) })))
    case .children: push(.column(.children(childCounts(in: index), test)))
    default: push(.fixed(RowSet(rowCount: index.rowCount)))
    }
    if addTimePresence(field) { push(.intersection) }
  }
}

/// The number of direct children of each row.
///
/// - Complexity: O(rows).
func childCounts(in index: TraceIndex) -> [UInt32] {
  var counts = [UInt32](repeating: 0, count: index.rowCount)
  index.withIDs(.parent) { parents in
    for row in parents.indices where Int(parents[row]) < counts.count {
      counts[Int(parents[row])] &+= 1
    }
  }
  return counts
}

/// Words, and what it takes to have a value at all.
extension PlanBuilder {
  private mutating func add(
    _ words: [String], of field: KnownField, at range: Range<Int>
  ) throws(QueryError) {
    switch field {
    case .kind:
      push(.column(.bytes(.spanKind, table(SpanKind.allCases.map(\.name), words))))
      addKinds([.span])
      push(.intersection)
    case .status:
      push(.column(.bytes(.status, table(SpanStatus.allCases.map(\.name), words))))
      addKinds([.span])
      push(.intersection)
    case .decision:
      push(.column(.bytes(.outcome, table(Outcome.allCases.map(\.name), words))))
    case .join:
      push(.column(.bytes(.joinMethod, table(JoinMethod.allCases.map(\.name), words))))
      addKinds([.decision, .log])
      push(.intersection)
    case .isWord:
      for (position, word) in words.enumerated() {
        if let word = IsWord(rawValue: word) { try add(word, at: range) }
        if position > 0 { push(.union) }
      }
    default: push(.fixed(RowSet(rowCount: index.rowCount)))
    }
  }

  private func table(_ names: [String], _ words: [String]) -> [Bool] {
    names.map { words.contains($0) }
  }

  private mutating func addKinds(_ kinds: [RowKind]) {
    push(.column(.bytes(.kind, RowKind.allCases.map { kinds.contains($0) })))
  }

  private mutating func add(_ word: IsWord, at range: Range<Int>) throws(QueryError) {
    func outcome(_ wanted: Outcome...) -> ColumnTest {
      .bytes(.outcome, Outcome.allCases.map { wanted.contains($0) })
    }
    switch word {
    case .span: addKinds([.span])
    case .decision: addKinds([.decision])
    case .log: addKinds([.log])
    case .allow: push(.column(outcome(.allow, .allowedThenFailed)))
    case .deny: push(.column(outcome(.deny, .unauthenticated)))
    case .error:
      push(.column(.bytes(.status, SpanStatus.allCases.map { $0 == .error })))
      push(.column(outcome(.error)))
      push(.union)
    case .root: push(.column(.marks(.root, areSet: true)))
    case .leaf: push(.column(.marks(.leaf, areSet: true)))
    case .orphan: push(.column(.marks(.orphan, areSet: true)))
    case .duplicate: push(.column(.marks(.duplicate, areSet: true)))
    case .cycle: push(.column(.marks(.cycle, areSet: true)))
    case .critical: push(.column(.marks(.critical, areSet: true)))
    case .joined: push(.column(.marks(.joined, areSet: true)))
    case .marked, .new, .granted, .used:
      guard let rows = context.labels[KnownField.isWord.rawValue]?[word.rawValue] else {
        throw QueryError("not available here: 'is:\(word.rawValue)' (\(word.help))", at: range)
      }
      push(.fixed(rows))
    }
  }

  /// The rows that have a value of the field.
  private mutating func addPresence(_ use: FieldUse) throws(QueryError) {
    let field: KnownField
    switch use.field {
    case .attribute(let scope, let name):
      try addAttribute(
        scope, name, AttributeTest(.any, stringCount: index.stringCount), at: use.range)
      return
    case .known(let known): field = known
    }
    switch FieldSource(field, in: index) {
    case .text(let texts):
      for (position, text) in texts.enumerated() {
        addPresence(text)
        if position > 0 { push(.union) }
      }
      if texts.isEmpty { push(.fixed(RowSet(rowCount: index.rowCount))) }
    case .trace:
      push(.column(.ordinals(.trace, RowSet(all: index.traceCount))))
    case .span: push(.column(.spanID(.any)))
    case .parent: push(.column(.parentSpanID(.any)))
    case .file, .run: push(.fixed(RowSet(all: index.rowCount)))
    case .label: push(.fixed(try labelled(field, nil, at: use.range)))
    case .word where field == .join: addKinds([.decision, .log])
    case .word: addKinds(field == .decision ? [.decision] : [.span])
    case .number where field == .confidence:
      push(.column(.bytes(.joinConfidence, (0...100).map { $0 > 0 })))
    case .number:
      if !addTimePresence(field) { push(.fixed(RowSet(all: index.rowCount))) }
    }
  }

  private mutating func addPresence(_ text: TextSource) {
    switch text {
    case .column(let column, .whole): push(.column(.nonEmpty(column)))
    case .column(let column, let part):
      let everything = TextTest.contains(Glob(pieces: [""], ignoresCase: false))
      push(.column(.dictionary([column], dictionaryTest(everything, part: part))))
    case .attribute(let key):
      push(.postings(key: key, AttributeTest(.any, stringCount: index.stringCount)))
    }
  }

  /// Pushes the rows that have the time; returns false, and pushes nothing, if all rows have it.
  private mutating func addTimePresence(_ field: KnownField) -> Bool {
    guard let rule = TimePresence(field) else { return false }
    push(.column(.marks(rule.missing, areSet: false)))
    if rule.kinds.count < RowKind.allCases.count {
      addKinds(rule.kinds)
      push(.intersection)
    }
    return true
  }
}

/// Attributes.
extension PlanBuilder {
  private mutating func addAttribute(
    _ scope: AttributeScope, _ name: String, _ test: AttributeTest, at range: Range<Int>
  ) throws(QueryError) {
    let key = index.keyOrdinal(scope: scope, name: name)
    let isEventName = scope == .event && name == "name"
    if let key {
      switch scope {
      case .resource, .scope:
        push(.column(.ordinals(.resource, ordinals(of: key, test))))
      case .span, .event, .link, .authz: push(.postings(key: key, test))
      }
    } else if !isEventName {
      if !context.allowsAbsentAttributes { throw absent(scope, name, at: range) }
      push(.fixed(RowSet(rowCount: index.rowCount)))
    }
    if isEventName {
      push(.eventNames(test.matcher))
      if key != nil { push(.union) }
    }
  }

  /// The resources with a value that passes: there are few of them.
  private func ordinals(of key: Int, _ test: AttributeTest) -> RowSet {
    var test = test
    var result = RowSet(rowCount: index.resourceCount)
    index.withPostings(ofKey: key) { postings in
      for position in postings.rows.indices
      where test.matches(postings.values[position], postings.types[position], index) {
        result.insert(Int(postings.rows[position]))
      }
    }
    return result
  }

  /// The fault of an attribute that no row has.
  func absent(
    _ scope: AttributeScope, _ name: String, at range: Range<Int>
  ) -> QueryError {
    let attributes = QueryVocabulary.attributes(of: index)
    let written = Spelling.field(.attribute(scope, name))
    let suggestion =
      KnownField(named: name)?.rawValue
      ?? FieldSuggestion.closest(to: name, attributes: attributes)
      ?? FieldSuggestion.closest(to: written, attributes: attributes)
    return QueryError(
      "no row of '\(index.name)' has the attribute '\(written)'", at: range,
      suggestion: suggestion)
  }
}
