package import TraceIndex
package import TraceModel
package import TraceQuery

/// What differs between two executions, and which differences account for the others.
package struct ExecutionDiff: Sendable, Equatable {
  /// The executions' names.
  package let before: String
  package let after: String
  package let totalsBefore: ExecutionTotals
  package let totalsAfter: ExecutionTotals
  /// Causes first, then by kind and magnitude.
  package let differences: [Difference]
  /// Every key whose decisions came to something else, by the bytes of its names.
  package let decisions: [DecisionChange]
  package let decisionKeys: DecisionKeyCounts
  /// Every operation that changed, by the bytes of service and name.
  package let operations: [OperationChange]
  /// Operations of both executions that did not change beyond noise.
  package let unchangedOperations: Int
  /// Operations called too rarely to compare, whose medians differ twofold; no differences.
  package let unsure: [OperationChange]
  /// The answer in sentences, the most important first.
  package let headlines: [Headline]

  /// How many differences are related to each other; the gravest ones are.
  static let relatedLimit = 256

  /// Whether nothing differs beyond noise, in what could be read.
  package var isEmpty: Bool { differences.isEmpty }

  /// Records of both sides that could not be read, and so were not compared.
  package var recordsRefused: UInt64 {
    totalsBefore.recordsRefused &+ totalsAfter.recordsRefused
  }

  /// Whether nothing differs and everything was read: what a gate asks.
  package var isCertainlyEmpty: Bool { isEmpty && recordsRefused == 0 }

  /// The keys whose decisions flipped: decided on both sides, and differently.
  package var flips: [DecisionChange] { decisions.filter(\.isFlip) }

  /// Compares two executions, or selected rows of them.
  ///
  /// - Complexity: O(rows + spans × log spans of one operation).
  package init(
    before a: TraceIndex, rows rowsBefore: RowSet? = nil, after b: TraceIndex,
    rows rowsAfter: RowSet? = nil
  ) {
    let selectionBefore = RowSelection(rowCount: a.rowCount, members: rowsBefore)
    let selectionAfter = RowSelection(rowCount: b.rowCount, members: rowsAfter)
    before = a.name
    after = b.name
    totalsBefore =
      rowsBefore == nil ? a.totals : ExecutionTotals(a, rows: selectionBefore)
    totalsAfter = rowsAfter == nil ? b.totals : ExecutionTotals(b, rows: selectionAfter)
    let decisions = DecisionComparison((a, selectionBefore), (b, selectionAfter))
    let operations = OperationComparison((a, selectionBefore), (b, selectionAfter))
    self.decisions = decisions.entries.map(\.change)
    decisionKeys = decisions.counts
    self.operations = operations.entries.map(\.change)
    unchangedOperations = operations.unchanged
    unsure = operations.unsure
    let related = RelatedDifferences(before: a, after: b, decisions, operations)
    differences = related.ranked(before: a, after: b)
    headlines =
      Headline.all(differences, before: before, after: b, unsure: unsure.count)
      + Headline.unread(before: a, after: b)
  }
}
