/// Allow policies from files, deciding as Google Cloud does: what any binding on a resource or above it
/// allows is allowed.
///
/// What is not known offline (who is in a group, what a predefined role has, the rest of CEL) never
/// allows, and is named in `remarks`.
struct GooglePolicyEngine: PolicyEngine {
  private enum Condition: Sendable {
    case none
    case test(GoogleExpression)
    /// With what is wrong.
    case unreadable(String)
  }

  private struct Rule: Sendable {
    let role: Name
    /// Nil when the role is not known.
    let permissions: [Name: Int]?
    let members: [Name]
    let condition: Condition
    /// Its position in `grants.blocks`.
    let block: Int
  }

  private var rules: [Name: [Rule]] = [:]
  private(set) var grants = StandingGrants()
  private(set) var remarks: [String] = []
  private(set) var dependsOnTime = false

  init(_ policy: GoogleStandingPolicy) {
    for policy in policy.policies where rules[policy.resource] == nil {
      rules[policy.resource] = []
    }
    for allowPolicy in policy.policies {
      for (number, binding) in allowPolicy.bindings.enumerated() {
        add(binding, "binding \(number + 1) of \(allowPolicy.resource)", to: allowPolicy, policy)
      }
    }
    remarks = remarks.uniqueTexts
  }

  private mutating func add(
    _ binding: GoogleStandingPolicy.Binding, _ place: String,
    to allowPolicy: GoogleStandingPolicy.AllowPolicy, _ policy: GoogleStandingPolicy
  ) {
    let permissions = policy.roles[binding.role]
    var condition = Condition.none
    if let text = binding.condition {
      do throws(GoogleExpressionError) {
        let expression = try GoogleExpression(text)
        dependsOnTime = dependsOnTime || expression.dependsOnTime
        condition = .test(expression)
      } catch {
        condition = .unreadable(error.problem)
        remarks.append(
          "the condition of \(place) is not understood here, so that it allows nothing: "
            + error.problem)
      }
    }
    if permissions == nil {
      remarks.append(
        "what \(binding.role) has is not in the files, so that its bindings allow nothing here: add "
          + "what 'gcloud iam roles describe \(shellWord(binding.role.text)) --format=yaml' prints")
    }
    for member in binding.members {
      if let remark = GooglePolicyEngine.remark(on: member) { remarks.append(remark) }
    }
    grants.append(
      StandingGrants.Block(
        place: "\(place), \(binding.role)", principals: binding.members,
        permissions: permissions ?? [], resources: [allowPolicy.resource],
        condition: binding.condition))
    rules[allowPolicy.resource, default: []].append(
      Rule(
        role: binding.role,
        permissions: permissions.map {
          Dictionary($0.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        },
        members: binding.members, condition: condition, block: grants.blocks.count - 1))
  }

  private static func remark(on member: Name) -> String? {
    if ["user:", "serviceAccount:", "principal:", "domain:"].contains(where: member.hasPrefix) {
      return nil
    }
    if member == "allUsers" || member == "allAuthenticatedUsers" {
      return "\(member) is everybody: such bindings allow every principal"
    }
    if member.hasPrefix("deleted:") { return "\(member) is gone: its bindings allow nobody" }
    return "who is in \(member) is not in the files, so that it allows nobody here"
  }

  private static func matches(_ principal: Name, _ member: Name) -> Bool {
    if member == principal || member == "allUsers" { return true }
    if principal.isEmpty { return false }
    if member == "allAuthenticatedUsers" { return true }
    return member.hasPrefix("domain:") && principal.hasPrefix("user:")
      && principal.hasSuffix("@" + member.text.dropFirst("domain:".count))
  }

  func isAbout(_ key: PermissionKey) -> Bool {
    GoogleEngine.chain(from: key.resource).contains { rules[$0] != nil }
  }

  func judge(_ question: PolicyQuestion, at time: Int64) -> PolicyJudgement {
    let key = question.key
    let resource = GoogleResource(key.resource)
    var allowing: [(block: Int, numbers: [Int])] = []
    var obstacle: String?
    for rule in GoogleEngine.chain(from: key.resource).flatMap({ rules[$0] ?? [] }) {
      let members = rule.members.indices.filter {
        GooglePolicyEngine.matches(key.principal, rule.members[$0])
      }
      if members.isEmpty { continue }
      guard let permissions = rule.permissions else {
        obstacle = obstacle ?? "no binding gives it, and what \(rule.role) has is not known here"
        continue
      }
      guard let permission = permissions[key.permission] else { continue }
      if let failure = failure(of: rule, resource, time) {
        obstacle = failure
        continue
      }
      let numbers = members.map {
        grants.number(block: rule.block, principal: $0, permission: permission, resource: 0)
      }
      allowing.append((rule.block, numbers))
    }
    guard let first = allowing.first else {
      return PolicyJudgement(
        isAllowed: false, reason: obstacle ?? "no binding on the resource or above it gives it")
    }
    return PolicyJudgement(
      isAllowed: true, reason: grants.blocks[first.block].place,
      grants: allowing.flatMap(\.numbers))
  }

  /// Why the condition of a binding keeps it from allowing; nil when it does not.
  private func failure(of rule: Rule, _ resource: GoogleResource, _ time: Int64) -> String? {
    let place = grants.blocks[rule.block].place
    switch rule.condition {
    case .none: return nil
    case .unreadable: return "the condition is not understood of " + place
    case .test(let expression):
      switch expression.holds(for: resource, at: time) {
      case true?: return nil
      case false?: return "the condition fails of " + place
      case nil: return "what was recorded does not tell whether the condition holds of " + place
      }
    }
  }
}
