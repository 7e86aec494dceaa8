extension RBACPolicy {
  static let apiVersion = "rbac.authorization.k8s.io/v1"

  /// Writes each object as a document of its own, with the statements behind each rule.
  func write(statements: [Statement], to yaml: inout YAMLText) {
    for role in roles {
      let kind = role.namespace == nil ? "ClusterRole" : "Role"
      RBACPolicy.begin(kind, role.namespace, role.name, to: &yaml)
      yaml.line(0, "rules:")
      for rule in role.rules { rule.write(statements: statements, to: &yaml) }
    }
    for binding in bindings { binding.write(to: &yaml) }
  }

  fileprivate static func begin(
    _ kind: String, _ namespace: Name?, _ name: Name, to yaml: inout YAMLText
  ) {
    yaml.line(0, "---")
    yaml.entry(0, "apiVersion", apiVersion)
    yaml.entry(0, "kind", kind)
    yaml.line(0, "metadata:")
    yaml.entry(1, "name", name.text)
    if let namespace { yaml.entry(1, "namespace", namespace.text) }
  }
}

extension RBACRule {
  fileprivate func write(statements: [Statement], to yaml: inout YAMLText) {
    if !self.statements.isEmpty {
      yaml.comment(1, statements.evidenceNote(self.statements))
      let inferred = Dictionary(grouping: self.statements) { number in
        statements.indices.contains(number - 1) ? statements[number - 1].inference : nil
      }
      for inference in inferred.keys.compactMap(\.self).sorted() {
        let numbers = inferred[inference] ?? []
        yaml.comment(
          1,
          "\(numbers.count == 1 ? "statement" : "statements") \(numberRanges(numbers)) inferred: "
            + inference.reason)
      }
    }
    let lists = [
      ("apiGroups", groups), ("resources", resources), ("resourceNames", names),
      ("nonResourceURLs", paths), ("verbs", verbs),
    ].filter { !$0.1.isEmpty }
    for (number, (key, texts)) in lists.enumerated() {
      yaml.line(1, (number == 0 ? "- " : "  ") + key + ":")
      for text in texts { yaml.item(3, text.text) }
    }
  }
}

extension RBACBinding {
  fileprivate func write(to yaml: inout YAMLText) {
    let kind = namespace == nil ? "ClusterRoleBinding" : "RoleBinding"
    RBACPolicy.begin(kind, namespace, name, to: &yaml)
    yaml.line(0, "roleRef:")
    yaml.entry(1, "apiGroup", "rbac.authorization.k8s.io")
    yaml.entry(1, "kind", bindsClusterRole ? "ClusterRole" : "Role")
    yaml.entry(1, "name", role.text)
    yaml.line(0, "subjects:")
    for subject in subjects { subject.write(to: &yaml) }
  }
}

extension RBACSubject {
  fileprivate func write(to yaml: inout YAMLText) {
    switch self {
    case .user(let name): RBACSubject.write("User", name, to: &yaml)
    case .group(let name): RBACSubject.write("Group", name, to: &yaml)
    case .serviceAccount(let namespace, let name):
      yaml.line(1, "- kind: ServiceAccount")
      yaml.entry(2, "name", name.text)
      if !namespace.isEmpty { yaml.entry(2, "namespace", namespace.text) }
    }
  }

  private static func write(_ kind: String, _ name: Name, to yaml: inout YAMLText) {
    yaml.line(1, "- apiGroup: rbac.authorization.k8s.io")
    yaml.entry(2, "kind", kind)
    yaml.entry(2, "name", name.text)
  }
}
