/// Decides as the GCP IAM emulator does, in its default, strict mode.
///
/// One policy decides, the nearest: the resource's own, else that of what is left when the last two
/// path segments are taken off, and so on. In it the first binding decides whose role has the
/// permission and whose members match; when its condition fails, the answer is no even where
/// a later binding would allow. `docs/policy.md` has the rules in full.
package struct EmulatorEngine: Sendable {
  private var policies: [Name: [EmulatorBinding]] = [:]
  private var permissions: [Name: Set<Name>]
  private let groups: [Name: [Name]]

  /// The engine with a policy that may name `builtInRoles` without defining them.
  package init(_ policy: EmulatorPolicy, builtInRoles: [EmulatorRole] = []) {
    permissions = [:]
    for role in builtInRoles + policy.roles { permissions[role.name] = Set(role.permissions) }
    groups = Dictionary(policy.groups.map { ($0.name, $0.members) }) { _, last in last }
    for project in policy.projects {
      let name = "projects/" + project.id.text
      if !project.bindings.isEmpty { policies[Name(name)] = project.bindings }
      for resource in project.resources {
        policies[Name(name + "/" + resource.path.text)] = resource.bindings
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
    guard let nearest = nearestPolicy(of: key.resource) else { return .deniedWithoutPolicy }
    for (number, binding) in nearest.bindings.enumerated() where grants(binding, key.permission) {
      let place = EmulatorBindingPlace(resource: nearest.resource, binding: number)
      // Without a principal the engine looks at neither members nor condition.
      if key.principal.isEmpty { return .allowed(place) }
      guard binding.members.contains(where: { matches(key.principal, $0) }) else { continue }
      guard let condition = binding.condition else { return .allowed(place) }
      return EmulatorCondition(condition).holds(for: key.resource, at: time)
        ? .allowed(place) : .deniedByCondition(place)
    }
    return .deniedWithoutBinding(in: nearest.resource)
  }

  /// Whether any policy on the way up would allow `key`, as where policies add up instead of hiding
  /// one another.
  func allowsAdditively(_ key: PermissionKey, at time: Int64) -> Bool {
    EmulatorEngine.chain(from: key.resource).contains { resource in
      policies[resource, default: []].contains { binding in
        grants(binding, key.permission)
          && binding.members.contains { matches(key.principal, $0) }
          && binding.condition.map {
            EmulatorCondition($0).holds(for: key.resource, at: time)
          } ?? true
      }
    }
  }

  /// The resource whose policy decides about `resource`; nil when there is none.
  func nearestPolicy(of resource: Name) -> (resource: Name, bindings: [EmulatorBinding])? {
    for candidate in EmulatorEngine.chain(from: resource) {
      if let bindings = policies[candidate] { return (candidate, bindings) }
    }
    return nil
  }

  /// Gives `resource` a policy without bindings, which hides those above it.
  mutating func fence(_ resource: Name) {
    policies[resource] = []
  }

  /// The resource and those whose policies it falls back to, nearest first.
  private static func chain(from resource: Name) -> [Name] {
    var chain = [resource]
    var segments = resource.segments
    while segments.count > 2 {
      segments.removeLast(2)
      chain.append(Name(segments.map(\.text).joined(separator: "/")))
    }
    return chain
  }

  private func grants(_ binding: EmulatorBinding, _ permission: Name) -> Bool {
    permissions[binding.role]?.contains(permission) ?? false
  }

  /// Groups nest one level: a group's members and those of the groups directly in it.
  private func matches(_ principal: Name, _ member: Name) -> Bool {
    if member == principal { return true }
    if member == "allUsers" || member == "allAuthenticatedUsers" { return true }
    return members(of: member).contains { $0 == principal || members(of: $0).contains(principal) }
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
