import TraceIndex

/// Relations between two sets of rows in the trees of their traces.
///
/// Rows of a trace lie in pre-order, so the descendants of a row are the rows behind it, up to the
/// end of its subtree. Each relation is one pass over the rows.
extension RowSet {
  /// The members of `right` that stand so to a member of this set; with `isNegated`, the others.
  func related(
    _ relation: Relation, isNegated: Bool, to right: RowSet, in index: TraceIndex
  ) -> RowSet {
    let related: RowSet
    switch relation {
    case .descendant: related = descendants(in: index).intersection(right)
    case .ancestor: related = right.withDescendant(in: self, index)
    case .child: related = right.withParent(in: self, index)
    case .parent: related = parents(in: index).intersection(right)
    case .sibling: related = right.withSibling(in: self, index)
    }
    return isNegated ? right.subtracting(related) : related
  }

  /// The rows below any member.
  private func descendants(in index: TraceIndex) -> RowSet {
    var result = RowSet(rowCount: rowCount)
    var covered = 0
    index.withIDs(.subtreeEnd) { ends in
      for row in self where row < ends.count {
        let end = Swift.min(Int(ends[row]), rowCount)
        let first = Swift.max(row + 1, covered)
        if first < end { result.insert(first..<end) }
        covered = Swift.max(covered, end)
      }
    }
    return result
  }

  /// The members with a member of `below` among their descendants.
  private func withDescendant(in below: RowSet, _ index: TraceIndex) -> RowSet {
    var result = RowSet(rowCount: rowCount)
    // Both sets are passed over once: the next row below never lies before the last one found.
    var next = below.first(after: -1)
    index.withIDs(.subtreeEnd) { ends in
      for row in self where row < ends.count {
        while let found = next, found <= row { next = below.first(after: row) }
        guard let found = next else { return }
        if found < Int(ends[row]) { result.insert(row) }
      }
    }
    return result
  }

  private func withParent(in parents: RowSet, _ index: TraceIndex) -> RowSet {
    var result = RowSet(rowCount: rowCount)
    index.withIDs(.parent) { column in
      for row in self where row < column.count && parents.contains(Int(column[row])) {
        result.insert(row)
      }
    }
    return result
  }

  private func parents(in index: TraceIndex) -> RowSet {
    var result = RowSet(rowCount: rowCount)
    index.withIDs(.parent) { column in
      for row in self where row < column.count { result.insert(Int(column[row])) }
    }
    return result
  }

  /// The members whose parent has another child in `others`.
  ///
  /// Rows at the top have no siblings.
  private func withSibling(in others: RowSet, _ index: TraceIndex) -> RowSet {
    var result = RowSet(rowCount: rowCount)
    // By parent: how many children are in `others`; 2 stands for more than one.
    var children = [UInt8](repeating: 0, count: rowCount)
    index.withIDs(.parent) { column in
      for row in others where row < column.count {
        let parent = Int(column[row])
        if parent < rowCount, children[parent] < 2 { children[parent] += 1 }
      }
      for row in self where row < column.count {
        let parent = Int(column[row])
        guard parent < rowCount else { continue }
        if children[parent] > (others.contains(row) ? 1 : 0) { result.insert(row) }
      }
    }
    return result
  }

  /// The members whose trace also has a member of `others`.
  ///
  /// Rows of no trace have none.
  func inTraces(of others: RowSet, _ index: TraceIndex) -> RowSet {
    var result = RowSet(rowCount: rowCount)
    var traces = RowSet(rowCount: index.traceCount)
    index.withIDs(.trace) { column in
      for row in others where row < column.count { traces.insert(Int(column[row])) }
      for row in self where row < column.count && traces.contains(Int(column[row])) {
        result.insert(row)
      }
    }
    return result
  }
}
