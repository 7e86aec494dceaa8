package import TraceIndex
import TraceModel

/// What a row means for a policy.
package enum RowExplanation: Sendable, Equatable {
  /// The row is behind these statements: without the row, or others like it, they would not be there.
  case grants([Statement])
  /// The row is behind a statement that the dialect cannot say.
  case notExpressible(Statement, reason: String)
  /// A denied call grants nothing. What it asked for may be granted because of other calls.
  case denied(PermissionKey, grantedBy: Statement?)
  /// The row is left out for another reason.
  case leftOut(ExclusionReason)

  /// What it means, in words.
  ///
  /// Names are exactly as recorded; make them visible before showing them.
  package var sentence: String {
    switch self {
    case .grants(let statements):
      "This row is behind \(statements.count == 1 ? "statement" : "statements") "
        + "\(numberRanges(statements.map(\.number).sorted()))."
    case .notExpressible(let statement, let reason):
      "This row is behind statement \(statement.number), which cannot be said here: \(reason)."
    case .denied(let key, nil):
      "A denied call grants nothing. Needed: \(key.permission) on \(key.resource)."
    case .denied(_, let statement?):
      "A denied call grants nothing. What it needed is granted by statement "
        + "\(statement.number), because it was allowed at other times."
    case .leftOut(let reason):
      "This decision grants nothing: \(reason.meaning)."
    }
  }
}

extension GeneratedPolicy {
  /// All rows of an execution behind a statement, ascending: those of what was recorded, whatever
  /// else the statement reaches.
  ///
  /// - Complexity: O(rows).
  package func rows(behind statement: Statement, in index: TraceIndex) -> [Int] {
    rows(in: index) { reading in
      reading.treatment == .granted && reading.requests.contains { $0.key == statement.key }
    }
  }

  /// All rows of an execution in which a key was denied, ascending.
  ///
  /// - Complexity: O(rows).
  package func rows(denying key: PermissionKey, in index: TraceIndex) -> [Int] {
    rows(in: index) { reading in
      reading.treatment == .excluded(.denied) && reading.requests.contains { $0.key == key }
    }
  }

  private func rows(
    in index: TraceIndex, where isWanted: (DecisionReading) -> Bool
  ) -> [Int] {
    let interpreter = interpreter(of: index)
    let decisions = DecisionClasses(of: index, for: interpreter)
    let isBehind = decisions.classes.map { said in
      interpreter.reading(ofRow: said.first, in: index).map(isWanted) ?? false
    }
    var rows: [Int] = []
    decisions.forEachDecision { row, number in if isBehind[number] { rows.append(row) } }
    return rows
  }

  private func interpreter(of index: TraceIndex) -> any DecisionInterpreter {
    usage.interpreter ?? RecordedDecisions([index], principal: usage.principal)
  }

  /// What a row means for the policy; nil when it is not a decision.
  ///
  /// - Complexity: O(statements).
  package func explanation(ofRow row: Int, in index: TraceIndex) -> RowExplanation? {
    guard let reading = interpreter(of: index).reading(ofRow: row, in: index) else { return nil }
    switch reading.treatment {
    case .granted:
      let behind = reading.requests.compactMap { statement(covering: $0.key) }
      guard let first = behind.first else { return nil }
      let unsaid = notExpressible.first { $0.statement == first.number }
      return unsaid.map { .notExpressible(first, reason: $0.reason) } ?? .grants(behind)
    case .excluded(.denied):
      let key = reading.requests.first?.key ?? index.permissionKey(ofRow: row)
      return .denied(key, grantedBy: statement(covering: key))
    case .excluded(let reason):
      return .leftOut(reason)
    }
  }

  /// The statement that was made for `key`, or else the first that grants it.
  package func statement(covering key: PermissionKey) -> Statement? {
    statements.first { $0.key == key } ?? statements.first { $0.grant.covers(key) }
  }
}
