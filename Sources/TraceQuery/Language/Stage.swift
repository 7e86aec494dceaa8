/// What is computed over the rows of a group.
package enum AggregateFunction: String, CaseIterable, Sendable {
  case count, sum, min, max, avg, p50, p90, p95, p99

  /// The percentage of a percentile; nil for the others.
  var percentage: Int? {
    switch self {
    case .p50: 50
    case .p90: 90
    case .p95: 95
    case .p99: 99
    case .count, .sum, .min, .max, .avg: nil
    }
  }

  /// What it computes, in one clause.
  package var help: String {
    switch self {
    case .count: "the number of rows"
    case .sum: "the sum"
    case .min: "the smallest value"
    case .max: "the largest value"
    case .avg: "the arithmetic mean"
    case .p50: "the median, by nearest rank"
    case .p90, .p95, .p99: "a percentile, by nearest rank"
    }
  }
}

/// The stages that follow `|`, apart from the aggregates.
package enum StageName: String, CaseIterable, Sendable {
  case by, sort, top, select, limit

  /// What it does, in one clause.
  package var help: String {
    switch self {
    case .by: "by(f, …): one group for each combination of values"
    case .sort: "sort(f) ascending, sort(-f) descending"
    case .top: "top(n, f): the n with the largest f"
    case .select: "select(f, …): a table of these columns"
    case .limit: "limit(n): the first n"
    }
  }
}

/// A field in a stage, and where it stands in the query's text.
struct FieldUse: Sendable {
  var field: Field
  var range: Range<Int>
}

/// One aggregate: a column of the table of groups.
struct Aggregate: Sendable {
  var function: AggregateFunction
  /// What it is computed of; nil for `count`.
  var use: FieldUse?

  /// `count` or `p95(dur)`: the name of its column.
  var name: String {
    guard let use else { return function.rawValue }
    return "\(function.rawValue)(\(Spelling.field(use.field)))"
  }

  /// The kind of its column.
  var kind: ColumnKind {
    guard let use else { return .integer }
    switch use.field.kind {
    case .duration: return .duration
    case .time: return .time
    case .integer: return function == .avg ? .number : .integer
    default: return .number
    }
  }
}

/// What the cells of a column are.
package enum ColumnKind: Sendable, Equatable {
  case text
  case integer
  /// Nanoseconds.
  case duration
  /// Nanoseconds since the Unix epoch.
  case time
  /// A number without a unit, whole or not.
  case number
}

/// A column to sort by.
struct SortKey<Column: Sendable>: Sendable {
  var column: Column
  var isDescending: Bool
}

/// A step on rows.
enum RowStage: Sendable {
  case sort([SortKey<FieldUse>])
  case limit(Int)
}

/// A step on the finished rows of a table.
enum TableStage: Sendable {
  case filter(column: Int, Ordering, isNegated: Bool, FilterValue)
  case sort([SortKey<Int>])
  case limit(Int)
  case select([Int])
}

/// The right side of `count() >= 3`.
enum FilterValue: Sendable {
  case number(Number)
  case time(TimeLiteral)
}

/// Everything after the first `|`, with names resolved to columns.
struct Pipeline: Sendable {
  /// What the rows become.
  enum Output: Sendable {
    case rows
    /// A row of cells for each row.
    case columns([FieldUse])
    /// A row of cells for each group: the keys, then the aggregates.
    case groups(keys: [FieldUse], aggregates: [Aggregate])
  }

  var rowStages: [RowStage] = []
  var output = Output.rows
  var tableStages: [TableStage] = []
  /// The canonical text of each stage.
  var texts: [String] = []
}
