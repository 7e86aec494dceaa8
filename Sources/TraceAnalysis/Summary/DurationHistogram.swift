import TraceIndex
import TraceModel

/// How many spans lasted how long, in steps of 1, 2 and 5 of each power of ten.
package struct DurationHistogram: Sendable, Equatable {
  /// The spans whose duration lies from `lowerBound` up to, but not including, `upperBound`.
  package struct Bucket: Sendable, Equatable {
    /// Nanoseconds.
    package let lowerBound: Int64
    /// Nanoseconds; nil for the last step, which has no end.
    package let upperBound: Int64?
    package let count: Int
  }

  /// From the first step to the last that has a span, those between included.
  package let buckets: [Bucket]

  /// 0, then 1 µs, 2 µs, 5 µs, … to 50,000 s.
  private static let bounds: [Int64] =
    [0]
    + (0..<11).flatMap { power in
      [1, 2, 5].map { $0 * (0..<power).reduce(1_000) { scale, _ in scale * 10 } }
    }

  init(_ index: TraceIndex, rows: RowSelection) {
    let bounds = DurationHistogram.bounds
    var counts = [Int](repeating: 0, count: bounds.count)
    let unmeasured = RowMarks.endMissing.union(.endBeforeStart)
    index.withTimes(.duration) { durations in
      rows.forEach { row in
        guard index.kind(row) == .span, index.marks(row).isDisjoint(with: unmeasured) else {
          return
        }
        counts[DurationHistogram.step(of: durations[row])] += 1
      }
    }
    guard let first = counts.firstIndex(where: { $0 > 0 }),
      let last = counts.lastIndex(where: { $0 > 0 })
    else {
      buckets = []
      return
    }
    buckets = (first...last).map { step in
      Bucket(
        lowerBound: bounds[step], upperBound: step + 1 < bounds.count ? bounds[step + 1] : nil,
        count: counts[step])
    }
  }

  /// The last step that begins at or below `duration`.
  private static func step(of duration: Int64) -> Int {
    var low = 0
    var high = bounds.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if bounds[middle] <= duration { low = middle } else { high = middle }
    }
    return low
  }
}
