package import TraceIndex
import TraceModel
package import TraceQuery

/// What began, failed and was denied in equal parts of an execution's time.
package struct Timeline: Sendable, Equatable {
  /// One part of the time.
  package struct Bucket: Sendable, Equatable {
    package var spans = 0
    /// Spans whose status is error.
    package var errors = 0
    package var decisions = 0
    package var denied = 0

    package init(spans: Int = 0, errors: Int = 0, decisions: Int = 0, denied: Int = 0) {
      self.spans = spans
      self.errors = errors
      self.decisions = decisions
      self.denied = denied
    }
  }

  /// When the first bucket begins: a multiple of `width`, in nanoseconds since the Unix epoch.
  package let start: Int64
  /// Nanoseconds: 1, 2 or 5 of a power of ten, or a usual part of a minute, an hour or a day.
  package let width: Int64
  /// In order of time; empty when no row has a time.
  package let buckets: [Bucket]

  /// The timeline of an execution in at most `maximum` buckets, counted by when rows start.
  ///
  /// The buckets span the whole execution, so that the timelines of several filters of it can be
  /// laid side by side; `rows` are the rows that are counted.
  package init(_ index: TraceIndex, rows: RowSet? = nil, atMost maximum: Int = 30) {
    let selection = RowSelection(rowCount: index.rowCount, members: rows)
    let totals = index.totals
    guard totals.start != 0 || totals.end != 0, maximum > 1 else {
      start = 0
      width = 1
      buckets = []
      return
    }
    let width = Timeline.width(from: totals.start, to: totals.end, atMost: maximum)
    let first = Timeline.floorDivide(totals.start, width)
    let count = Int(Timeline.floorDivide(totals.end, width) - first) + 1
    var buckets = [Bucket](repeating: Bucket(), count: count)
    selection.forEach { row in
      guard let time = index.knownStart(row) else { return }
      let place = Int(Timeline.floorDivide(time, width).subtractingSaturating(first))
      guard buckets.indices.contains(place) else { return }
      buckets[place].add(row, of: index)
    }
    let (product, overflow) = first.multipliedReportingOverflow(by: width)
    start = overflow ? .min : product
    self.width = width
    self.buckets = buckets
  }

  private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    a % b < 0 ? a / b - 1 : a / b
  }

  private static let second: Int64 = 1_000_000_000
  private static let widths: [Int64] =
    (0..<9).flatMap { power in
      [1, 2, 5].map { $0 * (0..<power).reduce(Int64(1)) { scale, _ in scale * 10 } }
    }
    + [1, 2, 5, 10, 15, 30].map { $0 * second }
    + [1, 2, 5, 10, 15, 30].map { $0 * 60 * second }
    + [1, 2, 3, 6, 12].map { $0 * 3600 * second }
    + [1, 2, 7, 28, 91, 364, 3640].map { $0 * 86_400 * second }

  /// The smallest width with which at most `maximum` aligned buckets hold all the time.
  private static func width(from start: Int64, to end: Int64, atMost maximum: Int) -> Int64 {
    let fitting = widths.first { width in
      floorDivide(end, width).subtractingSaturating(floorDivide(start, width)) < Int64(maximum)
    }
    return fitting ?? .max
  }
}

extension Timeline.Bucket {
  fileprivate mutating func add(_ row: Int, of index: TraceIndex) {
    switch index.kind(row) {
    case .span:
      spans += 1
      if index.status(row) == .error { errors += 1 }
    case .decision:
      decisions += 1
      if index.outcome(row).isDenial { denied += 1 }
    case .log: break
    }
  }
}
