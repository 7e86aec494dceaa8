import TraceModel

/// The limits of custom roles and allow policies, from "Quotas and limits" of Google Cloud IAM.
enum GoogleLimits {
  static let rolesPerProject = 300
  static let permissionsPerRole = 3_000
  /// Bytes of title, description and permission names.
  static let roleSize = 64 * 1_024
  static let membersPerPolicy = 1_500
  /// Bindings of one role and one member that differ in their conditions.
  static let conditionsPerMember = 20

  /// One error for each limit that `policy` exceeds.
  static func warnings(_ policy: GooglePolicy) -> [PolicyWarning] {
    rolesWarnings(policy) + policy.policies.flatMap(policyWarnings)
  }

  private static func rolesWarnings(_ policy: GooglePolicy) -> [PolicyWarning] {
    var warnings: [PolicyWarning] = []
    let byProject = Dictionary(grouping: policy.roles, by: \.project)
    for (project, roles) in byProject.sorted(by: { $0.key < $1.key })
    where roles.count > rolesPerProject {
      warnings.append(
        exceeded("project \(project)", counted(roles.count, "custom role"), rolesPerProject))
    }
    for role in policy.roles {
      let size = role.permissions.reduce(role.title.utf8.count + role.description.utf8.count) {
        $0 + $1.utf8.count
      }
      if role.permissions.count > permissionsPerRole {
        warnings.append(
          exceeded(
            "role \(role.id)", counted(role.permissions.count, "permission"), permissionsPerRole))
      } else if size > roleSize {
        warnings.append(exceeded("role \(role.id)", counted(size, "byte"), roleSize))
      }
    }
    return warnings
  }

  private static func policyWarnings(_ policy: GoogleAllowPolicy) -> [PolicyWarning] {
    var warnings: [PolicyWarning] = []
    let name = policy.resource.name.text
    let members = policy.bindings.reduce(0) { $0 + $1.members.count }
    if members > membersPerPolicy {
      warnings.append(
        exceeded("the allow policy of \(name)", counted(members, "member"), membersPerPolicy))
    }
    var conditions: [[Name]: (count: Int, statements: [Int])] = [:]
    for binding in policy.bindings where binding.condition != nil {
      for member in binding.members {
        conditions[[binding.role.name, member], default: (0, [])].count += 1
        conditions[[binding.role.name, member], default: (0, [])].statements += binding.statements
      }
    }
    let most = conditions.sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .filter { $0.value.count > conditionsPerMember }
    for (key, found) in most {
      warnings.append(
        exceeded(
          "the allow policy of \(name), for \(key[1]),", counted(found.count, "condition"),
          conditionsPerMember, statements: found.statements.sorted()))
    }
    return warnings
  }

  private static func exceeded(
    _ what: String, _ found: String, _ limit: Int, statements: [Int] = []
  ) -> PolicyWarning {
    PolicyWarning(
      .limitExceeded, .error,
      "\(what) has \(found); Google Cloud takes \(QuantityText.count(limit))",
      statements: statements)
  }
}

/// Where bindings of Google Cloud reach more, or less, than the names that were recorded.
enum GoogleReach {
  static func warnings(_ statements: [Statement], fenced: Set<Int>) -> [PolicyWarning] {
    var below: [Int] = []
    var versions: [Int] = []
    var itself: [Int] = []
    var unknown: [Int] = []
    for statement in statements where statement.step == nil {
      let resource = GoogleResource(statement.key.resource)
      guard let kind = resource.kind else {
        unknown.append(statement.number)
        continue
      }
      let isAboutOther = collection(of: statement.grant.permission) != kind.collection
      let isCreation = createsOrLists(statement.grant.permission)
      if kind.hasPolicy, isAboutOther, !isCreation {
        let isKept = resource.limit != nil || fenced.contains(statement.number)
        if isKept { itself.append(statement.number) } else { below.append(statement.number) }
      }
      if !kind.hasPolicy, resource.limit?.type != nil, resource.limit?.name == nil {
        versions.append(statement.number)
      }
    }
    return [
      (
        versions, .reachesFurther, .warning,
        "recorded for an alias such as versions/latest reach all versions"
      ),
      (below, .reachesFurther, .note, "reach everything of their kind inside the resource"),
      (
        itself, .reachesLess, .warning,
        "are kept to the resource that was recorded, though Google Cloud checks their permission "
          + "on what is inside it: there they grant nothing"
      ),
      (
        unknown, .reachesFurther, .note,
        "are about resources of no known kind, taken to have an allow policy of their own"
      ),
    ].compactMap { (numbers: [Int], kind: PolicyWarning.Kind, severity, text: String) in
      numbers.isEmpty
        ? nil
        : PolicyWarning(
          kind, severity, counted(numbers.count, "statement") + " " + text, statements: numbers)
    }
  }

  /// `versions` of `secretmanager.versions.access`.
  private static func collection(of permission: Name) -> Name? {
    let parts = permission.utf8.split(
      separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count > 2 ? Name(String(Substring(parts[parts.count - 2]))) : nil
  }

  /// Whether Google Cloud checks the permission on what the new or listed resources are in.
  private static func createsOrLists(_ permission: Name) -> Bool {
    ["create", "list", "add"].contains { permission.hasSuffix("." + $0) }
  }
}
