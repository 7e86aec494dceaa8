import TraceIndex
import TraceModel
import WireFormats

/// Says what the requests of a Kubernetes audit log asked RBAC for.
struct KubernetesInterpreter: DecisionInterpreter {
  private let executions: [ObjectIdentifier: KubernetesAuditRows]
  /// For decisions that another than an API server made.
  private let recorded: RecordedDecisions
  private let principal: Name?
  private let inferences: Set<Inference>
  /// Requests in another's name under the newer rules of impersonation, which are not known here.
  let constrainedImpersonations: Int

  init(_ indexes: [TraceIndex], principal: Name?, inferences: Set<Inference>) {
    self.principal = principal
    self.inferences = inferences
    recorded = RecordedDecisions(indexes, principal: principal)
    executions = Dictionary(
      indexes.map { (ObjectIdentifier($0), KubernetesAuditRows($0)) },
      uniquingKeysWith: { first, _ in first })
    constrainedImpersonations = indexes.reduce(0) {
      $0 + KubernetesImpersonation.constrained(in: $1)
    }
  }

  var attributes: [String] {
    let own = ["groups", "status_code"]
    // Uid and further fields are often new with each token; they matter to those who take them on.
    return executions.values.contains(where: \.hasImpersonations)
      ? own + KubernetesImpersonation.attributes : own
  }

  func reading(ofRow row: Int, in index: TraceIndex) -> DecisionReading? {
    guard let rows = executions[ObjectIdentifier(index)],
      let treatment = rows.rules.treatment(ofRow: row)
    else { return nil }
    let key = index.permissionKey(ofRow: row)
    guard let request = KubernetesRequest(permission: key.permission, target: key.resource) else {
      return recorded.reading(ofRow: row, in: index)
    }
    let isOthers = principal.map { $0 != key.principal && !key.principal.isEmpty } ?? false
    switch treatment {
    case .granted:
      let asked = requests(of: request, by: key.principal, row, rows, index)
        .filter { principal == nil || $0.key.principal == principal }
      if !asked.isEmpty { return DecisionReading(treatment: .granted, requests: asked) }
      return DecisionReading(
        treatment: .excluded(isOthers ? .otherPrincipal : .bypassesRBAC), requests: [])
    case .excluded where isOthers:
      return DecisionReading(treatment: .excluded(.otherPrincipal), requests: [])
    case .excluded(.denied):
      return DecisionReading(
        treatment: treatment, requests: [PermissionRequest(key: key, inference: nil)])
    case .excluded:
      return DecisionReading(treatment: treatment, requests: [])
    }
  }

  func groups(of request: PermissionRequest, row: Int, in index: TraceIndex) -> [Name] {
    guard let rows = executions[ObjectIdentifier(index)] else { return [] }
    // The one who took on another's name is authorized with groups of their own.
    return rows.groups(ofRow: row, ofImpersonator: request.inference == .impersonate, index)
  }

  private func requests(
    of request: KubernetesRequest, by user: Name, _ row: Int, _ rows: KubernetesAuditRows,
    _ index: TraceIndex
  ) -> [PermissionRequest] {
    var asked: [PermissionRequest] = []
    if !rows.bypassesRBAC(row, index) {
      asked.append(PermissionRequest(request, by: user))
      // An object that was made by writing to it was authorized a second time, with its name.
      if inferences.contains(.createOnWrite), rows.hasCreated(row, request, index) {
        var create = request
        create.verb = "create"
        asked.append(PermissionRequest(create, by: user, .createOnWrite))
      }
    }
    if inferences.contains(.impersonate),
      let impersonation = KubernetesImpersonation(row, index)
    {
      asked += impersonation.requests(of: user, index)
    }
    return asked
  }
}

extension PermissionRequest {
  init(_ request: KubernetesRequest, by user: Name, _ inference: Inference? = nil) {
    self.init(
      key: PermissionKey(
        principal: user, permission: request.permission, resource: request.target),
      inference: inference)
  }
}

/// What the rows of one execution say besides their columns.
struct KubernetesAuditRows: Sendable {
  let rules: DecisionRules
  let hasImpersonations: Bool
  private let masters: StringID?
  private let nodes: StringID?
  private let groups: Int?
  private let statusCode: Int?
  private let impersonatorGroups: Int?

  init(_ index: TraceIndex) {
    impersonatorGroups = index.keyOrdinal(scope: .authz, name: "impersonator_groups")
    rules = DecisionRules(index: index)
    hasImpersonations = index.keyOrdinal(scope: .authz, name: "impersonator") != nil
    groups = index.keyOrdinal(scope: .authz, name: "groups")
    statusCode = index.keyOrdinal(scope: .authz, name: "status_code")
    masters = index.stringID(of: "system:masters")
    nodes = index.stringID(of: "system:nodes")
  }

  func groups(ofRow row: Int, ofImpersonator: Bool, _ index: TraceIndex) -> [Name] {
    let key = ofImpersonator ? impersonatorGroups : groups
    return key.map { index.attributeValues($0, ofRow: row).map { Name(index.string($0)) } } ?? []
  }

  /// Whether another than RBAC decided, whatever RBAC would have said.
  func bypassesRBAC(_ row: Int, _ index: TraceIndex) -> Bool {
    guard let groups else { return false }
    let own = index.attributeValues(groups, ofRow: row)
    if let masters, own.contains(masters) { return true }
    guard let nodes, own.contains(nodes) else { return false }
    return !index.string(index.reason(row)).hasPrefix("RBAC: ")
  }

  func hasCreated(_ row: Int, _ request: KubernetesRequest, _ index: TraceIndex) -> Bool {
    guard request.verb == "patch" || request.verb == "update", !request.name.isEmpty,
      let statusCode, let code = index.attribute(statusCode, ofRow: row)
    else { return false }
    return index.string(code) == "201"
  }
}

/// Who made a request in another's name, and what of that one was taken on.
struct KubernetesImpersonation: Sendable {
  private let user: StringID
  private let isMaster: Bool
  private let groups: [StringID]
  private let uid: StringID?
  private let extra: StringID?
  private let isConstrained: Bool

  /// The attributes that it is made of, besides `groups`.
  static let attributes = [
    "impersonator", "impersonator_groups", "principal_uid", "principal_extra",
    "impersonation_constraint",
  ]

  /// Nil for a request in one's own name.
  init?(_ row: Int, _ index: TraceIndex) {
    func values(_ name: String) -> [StringID] {
      index.keyOrdinal(scope: .authz, name: name).map { index.attributeValues($0, ofRow: row) }
        ?? []
    }
    guard let user = values("impersonator").last else { return nil }
    self.user = user
    isMaster = values("impersonator_groups").contains { index.string($0) == "system:masters" }
    groups = values("groups")
    uid = values("principal_uid").last
    extra = values("principal_extra").last
    isConstrained = values("impersonation_constraint").contains { !$0.isEmpty }
  }

  /// How many requests were made under constrained impersonation.
  static func constrained(in index: TraceIndex) -> Int {
    guard let key = index.keyOrdinal(scope: .authz, name: "impersonation_constraint") else {
      return 0
    }
    let rows = index.withPostings(ofKey: key) { postings in
      postings.rows.indices.reduce(into: Set<Int>()) { $0.insert(Int(postings.rows[$1])) }
    }
    return rows.count { KubernetesImpersonation($0, index)?.isConstrained ?? false }
  }

  /// What the real user needed to take on `other`.
  func requests(of other: Name, _ index: TraceIndex) -> [PermissionRequest] {
    guard !user.isEmpty, !isMaster, !isConstrained else { return [] }
    let account = KubernetesServiceAccount(userName: other)
    var asked: [KubernetesRequest]
    if let account {
      asked = [
        KubernetesRequest(
          verb: "impersonate", resource: "serviceaccounts", namespace: account.namespace,
          name: account.name)
      ]
    } else {
      asked = [KubernetesRequest(verb: "impersonate", resource: "users", name: other)]
    }
    let given = KubernetesImpersonation.givenGroups(account)
    for group in groups.map({ Name(index.string($0)) }) where !given.contains(group) {
      asked.append(KubernetesRequest(verb: "impersonate", resource: "groups", name: group))
    }
    if let uid, !uid.isEmpty { asked.append(identity("uids", "", Name(index.string(uid)))) }
    if let extra { asked += extras(index.string(extra)) }
    let real = Name(index.string(user))
    return asked.map { PermissionRequest($0, by: real, .impersonate) }
  }

  /// Groups that the API server adds without asking.
  private static func givenGroups(_ account: KubernetesServiceAccount?) -> Set<Name> {
    var given: Set<Name> = ["system:authenticated", "system:unauthenticated", ""]
    if let account {
      given.formUnion([
        "system:serviceaccounts", Name("system:serviceaccounts:\(account.namespace)"),
      ])
    }
    return given
  }

  private func identity(_ resource: Name, _ key: Name, _ value: Name) -> KubernetesRequest {
    KubernetesRequest(
      verb: "impersonate", group: "authentication.k8s.io", resource: resource, subresource: key,
      name: value)
  }

  /// - Parameter json: lists of texts by key.
  private func extras(_ json: String) -> [KubernetesRequest] {
    let bytes = Array(json.utf8)
    let tree: JSONValue
    do throws(JSONFault) { tree = try JSONValue(bytes.span.bytes) } catch { return [] }
    guard case .object(let members) = tree else { return [] }
    return members.flatMap { member in
      guard case .array(let values) = member.value else { return [KubernetesRequest]() }
      return values.compactMap(\.text).map { identity("userextras", Name(member.key), Name($0)) }
    }
  }
}

/// The account that a user name of the form `system:serviceaccount:NAMESPACE:NAME` is of.
struct KubernetesServiceAccount: Hashable, Sendable {
  let namespace: Name
  let name: Name

  init?(userName: Name) {
    let parts = userName.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount",
      KubernetesNames.isLabel(parts[2]), KubernetesNames.isSubdomain(parts[3])
    else { return nil }
    namespace = Name(parts[2])
    name = Name(parts[3])
  }
}
