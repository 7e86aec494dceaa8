/// Counts over all rows of an execution.
package struct ExecutionTotals: Sendable, Equatable {
  package var traces = 0
  package var spans = 0
  package var decisions = 0
  package var logs = 0
  /// Spans whose status is error.
  package var errors = 0
  /// Decisions that were allowed.
  package var allowed = 0
  /// Decisions that were denied, for want of permission or of an identity.
  package var denied = 0
  /// Authorization errors: checks that came to no decision.
  package var decisionErrors = 0
  /// Records that became rows.
  package var recordsRead: UInt64 = 0
  /// Records that were meant to become rows and could not be understood.
  package var recordsRefused: UInt64 = 0
  /// Well-formed records of kinds that are not read.
  package var recordsSkipped: UInt64 = 0
  /// The first start, nanoseconds since the Unix epoch; zero without rows.
  package var start: Int64 = 0
  /// The last end, nanoseconds since the Unix epoch; zero without rows.
  package var end: Int64 = 0

  package init() {}
}
