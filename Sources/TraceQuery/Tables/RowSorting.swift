import TraceIndex

/// Sorts rows by the values of fields.
struct RowSorter {
  private var keys: [(reader: FieldReader, isDescending: Bool)] = []

  /// - Throws: `QueryError` for a field that is not available here.
  init(
    _ keys: [SortKey<FieldUse>], in index: TraceIndex, context: QueryContext
  ) throws(QueryError) {
    for key in keys {
      let reader = try FieldReader(key.column, in: index, context: context)
      self.keys.append((reader, key.isDescending))
    }
  }

  /// The rows by the first key, then the second, and so on.
  ///
  /// Equal rows keep their order, and rows without a value come last either way.
  ///
  /// - Complexity: O(rows × log rows), at one go.
  func sorted(_ rows: [Int]) -> [Int] {
    let ranks = keys.map { key in
      var reader = key.reader
      return RowSorter.ranks(of: rows, &reader, isDescending: key.isDescending)
    }
    guard let first = ranks.first else { return rows }
    let order = rows.indices.sorted { a, b in
      if first[a] != first[b] { return first[a] < first[b] }
      for rank in ranks.dropFirst() where rank[a] != rank[b] { return rank[a] < rank[b] }
      return a < b
    }
    return order.map { rows[$0] }
  }

  /// A number for each row that sorts as its value does.
  private static func ranks(
    of rows: [Int], _ reader: inout FieldReader, isDescending: Bool
  ) -> [Int64] {
    let codes = reader.codes(of: rows)
    if reader.field.columnKind != .text {
      return codes.map { code in code.map { isDescending ? ~$0 : $0 } ?? .max }
    }
    var table = CodeTable()
    let numbers = codes.map { code in code.map { table.number(of: UInt64(bitPattern: $0)) } }
    let ranks = reader.ranks(of: table.codes)
    return numbers.map { number in
      guard let number else { return .max }
      return isDescending ? ~ranks[number] : ranks[number]
    }
  }
}
