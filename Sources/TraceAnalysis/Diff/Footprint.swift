import TraceIndex
import TraceModel
import TraceQuery

/// Where a difference shows on one side: its rows and the traces they are in.
struct Footprint: Sendable {
  /// What a row must be to show the difference.
  enum Condition: Sendable {
    case span
    case failing
    /// Nanoseconds.
    case longerThan(Int64)
    case decision
    case allowed
    case denied
    case undecided
  }

  let condition: Condition
  /// Whether the traces are those that lack the rows.
  let isLack: Bool
  private(set) var count = 0
  /// The earliest row by time, then by number.
  private(set) var firstRow: Int?
  private(set) var firstTime: Int64?
  private(set) var depths = 0
  /// Rows whose place in their trace was concluded, not named.
  private(set) var inferred = 0
  /// Nil when the relations of this difference are not looked for.
  var traces: RowSet?

  init(_ condition: Condition, isLack: Bool = false, traceCount: Int?) {
    self.condition = condition
    self.isLack = isLack
    traces = traceCount.map { RowSet(rowCount: $0) }
  }

  /// The mean number of ancestors of the rows.
  var meanDepth: Double { count == 0 ? 0 : Double(depths) / Double(count) }

  mutating func add(_ row: Int, of index: TraceIndex) {
    guard matches(row, of: index) else { return }
    count += 1
    depths += index.depth(row)
    if index.join(row).method.isInferred { inferred += 1 }
    if firstRow == nil { firstRow = row }
    if let time = index.knownStart(row), time < firstTime ?? .max {
      firstTime = time
      firstRow = row
    }
    if let trace = index.trace(ofRow: row) { traces?.insert(trace) }
  }

  private func matches(_ row: Int, of index: TraceIndex) -> Bool {
    switch condition {
    case .span, .decision: true
    case .failing: index.status(row) == .error
    case .longerThan(let limit): index.duration(row) > limit
    case .allowed: [.allow, .allowedThenFailed].contains(index.outcome(row))
    case .denied: index.outcome(row).isDenial
    case .undecided: [.error, .unknown, .none].contains(index.outcome(row))
    }
  }
}

extension Footprint.Condition {
  /// How a difference shows on a side; nil when it does not.
  ///
  /// What appears shows after, what disappears shows before; and an operation that is called less
  /// shows after in the traces that lack it.
  static func of(
    _ kind: DifferenceKind, on side: DiffSide, p95: (before: Int64, after: Int64)
  ) -> (condition: Self, isLack: Bool)? {
    switch (kind, side) {
    case (.deniedNow, .after), (.newDenied, .after), (.partlyDenied, .after): (.denied, false)
    case (.deniedNow, .before), (.partlyDenied, .before): (.allowed, false)
    case (.undecidedNow, .after): (.undecided, false)
    case (.undecidedNow, .before): (.decision, false)
    case (.allowedNow, .after), (.partlyAllowed, .after): (.allowed, false)
    case (.allowedNow, .before), (.partlyAllowed, .before): (.denied, false)
    case (.newAllowed, .after), (.goneDecision, .before), (.otherTargets, _): (.decision, false)
    case (.failsNow, .after), (.failsMore, .after): (.failing, false)
    case (.failsNoMore, .before), (.failsLess, .before): (.failing, false)
    case (.slower, .after): (.longerThan(p95.before), false)
    case (.faster, .before): (.longerThan(p95.after), false)
    case (.newOperation, .after), (.moreCalls, .after): (.span, false)
    case (.goneOperation, .before), (.fewerCalls, .before): (.span, false)
    case (.fewerCalls, .after), (.goneOperation, .after): (.span, true)
    case (.moreCalls, .before), (.newOperation, .before): (.span, true)
    default: nil
    }
  }
}
