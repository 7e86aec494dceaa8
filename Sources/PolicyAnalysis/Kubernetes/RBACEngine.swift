/// Decides as the RBAC authorizer of the API server does.
///
/// Rules only allow: a request is allowed when a rule of any role that is bound to the user, or to one
/// of the user's groups, in the cluster or in the request's namespace, has its verb, group, resource
/// and name. Members of `system:masters` never come here; they are allowed everything.
package struct RBACEngine: Sendable {
  private struct Place: Hashable {
    let namespace: Name?
    let name: Name
  }

  package let policy: RBACPolicy
  /// The rules of each binding, in the order of the policy.
  private let rules: [[RBACRule]]
  /// Numbers of bindings, in the order in which they are asked.
  private var byUser: [Name: [Int]] = [:]
  private var byGroup: [Name: [Int]] = [:]

  package init(_ policy: RBACPolicy) {
    self.policy = policy
    let roles = Dictionary(
      policy.roles.map { (Place(namespace: $0.namespace, name: $0.name), $0.rules) },
      uniquingKeysWith: { _, last in last })
    rules = policy.bindings.map { binding in
      // A binding of the cluster cannot bind a role of a namespace.
      if !binding.bindsClusterRole && binding.namespace == nil { return [] }
      let namespace = binding.bindsClusterRole ? nil : binding.namespace
      return roles[Place(namespace: namespace, name: binding.role)] ?? []
    }
    let clusterFirst =
      policy.bindings.indices.filter { policy.bindings[$0].namespace == nil }
      + policy.bindings.indices.filter { policy.bindings[$0].namespace != nil }
    for number in clusterFirst {
      for subject in Set(policy.bindings[number].subjects) {
        switch subject {
        case .user(let name): byUser[name, default: []].append(number)
        case .group(let name): byGroup[name, default: []].append(number)
        case .serviceAccount(let namespace, let name):
          let home = namespace.isEmpty ? policy.bindings[number].namespace ?? "" : namespace
          if home.isEmpty { continue }
          byUser[Name("system:serviceaccount:\(home):\(name)"), default: []].append(number)
        }
      }
    }
  }

  /// A binding that allows `request`; nil when none does.
  package func binding(
    allowing request: KubernetesRequest, by user: Name, groups: [Name] = []
  ) -> RBACBinding? {
    let candidates = [byUser[user] ?? []] + groups.map { byGroup[$0] ?? [] }
    let namespace = request.path == nil ? request.authorizedNamespace : ""
    for number in candidates.joined() {
      let binding = policy.bindings[number]
      if let place = binding.namespace, place != namespace { continue }
      if rules[number].contains(where: { $0.allows(request) }) { return binding }
    }
    return nil
  }

  /// Whether the user alone, without groups, is allowed what `key` says.
  func allows(_ key: PermissionKey) -> Bool {
    guard let request = KubernetesRequest(permission: key.permission, target: key.resource) else {
      return false
    }
    return binding(allowing: request, by: key.principal) != nil
  }
}

extension RBACRule {
  /// Whether the rule covers `request`.
  package func allows(_ request: KubernetesRequest) -> Bool {
    guard verbs.contains(where: { $0 == "*" || $0 == request.verb }) else { return false }
    if let path = request.path { return paths.contains { RBACRule.covers($0, path) } }
    return groups.contains { $0 == "*" || $0 == request.group }
      && resources.contains { RBACRule.covers($0, request) }
      && (names.isEmpty || names.contains(request.name))
  }

  /// `*` is every resource with every subresource, `*/scale` that subresource of every resource.
  private static func covers(_ resource: Name, _ request: KubernetesRequest) -> Bool {
    if resource == "*" || resource == request.combinedResource { return true }
    return !request.subresource.isEmpty && resource == Name("*/\(request.subresource)")
  }

  private static func covers(_ pattern: Name, _ path: Name) -> Bool {
    if pattern == path { return true }
    guard pattern.hasSuffix("*") else { return false }
    var prefix = Substring(pattern.text).utf8
    while prefix.last == UInt8(ascii: "*") { prefix.removeLast() }
    return path.utf8.starts(with: prefix)
  }
}
