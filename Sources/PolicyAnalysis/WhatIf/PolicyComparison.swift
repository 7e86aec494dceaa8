package import TraceIndex
import TraceModel

/// A generated policy held against one that exists.
package struct PolicyComparison: Sendable {
  /// What the existing policy says of what a statement was made for.
  package struct Standing: Sendable, Equatable {
    package let isGranted: Bool
    /// Why, in a clause.
    package let reason: String
  }

  /// A binding or statement of the existing policy of which something was not used.
  package struct Unused: Sendable, Equatable {
    /// The first of the grants that were not used.
    package let grant: StandingGrant
    package let grants: Int
    /// All grants of the binding or statement.
    package let of: Int
  }

  /// One for each statement, in their order.
  package let statements: [Standing]
  /// What was only denied in the recording and the existing policy allows, by keys.
  package let opened: [PolicyCheck.Flip]
  /// In the order of the existing policy.
  package let unused: [Unused]
  /// What of the existing policy has no effect, a clause each.
  package let remarks: [String]

  /// How many statements the existing policy grants.
  package var granted: Int { statements.count(where: \.isGranted) }

  /// Puts what each statement was made for to `engine`, at the time of its last decision.
  ///
  /// - Parameter indexes: those of the executions that the policy was made from.
  package init(
    _ policy: GeneratedPolicy, with engine: any PolicyEngine, of indexes: [TraceIndex]
  ) {
    var used: Set<Int> = []
    func judge(_ key: PermissionKey, _ inference: Inference?, _ evidence: Evidence)
      -> PolicyJudgement
    {
      let place = evidence.first.reference
      let groups =
        indexes.indices.contains(place.execution)
        ? policy.usage.interpreter?.groups(
          of: PermissionRequest(key: key, inference: inference), row: place.row,
          in: indexes[place.execution]) : nil
      return engine.judge(
        PolicyQuestion(key: key, groups: groups ?? []), at: evidence.replayTime)
    }
    statements = policy.statements.map { statement in
      let judgement = judge(statement.key, statement.inference, statement.evidence)
      used.formUnion(judgement.grants)
      return Standing(isGranted: judgement.isAllowed, reason: judgement.reason)
    }
    opened = policy.usage.denied.compactMap { denied in
      let judgement = judge(denied.key, nil, denied.evidence)
      guard judgement.isAllowed else { return nil }
      return PolicyCheck.Flip(
        key: denied.key, wasAllowed: false, inference: nil, reason: judgement.reason,
        evidence: denied.evidence)
    }
    unused = Unused.all(in: engine.grants, but: used)
    remarks = engine.remarks
  }

  /// What the existing policy says of the statement with this number.
  package func standing(_ number: Int) -> Standing? {
    statements.indices.contains(number - 1) ? statements[number - 1] : nil
  }
}

extension PolicyComparison.Unused {
  /// Those of all bindings and statements, in their order.
  fileprivate static func all(in grants: StandingGrants, but used: Set<Int>) -> [Self] {
    var usedOf: [Int: Set<Int>] = [:]
    for number in used { usedOf[grants.block(of: number), default: []].insert(number) }
    return grants.blocks.indices.compactMap { block in
      let parts = grants.blocks[block]
      let count = parts.principals.count * parts.permissions.count * parts.resources.count
      let used = usedOf[block] ?? []
      guard count > used.count else { return nil }
      let start = grants.number(block: block, principal: 0, permission: 0, resource: 0)
      guard let first = (start..<start + count).first(where: { !used.contains($0) }) else {
        return nil
      }
      return Self(grant: grants[first], grants: count - used.count, of: count)
    }
  }
}
