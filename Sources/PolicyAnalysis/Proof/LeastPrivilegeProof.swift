import TraceModel

/// What shows that a policy is the least privilege that was needed: it allows all that was allowed,
/// nothing else but what is declared, and has no part that it could do without.
///
/// Everything is asked of the dialect's own rules, about the document as it was printed.
package struct LeastPrivilegeProof: Sendable {
  /// The recorded keys, asked of the policy.
  package let replay: PolicyProof.Summary
  /// Decisions behind the keys that were allowed.
  package let allowedDecisions: Int
  /// Denied decisions about keys that were never allowed.
  package let deniedDecisions: Int
  package let minimality: Minimality
  package let necessity: Necessity

  /// What the policy allows besides.
  package struct Minimality: Sendable {
    /// Recorded names: their combinations are the closed universe.
    package let principals: Int
    package let permissions: Int
    package let resources: Int
    /// What else of a request was recorded, together with nothing; 1 where policies test nothing.
    package let contexts: Int
    /// Combinations of the universe that were asked one by one; about all others the policy has
    /// nothing for the principal and the permission that could begin so.
    package let asked: Int
    /// Requests asked whose names were not recorded, one change away from a recorded one.
    package let witnesses: Int
    /// What is allowed, was not recorded as allowed, and is declared, in order of its kind.
    package let declared: [Declared]
    /// What is allowed and declared nowhere, ascending.
    package let violations: [PermissionKey]

    /// All combinations; nil when they are more than 64 bits can count.
    package var universe: Int? {
      [permissions, resources, contexts].reduce(principals) { product, next in
        product.flatMap { product in
          let (result, overflows) = product.multipliedReportingOverflow(by: next)
          return overflows ? nil : result
        }
      }
    }
  }

  /// Requests that are allowed for one declared reason.
  package struct Declared: Sendable, Equatable {
    package let reach: DeclaredReach
    package let requests: Int
    /// One of them, and the statement that declares it.
    package let example: PermissionKey
    package let statement: Int
  }

  /// Whether each part is needed.
  package struct Necessity: Sendable {
    /// In the order of the document.
    package let parts: [Finding]

    /// Parts that could be left out.
    package var idle: [Finding] { parts.filter { !$0.need.isNeeded } }
    /// Parts that could be left out, and not because a declared reach covers them.
    package var unexplained: [Finding] { parts.filter { $0.need == .none } }
  }

  /// A part, and what happens without it.
  package struct Finding: Sendable, Equatable {
    package let part: PolicyPart
    package let need: Need
  }

  /// What happens to a policy without one of its parts.
  package enum Need: Sendable, Equatable {
    /// It denies what was allowed.
    case denies(PermissionKey)
    /// It allows what was only denied.
    case allowsDenied(PermissionKey)
    /// It allows what nothing recorded or declares.
    case admits(PermissionKey)
    /// Nothing, because what another statement reaches, as declared, includes it.
    case implied(by: Int, DeclaredReach)
    /// Nothing.
    case none

    package var isNeeded: Bool {
      switch self {
      case .denies, .allowsDenied, .admits: true
      case .implied, .none: false
      }
    }
  }

  /// Whether the policy replays exactly, admits nothing undeclared, and has no part without a reason.
  package var holds: Bool {
    replay.isExact && minimality.violations.isEmpty && necessity.unexplained.isEmpty
  }

  /// What was shown, or what stands against it, in one sentence.
  package var verdict: String {
    if holds {
      let declared = minimality.declared.reduce(0) { $0 + $1.requests }
      let beyond = declared == 0 ? "nothing else" : "nothing else but what is declared"
      if necessity.parts.isEmpty {
        return "Proved: nothing was allowed that could be granted, and the policy allows nothing."
      }
      let implied = necessity.idle.count
      let parts = counted(necessity.parts.count - implied, "part")
      let needed = implied == 0 ? "each of its \(parts) is needed" : "\(parts) needed"
      return "Proved: the policy allows all that was allowed, \(beyond), and \(needed)"
        + (implied == 0 ? "." : ", \(QuantityText.count(implied)) implied by others.")
    }
    var faults: [String] = []
    func fault(_ count: Int, _ noun: String, _ rest: String) {
      if count > 0 { faults.append(counted(count, noun) + rest) }
    }
    fault(replay.missing.count, "allowed key", " denied")
    fault(replay.notExpressible.count, "allowed key", " not expressible")
    fault(replay.excessive.count, "denied key", " allowed")
    fault(minimality.violations.count, "request", " allowed that nothing declares")
    fault(necessity.unexplained.count, "part", " not needed")
    return "Not proved: " + faults.joined(separator: ", ") + "."
  }
}

extension LeastPrivilegeProof {
  /// Proves a policy that was generated, or another document in its place.
  ///
  /// - Parameter document: nil for the policy's own.
  /// - Throws: `PolicyReadError` when the document cannot be read back.
  /// - Complexity: O(keys × log(keys)), and what combinations of recorded names the policy might
  ///   allow.
  package init(
    _ policy: GeneratedPolicy, document: String? = nil
  ) throws(PolicyReadError) {
    self = LeastPrivilegeProof.proof(
      of: try policy.dialect.provable(document ?? policy.document), policy)
  }

  private static func proof<Policy: ProvablePolicy>(
    of parts: Policy, _ policy: GeneratedPolicy
  ) -> LeastPrivilegeProof {
    let usage = policy.usage
    let unsaid = Set(policy.notExpressible.map(\.statement))
    let unsaidKeys = policy.statements.filter { unsaid.contains($0.number) }.map(\.grant)
    let replay = PolicyProof.replay(
      usage, notExpressible: Set(unsaidKeys.compactMap(\.onlyKey)),
      deniesNobody: policy.dialect != .emulator, admitted: policy.replay.admitted,
      allows: parts.allows)
    let declaration = Declaration<Policy>(policy.statements.filter { !unsaid.contains($0.number) })
    var search = AdmissionSearch(parts, usage, declaration)
    search.run(policy.statements)
    var need = NecessitySearch(parts, usage, declaration)
    need.run()
    return LeastPrivilegeProof(
      replay: replay,
      allowedDecisions: usage.used.reduce(0) { $0 + $1.evidence.decisions },
      deniedDecisions: usage.denied.reduce(0) { $0 + $1.evidence.decisions },
      minimality: search.result, necessity: need.result)
  }
}

extension Grant {
  /// The only key that it allows; nil when there are several.
  var onlyKey: PermissionKey? {
    guard case .exact(let name) = resource else { return nil }
    return PermissionKey(
      principal: principal, permission: permission, resource: name, context: conditions)
  }
}
