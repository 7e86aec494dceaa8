/// Turns the stages as written into a pipeline, and names into columns.
struct PipelineResolver {
  private let parser: QueryParser
  private var pipeline = Pipeline()
  private var keys: [FieldUse] = []
  private var aggregates: [Aggregate] = []
  /// Names and kinds of the table's columns; empty while there are only rows.
  private var columns: [(name: String, kind: ColumnKind)] = []
  private var isSelected = false

  private init(parser: QueryParser) { self.parser = parser }

  /// - Throws: `QueryError` for stages that do not fit those before them.
  static func resolve(
    _ stages: [WrittenStage], parser: QueryParser
  ) throws(QueryError) -> Pipeline {
    var resolver = PipelineResolver(parser: parser)
    try resolver.collectGroups(stages)
    for stage in stages { try resolver.add(stage) }
    if resolver.isGrouped {
      resolver.pipeline.output = .groups(keys: resolver.keys, aggregates: resolver.aggregates)
    }
    return resolver.pipeline
  }

  private var isGrouped: Bool { !aggregates.isEmpty }

  /// Finds the keys and all aggregates first, because stages before an aggregate may name it.
  private mutating func collectGroups(_ stages: [WrittenStage]) throws(QueryError) {
    var hasKeys = false
    var firstAggregate: Range<Int>?
    for stage in stages {
      switch stage.kind {
      case .by(let fields):
        if hasKeys { throw QueryError("'by' can stand once", at: stage.range) }
        if let firstAggregate {
          throw QueryError("'by' must come before the aggregate", at: firstAggregate)
        }
        hasKeys = true
        keys = fields
      case .aggregate(let aggregate, _):
        firstAggregate = firstAggregate ?? stage.range
        if !aggregates.contains(where: { $0.name == aggregate.name }) {
          aggregates.append(aggregate)
        }
      case .sort, .top, .select, .limit: break
      }
    }
    if hasKeys, aggregates.isEmpty { aggregates = [Aggregate(function: .count, use: nil)] }
  }

  private mutating func add(_ stage: WrittenStage) throws(QueryError) {
    switch stage.kind {
    case .by(let fields):
      if isSelected { throw afterSelect("by", stage) }
      beginGroups()
      let names = fields.map { Spelling.field($0.field) }
      pipeline.texts.append("by(\(names.joined(separator: ", ")))")
    case .aggregate(let aggregate, let filter):
      if isSelected { throw afterSelect(aggregate.function.rawValue, stage) }
      beginGroups()
      try addFilter(aggregate, filter)
    case .sort(let keys): try sort(keys)
    case .top(let count, let column): try top(count, column)
    case .select(let columns): try select(columns, stage)
    case .limit(let count):
      limit(count)
      pipeline.texts.append("limit(\(count))")
    }
  }

  private func afterSelect(_ name: String, _ stage: WrittenStage) -> QueryError {
    QueryError("'\(name)' must come before 'select'", at: stage.range)
  }

  private mutating func beginGroups() {
    guard columns.isEmpty else { return }
    columns = keys.map { (Spelling.field($0.field), $0.field.columnKind) }
    columns += aggregates.map { ($0.name, $0.kind) }
  }

  private mutating func addFilter(
    _ aggregate: Aggregate, _ filter: WrittenFilter?
  ) throws(QueryError) {
    let call = aggregate.use == nil ? "count()" : aggregate.name
    guard let filter, let ordering = filter.symbol.ordering,
      let column = columns.firstIndex(where: { $0.name == aggregate.name })
    else {
      pipeline.texts.append(call)
      return
    }
    let (value, text) = try filterValue(filter.value, columns[column].kind)
    pipeline.tableStages.append(
      .filter(column: column, ordering, isNegated: filter.symbol == .notEqual, value))
    pipeline.texts.append("\(call) \(filter.symbol.rawValue) \(text)")
  }

  private func filterValue(
    _ value: WrittenValue, _ kind: ColumnKind
  ) throws(QueryError) -> (FilterValue, String) {
    do throws(LiteralError) {
      switch kind {
      case .duration:
        let nanoseconds = try DurationText.nanoseconds(value.text)
        return (.number(.integer(nanoseconds)), DurationText.text(nanoseconds))
      case .time:
        let time = try TimeLiteral(value.text)
        return (.time(time), time.description)
      case .integer, .number, .text:
        let number = try SizeText.number(value.text)
        return (.number(number), number.description)
      }
    } catch {
      throw QueryError(error.message, at: value.range)
    }
  }

  private mutating func sort(_ keys: [SortKey<WrittenColumn>]) throws(QueryError) {
    var texts: [String] = []
    if columns.isEmpty {
      var fields: [SortKey<FieldUse>] = []
      for key in keys {
        let use = try rowField(key.column)
        fields.append(SortKey(column: use, isDescending: key.isDescending))
        texts.append((key.isDescending ? "-" : "") + Spelling.field(use.field))
      }
      pipeline.rowStages.append(.sort(fields))
    } else {
      var numbers: [SortKey<Int>] = []
      for key in keys {
        let number = try columnNumber(key.column)
        numbers.append(SortKey(column: number, isDescending: key.isDescending))
        texts.append((key.isDescending ? "-" : "") + columns[number].name)
      }
      pipeline.tableStages.append(.sort(numbers))
    }
    pipeline.texts.append("sort(\(texts.joined(separator: ", ")))")
  }

  private mutating func top(_ count: Int, _ column: WrittenColumn) throws(QueryError) {
    let name: String
    let isNumber: Bool
    if columns.isEmpty {
      let use = try rowField(column)
      name = Spelling.field(use.field)
      isNumber = use.field.columnKind != .text || use.field.kind == .attribute
      pipeline.rowStages.append(.sort([SortKey(column: use, isDescending: true)]))
    } else {
      let number = try columnNumber(column)
      name = columns[number].name
      isNumber = columns[number].kind != .text
      pipeline.tableStages.append(.sort([SortKey(column: number, isDescending: true)]))
    }
    guard isNumber else {
      throw QueryError(
        "top needs a number, and '\(name)' is text; the most frequent: "
          + "by(\(name)) | count() | limit(\(count))", at: column.name.range)
    }
    limit(count)
    pipeline.texts.append("top(\(count), \(name))")
  }

  private mutating func limit(_ count: Int) {
    if columns.isEmpty {
      pipeline.rowStages.append(.limit(count))
    } else {
      pipeline.tableStages.append(.limit(count))
    }
  }

  private mutating func select(
    _ selected: [WrittenColumn], _ stage: WrittenStage
  ) throws(QueryError) {
    if isSelected { throw QueryError("'select' can stand once", at: stage.range) }
    isSelected = true
    if columns.isEmpty {
      if isGrouped { throw afterGroups(stage) }
      var fields: [FieldUse] = []
      for column in selected { fields.append(try rowField(column)) }
      columns = fields.map { (Spelling.field($0.field), $0.field.columnKind) }
      pipeline.output = .columns(fields)
    } else {
      var numbers: [Int] = []
      for column in selected { numbers.append(try columnNumber(column)) }
      columns = numbers.map { columns[$0] }
      pipeline.tableStages.append(.select(numbers))
    }
    pipeline.texts.append("select(\(columns.map(\.name).joined(separator: ", ")))")
  }

  private func afterGroups(_ stage: WrittenStage) -> QueryError {
    QueryError("'select' must come after 'by' and the aggregates", at: stage.range)
  }

  private func rowField(_ column: WrittenColumn) throws(QueryError) -> FieldUse {
    let name = column.name
    let isFunction = AggregateFunction(rawValue: name.text.lowercased()) != nil
    if column.aggregate != nil || isFunction {
      throw QueryError(
        "there is no '\(name.text)' yet; compute it before: … | \(name.text)(…) | …",
        at: name.range)
    }
    return try parser.readable(FieldUse(field: try parser.field(name), range: name.range))
  }

  private func columnNumber(_ column: WrittenColumn) throws(QueryError) -> Int {
    let name = column.name
    if let wanted = column.aggregate?.name {
      if let number = columns.firstIndex(where: { $0.name == wanted }) { return number }
      throw missing(wanted, at: name.range)
    }
    if let function = AggregateFunction(rawValue: name.text.lowercased()) {
      let matching = columns.indices.filter {
        columns[$0].name == function.rawValue || columns[$0].name.hasPrefix(function.rawValue + "(")
      }
      if matching.count == 1 { return matching[0] }
      if matching.count > 1 {
        throw QueryError(
          "'\(name.text)' could be \(matching.map { columns[$0].name }.joined(separator: " or "))",
          at: name.range)
      }
      throw missing(name.text, at: name.range)
    }
    let wanted = Spelling.field(try parser.field(name))
    if let number = columns.firstIndex(where: { $0.name == wanted }) { return number }
    throw missing(wanted, at: name.range)
  }

  private func missing(_ name: String, at range: Range<Int>) -> QueryError {
    QueryError(
      "the table has no column '\(name)': \(columns.map(\.name).joined(separator: ", "))",
      at: range, suggestion: Suggestion.closest(to: name, in: columns.map(\.name)))
  }
}

extension Field {
  /// What the cells of a column with this field's values are.
  var columnKind: ColumnKind {
    switch kind {
    case .integer: .integer
    case .duration: .duration
    case .time: .time
    case .text, .identifier, .word, .attribute, .label: .text
    }
  }
}
