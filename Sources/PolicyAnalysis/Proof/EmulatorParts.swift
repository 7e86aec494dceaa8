/// A policy of the emulator, taken apart.
struct EmulatorParts: ProvablePolicy {
  enum Part: Hashable, Sendable {
    case role(Name)
    case permission(Name, Name)
    /// The policy of a resource, with its bindings.
    case policy(Name)
    case binding(Name, Int)
    case member(Name, Int, Name)
    case condition(Name, Int)
  }

  /// A binding, numbered from 0 as in the document.
  private struct Entry {
    let number: Int
    var binding: EmulatorBinding
  }

  private var roles: [EmulatorRole]
  private let groups: [EmulatorGroup]
  /// By resource; a project without bindings has no policy, and no entry here.
  private var policies: [Name: [Entry]]
  private let engine: EmulatorEngine
  /// By role.
  private let permissions: [Name: Set<Name>]
  /// By member and permission, the resources whose policies name both.
  private let places: [Name: [Name: [Name]]]

  init(_ document: String) throws(PolicyReadError) {
    let policy = try EmulatorPolicy(reading: document)
    var policies: [Name: [Entry]] = [:]
    func add(_ bindings: [EmulatorBinding], at resource: String) {
      policies[Name(resource)] = bindings.enumerated().map { Entry(number: $0, binding: $1) }
    }
    for project in policy.projects {
      let name = "projects/" + project.id.text
      if !project.bindings.isEmpty { add(project.bindings, at: name) }
      for resource in project.resources { add(resource.bindings, at: "\(name)/\(resource.path)") }
    }
    self.init(roles: policy.roles, groups: policy.groups, policies: policies)
  }

  private init(roles: [EmulatorRole], groups: [EmulatorGroup], policies: [Name: [Entry]]) {
    self.roles = roles
    self.groups = groups
    self.policies = policies
    var policy = EmulatorPolicy(
      roles: roles, policies: policies.mapValues { $0.map(\.binding) })
    policy.groups = groups
    engine = EmulatorEngine(policy, builtInRoles: EmulatorRole.builtIn)
    permissions = Dictionary(
      (EmulatorRole.builtIn + roles).map { ($0.name, Set($0.permissions)) }
    ) { _, last in last }
    var places: [Name: [Name: [Name]]] = [:]
    for (resource, entries) in policies {
      for binding in entries.map(\.binding) {
        for permission in permissions[binding.role] ?? [] {
          for member in binding.members {
            places[member, default: [:]][permission, default: []].append(resource)
          }
        }
      }
    }
    self.places = places
  }

  // MARK: Parts

  var parts: [Part] {
    roles.flatMap { role in
      [.role(role.name)] + role.permissions.map { .permission(role.name, $0) }
    }
      + policies.sorted { $0.key < $1.key }.flatMap { resource, entries in
        [.policy(resource)] + entries.flatMap { parts(of: $0, at: resource) }
      }
  }

  private func parts(of entry: Entry, at resource: Name) -> [Part] {
    [.binding(resource, entry.number)]
      + entry.binding.members.map { .member(resource, entry.number, $0) }
      + (entry.binding.condition == nil ? [] : [.condition(resource, entry.number)])
  }

  func described(_ part: Part) -> PolicyPart {
    func place(_ resource: Name, _ number: Int) -> String { "\(resource), binding \(number + 1)" }
    func binding(_ resource: Name, _ number: Int) -> EmulatorBinding? {
      policies[resource]?.first { $0.number == number }?.binding
    }
    switch part {
    case .role(let name): return PolicyPart(.role, in: "roles", name.text)
    case .permission(let role, let name): return PolicyPart(.permission, in: role.text, name.text)
    case .policy(let resource):
      let isFence = policies[resource]?.isEmpty ?? true
      return PolicyPart(isFence ? .fence : .resource, in: "projects", resource.text)
    case .binding(let resource, let number):
      return PolicyPart(
        .binding, in: place(resource, number), binding(resource, number)?.role.text ?? "")
    case .member(let resource, let number, let name):
      return PolicyPart(.member, in: place(resource, number), name.text)
    case .condition(let resource, let number):
      return PolicyPart(
        .condition, in: place(resource, number), binding(resource, number)?.condition ?? "")
    }
  }

  func without(_ part: Part) -> EmulatorParts {
    var (roles, policies) = (roles, policies)
    func change(_ resource: Name, _ number: Int, _ change: (inout EmulatorBinding) -> Void) {
      guard let place = policies[resource]?.firstIndex(where: { $0.number == number }) else {
        return
      }
      if var entry = policies[resource]?[place] {
        change(&entry.binding)
        policies[resource]?[place] = entry
      }
    }
    switch part {
    case .role(let name): roles.removeAll { $0.name == name }
    case .permission(let role, let name):
      for place in roles.indices where roles[place].name == role {
        roles[place].permissions = roles[place].permissions.dropping(name)
      }
    case .policy(let resource): policies[resource] = nil
    case .binding(let resource, let number):
      policies[resource]?.removeAll { $0.number == number }
    case .member(let resource, let number, let name):
      change(resource, number) { $0.members = $0.members.dropping(name) }
    case .condition(let resource, let number): change(resource, number) { $0.condition = nil }
    }
    return EmulatorParts(roles: roles, groups: groups, policies: policies)
  }

  func slice(for key: PermissionKey) -> EmulatorParts {
    var found: [Name: [Entry]] = [:]
    var names: Set<Name> = []
    for place in EmulatorEngine.chain(from: key.resource) {
      guard let entries = policies[place] else { continue }
      found[place] = entries.filter { entry in
        permissions[entry.binding.role, default: []].contains(key.permission)
          && (key.principal.isEmpty
            || entry.binding.members.contains { $0 == key.principal || isOpen($0) })
      }
      names.formUnion((found[place] ?? []).map(\.binding.role))
    }
    let wanted = roles.filter { names.contains($0.name) }.map { role in
      EmulatorRole(name: role.name, permissions: role.permissions.filter { $0 == key.permission })
    }
    return EmulatorParts(roles: wanted, groups: groups, policies: found)
  }

  /// Whether others than the one of this name may be meant.
  private func isOpen(_ member: Name) -> Bool {
    member == "allUsers" || member == "allAuthenticatedUsers" || member.hasPrefix("group:")
  }

  // MARK: Answers

  func allows(_ key: PermissionKey, at time: Int64) -> Bool { engine.allows(key, at: time) }

  func prefixes(of principal: Name, _ permission: Name) -> [String] {
    let members = principal.isEmpty ? Array(places.keys) : places.keys.filter(isOpen) + [principal]
    return Set(members.flatMap { places[$0]?[permission] ?? [] }).map(\.text)
  }

  static func reach(of grant: Grant, to key: PermissionKey) -> DeclaredReach? {
    if grant.covers(key) { return .granted }
    guard grant.permission == key.permission else { return nil }
    let reached = EmulatorEngine.chain(from: key.resource).firstIndex { place in
      grant.resource.matches(place)
    }
    guard let reached else { return nil }
    if key.principal.isEmpty { return .nobody }
    return grant.principal == key.principal && reached > 0 ? .below : nil
  }
}
