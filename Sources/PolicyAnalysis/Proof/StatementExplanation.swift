package import TraceIndex
package import TraceModel

/// A decision behind a statement, or against it, as evidence is shown.
package struct EvidenceRow: Sendable, Equatable {
  package let execution: String
  /// Nanoseconds since the Unix epoch; nil when the record does not tell it.
  package let time: Int64?
  package let artifact: String
  /// Bytes from the artifact's first.
  package let byteOffset: UInt64
  /// As the artifact writes it; nil when the decision is in no trace.
  package let trace: String?
  /// Nil when the record names no span.
  package let span: String?
  package let outcome: Outcome
  package let reason: String
  package let evaluator: String

  init(_ index: TraceIndex, row: Int) {
    let number = index.artifact(ofRow: row)
    execution = index.name
    time = index.marks(row).contains(.timeMissing) ? nil : index.start(row)
    artifact = index.artifacts.indices.contains(number) ? index.artifacts[number].path : ""
    byteOffset = index.byteOffset(ofRow: row)
    trace = index.trace(ofRow: row).map { index.idText(ofTrace: $0) }
    span = index.spanID(row) == SpanID(0) ? nil : index.spanID(row).description
    outcome = index.outcome(row)
    reason = index.string(index.reason(row))
    evaluator = index.string(index.evaluator(row))
  }
}

/// A statement with all that is behind it, and where it stands.
package struct StatementExplanation: Sendable {
  package let statement: Statement
  /// Why the dialect cannot say it; nil when it does.
  package let objection: String?
  /// What in the document says it, in its order; nothing where the document cannot be read back.
  package let places: [PolicyPart]
  /// In order of executions and rows.
  package let rows: [EvidenceRow]
  /// Denials of what it grants, in the same order.
  package let denials: [EvidenceRow]

  /// All that is known of `statement` in `policy`, which was made from `indexes`.
  ///
  /// - Complexity: O(rows + distinct strings).
  package init(_ statement: Statement, of policy: GeneratedPolicy, in indexes: [TraceIndex]) {
    self.statement = statement
    objection = policy.notExpressible.first { $0.statement == statement.number }?.reason
    places = objection == nil ? policy.parts(saying: statement) : []
    rows = indexes.flatMap { index in
      policy.rows(behind: statement, in: index).map { EvidenceRow(index, row: $0) }
    }
    denials = indexes.flatMap { index in
      policy.denials(of: statement, in: index).map { EvidenceRow(index, row: $0) }
    }
  }
}

extension GeneratedPolicy {
  /// The parts of the document that decide about what a statement grants.
  fileprivate func parts(saying statement: Statement) -> [PolicyPart] {
    func parts(of policy: some ProvablePolicy, _ key: PermissionKey) -> [PolicyPart] {
      let slice = policy.slice(for: key)
      return slice.parts.filter { !slice.without($0).allows(key, at: 0) }.map(policy.described)
    }
    guard let key = statement.grant.onlyKey else { return [] }
    do throws(PolicyReadError) {
      return parts(of: try dialect.provable(document), key)
    } catch { return [] }
  }

  /// The rows of denied decisions about what a statement grants, ascending.
  ///
  /// - Complexity: O(rows + distinct strings).
  package func denials(of statement: Statement, in index: TraceIndex) -> [Int] {
    if statement.denials == 0 { return [] }
    let interpreter = usage.interpreter ?? RecordedDecisions([index], principal: usage.principal)
    return (0..<index.rowCount).filter { row in
      guard index.outcome(row) == .deny,
        let reading = interpreter.reading(ofRow: row, in: index)
      else { return false }
      return reading.treatment == .excluded(.denied)
        && reading.requests.contains { statement.grant.covers($0.key) }
    }
  }

  /// The statement of this number, id, or beginning of an id.
  ///
  /// - Throws: `StatementChoiceError` when there is none, or several.
  package func statement(named text: String) throws(StatementChoiceError) -> Statement {
    if let number = Int(text), let statement = statement(number) { return statement }
    if let statement = statement(id: text) { return statement }
    let found = text.isEmpty ? [] : statements.filter { Name($0.id).hasPrefix(text) }
    if found.count == 1, let statement = found.first { return statement }
    if !found.isEmpty { throw .several(wanted: text, found: found.map(\.id)) }
    let part = text.lowercased()
    let similar = statements.filter { $0.id.lowercased().contains(part) }
    throw .none(wanted: text, similar: similar.map(\.id), statements: statements.count)
  }
}

/// Why it is not clear which statement is meant.
package enum StatementChoiceError: Error, Equatable, Sendable, CustomStringConvertible {
  case none(wanted: String, similar: [String], statements: Int)
  case several(wanted: String, found: [String])

  package var description: String {
    switch self {
    case .none(let wanted, let similar, _) where !similar.isEmpty:
      "no statement is, or begins with, '\(visibleText(wanted))'; did you mean "
        + StatementChoiceError.list(similar) + "?"
    case .none(let wanted, _, let statements):
      "no statement is, or begins with, '\(visibleText(wanted))'; there are "
        + "\(counted(statements, "statement")), and 'vestige policy generate PATH --format text' lists them"
    case .several(let wanted, let found):
      "\(counted(found.count, "statement")) begin with '\(visibleText(wanted))': "
        + StatementChoiceError.list(found) + "; give more of the id, or the number"
    }
  }

  private static func list(_ ids: [String]) -> String {
    ids.prefix(5).map { "'\(visibleText($0))'" }.joined(separator: ", ")
      + (ids.count > 5 ? ", …" : "")
  }
}

/// What a decision means for a policy, found by its place in an artifact.
package struct EventExplanation: Sendable {
  package let row: EvidenceRow
  package let key: PermissionKey
  /// What it means, in words; names are made visible by whoever shows them.
  package let sentence: String
  /// The statements that it forced, or that grant what it was denied.
  package let statements: [Statement]

  /// The decisions that begin at a byte of an artifact, of whose path an ending is enough.
  ///
  /// - Complexity: O(rows).
  package static func all(
    artifact: String, byteOffset: UInt64, for policy: GeneratedPolicy, in indexes: [TraceIndex]
  ) -> [EventExplanation] {
    indexes.flatMap { index in
      (0..<index.rowCount).compactMap { row -> EventExplanation? in
        guard index.byteOffset(ofRow: row) == byteOffset else { return nil }
        let evidence = EvidenceRow(index, row: row)
        let path = Name(evidence.artifact)
        guard path.text == artifact || path.hasSuffix("/" + artifact),
          let explanation = policy.explanation(ofRow: row, in: index)
        else { return nil }
        return EventExplanation(
          row: evidence, key: index.permissionKey(ofRow: row), sentence: explanation.sentence,
          statements: explanation.statements)
      }
    }
  }
}

extension RowExplanation {
  fileprivate var statements: [Statement] {
    switch self {
    case .grants(let statements): statements
    case .notExpressible(let statement, _): [statement]
    case .denied(_, let statement): statement.map { [$0] } ?? []
    case .leftOut: []
    }
  }
}
