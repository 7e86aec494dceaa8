/// Says statements as policies of Cedar: one `permit` for a principal, the actions that it has on the
/// same resources, and those resources.
///
/// A recording tells no types, so there are three: Principal, Action and Resource, with recorded names
/// as ids.
struct CedarEmission {
  private let statements: [Statement]
  private let usage: UsedPermissions
  private let request: PolicyRequest
  let policies: CedarPolicySet

  init(_ statements: [Statement], usage: UsedPermissions, _ request: PolicyRequest) {
    self.statements = statements
    self.usage = usage
    self.request = request
    let byPrincipal = Dictionary(grouping: statements, by: \.grant.principal)
    let all = byPrincipal.flatMap { CedarEmission.policies(of: $0, $1) }
    policies = CedarPolicySet(
      policies: all.sorted { $0.statements.lexicographicallyPrecedes($1.statements) })
  }

  private static func policies(of principal: Name, _ statements: [Statement]) -> [CedarPolicy] {
    // What is allowed on any resource need not be said of one.
    let wide = Set(statements.filter { $0.grant.resource == .all }.map(\.grant.permission))
    let byResource = Dictionary(grouping: statements) { statement in
      wide.contains(statement.grant.permission) ? .all : statement.grant.resource
    }
    let byActions = Dictionary(grouping: byResource) { entry in
      Set(entry.value.map(\.grant.permission))
    }
    return byActions.map { actions, entries in
      let numbered = entries.flatMap(\.value).sorted { $0.number < $1.number }
      let resources = Set(
        entries.compactMap { entry in
          if case .exact(let name) = entry.key {
            CedarEntity(type: "Resource", id: name)
          } else {
            nil
          }
        })
      var policy = CedarPolicy(
        id: Name(numbered.first?.id ?? ""),
        principal: .equals(CedarEntity(type: "Principal", id: principal)),
        action: scope(Set(actions.map { CedarEntity(type: "Action", id: $0) })),
        statements: numbered.map(\.number))
      if resources.count < entries.count {
        // One of them is any resource.
        policy.resource = .any
      } else if resources.count == 1 {
        policy.resource = scope(resources)
      } else {
        policy.conditions = [
          CedarPolicy.Condition(
            isUnless: false, expression: .isIn(.variable(.resource), .entities(resources)))
        ]
      }
      return policy
    }
  }

  private static func scope(_ entities: Set<CedarEntity>) -> CedarPolicy.Scope {
    if entities.count == 1, let only = entities.first { return .equals(only) }
    return .isIn(entities)
  }

  // MARK: Proof

  /// The policy with all that is to be said about it.
  func generated() -> GeneratedPolicy {
    let body = policies.text(statements: statements)
    let printed: CedarPolicySet
    var unreadable: [PolicyWarning] = []
    do throws(CedarError) { printed = try CedarPolicySet(body) } catch {
      printed = CedarPolicySet()
      unreadable = [
        PolicyWarning(.replayDiffers, .error, "the document cannot be read back: \(error)")
      ]
    }
    let engine = CedarEngine(printed)
    func allows(_ key: PermissionKey) -> Bool { engine.allows(CedarRequest(key)) }
    let replay = PolicyProof.replay(
      usage, notExpressible: [], deniesNobody: true, admitted: usage.admitted(by: allows),
      allows: { key, _ in allows(key) })
    var warnings = PolicyWarning.recording(usage, statements) + unreadable
    if !replay.decidesAsMeant { warnings.append(.replay(replay)) }
    let text = header(replay, warnings) + "\n" + body
    return GeneratedPolicy(
      dialect: .cedar, usage: usage, statements: statements, notExpressible: [], document: text,
      files: [
        PolicyFile(name: "policies.cedar", text: text),
        PolicyFile(name: "schema.cedarschema", text: policies.schema),
      ], warnings: warnings, replay: replay, portability: nil)
  }

  private func header(_ replay: PolicyProof.Summary, _ warnings: [PolicyWarning]) -> String {
    var yaml = YAMLText()
    PolicyHeader(request: request).write(
      usage, statements: statements, notExpressible: [], warnings: warnings, replay: replay,
      to: &yaml)
    yaml.comment(0, "")
    yaml.comment(0, "Ids are names as recorded, of the types Principal, Action and Resource.")
    return yaml.text.split(separator: "\n").map { "//" + $0.dropFirst() + "\n" }.joined()
  }
}

extension CedarRequest {
  /// What a recorded key asks.
  package init(_ key: PermissionKey) {
    self.init(
      principal: CedarEntity(type: "Principal", id: key.principal),
      action: CedarEntity(type: "Action", id: key.permission),
      resource: CedarEntity(type: "Resource", id: key.resource))
  }
}

extension CedarEmission: DialectRules {
  static let title = "Cedar"
  static let fileEnding = ".cedar"
  static let rungs: [Rung] = [.exact, .any]

  static func rungWords(_ usage: UsedPermissions) -> any RungWords { CedarRungWords() }

  static func engine(reading input: PolicyInput) throws(PolicyReadError) -> any PolicyEngine {
    try CedarPolicyEngine(input)
  }

  static func policy(
    _ statements: [Statement], usage: UsedPermissions, _ request: PolicyRequest
  ) -> GeneratedPolicy {
    CedarEmission(statements, usage: usage, request).generated()
  }
}
