package import TraceIndex

/// A query at work on one index.
///
/// It can be advanced in small steps from an event loop, and is cancelled by dropping it.
package struct QueryEvaluation {
  private enum Phase {
    case finding
    case reading(TableBuilder, RowSource)
    case done(QueryResult)
  }

  private enum Step {
    case sort(RowSorter)
    case limit(Int)
  }

  private let index: TraceIndex
  private let pipeline: Pipeline
  private var operations: [Operation]
  private var steps: [Step] = []
  /// Given away when reading begins.
  private var builder: TableBuilder?
  private let yieldsTable: Bool
  /// The operation at work, how far it is, and its set so far.
  private var current = 0
  private var position = 0
  private var partial: RowSet?
  private var stack: [RowSet] = []
  private var phase = Phase.finding

  /// Prepares the evaluation: finds the columns and attributes that the query speaks of.
  ///
  /// - Throws: `QueryError` for an attribute that the index does not have, and for a field that the
  ///   context does not give.
  package init(
    _ query: Query, in index: TraceIndex, context: QueryContext = QueryContext()
  ) throws(QueryError) {
    self.index = index
    pipeline = query.pipeline
    yieldsTable = query.yieldsTable
    operations = try PlanBuilder.operations(for: query.spanset, in: index, context: context)
    for stage in query.pipeline.rowStages {
      switch stage {
      case .limit(let count): steps.append(.limit(count))
      case .sort(let keys):
        steps.append(.sort(try RowSorter(keys, in: index, context: context)))
      }
    }
    switch query.pipeline.output {
    case .rows: builder = nil
    case .columns(let columns):
      builder = try TableBuilder(columns: columns, in: index, context: context)
    case .groups(let keys, let aggregates):
      builder = try TableBuilder(keys: keys, aggregates: aggregates, in: index, context: context)
    }
  }

  /// What was found; nil until `advance` has returned true.
  package var result: QueryResult? {
    if case .done(let result) = phase { result } else { nil }
  }

  /// The share of the work that is done, from 0 to 1.
  package var progress: Double {
    let parts = Double(operations.count + (yieldsTable ? 1 : 0))
    switch phase {
    case .finding:
      let share = index.rowCount == 0 ? 0 : Double(position) / Double(index.rowCount)
      return parts == 0 ? 0 : (Double(current) + min(1, share)) / parts
    case .reading(_, let source): return (parts - 1 + source.progress) / parts
    case .done: return 1
    }
  }

  /// Looks at about `rowBudget` rows.
  ///
  /// Returns whether the evaluation is done.
  ///
  /// Combining sets and relations are one pass over the rows, sorting is O(rows × log rows); these
  /// are not divided.
  package mutating func advance(rowBudget: Int = .max) -> Bool {
    var budget = max(1, rowBudget)
    while budget > 0 {
      switch phase {
      case .done: return true
      case .finding:
        if current < operations.count {
          budget -= advanceOperation(budget)
        } else {
          budget -= beginReading()
        }
      case .reading(var builder, var source):
        phase = .finding
        let rows = source.next(min(budget, 4_096))
        if rows.isEmpty {
          finish(builder.finished())
        } else {
          builder.add(rows)
          budget -= rows.count
          phase = .reading(builder, source)
        }
      }
    }
    return result != nil
  }

  /// Applies the stages on rows.
  ///
  /// Returns the work done.
  private mutating func beginReading() -> Int {
    let rows = stack.popLast() ?? RowSet(rowCount: index.rowCount)
    var ordered: [Int]?
    var found = rows
    for step in steps {
      switch step {
      case .sort(let sorter): ordered = sorter.sorted(ordered ?? Array(found))
      case .limit(let count):
        if let rows = ordered {
          ordered = Array(rows.prefix(count))
        } else {
          found = RowSet(rowCount: found.rowCount, found.prefix(count))
        }
      }
    }
    if let builder {
      self.builder = nil
      phase = .reading(builder, ordered.map { .ordered($0[...]) } ?? .rows(found, last: -1))
    } else {
      phase = .done(ordered.map { .ordered($0) } ?? .rows(found))
    }
    return steps.isEmpty ? 1 : index.rowCount
  }

  private mutating func finish(_ table: QueryTable) {
    var table = table
    for stage in pipeline.tableStages { table.apply(stage, in: index) }
    phase = .done(.table(table))
  }
}

/// Rows still to be read.
private enum RowSource {
  case rows(RowSet, last: Int)
  case ordered(ArraySlice<Int>)

  mutating func next(_ count: Int) -> [Int] {
    switch self {
    case .ordered(let rest):
      self = .ordered(rest.dropFirst(count))
      return Array(rest.prefix(count))
    case .rows(let set, var last):
      var rows: [Int] = []
      while rows.count < count, let row = set.first(after: last) {
        rows.append(row)
        last = row
      }
      self = .rows(set, last: last)
      return rows
    }
  }

  var progress: Double {
    switch self {
    case .ordered(let rest):
      return rest.endIndex == 0 ? 1 : Double(rest.startIndex) / Double(rest.endIndex)
    case .rows(let set, let last):
      return set.rowCount == 0 ? 1 : Double(last + 1) / Double(set.rowCount)
    }
  }
}

/// Finding rows.
extension QueryEvaluation {
  /// Advances the current operation.
  ///
  /// Returns the work done, in rows.
  private mutating func advanceOperation(_ budget: Int) -> Int {
    switch operations[current] {
    case .column(let test): return advance(test, budget)
    case .postings(let key, let test): return advance(key, test, budget)
    case .traces(let matcher): return advance(matcher, budget)
    case .eventNames(let matcher): return advance(events: matcher, budget)
    case .fixed(let rows):
      push(rows)
      return 1
    case .complement:
      stack[stack.count - 1].formComplement()
      current += 1
      return index.rowCount / 64 + 1
    case .intersection, .union, .relation, .sameTrace: return combine(operations[current])
    }
  }

  private mutating func push(_ rows: RowSet) {
    stack.append(rows)
    partial = nil
    position = 0
    current += 1
  }

  private mutating func combine(_ operation: Operation) -> Int {
    current += 1
    guard let right = stack.popLast(), var left = stack.popLast() else { return 1 }
    switch operation {
    case .intersection:
      left.formIntersection(right)
      stack.append(left)
    case .union:
      left.formUnion(right)
      stack.append(left)
    case .relation(let relation, let isNegated):
      stack.append(left.related(relation, isNegated: isNegated, to: right, in: index))
      return index.rowCount + 1
    default:
      stack.append(right.inTraces(of: left, index))
      return index.rowCount + 1
    }
    return index.rowCount / 64 + 1
  }

  /// Here, `position` is a row, the first of a word.
  private mutating func advance(_ test: ColumnTest, _ budget: Int) -> Int {
    var test = test
    operations[current] = .complement
    var set = partial.take() ?? RowSet(rowCount: index.rowCount)
    let (next, spent) = test.fill(&set, from: position / 64, budget: budget, index)
    position = next * 64
    operations[current] = .column(test)
    if next < set.words.count { partial = set } else { push(set) }
    return max(1, spent)
  }

  private mutating func advance(_ key: Int, _ test: AttributeTest, _ budget: Int) -> Int {
    var test = test
    operations[current] = .complement
    var set = partial.take() ?? RowSet(rowCount: index.rowCount)
    test.cost = 0
    let first = position
    let (place, isDone) = index.withPostings(ofKey: key) { postings in
      let (rows, values, types) = (postings.rows, postings.values, postings.types)
      var place = first
      while place < rows.count, place - first + test.cost < budget {
        if test.matches(values[place], types[place], index) { set.insert(Int(rows[place])) }
        place += 1
      }
      return (place, place >= rows.count)
    }
    let spent = place - first + test.cost
    position = place
    operations[current] = .postings(key: key, test)
    if isDone { push(set) } else { partial = set }
    return max(1, spent)
  }

  private mutating func advance(_ matcher: TextMatcher, _ budget: Int) -> Int {
    var set = partial.take() ?? RowSet(rowCount: index.rowCount)
    var spent = 0
    while position < index.traceCount, spent < budget {
      if matcher.matches(index.idText(ofTrace: position)) {
        set.insert(index.traceRecord(position).rows)
      }
      position += 1
      spent += 10
    }
    if position < index.traceCount { partial = set } else { push(set) }
    return max(1, spent)
  }

  private mutating func advance(events matcher: TextMatcher?, _ budget: Int) -> Int {
    var set = partial.take() ?? RowSet(rowCount: index.rowCount)
    // Events lie in the order of their rows.
    let count = index.rowCount == 0 ? 0 : index.events(ofRow: index.rowCount - 1).upperBound
    var spent = 0
    while position < count, spent < budget {
      let event = index.event(position)
      let isMatch = index.withStringBytes(event.name) { matcher?.matches($0) ?? true }
      if isMatch { set.insert(event.row) }
      position += 1
      spent += 10
    }
    if position < count { partial = set } else { push(set) }
    return max(1, spent)
  }
}

/// Evaluates a query at one go.
///
/// - Throws: `QueryError` for an attribute that the index does not have, and for a field that the
///   context does not give.
package func evaluate(
  _ query: Query, in index: TraceIndex, context: QueryContext = QueryContext()
) throws(QueryError) -> QueryResult {
  var evaluation = try QueryEvaluation(query, in: index, context: context)
  while true {
    if evaluation.advance(), let result = evaluation.result { return result }
  }
}
