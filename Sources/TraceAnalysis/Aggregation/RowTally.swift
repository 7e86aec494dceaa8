import TraceIndex
import TraceModel

/// How many rows there are, and how many of them went wrong.
package struct RowTally: Sendable, Equatable {
  package var rows = 0
  /// Spans whose status is error, and checks that came to no decision.
  package var errors = 0
  /// Decisions that denied.
  package var denied = 0

  package init(rows: Int = 0, errors: Int = 0, denied: Int = 0) {
    self.rows = rows
    self.errors = errors
    self.denied = denied
  }

  static func += (a: inout Self, b: Self) {
    a.rows += b.rows
    a.errors += b.errors
    a.denied += b.denied
  }
}

extension RowSelection {
  /// Calls `body` with every selected row and its tally, ascending.
  func forEachTally(in index: TraceIndex, _ body: (_ row: Int, _ tally: RowTally) -> Void) {
    index.withBytes(.status) { statuses in
      index.withBytes(.outcome) { outcomes in
        forEach { row in
          let outcome = Outcome(rawValue: outcomes[row]) ?? .none
          let isError = statuses[row] == SpanStatus.error.rawValue || outcome == .error
          body(
            row,
            RowTally(rows: 1, errors: isError ? 1 : 0, denied: outcome.isDenial ? 1 : 0))
        }
      }
    }
  }

  /// The tallies of the rows of each resource.
  ///
  /// - Complexity: O(rows).
  func talliesByResource(in index: TraceIndex) -> [RowTally] {
    var tallies = [RowTally](repeating: RowTally(), count: index.resourceCount)
    index.withIDs(.resource) { resources in
      forEachTally(in: index) { row, tally in
        let resource = Int(resources[row])
        if resource < tallies.count { tallies[resource] += tally }
      }
    }
    return tallies
  }
}
