/// Decides as the GCP IAM emulator does, in its default, strict mode.
///
/// One policy decides, the nearest: the resource's own, else that of what is left when the last two
/// path segments are taken off, and so on. In it the first binding decides whose role has the
/// permission and whose members match; when its condition fails, the answer is no even where
/// a later binding would allow. `docs/policy.md` has the rules in full.
package struct EmulatorEngine: Sendable {
  /// A binding with its role looked up and its members ready to be searched.
  private struct Rule: Sendable {
    let permissions: Set<Name>
    let members: Set<Name>
    let groups: [Name]
    let condition: EmulatorCondition?

    init(_ binding: EmulatorBinding, permissions: Set<Name>) {
      self.permissions = permissions
      members = Set(binding.members)
      groups = binding.members.filter { $0.hasPrefix("group:") }
      condition = binding.condition.map(EmulatorCondition.init)
    }
  }

  private var policies: [Name: [Rule]] = [:]
  private let groups: [Name: [Name]]

  /// The engine with a policy that may name `builtInRoles` without defining them.
  package init(_ policy: EmulatorPolicy, builtInRoles: [EmulatorRole] = []) {
    let roles = (builtInRoles + policy.roles).map { ($0.name, Set($0.permissions)) }
    let permissions = Dictionary(roles) { _, last in last }
    groups = Dictionary(policy.groups.map { ($0.name, $0.members) }) { _, last in last }
    func rules(_ bindings: [EmulatorBinding]) -> [Rule] {
      // A role of unknown name is passed over, as one without permissions is.
      bindings.map { Rule($0, permissions: permissions[$0.role, default: []]) }
    }
    for project in policy.projects {
      let name = "projects/" + project.id.text
      if !project.bindings.isEmpty { policies[Name(name)] = rules(project.bindings) }
      for resource in project.resources {
        policies[Name(name + "/" + resource.path.text)] = rules(resource.bindings)
      }
    }
  }

  /// Whether the emulator allows `key`, asked at `time` in nanoseconds since the Unix epoch.
  package func allows(_ key: PermissionKey, at time: Int64) -> Bool {
    if case .allowed = verdict(on: key, at: time) { return true }
    return false
  }

  /// The emulator's answer, with the binding that gave it.
  package func verdict(on key: PermissionKey, at time: Int64) -> EmulatorVerdict {
    guard let nearest = placeOfPolicy(for: key.resource) else { return .deniedWithoutPolicy }
    for (number, rule) in policies[nearest, default: []].enumerated()
    where rule.permissions.contains(key.permission) {
      let place = EmulatorBindingPlace(resource: nearest, binding: number)
      // Without a principal the engine looks at neither members nor condition.
      if key.principal.isEmpty { return .allowed(place) }
      guard matches(key.principal, rule) else { continue }
      guard let condition = rule.condition else { return .allowed(place) }
      return condition.holds(for: key.resource, at: time)
        ? .allowed(place) : .deniedByCondition(place)
    }
    return .deniedWithoutBinding(in: nearest)
  }

  /// All bindings of the policy that decides about `key` which allow it, the one that decides first.
  ///
  /// Those behind it would decide if it were not there.
  func bindings(allowing key: PermissionKey, at time: Int64) -> [EmulatorBindingPlace] {
    guard let nearest = placeOfPolicy(for: key.resource) else { return [] }
    var places: [EmulatorBindingPlace] = []
    for (number, rule) in policies[nearest, default: []].enumerated()
    where rule.permissions.contains(key.permission) {
      guard key.principal.isEmpty || matches(key.principal, rule) else { continue }
      if !key.principal.isEmpty, let condition = rule.condition,
        !condition.holds(for: key.resource, at: time)
      {
        break
      }
      places.append(EmulatorBindingPlace(resource: nearest, binding: number))
    }
    return places
  }

  /// Whether any policy on the way up would allow `key`, as where policies add up instead of hiding
  /// one another.
  func allowsAdditively(_ key: PermissionKey, at time: Int64) -> Bool {
    EmulatorEngine.chain(from: key.resource).contains { resource in
      policies[resource, default: []].contains { rule in
        rule.permissions.contains(key.permission) && matches(key.principal, rule)
          && rule.condition?.holds(for: key.resource, at: time) ?? true
      }
    }
  }

  /// The resource whose policy decides about `resource`; nil when there is none.
  func placeOfPolicy(for resource: Name) -> Name? {
    EmulatorEngine.chain(from: resource).first { policies[$0] != nil }
  }

  /// The number of pairs of a member and a permission in the policy of `place`.
  func pairs(in place: Name) -> Int {
    policies[place, default: []].reduce(0) { $0 + $1.members.count * $1.permissions.count }
  }

  /// Gives `resource` a policy without bindings, which hides those above it.
  mutating func fence(_ resource: Name) {
    policies[resource] = []
  }

  /// The resource and those whose policies it falls back to, nearest first.
  static func chain(from resource: Name) -> [Name] {
    var chain = [resource]
    var segments = resource.segments
    while segments.count > 2 {
      segments.removeLast(2)
      chain.append(Name(segments.map(\.text).joined(separator: "/")))
    }
    return chain
  }

  /// Groups nest one level: a group's members and those of the groups directly in it.
  private func matches(_ principal: Name, _ rule: Rule) -> Bool {
    if rule.members.contains(principal) || rule.members.contains("allUsers")
      || rule.members.contains("allAuthenticatedUsers")
    {
      return true
    }
    return rule.groups.contains { hasMember($0, principal) }
  }

  /// Whether a binding's `member` stands for `principal`.
  func matches(_ principal: Name, member: Name) -> Bool {
    principal.isEmpty || member == principal || member == "allUsers"
      || member == "allAuthenticatedUsers" || hasMember(member, principal)
  }

  private func hasMember(_ group: Name, _ principal: Name) -> Bool {
    members(of: group).contains { $0 == principal || members(of: $0).contains(principal) }
  }

  private func members(of member: Name) -> [Name] {
    guard member.hasPrefix("group:") else { return [] }
    return groups[Name(String(Substring(member.utf8.dropFirst("group:".utf8.count))))] ?? []
  }
}

/// The emulator's answer to one check.
package enum EmulatorVerdict: Sendable, Equatable {
  case allowed(EmulatorBindingPlace)
  /// Neither the resource nor anything above it has a policy.
  case deniedWithoutPolicy
  /// The nearest policy has no binding of a role with the permission for the principal.
  case deniedWithoutBinding(in: Name)
  /// The first binding that matched has a condition that failed.
  case deniedByCondition(EmulatorBindingPlace)
}

/// One binding of the policy of a resource, counted from 0.
package struct EmulatorBindingPlace: Sendable, Equatable {
  package let resource: Name
  package let binding: Int

  package init(resource: Name, binding: Int) {
    self.resource = resource
    self.binding = binding
  }
}
