package import TraceAnalysis
import TraceIndex
package import TraceQuery

/// Something that is counted over the rows of one run, for a screen of its own.
package enum Aggregate: Hashable, Sendable {
  case matrix
  /// The fields that rows have.
  case fields
  /// The values of one field.
  case values(Field)

  /// Counts it.
  ///
  /// - Complexity: O(rows), away from the keys.
  func value(of index: TraceIndex, rows: RowSet?) -> AggregateValue {
    switch self {
    case .matrix:
      let matrix = AccessMatrix(index, rows: rows)
      return .matrix(matrix, denied: matrix.deniedOnly)
    case .fields: return .fields(FieldCensus(index, rows: rows))
    case .values(let field): return .values(FieldValues(field, of: index, rows: rows))
    }
  }
}

/// What was counted.
package enum AggregateValue: Sendable {
  /// All that was asked for, and what of it was denied.
  case matrix(AccessMatrix, denied: AccessMatrix)
  case fields(FieldCensus)
  case values(FieldValues)
}

extension Analyses {
  package func matrix(_ execution: Int, filter: String?, deniedOnly: Bool) -> AccessMatrix? {
    guard case .matrix(let all, let denied) = aggregate(.matrix, execution, filter: filter) else {
      return nil
    }
    return deniedOnly ? denied : all
  }

  package func census(_ execution: Int, filter: String?) -> FieldCensus? {
    if case .fields(let census) = aggregate(.fields, execution, filter: filter) { return census }
    return nil
  }

  package func values(_ execution: Int, of field: Field, filter: String?) -> FieldValues? {
    guard case .values(let values) = aggregate(.values(field), execution, filter: filter) else {
      return nil
    }
    return values
  }
}

extension ExplorerState {
  /// What the visible screen counts; nil for the screens that count nothing.
  var aggregate: Aggregate? {
    switch screen {
    case .matrix: .matrix
    case .facets(let facets): facets.field.map(Aggregate.values) ?? .fields
    default: nil
    }
  }
}
