import TraceIndex

/// Collects rows of the index into the rows of a table, some rows at a time.
struct TableBuilder {
  private enum Content {
    case columns
    case groups(Groups)
  }

  /// The groups found so far, in order of first appearance.
  private struct Groups {
    /// By group, then by key: the number of the value in `values`; nil for "absent".
    var keys: [[Int?]] = []
    var firstRows: [Int] = []
    var counts: [Int] = []
    /// By group, then by aggregate.
    var accumulators: [Accumulator] = []
    /// Distinct values of each key, and distinct pairs of a group of the keys before and a value.
    var values: [CodeTable]
    var pairs: [CodeTable]
  }

  private let index: TraceIndex
  private var keys: [FieldReader] = []
  private var aggregates: [(aggregate: Aggregate, reader: FieldReader?)] = []
  private var content: Content
  private var table: QueryTable

  /// - Throws: `QueryError` for a field that is not available here.
  init(columns: [FieldUse], in index: TraceIndex, context: QueryContext) throws(QueryError) {
    self.index = index
    content = .columns
    table = QueryTable(columns: [], rows: [])
    try readKeys(columns, context)
  }

  /// - Throws: `QueryError` for a field that is not available here.
  init(
    keys: [FieldUse], aggregates: [Aggregate], in index: TraceIndex, context: QueryContext
  ) throws(QueryError) {
    self.index = index
    content = .groups(
      Groups(
        values: keys.map { _ in CodeTable() }, pairs: keys.map { _ in CodeTable() }))
    table = QueryTable(columns: [], rows: [])
    try readKeys(keys, context)
    for aggregate in aggregates {
      var reader: FieldReader?
      if let use = aggregate.use { reader = try FieldReader(use, in: index, context: context) }
      self.aggregates.append((aggregate, reader))
      table.columns.append(.init(name: aggregate.name, kind: aggregate.kind, field: nil))
    }
  }

  private mutating func readKeys(
    _ uses: [FieldUse], _ context: QueryContext
  ) throws(QueryError) {
    for use in uses {
      keys.append(try FieldReader(use, in: index, context: context))
      table.columns.append(
        .init(name: Spelling.field(use.field), kind: use.field.columnKind, field: use.field))
    }
  }

  /// Takes in some rows.
  mutating func add(_ rows: [Int]) {
    switch content {
    case .columns: addColumns(rows)
    case .groups(var groups):
      // Moved out and back, not copied.
      content = .columns
      add(rows, to: &groups)
      content = .groups(groups)
    }
  }

  private mutating func addColumns(_ rows: [Int]) {
    let columns = keys.indices.map { key in keys[key].codes(of: rows) }
    for (position, row) in rows.enumerated() {
      let cells = keys.indices.map { keys[$0].cell(columns[$0][position]) }
      table.rows.append(.init(cells: cells, firstRow: row, count: 1))
    }
  }

  private mutating func add(_ rows: [Int], to groups: inout Groups) {
    let numbers = groupNumbers(of: rows, &groups)
    for number in aggregates.indices {
      let aggregate = aggregates[number].aggregate
      guard let codes = aggregates[number].reader?.codes(of: rows) else { continue }
      for (position, code) in codes.enumerated() {
        guard let code, let value = aggregates[number].reader?.number(code) else { continue }
        groups.accumulators[numbers[position] * aggregates.count + number]
          .add(value, for: aggregate.function)
      }
    }
  }

  /// The number of each row's group; new groups are added.
  private mutating func groupNumbers(of rows: [Int], _ groups: inout Groups) -> [Int] {
    var numbers = [Int](repeating: 0, count: rows.count)
    let columns = keys.indices.map { key in
      keys[key].codes(of: rows).map { code in
        code.map { groups.values[key].number(of: UInt64(bitPattern: $0)) }
      }
    }
    for key in columns.indices {
      for (position, value) in columns[key].enumerated() {
        let pair = UInt64(numbers[position]) << 32 | UInt64(value.map { $0 + 1 } ?? 0)
        numbers[position] = groups.pairs[key].number(of: pair)
      }
    }
    for (position, row) in rows.enumerated() {
      let number = numbers[position]
      if number == groups.counts.count {
        groups.keys.append(columns.map { $0[position] })
        groups.firstRows.append(row)
        groups.counts.append(0)
        groups.accumulators += aggregates.map { _ in Accumulator() }
      }
      groups.counts[number] += 1
    }
    return numbers
  }

  /// The table of everything taken in.
  ///
  /// Groups are sorted by size, the largest first, then by key, where absent comes last.
  mutating func finished() -> QueryTable {
    guard case .groups(let groups) = content else { return table }
    for number in order(of: groups) {
      var cells = keys.indices.map { key in
        keys[key].cell(
          groups.keys[number][key].map { Int64(bitPattern: groups.values[key].codes[$0]) })
      }
      for (position, entry) in aggregates.enumerated() {
        let accumulator = groups.accumulators[number * aggregates.count + position]
        cells.append(accumulator.cell(entry.aggregate, rows: groups.counts[number]))
      }
      table.rows.append(
        .init(cells: cells, firstRow: groups.firstRows[number], count: groups.counts[number]))
    }
    if keys.isEmpty, table.rows.isEmpty {
      let cells = aggregates.map { Accumulator().cell($0.aggregate, rows: 0) }
      table.rows.append(.init(cells: cells, firstRow: nil, count: 0))
    }
    return table
  }

  private mutating func order(of groups: Groups) -> [Int] {
    let ranks = keys.indices.map { key in keys[key].ranks(of: groups.values[key].codes) }
    return groups.counts.indices.sorted { a, b in
      if groups.counts[a] != groups.counts[b] { return groups.counts[a] > groups.counts[b] }
      for key in ranks.indices {
        let x = groups.keys[a][key].map { ranks[key][$0] } ?? .max
        let y = groups.keys[b][key].map { ranks[key][$0] } ?? .max
        if x != y { return x < y }
      }
      return a < b
    }
  }
}
