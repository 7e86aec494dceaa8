/// Roles and allow policies of Google Cloud, taken apart.
struct GoogleParts: ProvablePolicy {
  enum Part: Hashable, Sendable {
    case role(Name)
    case permission(Name, Name)
    /// Policies are named by their resource; bindings are counted from 0 in their policy.
    case policy(Name)
    case binding(Name, Int)
    case member(Name, Int, Name)
    case condition(Name, Int)
    case type(Name, Int)
    case name(Name, Int, GoogleCondition.NameTest)
  }

  /// A binding by its place, with its role by name.
  private struct Entry {
    let resource: Name
    let number: Int
    let role: Name
    var members: [Name]
    var condition: GoogleCondition?
  }

  private let roles: [GoogleRole]
  private let entries: [Entry]
  private let engine: GoogleEngine
  private let byName: [Name: GoogleRole]
  /// Places in `entries`.
  private let byResource: [Name: [Int]]
  /// By member and permission, the resources of bindings.
  private let places: [Name: [Name: [Name]]]

  init(_ document: String) throws(PolicyReadError) {
    let printed = try GoogleStandingPolicy(PolicyInput(text: document))
    var roles: [GoogleRole] = []
    for (name, permissions) in printed.roles.sorted(by: { $0.key < $1.key }) {
      let parts = name.segments
      guard parts.count == 4, parts[0] == "projects", parts[2] == "roles" else {
        throw PolicyReadError("'\(name)' is no role of a project")
      }
      roles.append(GoogleRole(project: parts[1], id: parts[3].text, permissions: permissions))
    }
    var entries: [Entry] = []
    for policy in printed.policies {
      for (number, binding) in policy.bindings.enumerated() {
        var entry = Entry(
          resource: policy.resource, number: number, role: binding.role, members: binding.members,
          condition: nil)
        if let text = binding.condition { entry.condition = try GoogleCondition(reading: text) }
        entries.append(entry)
      }
    }
    self.init(roles, entries)
  }

  private init(_ roles: [GoogleRole], _ entries: [Entry]) {
    self.roles = roles
    self.entries = entries
    let byName = Dictionary(roles.map { ($0.name, $0) }) { _, last in last }
    self.byName = byName
    var byResource: [Name: [Int]] = [:]
    var places: [Name: [Name: [Name]]] = [:]
    for (place, entry) in entries.enumerated() {
      byResource[entry.resource, default: []].append(place)
      for permission in byName[entry.role]?.permissions ?? [] {
        for member in entry.members {
          places[member, default: [:]][permission, default: []].append(entry.resource)
        }
      }
    }
    self.byResource = byResource
    self.places = places
    var policy = GooglePolicy()
    policy.policies = byResource.map { resource, numbers in
      GoogleAllowPolicy(
        resource: GoogleResource(resource),
        bindings: numbers.compactMap { number in
          byName[entries[number].role].map { role in
            GoogleBinding(
              role: role, members: entries[number].members, condition: entries[number].condition,
              statements: [])
          }
        })
    }
    engine = GoogleEngine(policy)
  }

  // MARK: Parts

  var parts: [Part] {
    var seen: Set<Name> = []
    return roles.flatMap { role in
      [.role(role.name)] + role.permissions.map { .permission(role.name, $0) }
    }
      + entries.flatMap { entry -> [Part] in
        let (resource, number) = (entry.resource, entry.number)
        var parts: [Part] = seen.insert(resource).inserted ? [.policy(resource)] : []
        parts.append(.binding(resource, number))
        parts += entry.members.map { .member(resource, number, $0) }
        guard let condition = entry.condition else { return parts }
        parts.append(.condition(resource, number))
        if condition.type != nil { parts.append(.type(resource, number)) }
        return parts + condition.names.map { .name(resource, number, $0) }
      }
  }

  func described(_ part: Part) -> PolicyPart {
    func place(_ resource: Name, _ number: Int) -> String { "\(resource), binding \(number + 1)" }
    func entry(_ resource: Name, _ number: Int) -> Entry? {
      entries.first { $0.resource == resource && $0.number == number }
    }
    switch part {
    case .role(let name): return PolicyPart(.role, in: "roles", name.text)
    case .permission(let role, let name): return PolicyPart(.permission, in: role.text, name.text)
    case .policy(let resource): return PolicyPart(.resource, in: "allow policies", resource.text)
    case .binding(let resource, let number):
      return PolicyPart(
        .binding, in: place(resource, number), entry(resource, number)?.role.text ?? "")
    case .member(let resource, let number, let name):
      return PolicyPart(.member, in: place(resource, number), name.text)
    case .condition(let resource, let number):
      return PolicyPart(
        .condition, in: place(resource, number),
        entry(resource, number)?.condition?.expression ?? "")
    case .type(let resource, let number):
      return PolicyPart(
        .restriction, in: place(resource, number),
        entry(resource, number)?.condition?.type ?? "")
    case .name(let resource, let number, let test):
      return PolicyPart(.conditionValue, in: place(resource, number), test.expression)
    }
  }

  func without(_ part: Part) -> GoogleParts {
    switch part {
    case .role(let name): GoogleParts(roles.filter { $0.name != name }, entries)
    case .permission(let name, let permission):
      GoogleParts(
        roles.map { role in
          role.name == name
            ? GoogleRole(
              project: role.project, id: role.id,
              permissions: role.permissions.dropping(permission)) : role
        }, entries)
    case .policy(let resource): GoogleParts(roles, entries.filter { $0.resource != resource })
    case .binding(let resource, let number):
      GoogleParts(roles, entries.filter { $0.resource != resource || $0.number != number })
    case .member(let resource, let number, let name):
      changing(resource, number) { $0.members = $0.members.dropping(name) }
    case .condition(let resource, let number): changing(resource, number) { $0.condition = nil }
    case .type(let resource, let number):
      changing(resource, number) { $0.condition?.type = nil }
    case .name(let resource, let number, let test):
      changing(resource, number) { entry in
        let names = entry.condition?.names.dropping(test) ?? []
        // Without names a condition is about all of them: one that none meets is kept by nobody.
        if names.isEmpty { entry.members = [] }
        entry.condition?.names = names
      }
    }
  }

  private func changing(
    _ resource: Name, _ number: Int, _ change: (inout Entry) -> Void
  ) -> GoogleParts {
    GoogleParts(
      roles,
      entries.map { entry in
        guard entry.resource == resource, entry.number == number else { return entry }
        var entry = entry
        change(&entry)
        return entry
      })
  }

  func slice(for key: PermissionKey) -> GoogleParts {
    var found: [Entry] = []
    for place in GoogleEngine.chain(from: key.resource).flatMap({ byResource[$0] ?? [] }) {
      var entry = entries[place]
      guard entry.members.contains(key.principal),
        byName[entry.role]?.permissions.contains(key.permission) ?? false
      else { continue }
      entry.members = [key.principal]
      found.append(entry)
    }
    let names = Set(found.map(\.role))
    let wanted = names.sorted().compactMap { byName[$0] }.map { role in
      GoogleRole(project: role.project, id: role.id, permissions: [key.permission])
    }
    return GoogleParts(wanted, found)
  }

  // MARK: Answers

  func allows(_ key: PermissionKey, at time: Int64) -> Bool { engine.allows(key) }

  func prefixes(of principal: Name, _ permission: Name) -> [String] {
    Set(places[principal]?[permission] ?? []).map(\.text)
  }

  static func reach(of grant: Grant, to key: PermissionKey) -> DeclaredReach? {
    if grant.covers(key) { return .granted }
    guard grant.principal == key.principal, grant.permission == key.permission,
      case .exact(let name) = grant.resource
    else { return nil }
    let granted = GoogleResource(name)
    let chain = GoogleEngine.chain(from: key.resource)
    if let limit = granted.limit {
      let asked = GoogleResource(key.resource)
      guard chain.contains(granted.holder),
        GoogleCondition(type: limit.type, names: limit.name.map { [$0] } ?? []).holds(for: asked)
      else { return nil }
      if chain.contains(name) { return .below }
      return limit.name == nil ? .alias : .ending
    }
    return chain.contains(name) ? .below : nil
  }
}
