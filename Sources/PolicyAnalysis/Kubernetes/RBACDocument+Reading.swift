/// Why a text is no policy of Kubernetes RBAC.
package enum RBACDocumentError: Error, Equatable, Sendable, CustomStringConvertible {
  case yaml(YAMLError)
  /// The place is that of the value in its document: `document 2: rules[0].verbs`.
  case object(place: String, problem: String)

  package var description: String {
    switch self {
    case .yaml(let error): "\(error)"
    case .object(let place, let problem): "\(place): \(problem)"
    }
  }
}

extension RBACPolicy {
  /// Reads roles and bindings as `kubectl` does, from YAML or JSON, from documents and lists.
  ///
  /// Objects of other kinds are passed over: they are no part of RBAC.
  ///
  /// - Throws: `RBACDocumentError` for roles and bindings that the API server would refuse.
  package init(_ text: String) throws(RBACDocumentError) {
    let documents: [YAMLNode]
    do throws(YAMLError) { documents = try YAMLReader.documents(text) } catch {
      throw .yaml(error)
    }
    self.init()
    for (number, node) in documents.enumerated() where !node.isNull {
      try add(RBACValue(node, at: "document \(number + 1)"))
    }
  }

  private mutating func add(_ value: RBACValue) throws(RBACDocumentError) {
    let kind = try value.text("kind")
    let version = try value.text("apiVersion")
    if kind == "List" || (kind.hasSuffix("List") && RBACPolicy.isRBAC(version)) {
      for item in try value.list("items") { try add(item) }
      return
    }
    guard RBACPolicy.isRBAC(version) else { return }
    switch kind {
    case "Role": roles.append(try value.role(namespace: value.namespace()))
    case "ClusterRole": roles.append(try value.role(namespace: nil))
    case "RoleBinding": bindings.append(try value.binding(namespace: value.namespace()))
    case "ClusterRoleBinding": bindings.append(try value.binding(namespace: nil))
    default: throw value.fault("kind", "\(kind) is no kind of \(RBACPolicy.apiVersion)")
    }
  }

  /// All versions mean the same.
  private static func isRBAC(_ version: Name) -> Bool {
    version.hasPrefix("rbac.authorization.k8s.io/")
  }
}

/// A mapping with the place where it stands, for errors.
private struct RBACValue {
  let node: YAMLNode
  let place: String

  init(_ node: YAMLNode, at place: String) {
    self.node = node
    self.place = place
  }

  func fault(_ key: String, _ problem: String) -> RBACDocumentError {
    .object(place: key.isEmpty ? place : "\(place): \(key)", problem: problem)
  }

  /// Empty when it is not there.
  func text(_ key: Name) throws(RBACDocumentError) -> Name {
    switch node[key] {
    case nil: return ""
    case .string(let text)?: return text
    case .some(let value) where value.isNull: return ""
    case .some: throw fault(key.text, "no text; a number or boolean needs quotation marks")
    }
  }

  func required(_ key: Name) throws(RBACDocumentError) -> Name {
    let text = try text(key)
    guard !text.isEmpty else { throw fault(key.text, "missing") }
    return text
  }

  func object(_ key: Name) throws(RBACDocumentError) -> RBACValue {
    guard let value = node[key], case .mapping = value else { throw fault(key.text, "no mapping") }
    return RBACValue(value, at: "\(place): \(key)")
  }

  private func elements(_ key: Name) throws(RBACDocumentError) -> [YAMLNode] {
    switch node[key] {
    case nil: return []
    case .sequence(let elements)?: return elements
    case .some(let value) where value.isNull: return []
    case .some: throw fault(key.text, "no list")
    }
  }

  func list(_ key: Name) throws(RBACDocumentError) -> [RBACValue] {
    try elements(key).enumerated().map { (number, node) throws(RBACDocumentError) in
      guard case .mapping = node else { throw fault("\(key)[\(number)]", "no mapping") }
      return RBACValue(node, at: "\(place): \(key)[\(number)]")
    }
  }

  private func texts(_ key: Name) throws(RBACDocumentError) -> [Name] {
    try elements(key).enumerated().map { (number, node) throws(RBACDocumentError) in
      guard case .string(let text) = node else { throw fault("\(key)[\(number)]", "no text") }
      return text
    }
  }

  // MARK: Objects

  /// Objects without a namespace are in `default`, as `kubectl` puts them.
  func namespace() throws(RBACDocumentError) -> Name {
    let namespace = try object("metadata").text("namespace")
    return namespace.isEmpty ? "default" : namespace
  }

  func role(namespace: Name?) throws(RBACDocumentError) -> RBACRole {
    RBACRole(
      namespace: namespace, name: try object("metadata").required("name"),
      rules: try list("rules").map { (rule) throws(RBACDocumentError) in
        try rule.rule(isNamespaced: namespace != nil)
      },
      isAggregated: node["aggregationRule"].map { !$0.isNull } ?? false)
  }

  private func rule(isNamespaced: Bool) throws(RBACDocumentError) -> RBACRule {
    let rule = RBACRule(
      verbs: try texts("verbs"), groups: try texts("apiGroups"), resources: try texts("resources"),
      names: try texts("resourceNames"), paths: try texts("nonResourceURLs"))
    if rule.verbs.isEmpty { throw fault("verbs", "missing") }
    if !rule.paths.isEmpty {
      if isNamespaced { throw fault("nonResourceURLs", "only in a ClusterRole") }
      guard rule.groups.isEmpty, rule.resources.isEmpty, rule.names.isEmpty else {
        throw fault("nonResourceURLs", "not beside resources")
      }
      return rule
    }
    if rule.groups.isEmpty { throw fault("apiGroups", "missing") }
    if rule.resources.isEmpty { throw fault("resources", "missing") }
    return rule
  }

  func binding(namespace: Name?) throws(RBACDocumentError) -> RBACBinding {
    let role = try object("roleRef")
    let kind = try role.required("kind")
    guard kind == "ClusterRole" || (kind == "Role" && namespace != nil) else {
      throw role.fault("kind", "\(kind) cannot be bound here")
    }
    return RBACBinding(
      namespace: namespace, name: try object("metadata").required("name"),
      bindsClusterRole: kind == "ClusterRole", role: try role.required("name"),
      subjects: try list("subjects").map { (subject) throws(RBACDocumentError) in
        try subject.subject()
      })
  }

  private func subject() throws(RBACDocumentError) -> RBACSubject {
    let name = try required("name")
    switch try required("kind") {
    case "User": return .user(name)
    case "Group": return .group(name)
    case "ServiceAccount": return .serviceAccount(namespace: try text("namespace"), name: name)
    case let kind: throw fault("kind", "\(kind) is neither User, Group nor ServiceAccount")
    }
  }
}
