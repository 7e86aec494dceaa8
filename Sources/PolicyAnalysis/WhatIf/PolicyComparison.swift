import TraceModel

/// A generated policy held against one that exists.
package struct PolicyComparison: Sendable {
  /// What the existing policy says of what a statement grants.
  package struct Standing: Sendable, Equatable {
    package let isGranted: Bool
    /// Why, in a clause.
    package let reason: String
  }

  /// One for each statement, in their order.
  package let statements: [Standing]
  /// What was only denied in the recording and the existing policy allows, by keys.
  package let opened: [PolicyCheck.Flip]
  /// What of the existing policy has no effect, a clause each.
  package let remarks: [String]

  /// How many statements the existing policy grants.
  package var granted: Int { statements.count(where: \.isGranted) }

  /// Puts what each statement was made for to `engine`, at the time of its last decision.
  package init(_ policy: GeneratedPolicy, with engine: any PolicyEngine) {
    statements = policy.statements.map { statement in
      let judgement = engine.judge(statement.key, at: statement.evidence.replayTime)
      return Standing(isGranted: judgement.isAllowed, reason: judgement.reason)
    }
    opened = policy.usage.denied.compactMap { denied in
      let judgement = engine.judge(denied.key, at: denied.evidence.replayTime)
      guard judgement.isAllowed else { return nil }
      return PolicyCheck.Flip(
        key: denied.key, wasAllowed: false, reason: judgement.reason, evidence: denied.evidence)
    }
    remarks = engine.remarks
  }

  /// What the existing policy says of the statement with this number.
  package func standing(_ number: Int) -> Standing? {
    statements.indices.contains(number - 1) ? statements[number - 1] : nil
  }
}
