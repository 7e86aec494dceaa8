import TraceIndex

/// Says statements as roles and bindings of Kubernetes RBAC, of its own for each principal.
///
/// What was used in a namespace is a Role there, or one ClusterRole where it is the same in several;
/// what is in no namespace is a ClusterRole bound in the cluster.
struct RBACEmission {
  /// The objects of one principal.
  struct Part {
    let principal: Name
    /// A name for its file, and what its objects are called after.
    let name: String
    var policy = RBACPolicy()
  }

  let statements: [Statement]
  let usage: UsedPermissions
  let request: PolicyRequest
  private(set) var notExpressible: [NotExpressible] = []
  /// In order of principals.
  private(set) var parts: [Part] = []
  /// The statements that are said, as requests.
  private(set) var said: [(statement: Statement, request: KubernetesRequest)] = []

  init(_ statements: [Statement], usage: UsedPermissions, _ request: PolicyRequest) {
    self.statements = statements
    self.usage = usage
    self.request = request
    for statement in statements {
      switch RBACEmission.sayable(statement) {
      case .success(let request): said.append((statement, request))
      case .failure(let objection):
        notExpressible.append(
          NotExpressible(statement: statement.number, reason: objection.reason))
      }
    }
    let byPrincipal = Dictionary(grouping: said, by: \.statement.grant.principal)
    var names = KubernetesNames()
    parts = byPrincipal.keys.sorted().map { Part(principal: $0, name: names.name(of: $0)) }
    for number in parts.indices {
      let said = byPrincipal[parts[number].principal] ?? []
      parts[number].policy = RBACEmission.policy(of: parts[number], said, &names)
    }
  }

  /// Everything that is to be applied.
  var policy: RBACPolicy {
    RBACPolicy(roles: parts.flatMap(\.policy.roles), bindings: parts.flatMap(\.policy.bindings))
  }

  // MARK: What can be said

  private struct Objection: Error { let reason: String }

  private static func sayable(_ statement: Statement) -> Result<KubernetesRequest, Objection> {
    let key = statement.key
    guard let request = KubernetesRequest(permission: key.permission, target: key.resource) else {
      return .failure(Objection(reason: "it is no request to a Kubernetes API server"))
    }
    if let reason = objection(to: request) { return .failure(Objection(reason: reason)) }
    return .success(widened(request, to: statement.grant.resource))
  }

  /// The request whose rule allows all that the pattern matches.
  private static func widened(
    _ request: KubernetesRequest, to pattern: ResourcePattern
  ) -> KubernetesRequest {
    var request = request
    switch pattern {
    case .exact, .wildcards: break
    case .prefix(let path): request.path = Name(path.text + "*")
    case .all: request.path = "*"
    case .paths(let paths):
      request.name = ""
      if paths.contains(PathPattern(below: request.resource)) { request.namespace = "" }
    }
    return request
  }

  /// RBAC has no way to escape an asterisk.
  private static func objection(to request: KubernetesRequest) -> String? {
    if request.verb == "*" { return "as a verb in a rule, '*' is every verb" }
    if let path = request.path {
      return path.hasSuffix("*") ? "in a rule, '*' at the end of a path is every ending" : nil
    }
    if request.group == "*" { return "as a group in a rule, '*' is every group" }
    if request.resource == "*" { return "as a resource in a rule, '*' is every resource" }
    if !request.namespace.isEmpty, !KubernetesNames.isLabel(request.namespace.text) {
      return "no namespace can have this name"
    }
    return nil
  }

  // MARK: Roles and bindings

  private static func policy(
    of part: Part, _ said: [(statement: Statement, request: KubernetesRequest)],
    _ names: inout KubernetesNames
  ) -> RBACPolicy {
    let byNamespace = Dictionary(grouping: said, by: \.request.namespace)
      .mapValues { said in RBACRules.all(said.map { ($0.request, $0.statement.number) }) }
    var draft = RBACDraft(subject: RBACSubject(userName: part.principal))
    var shared: [[[[Name]]]: [Name]] = [:]
    for (namespace, rules) in byNamespace where !namespace.isEmpty {
      shared[rules.map(\.lists), default: []].append(namespace)
    }
    for (number, rules) in RBACRules.parts(byNamespace[""] ?? []).enumerated() {
      let name = Name(number == 0 ? part.name : names.name(part.name + ".\(number + 1)"))
      draft.bind(RBACRole(name: name, rules: rules), in: [nil])
    }
    let sets = shared.values.map { $0.sorted() }.sorted { $0.lexicographicallyPrecedes($1) }
    for namespaces in sets {
      guard let first = namespaces.first, let rules = byNamespace[first] else { continue }
      let isShared = namespaces.count > 1
      for (number, rules) in RBACRules.parts(union(rules, namespaces, byNamespace)).enumerated() {
        let stem = isShared ? "\(part.name).\(digest(rules))" : part.name
        let name =
          number == 0 && !isShared
          ? stem : names.name(number == 0 ? stem : stem + ".\(number + 1)")
        draft.bind(
          RBACRole(namespace: isShared ? nil : first, name: Name(name), rules: rules),
          in: namespaces)
      }
    }
    return draft.policy
  }

  /// The rules with the statements of all namespaces in which they are the same.
  private static func union(
    _ rules: [RBACRule], _ namespaces: [Name], _ all: [Name: [RBACRule]]
  ) -> [RBACRule] {
    rules.enumerated().map { number, rule in
      var rule = rule
      let statements = namespaces.flatMap { all[$0]?[number].statements ?? [] }
      rule.statements = Set(statements).sorted()
      return rule
    }
  }

  private static func digest(_ rules: [RBACRule]) -> String {
    let texts = rules.flatMap(\.lists).map { $0.map(\.text).joined(separator: "\n") }
    return KubernetesNames.digest(texts.joined(separator: "\n\n"))
  }
}

/// The objects of one principal, while they are made.
private struct RBACDraft {
  let subject: RBACSubject
  private(set) var policy = RBACPolicy()

  init(subject: RBACSubject) { self.subject = subject }

  /// Adds a role and its bindings; nil stands for the cluster.
  mutating func bind(_ role: RBACRole, in namespaces: [Name?]) {
    policy.roles.append(role)
    for namespace in namespaces {
      policy.bindings.append(
        RBACBinding(
          namespace: namespace, name: role.name, bindsClusterRole: role.namespace == nil,
          role: role.name, subjects: [subject]))
    }
  }
}

// MARK: Proof

extension RBACEmission {
  /// The policy with all that is to be said about it.
  func generated() -> GeneratedPolicy {
    var draft = YAMLText()
    for part in parts { part.policy.write(statements: statements, to: &draft) }
    let printed: RBACPolicy
    var unreadable: [PolicyWarning] = []
    do throws(RBACDocumentError) { printed = try RBACPolicy(draft.text) } catch {
      printed = RBACPolicy()
      unreadable = [
        PolicyWarning(.replayDiffers, .error, "the document cannot be read back: \(error)")
      ]
    }
    let engine = RBACEngine(printed)
    let unsaid = Set(notExpressible.map { statements[$0.statement - 1].key })
    let replay = PolicyProof.replay(
      usage, notExpressible: unsaid, deniesNobody: true,
      admitted: usage.admitted(by: engine.allows),
      allows: { key, _ in engine.allows(key) })
    let warnings = RBACWarnings(self).all(replay) + unreadable
    let isJSON = request.notation == .json
    var yaml = YAMLText()
    PolicyHeader(request: request).write(
      usage, statements: statements, notExpressible: notExpressible, warnings: warnings,
      replay: replay, to: &yaml)
    yaml.comment(0, "")
    for note in notes { yaml.comment(0, note) }
    return GeneratedPolicy(
      dialect: .kubernetes, usage: usage, statements: statements, notExpressible: notExpressible,
      document: isJSON ? policy.json : yaml.text + draft.text, files: parts.map(file),
      warnings: warnings,
      replay: replay, portability: nil)
  }

  private var notes: [String] {
    parts.isEmpty
      ? ["Nothing was allowed by RBAC that could be said here: no role, and no binding."]
      : [
        "RBAC only adds: what other roles and bindings allow stays allowed until they are removed.",
        "Nothing here was tried against a cluster.",
      ]
  }

  private func file(_ part: Part) -> PolicyFile {
    if request.notation == .json {
      return PolicyFile(name: part.name + ".json", text: part.policy.json)
    }
    var yaml = YAMLText()
    yaml.comment(0, "What \(part.principal) used, as roles and bindings; EVIDENCE.md says why.")
    part.policy.write(statements: statements, to: &yaml)
    return PolicyFile(name: part.name + ".yaml", text: yaml.text)
  }
}

extension RBACEmission: DialectRules {
  static let title = "Kubernetes RBAC"
  static let fileEnding = ".yaml"
  static let rungs = Rung.allCases

  static let budgetUnit: String? = "bytes of rules in JSON, of all roles of a principal"

  static func fits(
    _ statements: [Statement], into budget: GeneralizationBudget, usage: UsedPermissions,
    _ request: PolicyRequest
  ) -> Bool {
    let rules = RBACEmission(statements, usage: usage, request).policy.roles.flatMap(\.rules)
    // There may be any number of roles, so that the platform's own limit is kept without rungs.
    guard case .size(let most) = budget else { return true }
    return rules.reduce(0) { $0 + $1.size } <= most
  }

  static func rungWords(_ usage: UsedPermissions) -> any RungWords { RBACRungWords() }

  static func hasForm(_ key: PermissionKey) -> Bool {
    key.permission.isEmpty
      || KubernetesRequest(permission: key.permission, target: key.resource) != nil
  }

  /// Verbs that are checked while another request is decided.
  private static let unloggedVerbs = ["approve", "attest", "bind", "escalate", "sign", "use"]

  static func unobservable(_ grant: StandingGrant, _ recorded: ObservableUse) -> String? {
    unloggedVerbs.contains { grant.permission.hasPrefix($0 + ":") }
      ? "the verb is checked as a part of other requests, and that is not logged" : nil
  }

  static func engine(reading input: PolicyInput) throws(PolicyReadError) -> any PolicyEngine {
    try RBACPolicyEngine(input)
  }

  static func interpreter(
    of indexes: [TraceIndex], _ request: PolicyRequest
  ) -> (any DecisionInterpreter)? {
    KubernetesInterpreter(
      indexes, principal: request.principal.map { Name($0) }, inferences: request.inferences)
  }

  static func policy(
    _ statements: [Statement], usage: UsedPermissions, _ request: PolicyRequest
  ) -> GeneratedPolicy {
    RBACEmission(statements, usage: usage, request).generated()
  }
}
