package import TraceIndex
import TraceModel
package import TraceQuery

/// Who used what: principals against permissions.
package struct DecisionMatrix: Sendable, Equatable {
  /// The decisions of one principal about one permission.
  package struct Cell: Sendable, Equatable {
    /// An index in `principals`.
    package let principal: Int
    /// An index in `permissions`.
    package let permission: Int
    package let counts: DecisionCounts
    /// Distinct targets.
    package let targets: Int
    /// The earliest denied decision; of none, the earliest decision.
    package let row: Int
  }

  /// Exact names, by their bytes; the empty one stands for decisions that name none.
  package let principals: [String]
  /// Exact names, by their bytes.
  package let permissions: [String]
  /// The cells that are not empty, by principal, then by permission.
  package let cells: [Cell]

  /// The matrix of an execution, or of the decisions among `rows`.
  package init(_ index: TraceIndex, rows: RowSet? = nil) {
    let selection = RowSelection(rowCount: index.rowCount, members: rows)
    self.init(index, DecisionGroups(index, rows: selection))
  }

  init(_ index: TraceIndex, _ groups: DecisionGroups) {
    let principals = Axis(index, ids: groups.table.keys.map(\.a))
    let permissions = Axis(index, ids: groups.table.keys.map(\.b))
    var table = KeyTable()
    var cells: [Cell] = []
    for (number, group) in groups.groups.enumerated() {
      let key = groups.table.keys[number]
      let place = table.number(of: .init(a: key.a, b: key.b))
      let cell = Cell(
        principal: principals.place(of: key.a), permission: permissions.place(of: key.b),
        counts: group.counts, targets: 1, row: (group.denied ?? group.first)?.row ?? 0)
      if place == cells.count { cells.append(cell) } else { cells[place].merge(cell, in: index) }
    }
    self.principals = principals.names
    self.permissions = permissions.names
    self.cells = cells.sorted { ($0.principal, $0.permission) < ($1.principal, $1.permission) }
  }
}

extension DecisionMatrix.Cell {
  fileprivate mutating func merge(_ other: Self, in index: TraceIndex) {
    let isBetter =
      (counts.denied > 0) != (other.counts.denied > 0)
      ? other.counts.denied > 0
      : (index.start(other.row), other.row) < (index.start(row), row)
    self = Self(
      principal: principal, permission: permission, counts: counts + other.counts,
      targets: targets + other.targets, row: isBetter ? other.row : row)
  }
}

/// Distinct names in order of their bytes.
private struct Axis {
  private(set) var names: [String] = []
  private var places: [UInt32: Int] = [:]

  init(_ index: TraceIndex, ids: [UInt32]) {
    let named = Set(ids).map { (id: $0, name: index.string(StringID($0))) }
      .sorted { isOrderedByBytes($0.name, $1.name) }
    for (place, entry) in named.enumerated() {
      names.append(entry.name)
      places[entry.id] = place
    }
  }

  func place(of id: UInt32) -> Int { places[id] ?? 0 }
}

/// The order of UTF-8 bytes, which is the same everywhere and tells all exact names apart.
func isOrderedByBytes(_ a: String, _ b: String) -> Bool {
  a.utf8.lexicographicallyPrecedes(b.utf8)
}
