/// A policy file of the emulator, deciding as the emulator does.
struct EmulatorPolicyEngine: PolicyEngine {
  private let engine: EmulatorEngine
  let grants: StandingGrants
  let dependsOnTime: Bool
  let remarks: [String]
  /// Blocks of `grants`, by the bindings in force on a resource.
  private let blocks: [Name: [Int]]
  /// For each block, what is wrong with its condition; nil for most.
  private let broken: [String?]

  init(_ policy: EmulatorPolicy) {
    engine = EmulatorEngine(policy, builtInRoles: EmulatorRole.builtIn)
    let roles = Dictionary(
      (EmulatorRole.builtIn + policy.roles).map { ($0.name, $0.permissions) },
      uniquingKeysWith: { _, last in last })
    var grants = StandingGrants()
    var blocks: [Name: [Int]] = [:]
    var unknown: Set<Name> = []
    for (resource, bindings) in policy.placed {
      blocks[resource] = bindings.enumerated().map { number, binding in
        if roles[binding.role] == nil { unknown.insert(binding.role) }
        grants.append(
          StandingGrants.Block(
            place: "binding \(number + 1) of \(resource), \(binding.role)",
            principals: binding.members, permissions: (roles[binding.role] ?? []).unique,
            resources: [resource], condition: binding.condition))
        return grants.blocks.count - 1
      }
    }
    self.grants = grants
    self.blocks = blocks
    broken = grants.blocks.map { $0.condition.flatMap { EmulatorCondition($0).problem } }
    dependsOnTime = grants.blocks.contains { $0.condition?.contains("request.time") ?? false }
    remarks =
      unknown.sorted().map {
        "role \($0) is neither built in nor defined: the emulator passes its bindings over"
      }
      + zip(grants.blocks, broken).compactMap { block, problem in
        problem.map { "the condition of \(block.place) is broken: \($0)" }
      }
  }

  func judge(_ question: PolicyQuestion, at time: Int64) -> PolicyJudgement {
    let key = question.key
    switch engine.verdict(on: key, at: time) {
    case .allowed(let place):
      let allowing = engine.bindings(allowing: key, at: time).flatMap { numbers($0, key) }
      return PolicyJudgement(isAllowed: true, reason: text(place), grants: allowing)
    case .deniedWithoutPolicy:
      return PolicyJudgement(isAllowed: false, reason: "no policy on the resource or above it")
    case .deniedWithoutBinding(let resource):
      return PolicyJudgement(
        isAllowed: false, reason: "no binding of \(resource) gives the permission")
    case .deniedByCondition(let place):
      let problem = block(place).flatMap { broken[$0] }
      return PolicyJudgement(
        isAllowed: false,
        reason: (problem == nil ? "the condition fails of " : "the condition is broken of ")
          + text(place))
    }
  }

  /// The grants of a binding that allow `key`: one for each of its members that the principal is.
  private func numbers(_ place: EmulatorBindingPlace, _ key: PermissionKey) -> [Int] {
    guard let block = block(place),
      let permission = grants.blocks[block].permissions.firstIndex(of: key.permission)
    else { return [] }
    return grants.blocks[block].principals.enumerated().compactMap { number, member in
      engine.matches(key.principal, member: member)
        ? grants.number(block: block, principal: number, permission: permission, resource: 0) : nil
    }
  }

  private func text(_ place: EmulatorBindingPlace) -> String {
    block(place).map { grants.blocks[$0].place } ?? "binding \(place.binding + 1)"
  }

  private func block(_ place: EmulatorBindingPlace) -> Int? {
    guard let numbers = blocks[place.resource], numbers.indices.contains(place.binding) else {
      return nil
    }
    return numbers[place.binding]
  }
}

extension EmulatorPolicy {
  /// The bindings of each project and each resource with a policy of its own, in the order of the file.
  fileprivate var placed: [(resource: Name, bindings: [EmulatorBinding])] {
    projects.flatMap { project in
      let name = "projects/" + project.id.text
      return [(resource: Name(name), bindings: project.bindings)]
        + project.resources.map { (Name(name + "/" + $0.path.text), $0.bindings) }
    }
  }
}

extension [Name] {
  /// Each name once, where it is first.
  var unique: [Name] {
    var seen: Set<Name> = []
    return filter { seen.insert($0).inserted }
  }
}
