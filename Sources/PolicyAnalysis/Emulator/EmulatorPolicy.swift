/// A policy file of the GCP IAM emulator: custom roles, groups, and bindings by project.
package struct EmulatorPolicy: Sendable, Equatable {
  package var roles: [EmulatorRole] = []
  package var groups: [EmulatorGroup] = []
  package var projects: [EmulatorProject] = []

  package init() {}
}

/// A role with its permissions; `name` begins with `roles/`.
package struct EmulatorRole: Sendable, Equatable {
  package var name: Name
  package var permissions: [Name]

  package init(name: Name, permissions: [Name]) {
    self.name = name
    self.permissions = permissions
  }
}

/// A group; bindings name it `group:` and its name.
package struct EmulatorGroup: Sendable, Equatable {
  package var name: Name
  package var members: [Name]

  package init(name: Name, members: [Name]) {
    self.name = name
    self.members = members
  }
}

/// The policies of a project and of resources in it.
package struct EmulatorProject: Sendable, Equatable {
  package var id: Name
  /// The project's own policy; without bindings there is none.
  package var bindings: [EmulatorBinding] = []
  /// Each hides all policies above it, even when it has no binding.
  package var resources: [EmulatorResourcePolicy] = []

  package init(id: Name, bindings: [EmulatorBinding] = []) {
    self.id = id
    self.bindings = bindings
  }
}

/// The policy of one resource; `path` is what follows `projects/ID/` in its name.
package struct EmulatorResourcePolicy: Sendable, Equatable {
  package var path: Name
  package var bindings: [EmulatorBinding]

  package init(path: Name, bindings: [EmulatorBinding]) {
    self.path = path
    self.bindings = bindings
  }
}

/// A role for some members, perhaps under a condition.
package struct EmulatorBinding: Sendable, Equatable {
  package var role: Name
  package var members: [Name]
  /// The condition's expression; nil without a condition.
  package var condition: String?
  /// Numbers of the statements that the binding was made for, ascending; empty in a policy read
  /// from a file.
  package var statements: [Int]

  package init(role: Name, members: [Name], condition: String? = nil, statements: [Int] = []) {
    self.role = role
    self.members = members
    self.condition = condition
    self.statements = statements
  }
}

/// Where the emulator keeps the policy of a resource.
struct EmulatorPlace {
  let project: Name
  /// Nil for the project itself.
  let path: Name?

  /// Nil when a policy file has no place for the resource: it must be below `projects/`.
  init?(_ resource: Name) {
    guard resource.hasPrefix("projects/") else { return nil }
    let rest = resource.utf8.dropFirst("projects/".utf8.count)
    guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
      project = Name(String(Substring(rest)))
      path = nil
      return
    }
    project = Name(String(Substring(rest[..<slash])))
    path = Name(String(Substring(rest[rest.index(after: slash)...])))
  }
}
