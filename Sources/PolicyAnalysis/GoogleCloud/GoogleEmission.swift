import TraceIndex

/// Says statements as custom roles and allow policies of Google Cloud.
///
/// A binding is put on the resource itself where that has an allow policy, else on the nearest
/// resource above that has, with a condition that keeps it to what was used.
struct GoogleEmission {
  private let statements: [Statement]
  private let usage: UsedPermissions
  let document: GooglePolicy
  private let engine: GoogleEngine
  private(set) var notExpressible: [NotExpressible] = []
  /// Statements kept to their own resource, because something below it was denied.
  private let fenced: Set<Int>

  init(_ statements: [Statement], usage: UsedPermissions) {
    self.statements = statements
    self.usage = usage
    let home = GoogleEmission.home(of: statements)
    var sayable: [Statement] = []
    for statement in statements {
      if let reason = GoogleGrammar.objection(to: statement.key, home: home) {
        notExpressible.append(NotExpressible(statement: statement.number, reason: reason))
      } else {
        sayable.append(statement)
      }
    }
    let open = GoogleEmission.document(sayable, fenced: [], home: home)
    fenced = GoogleEmission.fences(sayable, usage.denied, GoogleEngine(open))
    document =
      fenced.isEmpty ? open : GoogleEmission.document(sayable, fenced: fenced, home: home)
    engine = GoogleEngine(document)
  }

  /// The only project that is named: where a bucket does not tell its project, it must be this one.
  private static func home(of statements: [Statement]) -> Name? {
    let projects = Set(
      statements.compactMap { GoogleResource($0.key.resource).project }
        .filter(GoogleGrammar.isProject))
    return projects.count == 1 ? projects.first : nil
  }

  private static func document(
    _ statements: [Statement], fenced: Set<Int>, home: Name?
  ) -> GooglePolicy {
    let byHolder = Dictionary(grouping: statements, by: \.googlePlace.holder)
    let drafts = byHolder.mapValues { statements in
      GoogleBindings.drafts(
        statements.map { statement in
          let resource = GoogleResource(statement.key.resource)
          let fence = fenced.contains(statement.number) ? GoogleLimit(type: resource.type) : nil
          return (statement: statement, limit: statement.googlePlace.limit ?? fence)
        })
    }
    let names = RoleNames(drafts.values.joined().map(\.permissions))
    var policy = GooglePolicy()
    for (holder, drafts) in drafts.sorted(by: { $0.key < $1.key }) {
      let resource = GoogleResource(holder)
      let project = [resource.project, home].compactMap { $0 }.first(where: GoogleGrammar.isProject)
      guard let project else { continue }
      let bindings = drafts.map { draft in
        let role = GoogleRole(
          project: project, id: names.name(of: draft.permissions), permissions: draft.permissions)
        return GoogleBinding(
          role: role, members: draft.members, condition: draft.condition,
          statements: draft.statements)
      }
      policy.policies.append(GoogleAllowPolicy(resource: resource, bindings: bindings))
    }
    policy.roles = Set(policy.policies.flatMap(\.bindings).map(\.role))
      .sorted { $0.name < $1.name }
    return policy
  }

  /// Statements whose binding would reach something below that was only denied, and can be kept to
  /// the resource itself by its type.
  private static func fences(
    _ statements: [Statement], _ denied: [DeniedPermission], _ engine: GoogleEngine
  ) -> Set<Int> {
    let byGrant = Dictionary(
      statements.filter { $0.step == nil }.map { ($0.key, $0.number) }
    ) { first, _ in first }
    var fences: Set<Int> = []
    for denied in denied where engine.allows(denied.key) {
      for place in GoogleEngine.chain(from: denied.key.resource).dropFirst() {
        let above = PermissionKey(
          principal: denied.key.principal, permission: denied.key.permission, resource: place)
        let resource = GoogleResource(place)
        if let number = byGrant[above], resource.type != nil, resource.limit == nil {
          fences.insert(number)
        }
      }
    }
    return fences
  }

  /// The policy with all that is to be said about it.
  func policy(_ request: PolicyRequest) -> GeneratedPolicy {
    let unsaid = Set(notExpressible.map { statements[$0.statement - 1].key })
    let replay = PolicyProof.replay(
      usage, notExpressible: unsaid, deniesNobody: true, admitted: admitted,
      allows: { key, _ in engine.allows(key) })
    let portability = portability()
    var warnings = warnings(replay, portability)
    let terraform =
      request.notation == .terraform ? GoogleTerraform(document, statements: statements) : nil
    if let unsaid = terraform?.unsaid, !unsaid.isEmpty {
      warnings.append(
        PolicyWarning(
          .notExpressible, .warning,
          "\(counted(unsaid.count, "statement")) on resources for which no resource of Terraform "
            + "is known: bind them otherwise", statements: unsaid))
    }
    var yaml = YAMLText()
    PolicyHeader(request: request).write(
      usage, statements: statements, notExpressible: notExpressible, warnings: warnings,
      replay: replay, to: &yaml)
    yaml.comment(0, "")
    for note in terraform == nil ? GoogleEmission.notes : GoogleEmission.terraformNotes {
      yaml.comment(0, note)
    }
    if terraform == nil { document.write(statements: statements, to: &yaml) }
    let text = yaml.text + (terraform.map { "\n" + $0.text } ?? "")
    let name = "policy" + (request.notation ?? .yaml).fileEnding
    return GeneratedPolicy(
      dialect: .gcp, usage: usage, statements: statements, notExpressible: notExpressible,
      document: text, files: [PolicyFile(name: name, text: text)], warnings: warnings,
      replay: replay,
      portability: portability)
  }

  /// Keys about recorded resources that the policy allows and that were never recorded as allowed.
  private var admitted: Int {
    let used = Set(usage.used.map(\.key))
    return usage.resources.reduce(0) { sum, resource in
      sum + engine.keys(on: resource).count { !used.contains($0) }
    }
  }

  private static let notes = [
    "Each document below goes into a FILE of its own, for the command above it. Such a command",
    "replaces the whole allow policy of a resource: add the bindings to what get-iam-policy",
    "returns, and keep its etag. Nothing here was tried against Google Cloud.",
  ]

  private static let terraformNotes = [
    "Each member of a role is a resource of its own, so that nothing else that is bound is taken",
    "away. Nothing here was tried against Google Cloud.",
  ]

  /// The same bindings in the emulator, which hides policies above and only looks at conditions.
  private func portability() -> Portability {
    let emulator = EmulatorEngine(document.forEmulator)
    let keys =
      usage.used.map { ($0.key, $0.evidence) } + usage.denied.map { ($0.key, $0.evidence) }
    let differences = keys.sorted { $0.0 < $1.0 }.compactMap { key, evidence in
      let isAllowed = engine.allows(key)
      return emulator.allows(key, at: evidence.replayTime) == isAllowed
        ? nil : Portability.Difference(key: key, isAllowed: isAllowed)
    }
    return Portability(other: .emulator, differences: differences, notes: [])
  }

  private func warnings(
    _ replay: PolicyProof.Summary, _ portability: Portability
  ) -> [PolicyWarning] {
    var warnings = PolicyWarning.recording(usage, statements)
    if !replay.decidesAsMeant { warnings.append(.replay(replay)) }
    if !notExpressible.isEmpty { warnings.append(.notExpressible(notExpressible)) }
    let said = Set(statements.map(\.number)).subtracting(notExpressible.map(\.statement))
    let sayable = statements.filter { said.contains($0.number) }
    warnings += GoogleReach.warnings(sayable, fenced: fenced)
    warnings += GoogleLimits.warnings(document)
    let inferred = sayable.filter { $0.inference != nil }
    if !inferred.isEmpty {
      warnings.append(
        PolicyWarning(
          .inferred, .note,
          "\(counted(inferred.count, "statement")) inferred from tokens that were made for other "
            + "accounts; through delegates, iam.serviceAccounts.implicitDelegation may be needed "
            + "instead; --without-inferred leaves them out", statements: inferred.map(\.number)))
    }
    if !portability.isPortable {
      warnings.append(
        PolicyWarning(
          .notPortable, .note,
          "the emulator would decide \(counted(portability.differences.count, "recorded key")) "
            + "otherwise; use the dialect emulator there"))
    }
    return warnings
  }
}

extension GooglePolicy {
  /// The bindings as the emulator would hold them.
  fileprivate var forEmulator: EmulatorPolicy {
    let policies = policies.map { policy in
      (
        policy.resource.name,
        policy.bindings.map {
          EmulatorBinding(
            role: $0.role.name, members: $0.members, condition: $0.condition?.expression)
        }
      )
    }
    return EmulatorPolicy(
      roles: roles.map { EmulatorRole(name: $0.name, permissions: $0.permissions) },
      policies: Dictionary(policies, uniquingKeysWith: +))
  }
}

extension GoogleEmission: DialectRules {
  static let title = "Google Cloud IAM"
  static let fileEnding = ".yaml"
  static let rungs = Rung.allCases

  static func rungWords(_ usage: UsedPermissions) -> any RungWords { GoogleRungWords() }

  static func hasForm(_ key: PermissionKey) -> Bool { key.isDotted }

  static func interpreter(
    of indexes: [TraceIndex], _ request: PolicyRequest
  ) -> (any DecisionInterpreter)? {
    GoogleInterpreter(
      indexes, principal: request.principal.map { Name($0) }, inferences: request.inferences)
  }

  static func unobservable(_ grant: StandingGrant, _ recorded: ObservableUse) -> String? {
    silence(of: grant, recorded)
  }

  static func engine(reading input: PolicyInput) throws(PolicyReadError) -> any PolicyEngine {
    GooglePolicyEngine(try GoogleStandingPolicy(input))
  }

  static func policy(
    _ statements: [Statement], usage: UsedPermissions, _ request: PolicyRequest
  ) -> GeneratedPolicy {
    GoogleEmission(statements, usage: usage).policy(request)
  }
}
