/// Roles and bindings from files, deciding as the RBAC authorizer does.
struct RBACPolicyEngine: PolicyEngine {
  private let engine: RBACEngine
  let grants: StandingGrants
  let remarks: [String]
  /// For each binding, the rules of its role and the position of the first in `grants.blocks`.
  private let rules: [(rules: [RBACRule], firstBlock: Int)]
  /// The number of the binding of each block.
  private let bindings: [Int]

  let dependsOnTime = false

  private struct Place: Hashable {
    let namespace: Name?
    let name: Name
  }

  /// - Throws: `PolicyReadError`.
  init(_ input: PolicyInput) throws(PolicyReadError) {
    var policy = RBACPolicy()
    for file in input.files {
      do throws(RBACDocumentError) {
        let read = try RBACPolicy(file.text)
        policy.roles += read.roles
        policy.bindings += read.bindings
      } catch { throw input.fault(file, "\(error)") }
    }
    // Nothing is a policy, too: a recording in which nothing was allowed needs none.
    engine = RBACEngine(policy)
    let roles = Dictionary(
      policy.roles.map { (Place(namespace: $0.namespace, name: $0.name), $0) },
      uniquingKeysWith: { _, last in last })
    var grants = StandingGrants()
    var rules: [(rules: [RBACRule], firstBlock: Int)] = []
    var bindings: [Int] = []
    var remarks: [String] = []
    for (number, binding) in policy.bindings.enumerated() {
      let place = Place(
        namespace: binding.bindsClusterRole ? nil : binding.namespace, name: binding.role)
      let role = roles[place]
      if role == nil {
        remarks.append(
          "\(binding.place) binds \(binding.roleText), which is not in the files: it allows nothing "
            + "here, whatever it allows in the cluster")
      } else if role?.isAggregated == true {
        remarks.append(
          "\(binding.roleText) is filled in by the cluster: it may allow more than is written")
      }
      rules.append((role?.rules ?? [], grants.blocks.count))
      for (position, rule) in (role?.rules ?? []).enumerated() {
        grants.append(rule.block(of: binding, number: position + 1))
        bindings.append(number)
      }
    }
    self.grants = grants
    self.rules = rules
    self.bindings = bindings
    self.remarks = remarks.uniqueTexts
  }

  func judge(_ question: PolicyQuestion, at time: Int64) -> PolicyJudgement {
    let key = question.key
    guard let request = KubernetesRequest(permission: key.permission, target: key.resource) else {
      return PolicyJudgement(isAllowed: false, reason: "it is no request to an API server")
    }
    let allowing = engine.bindings(allowing: request, by: key.principal, groups: question.groups)
    guard let first = allowing.first else {
      return PolicyJudgement(
        isAllowed: false, reason: "no binding of the user or their groups gives it")
    }
    let binding = engine.policy.bindings[first]
    return PolicyJudgement(
      isAllowed: true, reason: "\(binding.place) of \(binding.roleText)",
      grants: allowing.flatMap { numbers($0, request, key.principal, question.groups) })
  }

  /// The grants of a binding that allow `request`.
  private func numbers(
    _ number: Int, _ request: KubernetesRequest, _ user: Name, _ groups: [Name]
  ) -> [Int] {
    let binding = engine.policy.bindings[number]
    let subjects = binding.subjects.enumerated().filter {
      $0.element.matches(user, groups, in: binding.namespace)
    }.map(\.offset)
    return rules[number].rules.enumerated().flatMap { position, rule in
      let block = rules[number].firstBlock + position
      return subjects.flatMap { subject in
        rule.parts(allowing: request).map {
          grants.number(
            block: block, principal: subject, permission: $0.permission, resource: $0.resource)
        }
      }
    }
  }

  func grants(named reason: String, among allowing: [Int]) -> [Int]? {
    guard let named = RBACReason(reason) else { return nil }
    return allowing.filter { number in
      let binding = engine.policy.bindings[bindings[grants.block(of: number)]]
      return binding.name == named.binding && binding.namespace == named.namespace
    }
  }
}

extension [String] {
  /// Each text once, where it is first.
  var uniqueTexts: [String] {
    var seen: Set<Name> = []
    return filter { seen.insert(Name($0)).inserted }
  }
}

extension RBACBinding {
  /// As people look for it: `RoleBinding shop/orders`.
  fileprivate var place: String {
    namespace.map { "RoleBinding \($0)/\(name)" } ?? "ClusterRoleBinding \(name)"
  }

  fileprivate var roleText: String {
    if bindsClusterRole { return "ClusterRole \(role)" }
    return namespace.map { "Role \($0)/\(role)" } ?? "Role \(role)"
  }
}

extension RBACRule {
  /// What the rule gives through a binding, each combination of its lists once.
  fileprivate func block(of binding: RBACBinding, number: Int) -> StandingGrants.Block {
    StandingGrants.Block(
      place: "\(binding.place), rule \(number) of \(binding.roleText)",
      principals: binding.subjects.map { $0.text(in: binding.namespace) },
      permissions: permissions, resources: places(in: binding.namespace))
  }

  /// `get:pods`, `get:deployments.apps/scale`, `get:*.*`, `get:nonResourceURLs`; in the order of verbs,
  /// groups and resources.
  private var permissions: [Name] {
    if !paths.isEmpty { return verbs.map { Name("\($0):nonResourceURLs") } }
    return verbs.flatMap { verb in
      groups.flatMap { group in
        resources.map { resource in
          let parts = resource.text.split(separator: "/", maxSplits: 1)
          let below = parts.count > 1 ? "/\(parts[1])" : ""
          return Name(
            "\(verb):\(parts.first ?? "")" + (group.isEmpty ? "" : ".\(group)") + below)
        }
      }
    }
  }

  /// Paths, or objects of whatever kind the permission names: `namespaces/shop/*/web`.
  private func places(in namespace: Name?) -> [Name] {
    if !paths.isEmpty { return paths }
    let place = namespace.map { "namespaces/\($0)/*" } ?? "*"
    return names.isEmpty ? [Name(place)] : names.map { Name("\(place)/\($0)") }
  }

  /// The positions in `permissions` and `places` that cover `request`.
  fileprivate func parts(
    allowing request: KubernetesRequest
  ) -> [(permission: Int, resource: Int)] {
    let verbs = verbs.positions { $0 == request.verb || $0 == "*" }
    if let path = request.path {
      let paths = paths.positions { RBACRule(verbs: ["*"], paths: [$0]).covers(path) }
      return verbs.flatMap { verb in paths.map { (verb, $0) } }
    }
    guard paths.isEmpty else { return [] }
    let groups = groups.positions { $0 == request.group || $0 == "*" }
    let kinds = resources.positions {
      $0 == "*" || $0 == request.combinedResource
        || (!request.subresource.isEmpty && $0 == Name("*/\(request.subresource)"))
    }
    let names = names.isEmpty ? [0] : names.positions { $0 == request.name }
    return verbs.flatMap { verb in
      groups.flatMap { group in
        kinds.flatMap { kind in
          names.map {
            ((verb * self.groups.count + group) * resources.count + kind, $0)
          }
        }
      }
    }
  }

  private func covers(_ path: Name) -> Bool { allows(KubernetesRequest(verb: "*", path: path)) }
}

extension [Name] {
  fileprivate func positions(where isWanted: (Name) -> Bool) -> [Int] {
    indices.filter { isWanted(self[$0]) }
  }
}

extension RBACSubject {
  /// As decisions name users; groups with a word before them.
  fileprivate func text(in namespace: Name?) -> Name {
    switch self {
    case .user(let name): name
    case .group(let name): Name("group:\(name)")
    case .serviceAccount(let home, let name):
      Name("system:serviceaccount:\(home.isEmpty ? namespace ?? "" : home):\(name)")
    }
  }

  fileprivate func matches(_ user: Name, _ groups: [Name], in namespace: Name?) -> Bool {
    if case .group(let name) = self { return groups.contains(name) }
    return text(in: namespace) == user
  }
}
