extension EmulatorPolicy {
  /// Writes the policy as the emulator reads it, with the statements behind each binding.
  func write(statements: [Statement], to yaml: inout YAMLText) {
    writeRoles(to: &yaml)
    guard !projects.isEmpty else {
      yaml.line(0, "projects: {}")
      return
    }
    yaml.line(0, "projects:")
    for project in projects {
      yaml.key(1, project.id)
      if !project.bindings.isEmpty {
        EmulatorPolicy.write(project.bindings, statements, at: 2, to: &yaml)
      }
      guard !project.resources.isEmpty else { continue }
      yaml.line(2, "resources:")
      for resource in project.resources {
        yaml.key(3, resource.path)
        if resource.bindings.isEmpty {
          yaml.comment(4, "Empty on purpose: hides from here what a policy above allows.")
        }
        EmulatorPolicy.write(resource.bindings, statements, at: 4, to: &yaml)
      }
    }
  }

  private func writeRoles(to yaml: inout YAMLText) {
    guard !roles.isEmpty else { return }
    yaml.line(0, "roles:")
    for role in roles {
      yaml.key(1, role.name)
      yaml.line(2, "permissions:")
      for permission in role.permissions { yaml.item(3, permission.text) }
    }
  }

  private static func write(
    _ bindings: [EmulatorBinding], _ statements: [Statement], at depth: Int, to yaml: inout YAMLText
  ) {
    guard !bindings.isEmpty else {
      yaml.line(depth, "bindings: []")
      return
    }
    yaml.line(depth, "bindings:")
    for binding in bindings {
      if !binding.statements.isEmpty {
        yaml.comment(depth + 1, statements.evidenceNote(binding.statements))
      }
      yaml.line(depth + 1, "- role: " + YAMLText.scalar(binding.role.text))
      yaml.line(depth + 2, "members:")
      for member in binding.members { yaml.item(depth + 3, member.text) }
      guard let condition = binding.condition else { continue }
      yaml.line(depth + 2, "condition:")
      yaml.entry(depth + 3, "expression", condition)
    }
  }
}

extension [Statement] {
  /// What is behind a binding: `statements 2-4, 718 decisions`.
  func evidenceNote(_ numbers: [Int]) -> String {
    let decisions = numbers.reduce(0) { sum, number in
      sum + (indices.contains(number - 1) ? self[number - 1].evidence.decisions : 0)
    }
    return "\(numbers.count == 1 ? "statement" : "statements") \(numberRanges(numbers)), "
      + counted(decisions, "decision")
  }
}
