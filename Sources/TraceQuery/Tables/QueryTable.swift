package import TraceIndex
package import TraceModel

/// What a query found.
package enum QueryResult: Sendable {
  /// Rows, in the order of the index.
  case rows(RowSet)
  /// Rows in the order that `sort` or `top` asked for.
  case ordered([Int])
  case table(QueryTable)
}

/// Cells of known kinds in rows and columns.
package struct QueryTable: Sendable, Equatable {
  /// A column's heading and what its cells are.
  package struct Column: Sendable, Equatable {
    /// `actor`, `span.http.method`, `count` or `p95(dur)`.
    package var name: String
    /// What its cells are.
    package var kind: ColumnKind
    /// The field whose values the cells are; nil for aggregates.
    package var field: Field?
  }

  /// A group of rows of the index, or one row of it.
  package struct Row: Sendable, Equatable {
    /// One for each column.
    package var cells: [QueryCell]
    /// The first row of the index that this one stands for; nil if it stands for none.
    package var firstRow: Int?
    /// How many rows of the index this one stands for.
    package var count: Int
  }

  /// From left to right.
  package var columns: [Column]
  /// From top to bottom.
  package var rows: [Row]
}

/// A value of a table.
package enum QueryCell: Sendable, Equatable {
  /// No row of the group has a value.
  case absent
  /// A string of the index.
  case string(StringID)
  /// A text that the index does not hold as it is, such as an id.
  case text(String)
  case integer(Int64)
  /// Nanoseconds.
  case duration(Int64)
  /// Nanoseconds since the Unix epoch.
  case time(Int64)
  case double(Double)

  /// A whole number of a column of this kind.
  init(_ value: Int64, _ kind: ColumnKind) {
    switch kind {
    case .duration: self = .duration(value)
    case .time: self = .time(value)
    case .text, .integer, .number: self = .integer(value)
    }
  }

  /// A number without a unit.
  init(_ value: Number) {
    switch value {
    case .integer(let value): self = .integer(value)
    case .double(let value): self = .double(value)
    }
  }

  /// The exact text of a cell that is text; nil for absent cells and numbers.
  package func string(in index: TraceIndex) -> String? {
    switch self {
    case .string(let id): index.string(id)
    case .text(let text): text
    case .absent, .integer, .duration, .time, .double: nil
    }
  }

  /// The number of a cell that is one, in nanoseconds for durations and times.
  package var number: Number? {
    switch self {
    case .integer(let value), .duration(let value), .time(let value): .integer(value)
    case .double(let value): .double(value)
    case .absent, .string, .text: nil
    }
  }
}

/// What rows are sorted by: numbers by value and before texts, texts by their bytes.
enum SortValue: Comparable {
  case number(Number)
  case text(String)

  /// With `readsNumbers`, a text that is a number counts as one, as attributes do.
  init(_ text: String, readsNumbers: Bool) {
    if readsNumbers, let number = Number(text) {
      self = .number(number)
    } else {
      self = .text(text)
    }
  }

  static func < (a: SortValue, b: SortValue) -> Bool {
    switch (a, b) {
    case (.number(let a), .number(let b)): a < b
    case (.number, .text): true
    case (.text, .number): false
    case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
    }
  }

  /// Equal bytes: `String`'s own equality takes composed and decomposed letters for the same.
  static func == (a: SortValue, b: SortValue) -> Bool { !(a < b) && !(b < a) }
}

/// Stages on a finished table.
extension QueryTable {
  /// Does what the stage says.
  mutating func apply(_ stage: TableStage, in index: TraceIndex) {
    switch stage {
    case .filter(let column, let ordering, let isNegated, let value):
      let wanted: Number
      switch value {
      case .number(let number): wanted = number
      case .time(let time):
        wanted = .integer(time.nanoseconds(from: index.totals.start, to: index.totals.end))
      }
      rows.removeAll { row in
        guard let number = row.cells[column].number else { return true }
        return ordering.holds(number, wanted) == isNegated
      }
    case .sort(let keys): sort(by: keys, in: index)
    case .limit(let count): rows = Array(rows.prefix(count))
    case .select(let numbers):
      columns = numbers.map { columns[$0] }
      for row in rows.indices { rows[row].cells = numbers.map { rows[row].cells[$0] } }
    }
  }

  /// Sorts rows; equal ones keep their order, and absent cells come last either way.
  mutating func sort(by keys: [SortKey<Int>], in index: TraceIndex) {
    let values = keys.map { key in
      rows.map { sortValue($0.cells[key.column], columns[key.column], in: index) }
    }
    let order = rows.indices.sorted { a, b in
      for (number, key) in keys.enumerated() {
        switch (values[number][a], values[number][b]) {
        case (nil, nil): continue
        case (_?, nil): return true
        case (nil, _?): return false
        case (let x?, let y?):
          if x < y { return !key.isDescending }
          if y < x { return key.isDescending }
        }
      }
      return a < b
    }
    rows = order.map { rows[$0] }
  }

  private func sortValue(
    _ cell: QueryCell, _ column: Column, in index: TraceIndex
  ) -> SortValue? {
    if let number = cell.number { return .number(number) }
    return cell.string(in: index).map {
      SortValue($0, readsNumbers: column.field?.kind == .attribute)
    }
  }
}
