import TraceIndex
import TraceModel
import TraceQuery

/// Where the rows of indexes went when these were replaced by those of grown artifacts.
///
/// A record is known by its artifact and byte offset; rows of one record by their order.
struct RowTranslation {
  private let before: [Int: TraceIndex]
  private let after: [Int: TraceIndex]

  /// - Parameters: the indexes of runs, by the runs' numbers; what is in both was replaced.
  init(before: [Int: TraceIndex], after: [Int: TraceIndex]) {
    self.before = before
    self.after = after
  }

  /// The indexes of a run that were exchanged; nil when its index is as it was.
  private func indexes(of execution: Int?) -> (old: TraceIndex, new: TraceIndex)? {
    guard let execution, let old = before[execution], let new = after[execution] else { return nil }
    return (old, new)
  }

  /// Whether a run has another index now.
  func concerns(_ execution: Int?) -> Bool { indexes(of: execution) != nil }

  /// The row that was at a position in order of time.
  func oldRow(atTimePosition position: Int, of execution: Int?) -> Int? {
    indexes(of: execution)?.old.row(atTimePosition: position)
  }

  /// The row of the same record; nil when there is none any more.
  func row(_ row: Int, of execution: Int?) -> Int? {
    guard let (old, new) = indexes(of: execution) else { return row }
    let ownRecord = RowTranslation.rows(like: row, of: old, in: old, isSame: sameRecord)
    let found = RowTranslation.rows(like: row, of: old, in: new, isSame: sameRecord)
    if let place = ownRecord.firstIndex(of: row), found.indices.contains(place) {
      return found[place]
    }
    // A record that a later one completed has moved to that one's place.
    return found.first ?? RowTranslation.rows(like: row, of: old, in: new, isSame: sameName).first
  }

  /// The rows of the same records.
  func rows(_ rows: RowSet, of execution: Int?) -> RowSet {
    guard let (_, new) = indexes(of: execution) else { return rows }
    var found: [Int] = []
    var row = rows.first(after: -1)
    while let old = row {
      if let new = self.row(old, of: execution) { found.append(new) }
      row = rows.first(after: old)
    }
    return RowSet(rowCount: new.rowCount, found.sorted())
  }

  /// The trace with the same id; nil when there is none any more.
  func trace(_ trace: Int, of execution: Int?) -> Int? {
    guard let (old, new) = indexes(of: execution) else { return trace }
    guard trace < old.traceCount else { return nil }
    return new.trace(with: old.traceRecord(trace).id)
  }

  /// Where the record of a row is that has no row any more.
  func place(_ row: Int, of execution: Int?) -> (artifact: Int, offset: UInt64)? {
    indexes(of: execution).map { ($0.old.artifact(ofRow: row), $0.old.byteOffset(ofRow: row)) }
  }

  /// Rows with the same start that are the same in some other way, in order.
  ///
  /// - Complexity: O(log rows + rows with that start).
  private static func rows(
    like row: Int, of old: TraceIndex, in new: TraceIndex,
    isSame: (Int, TraceIndex, Int, TraceIndex) -> Bool
  ) -> [Int] {
    let start = old.start(row)
    return new.withTimeOrder { order in
      var (low, high) = (0, order.count)
      while low < high {
        let middle = (low + high) / 2
        if new.start(Int(order[middle])) < start { low = middle + 1 } else { high = middle }
      }
      var found: [Int] = []
      while low < order.count, new.start(Int(order[low])) == start {
        if isSame(row, old, Int(order[low]), new) { found.append(Int(order[low])) }
        low += 1
      }
      return found
    }
  }

  private func sameRecord(_ row: Int, _ old: TraceIndex, _ other: Int, _ new: TraceIndex) -> Bool {
    old.byteOffset(ofRow: row) == new.byteOffset(ofRow: other)
      && old.artifact(ofRow: row) == new.artifact(ofRow: other)
  }

  private func sameName(_ row: Int, _ old: TraceIndex, _ other: Int, _ new: TraceIndex) -> Bool {
    old.artifact(ofRow: row) == new.artifact(ofRow: other)
      && old.string(old.name(row)) == new.string(new.name(other))
      && old.string(old.principal(row)) == new.string(new.principal(other))
      && old.string(old.target(row)) == new.string(new.target(other))
  }
}
