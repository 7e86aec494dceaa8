/// A policy file of the emulator, deciding as the emulator does.
struct EmulatorPolicyEngine: PolicyEngine {
  private let policy: EmulatorPolicy
  private let engine: EmulatorEngine
  let remarks: [String]

  init(_ policy: EmulatorPolicy) {
    self.policy = policy
    engine = EmulatorEngine(policy, builtInRoles: EmulatorRole.builtIn)
    let known = Set((EmulatorRole.builtIn + policy.roles).map(\.name))
    let unknown = Set(policy.allBindings.map(\.role).filter { !known.contains($0) })
    remarks = unknown.sorted().map {
      "role \($0) is neither built in nor defined: the emulator passes its bindings over"
    }
  }

  var dependsOnTime: Bool {
    policy.allBindings.contains { $0.condition?.contains("request.time") ?? false }
  }

  func judge(_ key: PermissionKey, at time: Int64) -> PolicyJudgement {
    switch engine.verdict(on: key, at: time) {
    case .allowed(let place):
      PolicyJudgement(isAllowed: true, reason: text(place))
    case .deniedWithoutPolicy:
      PolicyJudgement(isAllowed: false, reason: "no policy on the resource or above it")
    case .deniedWithoutBinding(let resource):
      PolicyJudgement(
        isAllowed: false, reason: "no binding of \(resource) gives the permission")
    case .deniedByCondition(let place):
      PolicyJudgement(isAllowed: false, reason: "the condition fails of " + text(place))
    }
  }

  private func text(_ place: EmulatorBindingPlace) -> String {
    let bindings = policy.bindings(of: place.resource)
    let role = bindings.indices.contains(place.binding) ? bindings[place.binding].role.text : "?"
    return "binding \(place.binding + 1) of \(place.resource), \(role)"
  }
}

extension EmulatorPolicy {
  fileprivate var allBindings: [EmulatorBinding] {
    projects.flatMap { $0.bindings + $0.resources.flatMap(\.bindings) }
  }

  /// The bindings of a project's or a resource's own policy.
  fileprivate func bindings(of resource: Name) -> [EmulatorBinding] {
    guard let place = EmulatorPlace(resource),
      let project = projects.last(where: { $0.id == place.project })
    else { return [] }
    guard let path = place.path else { return project.bindings }
    return project.resources.last { $0.path == path }?.bindings ?? []
  }
}
