/// How wide the parts of the matrix are. The same for drawing and for moving.
package struct MatrixGeometry: Sendable, Equatable {
  /// Columns of the principals' names.
  package let nameWidth: Int
  /// Columns of a cell, the gap before it included.
  package let pitch: Int
  /// Columns of the totals, the gap before them included.
  package let totalWidth: Int
  /// Permissions that fit side by side; at least one.
  package let count: Int

  /// - Parameters:
  ///   - width: columns of the screen.
  ///   - permissions: how many there are; few of them get more room each.
  package init(width: Int, permissions: Int) {
    nameWidth = width >= 120 ? 30 : width >= 70 ? 20 : width >= 50 ? 14 : 10
    let smallest = width >= 50 ? 10 : 8
    totalWidth = width >= 50 ? 14 : smallest
    // The cursor's sign, the names, the total at the right edge.
    let room = max(smallest, width - 4 - nameWidth - totalWidth)
    count = max(1, min(room / smallest, permissions))
    pitch = min(24, max(smallest, room / count))
  }

  /// The first column of the permission that is `place` from the left.
  package func column(_ place: Int) -> Int { 3 + nameWidth + place * pitch }

  /// Where the totals end.
  package var end: Int { column(count) + totalWidth }

  /// Lines of a heading, and whether one of totals follows, on a screen of some height.
  package static func titleLines(height: Int) -> (heading: Int, total: Int) {
    height >= 20 ? (3, 1) : height >= 14 ? (2, 1) : (height >= 8 ? 1 : 0, 0)
  }
}
