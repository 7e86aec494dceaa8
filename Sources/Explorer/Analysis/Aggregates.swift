package import TraceAnalysis
import TraceIndex
import TraceQuery

/// Something that is counted over the rows of one run, for a screen of its own.
package enum Aggregate: Hashable, Sendable {
  case matrix

  /// Counts it.
  ///
  /// - Complexity: O(rows), away from the keys.
  func value(of index: TraceIndex, rows: RowSet?) -> AggregateValue {
    switch self {
    case .matrix:
      let matrix = AccessMatrix(index, rows: rows)
      return .matrix(matrix, denied: matrix.deniedOnly)
    }
  }
}

/// What was counted.
package enum AggregateValue: Sendable {
  /// All that was asked for, and what of it was denied.
  case matrix(AccessMatrix, denied: AccessMatrix)
}

extension Analyses {
  package func matrix(_ execution: Int, filter: String?, deniedOnly: Bool) -> AccessMatrix? {
    guard case .matrix(let all, let denied) = aggregate(.matrix, execution, filter: filter) else {
      return nil
    }
    return deniedOnly ? denied : all
  }
}

extension ExplorerState {
  /// What the visible screen counts; nil for the screens that count nothing.
  var aggregate: Aggregate? {
    switch screen {
    case .matrix: .matrix
    default: nil
    }
  }
}
