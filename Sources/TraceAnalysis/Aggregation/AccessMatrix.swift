package import TraceIndex
import TraceModel
package import TraceQuery

/// Who asked for what: principals down, permissions across, the busiest first.
package struct AccessMatrix: Sendable, Equatable {
  /// A row or a column with its total.
  package struct Line: Sendable, Equatable {
    /// Exact; empty for decisions that name none.
    package let name: String
    package let counts: DecisionCounts
  }

  /// The decisions of one principal about one permission.
  package struct Cell: Sendable, Equatable {
    /// Indexes in `principals` and `permissions`.
    package let principal: Int
    package let permission: Int
    package let counts: DecisionCounts
    /// Distinct targets.
    package let targets: Int
  }

  /// By decisions, the most first; equal ones by the bytes of the name.
  package let principals: [Line]
  package let permissions: [Line]
  /// The cells that are not empty, by principal, then by permission.
  package let cells: [Cell]
  package let total: DecisionCounts
  /// `starts[p]` is the first cell of principal p; one more at the end.
  private let starts: [Int]

  /// The matrix of the decisions of an execution, or of those among `rows`.
  ///
  /// - Complexity: O(rows + cells × log cells).
  package init(_ index: TraceIndex, rows: RowSet? = nil) {
    let matrix = DecisionMatrix(index, rows: rows)
    self.init(
      principals: matrix.principals, permissions: matrix.permissions,
      cells: matrix.cells.map {
        Cell(
          principal: $0.principal, permission: $0.permission, counts: $0.counts,
          targets: $0.targets)
      })
  }

  /// The same of the cells alone that have a denial; lines without any are gone.
  package var deniedOnly: AccessMatrix {
    AccessMatrix(
      principals: principals.map(\.name), permissions: permissions.map(\.name),
      cells: cells.filter { $0.counts.denied > 0 })
  }

  /// The cell of a principal and a permission; nil where nothing was asked.
  ///
  /// - Complexity: O(log cells of the principal).
  package func cell(principal: Int, permission: Int) -> Cell? {
    guard principals.indices.contains(principal) else { return nil }
    var low = starts[principal]
    var high = starts[principal + 1]
    while low < high {
      let middle = (low + high) / 2
      if cells[middle].permission < permission { low = middle + 1 } else { high = middle }
    }
    guard low < starts[principal + 1], cells[low].permission == permission else { return nil }
    return cells[low]
  }

  private init(principals: [String], permissions: [String], cells: [Cell]) {
    let rows = Axis(principals, cells.map { ($0.principal, $0.counts) })
    let columns = Axis(permissions, cells.map { ($0.permission, $0.counts) })
    self.principals = rows.lines
    self.permissions = columns.lines
    let placed = cells.map { cell in
      Cell(
        principal: rows.places[cell.principal], permission: columns.places[cell.permission],
        counts: cell.counts, targets: cell.targets)
    }
    self.cells = placed.sorted { ($0.principal, $0.permission) < ($1.principal, $1.permission) }
    total = cells.reduce(DecisionCounts()) { $0 + $1.counts }
    var starts = [Int](repeating: 0, count: rows.lines.count + 1)
    for cell in placed { starts[cell.principal + 1] += 1 }
    for row in rows.lines.indices { starts[row + 1] += starts[row] }
    self.starts = starts
  }
}

/// The lines of one side in their order.
private struct Axis {
  private(set) var lines: [AccessMatrix.Line] = []
  /// The new place of each name; -1 for a name without a cell.
  private(set) var places: [Int]

  init(_ names: [String], _ cells: [(place: Int, counts: DecisionCounts)]) {
    var counts = [DecisionCounts](repeating: DecisionCounts(), count: names.count)
    for cell in cells { counts[cell.place] = counts[cell.place] + cell.counts }
    places = [Int](repeating: -1, count: names.count)
    let order = names.indices.filter { counts[$0].total > 0 }
      .sorted { a, b in
        counts[a].total != counts[b].total
          ? counts[a].total > counts[b].total : isOrderedByBytes(names[a], names[b])
      }
    for name in order {
      places[name] = lines.count
      lines.append(AccessMatrix.Line(name: names[name], counts: counts[name]))
    }
  }
}
