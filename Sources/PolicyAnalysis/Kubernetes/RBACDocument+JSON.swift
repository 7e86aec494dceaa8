import TraceModel

extension RBACPolicy {
  /// The objects as one `List`, which has no place for comments.
  var json: String {
    let items = roles.map(\.json) + bindings.map(\.json)
    return JSONText.object([
      ("apiVersion", jsonString("v1")), ("kind", jsonString("List")),
      ("items", JSONText.list(items)),
    ]) + "\n"
  }

  fileprivate static func object(
    kind: String, _ namespace: Name?, _ name: Name, _ members: [(String, String)]
  ) -> String {
    let place = namespace.map { [("namespace", jsonString($0.text))] } ?? []
    return JSONText.object(
      [
        ("apiVersion", jsonString(apiVersion)), ("kind", jsonString(kind)),
        ("metadata", JSONText.object([("name", jsonString(name.text))] + place)),
      ] + members)
  }

  fileprivate static func texts(_ names: [Name]) -> String {
    JSONText.list(names.map { jsonString($0.text) })
  }
}

extension RBACRole {
  fileprivate var json: String {
    RBACPolicy.object(
      kind: namespace == nil ? "ClusterRole" : "Role", namespace, name,
      [("rules", JSONText.list(rules.map(\.json)))])
  }
}

extension RBACRule {
  fileprivate var json: String {
    JSONText.object(
      [
        ("apiGroups", groups), ("resources", resources), ("resourceNames", names),
        ("nonResourceURLs", paths), ("verbs", verbs),
      ].filter { !$0.1.isEmpty }.map { ($0.0, RBACPolicy.texts($0.1)) })
  }
}

extension RBACBinding {
  fileprivate var json: String {
    let group = ("apiGroup", jsonString("rbac.authorization.k8s.io"))
    return RBACPolicy.object(
      kind: namespace == nil ? "ClusterRoleBinding" : "RoleBinding", namespace, name,
      [
        (
          "roleRef",
          JSONText.object([
            group, ("kind", jsonString(bindsClusterRole ? "ClusterRole" : "Role")),
            ("name", jsonString(role.text)),
          ])
        ),
        ("subjects", JSONText.list(subjects.map { $0.json(group) })),
      ])
  }
}

extension RBACSubject {
  fileprivate func json(_ group: (String, String)) -> String {
    switch self {
    case .user(let name):
      JSONText.object([group, ("kind", jsonString("User")), ("name", jsonString(name.text))])
    case .group(let name):
      JSONText.object([group, ("kind", jsonString("Group")), ("name", jsonString(name.text))])
    case .serviceAccount(let namespace, let name):
      JSONText.object(
        [("kind", jsonString("ServiceAccount")), ("name", jsonString(name.text))]
          + (namespace.isEmpty ? [] : [("namespace", jsonString(namespace.text))]))
    }
  }
}
