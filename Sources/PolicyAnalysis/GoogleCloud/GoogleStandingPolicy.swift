/// Allow policies and roles from files, as `gcloud` prints them.
struct GoogleStandingPolicy: Sendable, Equatable {
  struct Binding: Sendable, Equatable {
    var role: Name
    var members: [Name]
    /// In CEL; nil without a condition.
    var condition: String?
  }

  struct AllowPolicy: Sendable, Equatable {
    /// As decisions name it.
    let resource: Name
    var bindings: [Binding]
  }

  /// Permissions by name of the role.
  private(set) var roles: [Name: [Name]] = [:]
  private(set) var policies: [AllowPolicy] = []

  /// Reads what `gcloud … get-iam-policy` and `gcloud iam roles describe` print, in YAML or JSON, and
  /// what `policy generate` prints, where a comment names what each document is of.
  ///
  /// - Throws: `PolicyReadError` for everything else: a part that was passed over could hide a grant.
  init(_ input: PolicyInput) throws(PolicyReadError) {
    for file in input.files {
      for document in GoogleStandingPolicy.documents(file.text) {
        let nodes: [YAMLNode]
        do throws(YAMLError) { nodes = try YAMLReader.documents(document) } catch {
          throw input.fault(file, "\(error)")
        }
        do throws(PolicyReadError) {
          for node in nodes { try add(node, document, holder: input.holder) }
        } catch { throw input.fault(file, error.problem) }
      }
    }
  }

  /// The documents of a stream, each with its comments; nothing but a marker begins with three dashes.
  private static func documents(_ text: String) -> [String] {
    var documents = [""]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "---" || line.hasPrefix("--- ") || line == "---\r" {
        documents.append("")
      } else {
        documents[documents.count - 1] += line + "\n"
      }
    }
    return documents
  }

  /// The name behind `# KEY: ` in a comment.
  private static func comment(_ key: String, in document: String) -> Name? {
    for line in document.split(separator: "\n") where line.hasPrefix("# \(key): ") {
      do throws(YAMLError) {
        let nodes = try YAMLReader.documents(String(line.dropFirst(key.count + 4)))
        if case .string(let name)? = nodes.first { return name }
      } catch { continue }
    }
    return nil
  }

  private mutating func add(
    _ node: YAMLNode, _ document: String, holder: Name?
  ) throws(PolicyReadError) {
    if case .sequence(let elements) = node {
      for element in elements { try add(element, "", holder: holder) }
      return
    }
    if node["includedPermissions"] != nil || node["stage"] != nil {
      try addRole(node, document)
    } else if node["bindings"] != nil || node["etag"] != nil {
      try addPolicy(node, document, holder: holder)
    } else {
      throw PolicyReadError("neither 'bindings' nor 'includedPermissions': no policy, and no role")
    }
  }

  private mutating func addRole(_ node: YAMLNode, _ document: String) throws(PolicyReadError) {
    let role = try PolicyMapping(
      node, "the role",
      ["name", "title", "description", "stage", "includedPermissions", "etag", "deleted"])
    let written = role["name"] == nil ? nil : try role.name("name")
    guard let name = written ?? GoogleStandingPolicy.comment("role", in: document) else {
      throw PolicyReadError("a role without 'name'; 'gcloud iam roles describe' prints it")
    }
    roles[name] = try role.names("includedPermissions").unique
  }

  private mutating func addPolicy(
    _ node: YAMLNode, _ document: String, holder: Name?
  ) throws(PolicyReadError) {
    let policy = try PolicyMapping(
      node, "the policy",
      ["bindings", "etag", "version", "auditConfigs", "kind", "resourceId"])
    let written = policy["resourceId"] == nil ? nil : try policy.name("resourceId")
    let resource =
      GoogleStandingPolicy.comment("allow policy of", in: document) ?? holder ?? written
    guard let resource else {
      throw PolicyReadError(
        "an allow policy does not say what it is of: give the resource, such as projects/shop, with "
          + "--attached-to")
    }
    var bindings: [Binding] = []
    for (number, node) in try policy.elements("bindings").enumerated() {
      let place = "bindings[\(number)]"
      let found = try PolicyMapping(node, place, ["role", "members", "condition"])
      var binding = Binding(role: try found.name("role"), members: try found.names("members"))
      if let condition = found["condition"] {
        let found = try PolicyMapping(
          condition, "\(place).condition", ["expression", "title", "description"])
        binding.condition = try found.name("expression").text
      }
      bindings.append(binding)
    }
    policies.append(AllowPolicy(resource: resource, bindings: bindings))
  }
}
