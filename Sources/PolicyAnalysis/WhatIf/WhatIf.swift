package import TraceIndex
import TraceModel

/// A generated policy with what is needed to say at once what a change of it would do.
package struct WhatIf: Sendable {
  package let policy: GeneratedPolicy
  /// How far statements can be widened, and what that costs.
  package let ladder: GeneralizationLadder
  private let together: KeysTogether

  /// - Parameter indexes: those of the executions that the policy was made from.
  /// - Complexity: O(rows).
  package init(_ policy: GeneratedPolicy, of indexes: [TraceIndex]) {
    self.policy = policy
    ladder = GeneralizationLadder(policy.dialect, policy.usage)
    together = KeysTogether(policy.usage, in: indexes)
  }

  /// The edits that are about statements of this policy.
  package func applicable(_ edits: PolicyEdits) -> PolicyEdits {
    edits.isEmpty ? edits : edits.kept(to: Set(policy.statements.map(\.id)))
  }

  /// What the edits flip, by the grants alone, without the rules by which a platform inherits or
  /// merges them.
  ///
  /// - Complexity: O(statements + statements of the principals and permissions that are edited).
  package func flips(of edits: PolicyEdits) -> PolicyFlips {
    let edited = policy.statements.filter { edits.dropped.contains($0.id) }
    guard !edited.isEmpty else { return PolicyFlips([], together: together) }
    let holders = Set(edited.map(Holder.init))
    // Only grants of the same principal and permission can stand in for what is dropped.
    let rest = Dictionary(
      grouping: policy.statements.lazy.filter {
        holders.contains(Holder($0)) && !edits.dropped.contains($0.id)
      }, by: Holder.init)
    let flips = edited.compactMap { statement -> PolicyCheck.Flip? in
      let others = rest[Holder(statement)] ?? []
      guard !others.contains(where: { grant(of: $0, edits).covers(statement.key) }) else {
        return nil
      }
      return PolicyCheck.Flip(
        key: statement.key, wasAllowed: true, inference: statement.inference,
        reason: "statement \(statement.number) is dropped",
        evidence: statement.evidence)
    }
    return PolicyFlips(flips, together: together)
  }

  /// What a statement grants once it is edited.
  package func grant(of statement: Statement, _ edits: PolicyEdits) -> Grant {
    guard let step = step(of: statement, edits) else { return statement.grant }
    return statement.on(step).grant
  }

  /// The step of the ladder that a statement was put on by hand; nil for all others.
  package func step(of statement: Statement, _ edits: PolicyEdits) -> GeneralizationStep? {
    guard let rung = edits.rungs[statement.id] else { return nil }
    do throws(RungObjection) { return try ladder.step(of: statement, to: rung) } catch {
      return nil
    }
  }

  /// The whole policy as edited, in its dialect, tried by the rules of its platform.
  ///
  /// - Parameter request: what the policy was made for.
  package func draft(_ edits: PolicyEdits, _ request: PolicyRequest) -> PolicyDraft {
    var request = request
    request.dropped.formUnion(edits.dropped)
    request.generalization.chosen.merge(edits.choices(in: policy.statements)) { $1 }
    let draft = PolicyGenerator.policy(of: policy.usage, request)
    let before = policy.replay
    let now = draft.replay
    let denied = Set(now.missing + now.notExpressible)
      .subtracting(before.missing + before.notExpressible)
    let allowed = Set(now.excessive).subtracting(before.excessive)
    let flips =
      policy.usage.used.filter { denied.contains($0.key) }.map {
        PolicyCheck.Flip(
          key: $0.key, wasAllowed: true, inference: $0.inference,
          reason: "no statement is left that allows it",
          evidence: $0.evidence)
      }
      + policy.usage.denied.filter { allowed.contains($0.key) }.map {
        PolicyCheck.Flip(
          key: $0.key, wasAllowed: false, inference: nil, reason: "what was denied is reached",
          evidence: $0.evidence)
      }
    return PolicyDraft(
      policy: draft, flips: PolicyFlips(flips, together: together),
      admitted: now.admitted - before.admitted)
  }

  private struct Holder: Hashable {
    let principal: Name
    let permission: Name

    init(_ statement: Statement) {
      principal = statement.key.principal
      permission = statement.key.permission
    }
  }
}

/// An edited policy, and what it changes.
package struct PolicyDraft: Sendable {
  package let policy: GeneratedPolicy
  package let flips: PolicyFlips
  /// How many more combinations of recorded names are allowed that never were; negative for fewer.
  package let admitted: Int
}
