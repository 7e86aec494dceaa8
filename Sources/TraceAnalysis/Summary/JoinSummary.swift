package import TraceIndex
package import TraceModel

/// How the decisions and logs of an execution came to their places in its traces.
///
/// Never filtered: whoever reads a tree has to know how much of it was concluded.
package struct JoinSummary: Sendable, Equatable {
  /// The rows that were joined in one way.
  package struct Way: Sendable, Equatable {
    package let method: JoinMethod
    package let decisions: Int
    package let logs: Int
    /// The lowest and the highest confidence among them, of 100; zero for what was not joined.
    package let confidence: ClosedRange<Int>
  }

  /// In the order of `JoinMethod`; only what occurs.
  package let ways: [Way]

  /// Whether anything was concluded from something else than the ids of traces, or left alone
  /// because that did not suffice.
  package var hasInferences: Bool {
    ways.contains { $0.method.isInferred || $0.method == .ambiguous }
  }

  /// - Complexity: O(rows).
  package init(_ index: TraceIndex) {
    var tallies = [Tally](repeating: Tally(), count: JoinMethod.allCases.count)
    for row in 0..<index.rowCount where index.kind(row) != .span {
      let join = index.join(row)
      tallies[Int(join.method.rawValue)].add(index.kind(row), Int(join.confidence))
    }
    ways = JoinMethod.allCases.compactMap { method in
      let tally = tallies[Int(method.rawValue)]
      guard let confidence = tally.confidence else { return nil }
      return Way(
        method: method, decisions: tally.decisions, logs: tally.logs, confidence: confidence)
    }
  }

  private struct Tally {
    var decisions = 0
    var logs = 0
    var confidence: ClosedRange<Int>?

    mutating func add(_ kind: RowKind, _ value: Int) {
      if kind == .decision { decisions += 1 } else { logs += 1 }
      let known = confidence ?? value...value
      confidence = min(known.lowerBound, value)...max(known.upperBound, value)
    }
  }
}
