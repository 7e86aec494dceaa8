import TraceIndex

/// What executions tell of the users, roles and policies of IAM: where they are, and which role an
/// instance profile hands on. Calls name them without their path.
struct AWSRecordedNames: Sendable {
  private struct Holder: Hashable {
    let account: String
    let kind: String
    let name: String
  }

  /// The names with their paths.
  private var paths: [Holder: Set<String>] = [:]
  /// The roles that were put into instance profiles.
  private var roles: [Holder: Set<String>] = [:]

  init() {}

  init(_ executions: [(index: TraceIndex, calls: AWSCallReader)]) {
    for (index, calls) in executions {
      let decisions = DecisionClasses(of: index, attributes: AWSCallReader.attributes)
      for said in decisions.classes {
        guard let call = calls.call(ofRow: said.first, in: index) else { continue }
        for arn in [call.principal] + call.resources + call.parameters.arns { note(arn) }
        guard call.service == "iam" else { continue }
        noteMade(by: call)
        if call.eventName == "AddRoleToInstanceProfile",
          let role = call.parameters.value("rolename"),
          let profile = call.parameters.value("instanceprofilename")
        {
          let holder = Holder(account: call.account, kind: "instance-profile", name: profile)
          roles[holder, default: []].insert(role)
        }
      }
    }
  }

  private mutating func note(_ arn: String) {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "iam" else { return }
    let path = parts[5].split(separator: "/", omittingEmptySubsequences: false)
    guard path.count >= 2, let name = path.last, !name.isEmpty else { return }
    let holder = Holder(account: String(parts[4]), kind: String(path[0]), name: String(name))
    paths[holder, default: []].insert(path.dropFirst().joined(separator: "/"))
  }

  /// What is made without a path has none.
  private mutating func noteMade(by call: AWSCall) {
    let made = [
      ("CreateRole", "role", "rolename"), ("CreateUser", "user", "username"),
      ("CreateGroup", "group", "groupname"), ("CreatePolicy", "policy", "policyname"),
      ("CreateInstanceProfile", "instance-profile", "instanceprofilename"),
    ]
    guard let (_, kind, key) = made.first(where: { $0.0 == call.eventName }),
      let name = call.parameters.value(key)
    else { return }
    let path = call.parameters.value("path") ?? "/"
    let holder = Holder(account: call.account, kind: kind, name: name)
    paths[holder, default: []].insert(path.drop { $0 == "/" } + name)
  }

  /// Patterns for the part of an ARN behind `role/` and the like, ascending.
  ///
  /// Names are unique in an account whatever their path: where no event tells the path, a pattern
  /// without one and one with any reach exactly one role.
  func patterns(_ kind: String, _ name: String, account: String) -> [String] {
    let literal = IAMPattern.literal(name)
    let known = paths[Holder(account: account, kind: kind, name: name)] ?? []
    return known.isEmpty
      ? ["*/" + literal, literal] : known.sorted().map(IAMPattern.literal)
  }

  /// The roles of an instance profile; where no event tells them, the one with the profile's name,
  /// as where the console made both.
  func roles(ofProfile name: String, account: String) -> [String] {
    let known = roles[Holder(account: account, kind: "instance-profile", name: name)] ?? []
    return known.isEmpty ? [name] : known.sorted()
  }
}
