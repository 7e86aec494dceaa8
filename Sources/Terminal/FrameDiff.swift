/// Neighbouring cells of one row that have to be drawn again.
package struct ChangedRun: Hashable, Sendable {
  /// The row, from the top.
  package let row: Int
  /// The columns, never empty, never beginning or ending inside a wide glyph.
  package let columns: Range<Int>

  /// The cells in `columns` of `row`.
  package init(row: Int, columns: Range<Int>) {
    self.row = row
    self.columns = columns
  }
}

extension Frame {
  /// The runs in which this frame differs from `previous`, from the top left to the bottom right;
  /// every row when there is no previous frame or it has another size.
  ///
  /// Runs fewer than `gap` cells apart are one run, for moving the cursor costs as much as a few
  /// cells.
  package func changes(since previous: Frame?, joiningGapsBelow gap: Int = 4) -> [ChangedRun] {
    guard let previous, previous.size == size else {
      guard size.width > 0 else { return [] }
      return (0..<size.height).map { ChangedRun(row: $0, columns: 0..<size.width) }
    }
    var runs: [ChangedRun] = []
    for row in 0..<size.height {
      let now = cells(ofRow: row)
      let before = previous.cells(ofRow: row)
      guard now != before else { continue }
      appendRuns(row: row, now: now, before: before, gap: gap, to: &runs)
    }
    return runs
  }

  private func appendRuns(
    row: Int, now: ArraySlice<Cell>, before: ArraySlice<Cell>, gap: Int, to runs: inout [ChangedRun]
  ) {
    let start = now.startIndex
    var open: Range<Int>?
    for index in now.indices where now[index] != before[index] {
      var first = index
      while first > start, now[first].glyph == .continuation { first -= 1 }
      let columns = first - start..<index - start + max(1, now[index].glyph.width)
      guard let current = open else {
        open = columns
        continue
      }
      if columns.lowerBound - current.upperBound < gap {
        open = current.lowerBound..<max(current.upperBound, columns.upperBound)
      } else {
        runs.append(ChangedRun(row: row, columns: current))
        open = columns
      }
    }
    if let open { runs.append(ChangedRun(row: row, columns: open)) }
  }
}
