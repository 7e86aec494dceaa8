/// Roles and bindings of Kubernetes RBAC, taken apart.
struct RBACParts: ProvablePolicy {
  enum List: String, CaseIterable, Sendable { case verbs, groups, resources, names, paths }

  enum Part: Hashable, Sendable {
    /// Roles and bindings are counted from 0 in the document, rules in their role.
    case role(Int)
    case rule(Int, Int)
    case value(Int, Int, List, Name)
    /// The names of a rule, without which it is about all objects.
    case names(Int, Int)
    case binding(Int)
    case subject(Int, RBACSubject)
  }

  private struct Rule {
    let number: Int
    var rule: RBACRule
  }

  private struct Role {
    let number: Int
    let role: RBACRole
    var rules: [Rule]
  }

  private struct Binding {
    let number: Int
    var binding: RBACBinding
  }

  private struct Place: Hashable {
    let namespace: Name?
    let name: Name
  }

  private let roles: [Role]
  private let bindings: [Binding]
  private let engine: RBACEngine
  /// Places in `bindings` by the names of their subjects, as requests have them.
  private let bySubject: [Name: [Int]]
  private let byPlace: [Place: Int]

  init(_ document: String) throws(PolicyReadError) {
    let policy: RBACPolicy
    do throws(RBACDocumentError) { policy = try RBACPolicy(document) } catch {
      throw PolicyReadError("\(error)")
    }
    self.init(
      policy.roles.enumerated().map { number, role in
        Role(
          number: number, role: role,
          rules: role.rules.enumerated().map { Rule(number: $0, rule: $1) })
      }, policy.bindings.enumerated().map { Binding(number: $0, binding: $1) })
  }

  private init(_ roles: [Role], _ bindings: [Binding]) {
    self.roles = roles
    self.bindings = bindings
    engine = RBACEngine(
      RBACPolicy(
        roles: roles.map { entry in
          var role = entry.role
          role.rules = entry.rules.map(\.rule)
          return role
        }, bindings: bindings.map(\.binding)))
    var bySubject: [Name: [Int]] = [:]
    for (place, entry) in bindings.enumerated() {
      for subject in Set(entry.binding.subjects) {
        guard let name = subject.userName(home: entry.binding.namespace) else { continue }
        bySubject[name, default: []].append(place)
      }
    }
    self.bySubject = bySubject
    byPlace = Dictionary(
      roles.enumerated().map {
        (Place(namespace: $1.role.namespace, name: $1.role.name), $0)
      }
    ) { _, last in last }
  }

  // MARK: Parts

  var parts: [Part] {
    roles.flatMap { role in
      [.role(role.number)] + role.rules.flatMap { parts(of: $0, in: role.number) }
    }
      + bindings.flatMap { entry in
        [.binding(entry.number)] + entry.binding.subjects.map { .subject(entry.number, $0) }
      }
  }

  private func parts(of entry: Rule, in role: Int) -> [Part] {
    [.rule(role, entry.number)]
      + List.allCases.flatMap { list in
        entry.rule[list].map { .value(role, entry.number, list, $0) }
      } + (entry.rule.names.isEmpty ? [] : [.names(role, entry.number)])
  }

  func described(_ part: Part) -> PolicyPart {
    switch part {
    case .role(let role): return PolicyPart(.role, in: "roles", title(ofRole: role))
    case .rule(let role, let rule):
      return PolicyPart(.rule, in: title(ofRole: role), "rule \(rule + 1)")
    case .value(let role, let rule, let list, let text):
      let kinds: [List: PolicyPart.Kind] = [
        .verbs: .verb, .groups: .group, .resources: .resource, .names: .name, .paths: .path,
      ]
      return PolicyPart(
        kinds[list] ?? .name, in: "\(title(ofRole: role)), rule \(rule + 1)", text.text)
    case .names(let role, let rule):
      return PolicyPart(
        .restriction, in: "\(title(ofRole: role)), rule \(rule + 1)", "resourceNames")
    case .binding(let number):
      return PolicyPart(.binding, in: "bindings", title(ofBinding: number))
    case .subject(let number, let subject):
      let home = bindings.first { $0.number == number }?.binding.namespace
      return PolicyPart(
        .member, in: title(ofBinding: number), subject.userName(home: home)?.text ?? "")
    }
  }

  private func title(ofRole number: Int) -> String {
    guard let role = roles.first(where: { $0.number == number })?.role else { return "" }
    return role.namespace.map { "Role \($0)/\(role.name)" } ?? "ClusterRole \(role.name)"
  }

  private func title(ofBinding number: Int) -> String {
    guard let binding = bindings.first(where: { $0.number == number })?.binding else { return "" }
    return binding.namespace.map { "RoleBinding \($0)/\(binding.name)" }
      ?? "ClusterRoleBinding \(binding.name)"
  }

  func without(_ part: Part) -> RBACParts {
    switch part {
    case .role(let number): RBACParts(roles.filter { $0.number != number }, bindings)
    case .rule(let role, let rule): changing(role, rule) { _ in false }
    case .value(let role, let rule, let list, let text):
      changing(role, rule) { changed in
        changed[list] = changed[list].dropping(text)
        // No names would mean all objects, not none.
        return !changed[list].isEmpty
      }
    case .names(let role, let rule):
      changing(role, rule) { changed in
        changed.names = []
        return true
      }
    case .binding(let number): RBACParts(roles, bindings.filter { $0.number != number })
    case .subject(let number, let subject):
      RBACParts(
        roles,
        bindings.map { entry in
          guard entry.number == number else { return entry }
          var entry = entry
          entry.binding.subjects = entry.binding.subjects.dropping(subject)
          return entry
        })
    }
  }

  /// The policy with one rule changed, or without it when nothing of it is left.
  private func changing(
    _ role: Int, _ rule: Int, _ change: (inout RBACRule) -> Bool
  ) -> RBACParts {
    RBACParts(
      roles.map { entry in
        guard entry.number == role else { return entry }
        var entry = entry
        entry.rules = entry.rules.compactMap { found in
          guard found.number == rule else { return found }
          var found = found
          return change(&found.rule) ? found : nil
        }
        return entry
      }, bindings)
  }

  func slice(for key: PermissionKey) -> RBACParts {
    guard let request = KubernetesRequest(permission: key.permission, target: key.resource) else {
      return RBACParts([], [])
    }
    var wanted: Set<Int> = []
    var found: [Binding] = []
    for place in bySubject[key.principal] ?? [] {
      var entry = bindings[place]
      let home = entry.binding.namespace
      entry.binding.subjects.removeAll { $0.userName(home: home) != key.principal }
      found.append(entry)
      if let role = role(of: entry.binding) { wanted.insert(role) }
    }
    return RBACParts(
      wanted.sorted().map { place in
        var role = roles[place]
        role.rules = role.rules.compactMap { entry in
          var entry = entry
          return entry.rule.narrow(to: request) ? entry : nil
        }
        return role
      }, found)
  }

  private func role(of binding: RBACBinding) -> Int? {
    byPlace[
      Place(namespace: binding.bindsClusterRole ? nil : binding.namespace, name: binding.role)]
  }

  // MARK: Answers

  func allows(_ key: PermissionKey, at time: Int64) -> Bool { engine.allows(key) }

  /// A permission is asked about names that begin with its resource, in a namespace or in none.
  func prefixes(of principal: Name, _ permission: Name) -> [String] {
    let probe = KubernetesRequest(permission: permission, target: "/")
    let isPath = probe?.path != nil
    let resource =
      isPath
      ? ""
      : permission.text.drop { $0 != ":" }.dropFirst().prefix { sign in
        sign != "." && sign != "/"
      }
    let isGiven = (bySubject[principal] ?? []).contains { place in
      guard let role = role(of: bindings[place].binding) else { return false }
      return roles[role].rules.contains { entry in
        let verb = Name(String(permission.text.prefix { $0 != ":" }))
        return (entry.rule.verbs.contains(verb) || entry.rule.verbs.contains("*"))
          && entry.rule.paths.isEmpty != isPath
      }
    }
    if !isGiven { return [] }
    return isPath ? ["/"] : [String(resource), "namespaces/"]
  }

  // MARK: What is declared

  static func variants(of key: PermissionKey) -> [PermissionKey] {
    Neighbours.of(key)
      + requests(next: key).map {
        PermissionKey(principal: key.principal, permission: $0.permission, resource: $0.target)
      }
  }

  private static func requests(next key: PermissionKey) -> [KubernetesRequest] {
    guard let request = KubernetesRequest(permission: key.permission, target: key.resource) else {
      return []
    }
    let fresh = Name(Neighbours.fresh)
    func with(_ change: (inout KubernetesRequest) -> Void) -> KubernetesRequest {
      var other = request
      change(&other)
      return other
    }
    var others = [with { $0.verb = fresh }, with { $0.verb = "*" }]
    if request.path == nil {
      others += [
        with { $0.group = fresh }, with { $0.group = "" }, with { $0.resource = fresh },
        with { $0.subresource = fresh }, with { $0.subresource = "" },
        with { $0.namespace = fresh }, with { $0.namespace = "" }, with { $0.name = fresh },
        with { $0.name = "" },
      ]
    }
    return others
  }

  static func reach(of grant: Grant, to key: PermissionKey) -> DeclaredReach? {
    if grant.covers(key) { return .granted }
    guard grant.principal == key.principal, grant.permission == key.permission,
      case .exact(let target) = grant.resource,
      let granted = KubernetesRequest(permission: grant.permission, target: target),
      let asked = KubernetesRequest(permission: key.permission, target: key.resource),
      granted.path == nil, asked.path == nil
    else { return nil }
    let isSamePlace = granted.namespace == asked.namespace
    guard isSamePlace || granted.namespace.isEmpty,
      granted.name == asked.name || granted.name.isEmpty
    else { return nil }
    return isSamePlace ? .allObjects : .allNamespaces
  }
}

extension RBACSubject {
  /// The user of whom requests speak; nil for a group, and for an account without a namespace.
  ///
  /// - Parameter home: the binding's namespace.
  fileprivate func userName(home: Name?) -> Name? {
    switch self {
    case .user(let name): return name
    case .group: return nil
    case .serviceAccount(let namespace, let name):
      let namespace = namespace.isEmpty ? home ?? "" : namespace
      return namespace.isEmpty ? nil : Name("system:serviceaccount:\(namespace):\(name)")
    }
  }
}

extension RBACRule {
  fileprivate subscript(list: RBACParts.List) -> [Name] {
    get {
      switch list {
      case .verbs: verbs
      case .groups: groups
      case .resources: resources
      case .names: names
      case .paths: paths
      }
    }
    set {
      switch list {
      case .verbs: verbs = newValue
      case .groups: groups = newValue
      case .resources: resources = newValue
      case .names: names = newValue
      case .paths: paths = newValue
      }
    }
  }

  /// Keeps what matters for `request`; names that it has not may be kept, for they keep it out.
  ///
  /// - Returns: false when the rule is about something else.
  fileprivate mutating func narrow(to request: KubernetesRequest) -> Bool {
    verbs = verbs.filter { $0 == request.verb || $0 == "*" }
    if let path = request.path {
      paths = paths.filter { $0 == path || $0.hasSuffix("*") }
      return !verbs.isEmpty && !paths.isEmpty
    }
    groups = groups.filter { $0 == request.group || $0 == "*" }
    let any = Name("*/\(request.subresource)")
    resources = resources.filter { $0 == request.combinedResource || $0 == "*" || $0 == any }
    names = names.narrowed { $0 == request.name }
    return !verbs.isEmpty && !groups.isEmpty && !resources.isEmpty
  }
}
