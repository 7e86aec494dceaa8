/// How RBAC says the rungs: rules without names, roles of the cluster, and paths that end in `*`.
struct RBACRungWords: RungWords {
  func pattern(
    for key: PermissionKey, on rung: Rung, among neighbours: [Name]
  ) throws(RungObjection) -> ResourcePattern {
    guard let request = KubernetesRequest(permission: key.permission, target: key.resource) else {
      throw .notExpressible("it is no request to a Kubernetes API server")
    }
    let wider = try RBACRungWords.widened(request, on: rung, neighbours)
    if wider == request { throw .nothingWider }
    if let path = wider.path {
      return path == "*" ? .all : .prefix(Name(String(path.text.dropLast())))
    }
    let inCluster = PathPattern(below: wider.resource)
    if !wider.namespace.isEmpty {
      return .paths([PathPattern(below: Name("namespaces/\(wider.namespace)/\(wider.resource)"))])
    }
    // A role of the cluster that is bound in it counts in each namespace.
    return .paths([
      inCluster, PathPattern([.text("namespaces"), .one, .text(wider.resource), .rest]),
    ])
  }

  /// The request whose rule says the rung: no name for all objects, no namespace for all of them.
  static func widened(
    _ request: KubernetesRequest, on rung: Rung, _ neighbours: [Name]
  ) throws(RungObjection) -> KubernetesRequest {
    var request = request
    switch (rung, request.path) {
    case (.exact, _): break
    case (.prefix, let path?):
      guard let prefix = path.prefix(endingAt: "/", after: 1, sharedWith: neighbours) else {
        throw .notExpressible("the path has no part that ends at '/'")
      }
      request.path = Name(prefix.text + "*")
    case (.prefix, nil): throw .notExpressible("rules name objects whole, or not at all")
    case (.type, _?): throw .notExpressible("paths have no types")
    case (.any, _?): request.path = "*"
    case (.type, nil): request.name = ""
    case (.any, nil):
      request.name = ""
      request.namespace = ""
    }
    return request
  }

  func family(of permission: Name) -> Name {
    let kind = permission.utf8.drop { $0 != UInt8(ascii: ":") }
      .prefix { $0 != UInt8(ascii: "/") }
    return Name(String(Substring(kind)))
  }

  func concerns(_ permission: Name, _ resource: Name) -> Bool {
    KubernetesRequest(permission: permission, target: resource) != nil
  }
}
