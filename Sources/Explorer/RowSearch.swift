import TraceIndex
import TraceModel
import TraceQuery

/// What the jump keys look for.
enum RowTarget {
  case error, denial

  var noun: String {
    switch self {
    case .error: "error"
    case .denial: "denied decision"
    }
  }

  /// Spans that failed and checks that came to no decision are errors; denials are not.
  func holds(for row: Int, in index: TraceIndex) -> Bool {
    switch self {
    case .error: index.status(row) == .error || index.outcome(row) == .error
    case .denial: index.outcome(row) == .deny || index.outcome(row) == .unauthenticated
    }
  }

  /// The jump that a command asks for.
  init?(_ command: Command) {
    switch command {
    case .nextError, .previousError: self = .error
    case .nextDenial, .previousDenial: self = .denial
    default: return nil
    }
  }
}

extension Command {
  /// Whether a jump runs towards the end.
  var isForward: Bool {
    switch self {
    case .previousError, .previousDenial, .previousSlow, .previousChange, .previousMatch: false
    default: true
    }
  }
}

extension TraceIndex {
  /// When the run was: the start of the row in the middle of its time, so that one odd timestamp
  /// does not move the run by years. Nil when no row has a time.
  ///
  /// A time on the first day of 1970 is one that was not set, and rows without a time lie there.
  var middle: Int64? {
    let day: Int64 = 86_400_000_000_000
    let middle: Int? = withTimeOrder { order in
      var (low, high) = (0, order.count)
      while low < high {
        let place = (low + high) / 2
        if start(Int(order[place])) < day { low = place + 1 } else { high = place }
      }
      return low < order.count ? Int(order[(low + order.count) / 2]) : nil
    }
    return middle.map(start)
  }

  /// The first row in order of time that is what a jump looks for and that the filter keeps.
  func firstRow(of target: RowTarget, matches: RowSet?) -> Int? {
    withTimeOrder { order in
      for place in 0..<order.count {
        let row = Int(order[place])
        if matches?.contains(row) ?? true, target.holds(for: row, in: self) { return row }
      }
      return nil
    }
  }

  /// The first row of a row's trace; the row itself when it is in none.
  func top(ofRow row: Int) -> Int {
    trace(ofRow: row).map { traceRecord($0).rows.lowerBound } ?? row
  }

  /// The nearest row after `row` (or before it) that `isWanted` and that the filter keeps.
  func nearestRow(
    from row: Int, forward: Bool, matches: RowSet?, where isWanted: (Int) -> Bool
  ) -> Int? {
    var next = forward ? row + 1 : row - 1
    while next >= 0 && next < rowCount {
      if matches?.contains(next) ?? true, isWanted(next) { return next }
      next += forward ? 1 : -1
    }
    return nil
  }
}
