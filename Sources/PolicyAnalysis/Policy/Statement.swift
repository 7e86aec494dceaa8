import TraceModel

/// What a policy allows, in no dialect: a principal, a permission, the resources it reaches.
package struct Grant: Hashable, Sendable {
  package let principal: Name
  package let permission: Name
  package let resource: ResourcePattern
  /// What a request must carry besides, ascending.
  package let conditions: [ContextEntry]

  package init(
    principal: Name, permission: Name, resource: ResourcePattern, conditions: [ContextEntry] = []
  ) {
    self.principal = principal
    self.permission = permission
    self.resource = resource
    self.conditions = conditions
  }

  /// Whether the grant allows `key`.
  package func covers(_ key: PermissionKey) -> Bool {
    principal == key.principal && permission == key.permission && resource.matches(key.resource)
      && conditions.allSatisfy(key.context.contains)
  }
}

/// A grant with its number, its name and the decisions that forced it.
package struct Statement: Sendable, Equatable {
  /// From 1, in the order of the policy: principal, service, resource, permission.
  package private(set) var number: Int
  /// A name that says what the statement is and stays the same while other statements come and go:
  /// `payments:secretmanager.versions.access:secrets/api-key`.
  package let id: String
  /// What was recorded; the grant allows it, and nothing else unless there is a `step`.
  package let key: PermissionKey
  package private(set) var grant: Grant
  package let evidence: Evidence
  /// How often what the statement grants was denied at other times.
  package let denials: Int
  /// Why the permission was needed, where no decision was recorded for it; nil for all others.
  package let inference: Inference?
  /// How the grant reaches more than `key`; nil where it does not.
  package private(set) var step: GeneralizationStep?
  /// Why the grant does not reach as far as was asked for; nil where it does.
  package private(set) var objection: RungObjection?

  /// The same, on a rung of the ladder.
  func on(_ step: GeneralizationStep) -> Statement {
    var statement = self
    statement.step = step.rung == .exact ? nil : step
    statement.grant = Grant(
      principal: key.principal, permission: key.permission, resource: step.pattern,
      conditions: key.context)
    return statement
  }

  /// The same, at another place of a policy.
  func numbered(_ number: Int) -> Statement {
    var statement = self
    statement.number = number
    return statement
  }

  /// The same, with a reason why it stays as it is.
  func keptBack(_ objection: RungObjection) -> Statement {
    var statement = self
    statement.objection = objection
    return statement
  }
}

extension [Statement] {
  /// One statement for each used permission, exactly as wide as that.
  static func exact(_ used: [UsedPermission]) -> [Statement] {
    var taken: [String: Int] = [:]
    return used.enumerated().map { offset, permission in
      let key = permission.key
      var id = StatementID.text(for: key)
      taken[id, default: 0] += 1
      if let times = taken[id], times > 1 { id += "~\(times)" }
      return Statement(
        number: offset + 1, id: id, key: key,
        grant: Grant(
          principal: key.principal, permission: key.permission, resource: .exact(key.resource),
          conditions: key.context),
        evidence: permission.evidence, denials: permission.denials,
        inference: permission.inference)
    }
  }
}

/// Names of statements, made of what they grant.
private enum StatementID {
  static func text(for key: PermissionKey) -> String {
    [person(key.principal), plain(key.permission.utf8), place(key.resource)]
      .joined(separator: ":")
  }

  /// `payments` of `serviceAccount:payments@shop.iam.gserviceaccount.com`.
  private static func person(_ principal: Name) -> String {
    if let name = principal.partOfARN { return plain(name) }
    let start = principal.utf8.firstIndex(of: UInt8(ascii: ":")).map(principal.utf8.index(after:))
    let rest = principal.utf8[(start ?? principal.utf8.startIndex)...]
    return plain(rest.prefix { $0 != UInt8(ascii: "@") })
  }

  /// `secrets/api-key` of `projects/shop/secrets/api-key`.
  private static func place(_ resource: Name) -> String {
    if let name = resource.partOfARN { return plain(name) }
    guard let path = EmulatorPlace(resource)?.path else { return plain(resource.utf8) }
    return plain(path.utf8)
  }

  /// At most 80 bytes of letters, digits and `._/-`.
  private static func plain(_ text: some Sequence<UInt8>) -> String {
    let bytes = Array(text).map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "/"), UInt8(ascii: "-"):
        byte
      default: UInt8(ascii: "-")
      }
    }
    return String(decoding: bytes.prefix(80), as: UTF8.self)
  }
}

extension Name {
  /// What stands behind the fifth colon of an ARN: `role/deployer`.
  fileprivate var partOfARN: Substring.UTF8View? {
    guard hasPrefix("arn:") else { return nil }
    return utf8.split(separator: UInt8(ascii: ":"), maxSplits: 5, omittingEmptySubsequences: false)
      .dropFirst(5).first
  }
}
