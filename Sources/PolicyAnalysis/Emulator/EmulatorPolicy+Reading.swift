extension EmulatorPolicy {
  /// Reads a `policy.yaml`.
  ///
  /// - Throws: `PolicyReadError` for what is no YAML, and for what has not the shape of a policy: a
  ///   part that was passed over could hide a grant.
  package init(reading text: String) throws(PolicyReadError) {
    self.init()
    let documents: [YAMLNode]
    do throws(YAMLError) { documents = try YAMLReader.documents(text) } catch {
      throw PolicyReadError("\(error)")
    }
    guard documents.count <= 1 else {
      throw PolicyReadError("\(documents.count) documents, where the emulator reads one")
    }
    guard let document = documents.first else { throw PolicyReadError("the policy is empty") }
    let top = try PolicyMapping(document, "the policy", ["roles", "groups", "projects"])
    guard top["projects"] != nil || top["roles"] != nil else {
      throw PolicyReadError("neither 'projects' nor 'roles': not a policy of the emulator")
    }
    for (name, role) in try top.entries("roles") {
      let role = try PolicyMapping(role, "roles.\(name)", ["permissions"])
      roles.append(EmulatorRole(name: name, permissions: try role.names("permissions")))
    }
    for (name, group) in try top.entries("groups") {
      let group = try PolicyMapping(group, "groups.\(name)", ["members"])
      groups.append(EmulatorGroup(name: name, members: try group.names("members")))
    }
    for (id, project) in try top.entries("projects") {
      let found = try PolicyMapping(project, "projects.\(id)", ["bindings", "resources"])
      var project = EmulatorProject(id: id, bindings: try EmulatorPolicy.bindings(of: found))
      for (path, resource) in try found.entries("resources") {
        let found = try PolicyMapping(resource, "projects.\(id).resources.\(path)", ["bindings"])
        project.resources.append(
          EmulatorResourcePolicy(path: path, bindings: try EmulatorPolicy.bindings(of: found)))
      }
      projects.append(project)
    }
  }

  private static func bindings(
    of owner: PolicyMapping
  ) throws(PolicyReadError) -> [EmulatorBinding] {
    var bindings: [EmulatorBinding] = []
    for (number, node) in try owner.elements("bindings").enumerated() {
      let place = "\(owner.place).bindings[\(number)]"
      let found = try PolicyMapping(node, place, ["role", "members", "condition"])
      var binding = EmulatorBinding(
        role: try found.name("role"), members: try found.names("members"))
      if let condition = found["condition"] {
        let found = try PolicyMapping(
          condition, "\(place).condition", ["expression", "title", "description"])
        binding.condition = try found.name("expression").text
      }
      bindings.append(binding)
    }
    return bindings
  }
}

/// A mapping of a policy file, with its place for messages.
struct PolicyMapping {
  let place: String
  private let entries: [YAMLNode.Entry]

  /// - Throws: `PolicyReadError` when it is no mapping, or has other keys than these.
  init(_ node: YAMLNode, _ place: String, _ keys: [Name]) throws(PolicyReadError) {
    self.place = place
    if node.isNull {
      entries = []
      return
    }
    guard case .mapping(let entries) = node else {
      throw PolicyReadError("\(place) is no mapping")
    }
    self.entries = entries
    for entry in entries where !keys.contains(entry.key) {
      throw PolicyReadError("\(place) has '\(entry.key)', which means nothing there")
    }
  }

  /// The value of a key; nil where nothing is written.
  subscript(key: Name) -> YAMLNode? {
    entries.first { $0.key == key }.flatMap { $0.value.isNull ? nil : $0.value }
  }

  func entries(_ key: Name) throws(PolicyReadError) -> [(Name, YAMLNode)] {
    guard let node = self[key] else { return [] }
    guard case .mapping(let entries) = node else {
      throw PolicyReadError("\(place).\(key) is no mapping")
    }
    return entries.map { ($0.key, $0.value) }
  }

  func elements(_ key: Name) throws(PolicyReadError) -> [YAMLNode] {
    guard let node = self[key] else { return [] }
    guard case .sequence(let elements) = node else {
      throw PolicyReadError("\(place).\(key) is no list")
    }
    return elements
  }

  func name(_ key: Name) throws(PolicyReadError) -> Name {
    guard let node = self[key] else { throw PolicyReadError("\(place) has no '\(key)'") }
    return try PolicyMapping.name(node, "\(place).\(key)")
  }

  func names(_ key: Name) throws(PolicyReadError) -> [Name] {
    var names: [Name] = []
    for (number, element) in try elements(key).enumerated() {
      names.append(try PolicyMapping.name(element, "\(place).\(key)[\(number)]"))
    }
    return names
  }

  private static func name(_ node: YAMLNode, _ place: String) throws(PolicyReadError) -> Name {
    switch node {
    case .string(let text), .literal(let text): return text
    case .mapping, .sequence: throw PolicyReadError("\(place) is no text")
    }
  }
}
