/// Policies of Cedar from files, deciding as Cedar does.
struct CedarPolicyEngine: PolicyEngine {
  private let policies: CedarPolicySet
  private let engine: CedarEngine
  let grants: StandingGrants
  let remarks: [String]
  /// The position in `grants.blocks` of each policy; nil for those that forbid.
  private let blocks: [Int?]

  let dependsOnTime = false

  /// - Throws: `PolicyReadError`.
  init(_ input: PolicyInput) throws(PolicyReadError) {
    var policies = CedarPolicySet()
    for file in input.files {
      do throws(CedarError) { policies.policies += try CedarPolicySet(file.text).policies } catch {
        throw input.fault(file, "\(error)")
      }
    }
    self.policies = policies
    engine = CedarEngine(policies)
    var grants = StandingGrants()
    blocks = policies.policies.enumerated().map { number, policy in
      guard policy.effect == .permit else { return nil }
      grants.append(policy.block(place: policy.place(number)))
      return grants.blocks.count - 1
    }
    self.grants = grants
    let foreign = Set(policies.policies.flatMap(\.foreignTypes)).sorted()
    remarks = foreign.map {
      "entities of the type \($0) are never asked about: recorded names are of the types Principal, "
        + "Action and Resource"
    }
  }

  func judge(_ question: PolicyQuestion, at time: Int64) -> PolicyJudgement {
    let request = CedarRequest(question.key)
    switch engine.verdict(on: request) {
    case .forbidden(let number):
      return PolicyJudgement(
        isAllowed: false, reason: policies.policies[number].place(number) + " forbids it")
    case .notPermitted: return PolicyJudgement(isAllowed: false, reason: "no policy permits it")
    case .permitted(let numbers):
      let first = numbers.first ?? 0
      return PolicyJudgement(
        isAllowed: true, reason: policies.policies[first].place(first),
        grants: numbers.flatMap { self.numbers($0, question.key) })
    }
  }

  private func numbers(_ policy: Int, _ key: PermissionKey) -> [Int] {
    guard let block = blocks[policy] else { return [] }
    let parts = grants.blocks[block]
    func positions(_ names: [Name], _ name: Name) -> [Int] {
      names.indices.filter { names[$0] == name || names[$0] == "*" }
    }
    return positions(parts.principals, key.principal).flatMap { principal in
      positions(parts.permissions, key.permission).flatMap { permission in
        positions(parts.resources, key.resource).map {
          grants.number(
            block: block, principal: principal, permission: permission, resource: $0)
        }
      }
    }
  }
}

extension CedarPolicy {
  /// As people find it in the file.
  fileprivate func place(_ number: Int) -> String {
    id.isEmpty ? "policy \(number + 1)" : "policy \(number + 1), \(id)"
  }

  fileprivate func block(place: String) -> StandingGrants.Block {
    let listed = listedResources
    let conditions = conditions.filter { listed == nil || $0.resources == nil }
    return StandingGrants.Block(
      place: place, principals: principal.names, permissions: action.names,
      resources: listed ?? resource.names,
      condition: conditions.isEmpty
        ? nil
        : conditions.map { ($0.isUnless ? "unless " : "when ") + $0.expression.text }
          .joined(separator: " "))
  }

  /// The resources of a condition that only lists them, which a head cannot do.
  private var listedResources: [Name]? {
    guard resource == .any else { return nil }
    let lists = conditions.compactMap(\.resources)
    return lists.count == 1 ? lists.first : nil
  }

  /// Types of entities that no recorded name has.
  fileprivate var foreignTypes: [Name] {
    let parts: [(CedarPolicy.Scope, Name)] = [
      (principal, "Principal"), (action, "Action"), (resource, "Resource"),
    ]
    return parts.flatMap { scope, type in scope.entities.map(\.type).filter { $0 != type } }
  }
}

extension CedarPolicy.Condition {
  /// The ids of `when { resource in [...] }`, ascending.
  fileprivate var resources: [Name]? {
    guard !isUnless, case .isIn(.variable(.resource), .entities(let entities)) = expression,
      entities.allSatisfy({ $0.type == "Resource" })
    else { return nil }
    return entities.map(\.id).sorted()
  }
}

extension CedarPolicy.Scope {
  fileprivate var entities: [CedarEntity] {
    switch self {
    case .any: []
    case .equals(let entity): [entity]
    case .isIn(let entities): Array(entities)
    }
  }

  /// Ids of what can be recorded, other entities as they are written; an asterisk for any.
  fileprivate var names: [Name] {
    if self == .any { return ["*"] }
    let recorded: Set<Name> = ["Principal", "Action", "Resource"]
    return entities.map { recorded.contains($0.type) ? $0.id : Name($0.text) }.sorted()
  }
}
