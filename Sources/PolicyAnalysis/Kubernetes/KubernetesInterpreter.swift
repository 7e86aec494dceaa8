import TraceIndex
import TraceModel
import WireFormats

/// Says what the requests of a Kubernetes audit log asked RBAC for.
struct KubernetesInterpreter: DecisionInterpreter {
  private let executions: [ObjectIdentifier: KubernetesAuditRows]
  private let principal: Name?
  private let inferences: Set<Inference>
  /// Requests in another's name under the newer rules of impersonation, which are not known here.
  let constrainedImpersonations: Int

  init(_ indexes: [TraceIndex], principal: Name?, inferences: Set<Inference>) {
    self.principal = principal
    self.inferences = inferences
    executions = Dictionary(
      indexes.map { (ObjectIdentifier($0), KubernetesAuditRows($0)) },
      uniquingKeysWith: { first, _ in first })
    constrainedImpersonations = executions.values.reduce(0) { sum, rows in
      sum + rows.impersonations.values.count(where: \.isConstrained)
    }
  }

  func reading(ofRow row: Int, in index: TraceIndex) -> DecisionReading? {
    guard let rows = executions[ObjectIdentifier(index)],
      let treatment = rows.rules.treatment(ofRow: row)
    else { return nil }
    let key = index.permissionKey(ofRow: row)
    guard let request = KubernetesRequest(permission: key.permission, target: key.resource) else {
      return RecordedDecisions(principal: principal).reading(ofRow: row, in: index)
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
    if inferences.contains(.impersonate), let impersonation = rows.impersonations[row] {
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
  /// Requests in another's name, by row.
  let impersonations: [Int: KubernetesImpersonation]
  private let masters: Set<Int>
  private let nodes: Set<Int>
  private let statusCode: Int?
  private let groups: Int?
  private let impersonatorGroups: Int?

  init(_ index: TraceIndex) {
    groups = index.keyOrdinal(scope: .authz, name: "groups")
    impersonatorGroups = index.keyOrdinal(scope: .authz, name: "impersonator_groups")
    rules = DecisionRules(index: index)
    statusCode = index.keyOrdinal(scope: .authz, name: "status_code")
    masters = index.rows(with: "groups") { $0 == "system:masters" }
    nodes = index.rows(with: "groups") { $0 == "system:nodes" }
    impersonations = KubernetesImpersonation.all(in: index)
  }

  func groups(ofRow row: Int, ofImpersonator: Bool, _ index: TraceIndex) -> [Name] {
    let key = ofImpersonator ? impersonatorGroups : groups
    return key.map { index.values(ofKey: $0, row: row).map { Name(index.string($0)) } } ?? []
  }

  /// Whether another than RBAC decided, whatever RBAC would have said.
  func bypassesRBAC(_ row: Int, _ index: TraceIndex) -> Bool {
    if masters.contains(row) { return true }
    return nodes.contains(row) && !index.string(index.reason(row)).hasPrefix("RBAC: ")
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
  private var user: StringID?
  private var isMaster = false
  private var groups: [StringID] = []
  private var uid: StringID?
  private var extra: StringID?
  private(set) var isConstrained = false

  /// By row.
  static func all(in index: TraceIndex) -> [Int: Self] {
    var found: [Int: Self] = [:]
    index.forEachValue(of: "impersonator") { row, value in found[row, default: Self()].user = value
    }
    guard !found.isEmpty else { return found }
    index.forEachValue(of: "impersonator_groups") { row, value in
      if index.string(value) == "system:masters" { found[row]?.isMaster = true }
    }
    index.forEachValue(of: "groups") { row, value in found[row]?.groups.append(value) }
    index.forEachValue(of: "principal_uid") { row, value in found[row]?.uid = value }
    index.forEachValue(of: "principal_extra") { row, value in found[row]?.extra = value }
    index.forEachValue(of: "impersonation_constraint") { row, value in
      if !value.isEmpty { found[row]?.isConstrained = true }
    }
    return found
  }

  /// What the real user needed to take on `other`.
  func requests(of other: Name, _ index: TraceIndex) -> [PermissionRequest] {
    guard let user, !user.isEmpty, !isMaster, !isConstrained else { return [] }
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

extension TraceIndex {
  /// Calls `body` with the row and value of every attribute `name` of decisions.
  fileprivate func forEachValue(of name: String, _ body: (Int, StringID) -> Void) {
    guard let key = keyOrdinal(scope: .authz, name: name) else { return }
    withPostings(ofKey: key) { postings in
      for position in postings.rows.indices {
        body(Int(postings.rows[position]), StringID(postings.values[position]))
      }
    }
  }

  /// All values of an attribute of a row, in their order.
  fileprivate func values(ofKey key: Int, row: Int) -> [StringID] {
    withPostings(ofKey: key) { postings in
      var (low, high) = (0, postings.rows.count)
      while low < high {
        let middle = (low + high) / 2
        if postings.rows[middle] < UInt32(row) { low = middle + 1 } else { high = middle }
      }
      var values: [StringID] = []
      while low < postings.rows.count, postings.rows[low] == UInt32(row) {
        values.append(StringID(postings.values[low]))
        low += 1
      }
      return values
    }
  }

  /// The rows with an attribute `name` whose text is as wanted.
  fileprivate func rows(with name: String, where isWanted: (String) -> Bool) -> Set<Int> {
    var known: [StringID: Bool] = [:]
    var rows: Set<Int> = []
    forEachValue(of: name) { row, value in
      let matches = known[value] ?? isWanted(string(value))
      known[value] = matches
      if matches { rows.insert(row) }
    }
    return rows
  }
}
