/// Requests that fall under a grant: its own names, and where it has patterns or names everybody, names
/// of the two policies that fit, and one that neither has.
struct PolicyDiffNames {
  private let principals: [Name]
  private let permissions: [Name]
  private let resources: [Name]

  /// Names that are tried for one pattern.
  private static let most = 20

  init(_ a: any PolicyEngine, _ b: any PolicyEngine) {
    let blocks = a.grants.blocks + b.grants.blocks
    principals = Set(blocks.flatMap(\.principals)).sorted()
    permissions = Set(blocks.flatMap(\.permissions)).sorted()
    resources = Set(blocks.flatMap(\.resources)).sorted()
  }

  /// The plainest first.
  func questions(about grant: StandingGrant, _ dialect: PolicyDialect) -> [PolicyQuestion] {
    let contexts = dialect == .aws ? AWSConditionText.contexts(grant.condition) : [[]]
    return people(grant.principal, dialect).flatMap { person in
      permissions(grant.permission, dialect).flatMap { permission in
        resources(grant, permission, dialect).flatMap { resource in
          contexts.map { context in
            PolicyQuestion(
              key: PermissionKey(
                principal: person.name, permission: permission, resource: resource,
                context: context), groups: person.groups)
          }
        }
      }
    }
  }

  /// Everything that a pattern stands for, as one request; nil where no platform takes such a request,
  /// or the grant is no pattern.
  static func whole(of grant: StandingGrant, _ dialect: PolicyDialect) -> PolicyQuestion? {
    guard dialect == .aws, isPattern(grant.permission) || isPattern(grant.resource) else {
      return nil
    }
    return PolicyQuestion(
      key: PermissionKey(
        principal: grant.principal, permission: grant.permission, resource: grant.resource,
        context: AWSConditionText.contexts(grant.condition)[0]))
  }

  private static func isPattern(_ name: Name) -> Bool {
    name.utf8.contains(UInt8(ascii: "*")) || name.utf8.contains(UInt8(ascii: "?"))
  }

  // MARK: Names

  private func people(
    _ member: Name, _ dialect: PolicyDialect
  ) -> [(name: Name, groups: [Name])] {
    let stranger = Name("user:\(Neighbours.fresh)")
    if dialect == .kubernetes, member.hasPrefix("group:") {
      let group = Name(String(member.text.dropFirst("group:".count)))
      return [(Name(Neighbours.fresh), [group])]
    }
    if member == "*" || member == "allUsers" || member == "allAuthenticatedUsers" {
      let known = principals.filter { $0 != member && !PolicyDiffNames.isPattern($0) }
      return [(stranger, [])] + known.prefix(PolicyDiffNames.most).map { ($0, []) }
    }
    return [(member, [])]
  }

  private func permissions(_ permission: Name, _ dialect: PolicyDialect) -> [Name] {
    guard PolicyDiffNames.isPattern(permission) else { return [permission] }
    let pattern = IAMPattern(permission.text, ignoringCase: dialect == .aws, hasEscapes: false)
    let known = permissions.filter { name in
      !PolicyDiffNames.isPattern(name)
        && pattern.covers(IAMPattern(name.text, ignoringCase: true, hasEscapes: false))
    }
    var fresh = permission.text
    if dialect == .kubernetes, fresh.hasSuffix(":*.*") {
      // Every resource of every group.
      fresh = String(fresh.dropLast(3)) + Neighbours.fresh
    }
    return known.prefix(PolicyDiffNames.most)
      + [Name(PolicyDiffNames.filled(fresh, sign: dialect == .aws ? "witness" : "vestige"))]
  }

  /// The text with its wildcards filled in.
  private static func filled(_ text: String, sign: String) -> String {
    text.replacing("*", by: sign).replacing("?", by: "x")
  }

  private func resources(
    _ grant: StandingGrant, _ permission: Name, _ dialect: PolicyDialect
  ) -> [Name] {
    switch dialect {
    case .emulator, .gcp: return [grant.resource, Name("\(grant.resource)/\(Neighbours.fresh)/1")]
    case .cedar: return grant.resource == "*" ? known(grant.resource) : [grant.resource]
    case .aws: return known(grant.resource)
    case .kubernetes: return [PolicyDiffNames.target(grant.resource, permission)]
    }
  }

  /// What is known and fits, a pattern of the policies among it, then a name that is made up.
  private func known(_ pattern: Name) -> [Name] {
    guard PolicyDiffNames.isPattern(pattern) || pattern.utf8.contains(UInt8(ascii: "$")) else {
      return [pattern]
    }
    let wanted = IAMPattern(pattern.text)
    let fitting = resources.filter { $0 != pattern && wanted.covers(IAMPattern($0.text)) }
    let literal = pattern.text.replacingEscapes
    return fitting.prefix(PolicyDiffNames.most)
      + [Name(PolicyDiffNames.filled(literal, sign: Neighbours.fresh))]
  }

  /// An object that `namespaces/shop/*/web` stands for, of the kind that the permission names.
  private static func target(_ place: Name, _ permission: Name) -> Name {
    if place.hasPrefix("/") {
      return Name(filled(place.text, sign: Neighbours.fresh))
    }
    let rest = permission.text.drop { $0 != ":" }.dropFirst()
    let kind = String(rest.prefix { $0 != "." && $0 != "/" })
    var parts = place.segments
    if parts.first == "namespaces", parts.count > 2 {
      parts[2] = Name(kind)
    } else if parts.first == "*" {
      parts[0] = Name(kind)
    }
    return Name(parts.map(\.text).joined(separator: "/"))
  }
}

extension String {
  /// With `?` for each escaped sign, which then stands for itself in no special way.
  fileprivate var replacingEscapes: String {
    var text = self
    for sign in ["*", "?", "$"] {
      while let range = text.firstRange(of: "${\(sign)}") { text.replaceSubrange(range, with: "?") }
    }
    return text
  }
}

/// The condition of a grant of AWS, as it is written for people: what a request must carry.
enum AWSConditionText {
  /// One context that should meet the condition, nothing for other operators than of equality.
  static func contexts(_ text: String?) -> [[ContextEntry]] {
    guard let text else { return [[]] }
    let entries = text.components(by: ", ").compactMap { line -> ContextEntry? in
      let words = line.split(separator: " ", maxSplits: 2).map(String.init)
      guard words.count == 3, words[0].hasSuffix("StringEquals"),
        let value = words[2].components(by: " or ").first
      else { return nil }
      return ContextEntry(key: Name(words[1]), value: Name(value))
    }
    return [entries.sorted(), []]
  }
}

extension String {
  fileprivate func components(by sign: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: sign) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
