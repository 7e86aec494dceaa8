/// A stage as it is written; its names are resolved when all stages are known.
struct WrittenStage {
  /// The stage, with what stands in its brackets.
  enum Kind {
    case by([FieldUse])
    case aggregate(Aggregate, filter: WrittenFilter?)
    case sort([SortKey<WrittenColumn>])
    case top(Int, WrittenColumn)
    case select([WrittenColumn])
    case limit(Int)
  }

  var kind: Kind
  /// Where the stage's name stands.
  var range: Range<Int>
}

/// `>= 3` after an aggregate.
struct WrittenFilter {
  var symbol: ComparisonOperator
  var value: WrittenValue
}

/// A column of a table as it is written: a field, an aggregate, or an aggregate's function alone.
struct WrittenColumn {
  var name: WrittenName
  /// `p95(dur)` in full.
  var aggregate: Aggregate?
}

extension QueryParser {
  /// One stage, after its `|`.
  mutating func stage() throws(QueryError) -> WrittenStage {
    scanner.skipSpaces()
    let start = scanner.position
    let word = scanner.word(at: start)
    if word.isEmpty { throw error("expected a stage, such as count() or sort(-dur)") }
    scanner.position += word.unicodeScalars.count
    let range = start..<scanner.position
    if let function = AggregateFunction(rawValue: word.lowercased()) {
      return WrittenStage(kind: try aggregateStage(function, at: range), range: range)
    }
    guard let stage = StageName(rawValue: word.lowercased()) else {
      let known = StageName.allCases.map(\.rawValue) + AggregateFunction.allCases.map(\.rawValue)
      throw QueryError(
        "unknown stage '\(word)': one of \(known.joined(separator: ", "))", at: range,
        suggestion: Suggestion.closest(to: word, in: known))
    }
    try open(after: word)
    let kind: WrittenStage.Kind
    switch stage {
    case .by: kind = .by(try groupKeys())
    case .sort: kind = .sort(try sortKeys())
    case .select: kind = .select(try columns())
    case .limit: kind = .limit(try positiveNumber())
    case .top:
      let count = try positiveNumber()
      guard scanner.take(",") else { throw error("top needs a number and a field: top(10, dur)") }
      scanner.skipSpaces()
      kind = .top(count, try column())
    }
    try close()
    return WrittenStage(kind: kind, range: range)
  }

  private mutating func open(after word: String) throws(QueryError) {
    guard scanner.take("(") else { throw error("'\(word)' needs brackets: \(word)(…)") }
    scanner.skipSpaces()
  }

  private mutating func close() throws(QueryError) {
    scanner.skipSpaces()
    guard scanner.take(")") else { throw error("expected ')' or ','") }
  }

  private mutating func aggregateStage(
    _ function: AggregateFunction, at range: Range<Int>
  ) throws(QueryError) -> WrittenStage.Kind {
    let aggregate = try aggregateArguments(function)
    scanner.skipSpaces()
    guard let symbol = ComparisonOperator.allCases.first(where: { scanner.isAt($0.rawValue) })
    else { return .aggregate(aggregate, filter: nil) }
    guard symbol.ordering != nil else { throw error("expected = != < <= > or >=") }
    _ = scanner.take(symbol.rawValue)
    scanner.skipSpaces()
    let value = try scanner.value()
    if value.range.isEmpty { throw error("expected a value after '\(symbol.rawValue)'") }
    return .aggregate(aggregate, filter: WrittenFilter(symbol: symbol, value: value))
  }

  /// `()` after `count`, `(field)` after the others.
  private mutating func aggregateArguments(
    _ function: AggregateFunction
  ) throws(QueryError) -> Aggregate {
    try open(after: function.rawValue)
    if function == .count {
      guard scanner.take(")") else {
        throw error("count() takes no field; rows that have one: exists(field) | count()")
      }
      return Aggregate(function: function, use: nil)
    }
    let (field, range) = try bracketedField()
    guard scanner.take(")") else { throw error("expected ')'") }
    switch field.kind {
    case .duration, .integer, .attribute: break
    case .time where function != .sum && function != .avg: break
    case .time, .text, .identifier, .word, .label:
      throw QueryError(
        "\(function.rawValue) needs a number, and '\(Spelling.field(field))' is none", at: range)
    }
    return Aggregate(function: function, use: FieldUse(field: field, range: range))
  }

  private mutating func groupKeys() throws(QueryError) -> [FieldUse] {
    var keys: [FieldUse] = []
    repeat {
      let (field, range) = try bracketedField()
      keys.append(try readable(FieldUse(field: field, range: range)))
    } while scanner.take(",")
    return keys
  }

  private mutating func sortKeys() throws(QueryError) -> [SortKey<WrittenColumn>] {
    var keys: [SortKey<WrittenColumn>] = []
    repeat {
      scanner.skipSpaces()
      let isDescending = scanner.take("-")
      keys.append(SortKey(column: try column(), isDescending: isDescending))
      scanner.skipSpaces()
    } while scanner.take(",")
    return keys
  }

  private mutating func columns() throws(QueryError) -> [WrittenColumn] {
    var columns: [WrittenColumn] = []
    repeat {
      scanner.skipSpaces()
      columns.append(try column())
      scanner.skipSpaces()
    } while scanner.take(",")
    return columns
  }

  private mutating func column() throws(QueryError) -> WrittenColumn {
    guard let name = try writtenName() else { throw error("expected a field or a column") }
    guard let function = AggregateFunction(rawValue: name.text.lowercased()),
      scanner.peek() == "("
    else { return WrittenColumn(name: name, aggregate: nil) }
    let aggregate = try aggregateArguments(function)
    return WrittenColumn(
      name: WrittenName(
        text: name.text, quoted: nil, range: name.range.lowerBound..<scanner.position),
      aggregate: aggregate)
  }

  private mutating func positiveNumber() throws(QueryError) -> Int {
    scanner.skipSpaces()
    let start = scanner.position
    while let scalar = scanner.peek(), ("0"..."9").contains(scalar) { scanner.position += 1 }
    let text = scanner.text(from: start)
    guard let number = Int(text), number > 0 else {
      throw QueryError(
        text.isEmpty ? "expected a number" : "'\(text)' is not a number above 0",
        at: start..<Swift.max(start + 1, scanner.position))
    }
    scanner.skipSpaces()
    return number
  }

  /// The field, if a row has one value of it that can be shown.
  func readable(_ use: FieldUse) throws(QueryError) -> FieldUse {
    if use.field == .known(.isWord) {
      throw QueryError("'is' has no single value; use kind, status or decision", at: use.range)
    }
    return use
  }
}
