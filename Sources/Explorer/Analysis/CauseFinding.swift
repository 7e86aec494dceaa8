import TraceAnalysis
import TraceIndex

/// Where a failure comes from, as a row to go to and a sentence to read.
struct CauseFinding {
  /// The deepest denied or failed row.
  let row: Int
  let sentence: String

  /// The cause of a row; nil when nothing failed or was denied there or below.
  init?(of row: Int, in index: TraceIndex) {
    guard let cause = Cause(of: row, in: index) else { return nil }
    self.row = cause.deepest
    sentence = cause.sentence(in: index)
  }

  /// The cause of the first row of `rows` at the top level that has one.
  init?(within rows: Range<Int>, in index: TraceIndex) {
    var top = rows.lowerBound
    while top < rows.upperBound {
      if let found = CauseFinding(of: top, in: index) {
        self = found
        return
      }
      top = index.subtree(top).upperBound
    }
    return nil
  }
}
