/// What the API server asks its authorizer about a request: a verb on a resource, or on a path.
package struct KubernetesRequest: Hashable, Sendable {
  package var verb: Name
  /// A path that is no resource; nil for resources.
  package var path: Name?
  /// Empty for the core group.
  package var group: Name = ""
  package var resource: Name = ""
  /// Empty for the resource itself.
  package var subresource: Name = ""
  /// Empty for what is in no namespace, and for requests about all of them.
  package var namespace: Name = ""
  /// Empty where no object is named.
  package var name: Name = ""

  package init(verb: Name, path: Name) {
    self.verb = verb
    self.path = path
  }

  package init(
    verb: Name, group: Name = "", resource: Name, subresource: Name = "", namespace: Name = "",
    name: Name = ""
  ) {
    self.verb = verb
    self.group = group
    self.resource = resource
    self.subresource = subresource
    self.namespace = namespace
    self.name = name
  }

  private static let anyPath = "nonResourceURLs"

  /// Takes apart what the index has of an audit event: `get:pods/log` or `list:deployments.apps` on
  /// `namespaces/shop/pods/web`, `get:nonResourceURLs` on `/version`.
  ///
  /// - Returns: nil for what is no request to an API server.
  package init?(permission: Name, target: Name) {
    guard let (verb, rest) = permission.text.parted(at: ":"), !verb.isEmpty, !rest.isEmpty else {
      return nil
    }
    if rest == KubernetesRequest.anyPath {
      guard target.hasPrefix("/") else { return nil }
      self.init(verb: Name(verb), path: target)
      return
    }
    let (kind, subresource) = rest.parted(at: "/") ?? (rest, "")
    let (resource, group) = kind.parted(at: ".") ?? (kind, "")
    guard !resource.isEmpty else { return nil }
    self.init(
      verb: Name(verb), group: Name(group), resource: Name(resource),
      subresource: Name(subresource))
    var place = target.text
    if resource != "namespaces", let (first, inside) = place.parted(at: "/"), first == "namespaces"
    {
      guard let (namespace, object) = inside.parted(at: "/"), !namespace.isEmpty else { return nil }
      self.namespace = Name(namespace)
      place = object
    }
    let (kindOfObject, name) = place.parted(at: "/") ?? (place, "")
    guard Name(kindOfObject) == self.resource else { return nil }
    self.name = Name(name)
  }

  /// As the index has it.
  package var permission: Name {
    if path != nil { return Name("\(verb):\(KubernetesRequest.anyPath)") }
    return Name(
      "\(verb):\(resource)" + (group.isEmpty ? "" : ".\(group)")
        + (subresource.isEmpty ? "" : "/\(subresource)"))
  }

  /// As the index has it.
  package var target: Name {
    if let path { return path }
    let place = namespace.isEmpty ? "\(resource)" : "namespaces/\(namespace)/\(resource)"
    return Name(name.isEmpty ? place : "\(place)/\(name)")
  }

  /// The resource as rules name it.
  var combinedResource: Name {
    subresource.isEmpty ? resource : Name("\(resource)/\(subresource)")
  }

  /// The namespace whose role bindings count: a namespace is in itself.
  var authorizedNamespace: Name {
    resource == "namespaces" && namespace.isEmpty ? name : namespace
  }
}

extension String {
  /// What is before and behind the first `sign`.
  fileprivate func parted(at sign: Unicode.Scalar) -> (String, String)? {
    guard let place = utf8.firstIndex(of: UInt8(ascii: sign)) else { return nil }
    return (String(Substring(utf8[..<place])), String(Substring(utf8[utf8.index(after: place)...])))
  }
}
