/// Decides as Cedar does, for entities without parents and attributes: a request is allowed when a
/// `permit` applies and no `forbid` does; a policy whose condition fails with an error does not apply.
package struct CedarEngine: Sendable {
  private let policies: CedarPolicySet
  /// Numbers of policies about one principal.
  private var byPrincipal: [CedarEntity: [Int]] = [:]
  /// Numbers of all other policies.
  private var others: [Int] = []

  package init(_ policies: CedarPolicySet) {
    self.policies = policies
    for (number, policy) in policies.policies.enumerated() {
      if case .equals(let principal) = policy.principal {
        byPrincipal[principal, default: []].append(number)
      } else {
        others.append(number)
      }
    }
  }

  package func allows(_ request: CedarRequest) -> Bool {
    if case .permitted = verdict(on: request) { true } else { false }
  }

  enum Verdict: Equatable, Sendable {
    /// By the policies with these numbers, ascending; one of them would do.
    case permitted(by: [Int])
    case forbidden(by: Int)
    case notPermitted
  }

  func verdict(on request: CedarRequest) -> Verdict {
    var permits: [Int] = []
    for number in (byPrincipal[request.principal] ?? []) + others {
      let policy = policies.policies[number]
      guard policy.applies(to: request) else { continue }
      if policy.effect == .forbid { return .forbidden(by: number) }
      permits.append(number)
    }
    return permits.isEmpty ? .notPermitted : .permitted(by: permits.sorted())
  }
}

extension CedarPolicy {
  fileprivate func applies(to request: CedarRequest) -> Bool {
    principal.holds(request.principal) && action.holds(request.action)
      && resource.holds(request.resource)
      && conditions.allSatisfy { $0.expression.truth(request) == !$0.isUnless }
  }
}

extension CedarPolicy.Scope {
  fileprivate func holds(_ entity: CedarEntity) -> Bool {
    switch self {
    case .any: true
    case .equals(let wanted): entity == wanted
    case .isIn(let entities): entities.contains(entity)
    }
  }
}

extension CedarExpression {
  private enum Value: Equatable {
    case boolean(Bool)
    case entity(CedarEntity)
    case entities(Set<CedarEntity>)
  }

  /// Nil when it is an error, or no boolean.
  fileprivate func truth(_ request: CedarRequest) -> Bool? {
    if case .boolean(let truth)? = value(request) { truth } else { nil }
  }

  private func value(_ request: CedarRequest) -> Value? {
    switch self {
    case .boolean(let truth): return .boolean(truth)
    case .variable(.principal): return .entity(request.principal)
    case .variable(.action): return .entity(request.action)
    case .variable(.resource): return .entity(request.resource)
    case .entity(let entity): return .entity(entity)
    case .entities(let entities): return .entities(entities)
    case .equal(let a, let b):
      guard let a = a.value(request), let b = b.value(request) else { return nil }
      return .boolean(a == b)
    case .isIn(let a, let b):
      guard case .entity(let entity)? = a.value(request), let b = b.value(request) else {
        return nil
      }
      switch b {
      case .boolean: return nil
      case .entity(let other): return .boolean(entity == other)
      case .entities(let others): return .boolean(others.contains(entity))
      }
    case .not(let a): return a.truth(request).map { .boolean(!$0) }
    case .and(let a, let b): return CedarExpression.join(a, b, request, unless: false)
    case .or(let a, let b): return CedarExpression.join(a, b, request, unless: true)
    }
  }

  /// What decides alone keeps the second from being asked.
  private static func join(
    _ a: CedarExpression, _ b: CedarExpression, _ request: CedarRequest, unless decisive: Bool
  ) -> Value? {
    guard let first = a.truth(request) else { return nil }
    return first == decisive ? .boolean(first) : b.truth(request).map { .boolean($0) }
  }
}
