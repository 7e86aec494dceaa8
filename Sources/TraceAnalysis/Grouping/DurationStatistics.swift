import TraceIndex
import TraceModel

/// The distribution of the durations of some spans, in nanoseconds.
///
/// Percentiles are exact and by nearest rank: the smallest duration that at least so many percent
/// of all durations do not exceed. Spans without an end, and those that end before they start,
/// have no duration.
package struct DurationStatistics: Sendable, Equatable {
  /// Spans that have a duration.
  package let count: Int
  /// The sum, held at the largest value.
  package let total: Int64
  package let p50: Int64
  package let p95: Int64
  package let p99: Int64
  package let maximum: Int64

  /// The statistics of durations in ascending order; zero everywhere when there are none.
  init(sorted durations: ArraySlice<Int64>) {
    count = durations.count
    total = durations.reduce(0) { $0.addingSaturating($1) }
    p50 = nearestRank(50, of: durations)
    p95 = nearestRank(95, of: durations)
    p99 = nearestRank(99, of: durations)
    maximum = durations.last ?? 0
  }

  /// The arithmetic mean, rounded down; zero when there are none.
  package var mean: Int64 { count == 0 ? 0 : total / Int64(count) }
}

/// The smallest of the ascending `values` that at least `percent` per cent of them do not exceed.
func nearestRank(_ percent: Int, of values: ArraySlice<Int64>) -> Int64 {
  guard !values.isEmpty else { return 0 }
  let rank = (values.count * percent + 99) / 100
  return values[values.startIndex + max(0, min(rank, values.count) - 1)]
}

/// A part of a whole, kept exactly.
package struct Share: Sendable, Equatable {
  package let part: Int
  package let whole: Int

  /// `part` of `whole`.
  package init(_ part: Int, of whole: Int) {
    self.part = part
    self.whole = whole
  }

  /// Whether nothing of the whole is outside the part.
  package var isAll: Bool { part == whole && whole > 0 }

  /// From 0 to 1; zero of nothing.
  package var fraction: Double { whole == 0 ? 0 : Double(part) / Double(whole) }
}

extension Share: CustomStringConvertible {
  /// `25.6 %`.
  package var description: String { QuantityText.percent(Int64(part), of: Int64(whole)) }
}
