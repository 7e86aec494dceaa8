import TraceIndex
import TraceModel

/// How often spans of one kind ran, failed, and how long they took.
package struct SpanStatistics: Sendable, Equatable {
  package let count: Int
  /// Spans whose status is error.
  package let errors: Int
  package let durations: DurationStatistics
  /// Nanoseconds that no child span covers, over all spans.
  package let selfTime: Int64

  package var errorRate: Share { Share(errors, of: count) }
}

/// The spans of an execution by service, or by service and name.
struct SpanGroups: Sendable {
  enum Grouping: Sendable {
    case service
    /// A key's `a` is the service, `b` the name.
    case operation
  }

  /// Stands for rows that are no spans or not selected.
  static let none = UInt32.max

  /// The ids of each group.
  private(set) var table = KeyTable()
  /// The group of each row of the execution.
  private(set) var groupOfRow: [UInt32]
  private var counts: [Int] = []
  private var errors: [Int] = []
  private var selfTimes: [Int64] = []
  /// Durations, group after group, ascending in each.
  private var durations: [Int64] = []
  private var ranges: [Range<Int>] = []

  var count: Int { table.count }

  init(_ index: TraceIndex, rows: RowSelection, by grouping: Grouping) {
    groupOfRow = [UInt32](repeating: SpanGroups.none, count: index.rowCount)
    assignGroups(index, rows: rows, by: grouping)
    errors = [Int](repeating: 0, count: count)
    selfTimes = [Int64](repeating: 0, count: count)
    index.withBytes(.status) { statuses in
      forEachSpan { row, group in
        if statuses[row] == SpanStatus.error.rawValue { errors[group] += 1 }
      }
    }
    index.withTimes(.selfTime) { times in
      forEachSpan { row, group in
        selfTimes[group] = selfTimes[group].addingSaturating(max(0, times[row]))
      }
    }
    collectDurations(index)
  }

  func statistics(_ group: Int) -> SpanStatistics {
    SpanStatistics(
      count: counts[group], errors: errors[group],
      durations: DurationStatistics(sorted: durations(ofGroup: group)),
      selfTime: selfTimes[group])
  }

  /// Ascending.
  func durations(ofGroup group: Int) -> ArraySlice<Int64> { durations[ranges[group]] }

  /// Calls `body` with every selected span and its group, in order of rows.
  func forEachSpan(_ body: (_ row: Int, _ group: Int) -> Void) {
    for row in groupOfRow.indices where groupOfRow[row] != SpanGroups.none {
      body(row, Int(groupOfRow[row]))
    }
  }

  private mutating func assignGroups(
    _ index: TraceIndex, rows: RowSelection, by grouping: Grouping
  ) {
    let names: IDColumn = grouping == .service ? .service : .name
    index.withIDs(.service) { services in
      index.withIDs(names) { names in
        rows.forEach { row in
          guard index.kind(row) == .span else { return }
          let name = grouping == .service ? 0 : names[row]
          let group = table.number(of: .init(a: services[row], b: name))
          if group == counts.count { counts.append(0) }
          counts[group] += 1
          groupOfRow[row] = UInt32(group)
        }
      }
    }
  }

  /// Distributes the durations to their groups by counting, then sorts each group.
  private mutating func collectDurations(_ index: TraceIndex) {
    let measured = SpanGroups.measuredRows(index, groupOfRow: groupOfRow, counts: counts.count)
    var next: [Int] = []
    var position = 0
    for count in measured.counts {
      next.append(position)
      ranges.append(position..<position + count)
      position += count
    }
    durations = [Int64](repeating: 0, count: position)
    index.withTimes(.duration) { times in
      for row in measured.rows {
        let group = Int(groupOfRow[Int(row)])
        durations[next[group]] = max(0, times[Int(row)])
        next[group] += 1
      }
    }
    for range in ranges { durations[range].sort() }
  }

  /// The spans that have a duration, and how many of them each group has.
  private static func measuredRows(
    _ index: TraceIndex, groupOfRow: [UInt32], counts: Int
  ) -> (rows: [UInt32], counts: [Int]) {
    var rows: [UInt32] = []
    var counts = [Int](repeating: 0, count: counts)
    let unmeasured = RowMarks.endMissing.union(.endBeforeStart).rawValue
    index.withMarks { marks in
      for row in groupOfRow.indices where groupOfRow[row] != none && marks[row] & unmeasured == 0 {
        rows.append(UInt32(row))
        counts[Int(groupOfRow[row])] += 1
      }
    }
    return (rows, counts)
  }
}
