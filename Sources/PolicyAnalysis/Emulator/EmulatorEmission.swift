/// Says statements as a policy of the GCP IAM emulator.
///
/// Each resource that was used gets a policy of its own with exactly what was allowed on it, because
/// the nearest policy alone decides. In it a principal stands in one binding only, so that the
/// order of bindings does not matter, and no binding has a condition.
struct EmulatorEmission {
  private let statements: [Statement]
  private let usage: UsedPermissions
  let document: EmulatorPolicy
  private let engine: EmulatorEngine
  private(set) var notExpressible: [NotExpressible] = []
  /// Resources that got a policy that hides what is above, because one above them allows what was denied there.
  let fences: [Name]

  init(_ statements: [Statement], usage: UsedPermissions) {
    self.statements = statements
    self.usage = usage
    var blocks: [Name: [Statement]] = [:]
    for statement in statements {
      if EmulatorPlace(statement.key.resource) == nil {
        notExpressible.append(
          NotExpressible(
            statement: statement.number,
            reason: "a policy file only reaches resources below projects/"))
      } else {
        blocks[statement.emulatorPlace, default: []].append(statement)
      }
    }
    // The nearest policy hides those above: what is inherited must be said again in it.
    let inherited = blocks.values.joined().filter { $0.step != nil }
    func handedDown(to place: Name) -> [Statement] {
      inherited.filter { $0.emulatorPlace != place && $0.grant.resource.matches(place) }
    }
    if !inherited.isEmpty {
      for place in blocks.keys { blocks[place, default: []] += handedDown(to: place) }
    }
    var draft = EmulatorEngine(EmulatorEmission.document(blocks))
    fences = draft.fence(usage.denied)
    for place in fences { blocks[place] = handedDown(to: place) }
    document = EmulatorEmission.document(blocks)
    engine = EmulatorEngine(document)
  }

  /// The policies of resources with what is to be allowed in each.
  private static func document(_ blocks: [Name: [Statement]]) -> EmulatorPolicy {
    let sets = blocks.mapValues(PermissionSet.all(in:))
    let names = RoleNames(sets.values.joined().map(\.permissions))
    func role(_ permissions: [Name]) -> Name {
      Name("roles/custom." + names.name(of: permissions))
    }
    let roles = Set(sets.values.joined().map(\.permissions)).map {
      EmulatorRole(name: role($0), permissions: $0)
    }
    let policies = sets.mapValues { sets in
      sets.map {
        EmulatorBinding(
          role: role($0.permissions), members: $0.principals, statements: $0.statements)
      }.sorted { $0.role < $1.role }
    }
    return EmulatorPolicy(roles: roles, policies: policies)
  }

  /// The policy with all that is to be said about it.
  func policy(_ request: PolicyRequest) -> GeneratedPolicy {
    let unsaid = Set(notExpressible.map { statements[$0.statement - 1].key })
    let replay = PolicyProof.replay(
      usage, notExpressible: unsaid, deniesNobody: false, admitted: inherited,
      allows: engine.allows(_:at:))
    let portability = portability()
    let warnings = warnings(replay, portability)
    var yaml = YAMLText()
    PolicyHeader(request: request).write(
      usage, statements: statements, notExpressible: notExpressible, warnings: warnings,
      replay: replay, to: &yaml)
    document.write(statements: statements, to: &yaml)
    return GeneratedPolicy(
      dialect: .emulator, usage: usage, statements: statements, notExpressible: notExpressible,
      document: yaml.text,
      files: [PolicyFile(name: "policy.yaml", text: yaml.text)], warnings: warnings, replay: replay,
      portability: portability)
  }

  /// Recorded keys that would be decided otherwise where policies add up, as in Google Cloud.
  private func portability() -> Portability {
    let keys =
      usage.used.map { ($0.key, $0.evidence) } + usage.denied.map { ($0.key, $0.evidence) }
    let differences = keys.sorted { $0.0 < $1.0 }.compactMap { key, evidence in
      let time = evidence.replayTime
      let isAllowed = engine.allows(key, at: time)
      guard !key.principal.isEmpty, engine.allowsAdditively(key, at: time) != isAllowed
      else { return nil as Portability.Difference? }
      return Portability.Difference(key: key, isAllowed: isAllowed)
    }
    var notes: [String] = []
    if document.projects.contains(where: { !$0.resources.isEmpty }) {
      notes.append("gcp-emulator, the control tool, drops `resources` when it saves the file")
    }
    let others = Set(document.roles.flatMap(\.permissions)).filter {
      !(["secretmanager", "cloudkms"] as [Name]).contains($0.service)
    }
    if !others.isEmpty {
      notes.append(
        "gcp-emulator's validation refuses \(counted(others.count, "permission")) of services "
          + "other than secretmanager and cloudkms; the engine takes them")
    }
    return Portability(other: .gcp, differences: differences, notes: notes)
  }

  /// What recorded resources without a policy of their own are allowed by one above them, though it
  /// was never recorded: pairs of principal and permission.
  private var inherited: Int {
    let used = Dictionary(grouping: usage.used, by: \.key.resource).mapValues(\.count)
    return usage.resources.reduce(0) { sum, resource in
      guard let place = engine.placeOfPolicy(for: resource), place != resource else { return sum }
      return sum + engine.pairs(in: place) - used[resource, default: 0]
    }
  }

  private func warnings(
    _ replay: PolicyProof.Summary, _ portability: Portability
  ) -> [PolicyWarning] {
    var warnings = PolicyWarning.recording(usage, statements)
    if !replay.decidesAsMeant { warnings.append(.replay(replay)) }
    if !notExpressible.isEmpty { warnings.append(.notExpressible(notExpressible)) }
    let wide = statements.filter {
      $0.step == nil && (EmulatorPlace($0.key.resource).map { $0.path == nil } ?? false)
    }
    if !wide.isEmpty || replay.admitted > 0 {
      warnings.append(
        PolicyWarning(
          .reachesFurther, .note,
          "statements reach all below their resource that has no policy of its own, "
            + "\(counted(wide.count, "statement")) a whole project; among recorded resources that "
            + "allows \(counted(replay.admitted, "combination")) never seen",
          statements: wide.map(\.number)))
    }
    if !portability.isPortable {
      warnings.append(
        PolicyWarning(
          .notPortable, .note,
          "where policies add up, as in Google Cloud, "
            + "\(counted(portability.differences.count, "recorded key")) would be decided "
            + "otherwise; use the dialect gcp there"))
    }
    return warnings + portability.notes.map { PolicyWarning(.notPortable, .note, $0) }
  }
}

/// Permissions that the same principals have at one place.
struct PermissionSet {
  /// Ascending.
  var permissions: [Name]
  /// Ascending.
  var principals: [Name]
  /// Ascending.
  var statements: [Int]

  /// The sets of `statements`, which are about one place, in order of permissions.
  ///
  /// Each principal is in exactly one of them.
  static func all(in statements: [Statement]) -> [PermissionSet] {
    let byPrincipal = Dictionary(grouping: statements, by: \.grant.principal)
    let bySet = Dictionary(grouping: byPrincipal) { entry in
      Set(entry.value.map(\.grant.permission)).sorted()
    }
    return bySet.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { permissions, entries in
      PermissionSet(
        permissions: permissions, principals: entries.map(\.key).sorted(),
        statements: entries.flatMap { $0.value.map(\.number) }.sorted())
    }
  }
}

extension EmulatorPolicy {
  /// The policy file with these policies of resources.
  ///
  /// A place that a file cannot have is left out.
  init(roles: [EmulatorRole], policies: [Name: [EmulatorBinding]]) {
    self.roles = roles.sorted { $0.name < $1.name }
    var byID: [Name: EmulatorProject] = [:]
    for (resource, bindings) in policies.sorted(by: { $0.key < $1.key }) {
      guard let place = EmulatorPlace(resource) else { continue }
      var project = byID.removeValue(forKey: place.project) ?? EmulatorProject(id: place.project)
      if let path = place.path {
        project.resources.append(EmulatorResourcePolicy(path: path, bindings: bindings))
      } else {
        project.bindings = bindings
      }
      byID[place.project] = project
    }
    projects = byID.values.sorted { $0.id < $1.id }
  }
}

extension EmulatorEngine {
  /// Hides from resources what they would inherit although it was denied there.
  ///
  /// Resources above come first, because their fences may make others needless.
  ///
  /// - Returns: the resources that got an empty policy, ascending.
  fileprivate mutating func fence(_ denied: [DeniedPermission]) -> [Name] {
    var fences: [Name] = []
    for denied in denied.sorted(by: { $0.key.resource < $1.key.resource }) {
      // A project's own policy inherits nothing, and nobody can be kept out without a name.
      guard !denied.key.principal.isEmpty, EmulatorPlace(denied.key.resource)?.path != nil,
        allows(denied.key, at: denied.evidence.replayTime)
      else { continue }
      fence(denied.key.resource)
      fences.append(denied.key.resource)
    }
    return fences
  }
}

extension EmulatorEmission: DialectRules {
  static let title = "GCP IAM emulator"
  static let fileEnding = ".yaml"
  static let rungs: [Rung] = [.exact, .prefix]

  static func rungWords(_ usage: UsedPermissions) -> any RungWords { EmulatorRungWords() }

  static func hasForm(_ key: PermissionKey) -> Bool { key.isDotted }

  static func unobservable(_ grant: StandingGrant, _ recorded: ObservableUse) -> String? {
    silence(of: grant, recorded)
  }

  static func engine(reading input: PolicyInput) throws(PolicyReadError) -> any PolicyEngine {
    EmulatorPolicyEngine(try EmulatorPolicy(reading: input.only(in: "the emulator")))
  }

  static func policy(
    _ statements: [Statement], usage: UsedPermissions, _ request: PolicyRequest
  ) -> GeneratedPolicy {
    EmulatorEmission(statements, usage: usage).policy(request)
  }
}
