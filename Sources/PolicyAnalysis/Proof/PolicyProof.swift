import TraceModel

/// Checks of a policy against what was recorded.
package enum PolicyProof {
  /// What came of trying every recorded key against the policy.
  ///
  /// A key is tried at the time of its last decision.
  package struct Summary: Sendable, Equatable {
    /// Keys that were allowed, and how many of them the policy allows.
    package let allowedKeys: Int
    package let allowedByPolicy: Int
    /// Keys that were only denied, and how many of them the policy denies.
    package let deniedKeys: Int
    package let deniedByPolicy: Int
    /// Denied keys without a principal, which the dialect cannot deny by itself.
    package let uncheckedKeys: Int
    /// Allowed keys that the policy denies although the dialect can express them.
    package let missing: [PermissionKey]
    /// Only denied keys that the policy allows.
    package let excessive: [PermissionKey]
    /// Allowed keys that the dialect cannot express; the policy does not grant them.
    package let notExpressible: [PermissionKey]
    /// Combinations of a recorded resource with a principal and a permission of the policy that the
    /// policy allows and that were never recorded as allowed.
    package let admitted: Int

    /// Keys that were both allowed and denied in the recording. The policy allows them; no policy
    /// decides both ways, so they do not count against exactness.
    package let mixedKeys: Int

    /// Whether the policy allows every key that was allowed and no key that was only denied.
    package var isExact: Bool { decidesAsMeant && notExpressible.isEmpty }

    /// Whether the policy decides every key as it should that the dialect can express.
    var decidesAsMeant: Bool { missing.isEmpty && excessive.isEmpty }

    /// One sentence.
    package var sentence: String {
      var parts = [
        "\(QuantityText.count(allowedByPolicy)) of \(counted(allowedKeys, "allowed key")) allowed",
        "\(QuantityText.count(deniedByPolicy)) of \(counted(deniedKeys, "denied key")) denied",
      ]
      if uncheckedKeys > 0 {
        parts.append("\(counted(uncheckedKeys, "denied key")) without a principal not checked")
      }
      return parts.joined(separator: ", ")
    }
  }

  /// Tries every key of `usage` by asking `allows`.
  ///
  /// Allowed keys that the dialect cannot express are `notExpressible`; `deniesNobody` tells whether
  /// it can deny a check that names no principal.
  static func replay(
    _ usage: UsedPermissions, notExpressible: Set<PermissionKey>, deniesNobody: Bool,
    admitted: Int, allows: (PermissionKey, Int64) -> Bool
  ) -> Summary {
    let refused = usage.used.filter { !allows($0.key, $0.evidence.replayTime) }.map(\.key)
    let tried = usage.denied.filter { deniesNobody || !$0.key.principal.isEmpty }
    let excessive = tried.filter { allows($0.key, $0.evidence.replayTime) }.map(\.key)
    return Summary(
      allowedKeys: usage.used.count, allowedByPolicy: usage.used.count - refused.count,
      deniedKeys: tried.count, deniedByPolicy: tried.count - excessive.count,
      uncheckedKeys: usage.denied.count - tried.count,
      missing: refused.filter { !notExpressible.contains($0) }, excessive: excessive,
      notExpressible: refused.filter(notExpressible.contains), admitted: admitted,
      mixedKeys: usage.used.count { $0.denials > 0 })
  }
}
