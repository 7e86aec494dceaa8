import TraceQuery

/// The rows an analysis looks at: all of an execution, or the members of a set.
struct RowSelection: Sendable {
  private let rowCount: Int
  private let members: RowSet?

  init(rowCount: Int, members: RowSet?) {
    self.rowCount = rowCount
    self.members = members
  }

  /// Whether every row is selected.
  var isEverything: Bool { members == nil }

  func contains(_ row: Int) -> Bool { members?.contains(row) ?? (0..<rowCount).contains(row) }

  /// Calls `body` with every selected row, ascending.
  func forEach(_ body: (Int) -> Void) {
    guard let members else {
      for row in 0..<rowCount { body(row) }
      return
    }
    for row in members where row < rowCount { body(row) }
  }
}
