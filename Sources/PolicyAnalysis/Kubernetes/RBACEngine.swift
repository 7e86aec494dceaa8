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
  private let rules: [RBACRuleIndex]
  /// Numbers of bindings, in the order in which they are asked.
  private var byUser: [Name: [Int]] = [:]
  private var byGroup: [Name: [Int]] = [:]

  package init(_ policy: RBACPolicy) {
    self.policy = policy
    let roles = Dictionary(
      policy.roles.map { (Place(namespace: $0.namespace, name: $0.name), RBACRuleIndex($0.rules)) },
      uniquingKeysWith: { _, last in last })
    rules = policy.bindings.map { binding in
      // A binding of the cluster cannot bind a role of a namespace.
      if !binding.bindsClusterRole && binding.namespace == nil { return RBACRuleIndex([]) }
      let namespace = binding.bindsClusterRole ? nil : binding.namespace
      return roles[Place(namespace: namespace, name: binding.role)] ?? RBACRuleIndex([])
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
      if rules[number].allows(request) { return binding }
    }
    return nil
  }

  /// Numbers of all bindings that allow `request`, those of the cluster first.
  func bindings(
    allowing request: KubernetesRequest, by user: Name, groups: [Name]
  ) -> [Int] {
    let candidates = Set(([byUser[user] ?? []] + groups.map { byGroup[$0] ?? [] }).joined())
    let namespace = request.path == nil ? request.authorizedNamespace : ""
    return candidates.filter { number in
      (policy.bindings[number].namespace ?? namespace) == namespace
        && rules[number].allows(request)
    }.sorted { one, other in
      let isOfCluster = policy.bindings[one].namespace == nil
      return isOfCluster == (policy.bindings[other].namespace == nil) ? one < other : isOfCluster
    }
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
    RBACRuleIndex([self]).allows(request)
  }
}

/// Rules, ready to be searched: a role may name thousands of objects.
private struct RBACRuleIndex: Sendable {
  private struct Rule {
    let verbs: Set<Name>
    let groups: Set<Name>
    /// Empty for all objects.
    let names: Set<Name>
    let paths: Set<Name>
    /// What paths with an asterisk at their end begin with.
    let prefixes: [String]
  }

  private var rules: [Rule] = []
  /// Numbers of rules by what they name as a resource: `pods`, `pods/log`, `*/scale`, `*`.
  private var byResource: [Name: [Int]] = [:]

  init(_ rules: [RBACRule]) {
    for (number, rule) in rules.enumerated() {
      self.rules.append(
        Rule(
          verbs: Set(rule.verbs), groups: Set(rule.groups), names: Set(rule.names),
          paths: Set(rule.paths), prefixes: rule.paths.compactMap(RBACRuleIndex.prefix)))
      for resource in Set(rule.resources) { byResource[resource, default: []].append(number) }
    }
  }

  private static func prefix(of path: Name) -> String? {
    guard path.hasSuffix("*") else { return nil }
    var prefix = Substring(path.text).utf8
    while prefix.last == UInt8(ascii: "*") { prefix.removeLast() }
    return String(Substring(prefix))
  }

  func allows(_ request: KubernetesRequest) -> Bool {
    if let path = request.path {
      return rules.contains { rule in
        RBACRuleIndex.has(rule.verbs, request.verb)
          && (rule.paths.contains(path) || rule.prefixes.contains(where: path.hasPrefix))
      }
    }
    // `*` is every resource with every subresource, `*/scale` that subresource of every resource.
    var resources: [Name] = ["*", request.combinedResource]
    if !request.subresource.isEmpty { resources.append(Name("*/\(request.subresource)")) }
    return resources.contains { resource in
      (byResource[resource] ?? []).contains { number in
        let rule = rules[number]
        return RBACRuleIndex.has(rule.verbs, request.verb)
          && RBACRuleIndex.has(rule.groups, request.group)
          && (rule.names.isEmpty || rule.names.contains(request.name))
      }
    }
  }

  private static func has(_ names: Set<Name>, _ name: Name) -> Bool {
    names.contains(name) || names.contains("*")
  }
}
