import TraceIndex
import TraceModel
import WireFormats

/// Says what the entries of Google Cloud's audit logs asked IAM for.
///
/// Decisions of other logs are taken for just what their columns say.
struct GoogleInterpreter: DecisionInterpreter {
  private let recorded: RecordedDecisions
  private let executions: [ObjectIdentifier: GoogleAuditRows]
  private let principal: Name?
  private let inferences: Set<Inference>

  init(_ indexes: [TraceIndex], principal: Name?, inferences: Set<Inference>) {
    recorded = RecordedDecisions(indexes, principal: principal)
    executions = Dictionary(
      indexes.map { (ObjectIdentifier($0), GoogleAuditRows($0)) },
      uniquingKeysWith: { first, _ in first })
    self.principal = principal
    self.inferences = inferences
  }

  var attributes: [String] { GoogleAuditRows.attributes }

  func exceptions(in index: TraceIndex) -> Set<Int> {
    executions[ObjectIdentifier(index)]?.duplicates ?? []
  }

  func reading(ofRow row: Int, in index: TraceIndex) -> DecisionReading? {
    guard let rows = executions[ObjectIdentifier(index)], rows.isOfAuditLog(row, index) else {
      return recorded.reading(ofRow: row, in: index)
    }
    guard let treatment = rows.rules.treatment(ofRow: row) else { return nil }
    let own = PermissionRequest(key: index.permissionKey(ofRow: row), inference: nil)
    let isOthers = principal.map { $0 != own.key.principal && !own.key.principal.isEmpty } ?? false
    let exclusion = rows.exclusion(ofRow: row, index)
    var asked = exclusion == nil && !isOthers ? [own] : []
    // Those in whose name a service agent called did need a permission.
    if treatment == .granted, exclusion == nil || exclusion == .serviceAgent,
      inferences.contains(.tokenDelegation)
    {
      asked += rows.delegation(ofRow: row, to: own.key.principal, index).filter {
        principal == nil || $0.key.principal == principal
      }
    }
    if treatment == .granted, !asked.isEmpty {
      return DecisionReading(treatment: .granted, requests: asked)
    }
    if isOthers { return DecisionReading(treatment: .excluded(.otherPrincipal), requests: []) }
    if let exclusion { return DecisionReading(treatment: .excluded(exclusion), requests: []) }
    return DecisionReading(treatment: treatment, requests: asked)
  }
}

/// What the rows of one execution say besides their columns.
private struct GoogleAuditRows: Sendable {
  let rules: DecisionRules
  /// Rows whose check is there a second time.
  let duplicates: Set<Int>
  private let logName: Int?
  private let method: Int?
  private let delegation: Int?

  static let attributes = ["log_name", "method", "delegation"]

  init(_ index: TraceIndex) {
    rules = DecisionRules(index: index)
    logName = index.keyOrdinal(scope: .authz, name: "log_name")
    method = index.keyOrdinal(scope: .authz, name: "method")
    delegation = index.keyOrdinal(scope: .authz, name: "delegation")
    duplicates = GoogleAuditRows.duplicates(in: index)
  }

  func isOfAuditLog(_ row: Int, _ index: TraceIndex) -> Bool {
    text(logName, row, index).contains("cloudaudit.googleapis.com")
  }

  /// Why a check grants nothing to anybody, whatever came of it.
  func exclusion(ofRow row: Int, _ index: TraceIndex) -> ExclusionReason? {
    if duplicates.contains(row) { return .duplicate }
    if index.string(index.evaluator(row)) == "vpc-service-controls" { return .perimeter }
    if text(logName, row, index).hasSuffix("system_event") { return .calledByService }
    let method = text(method, row, index)
    // Whoever asks what they may do has not done it.
    if method.lowercased().hasSuffix("testiampermissions") { return .probe }
    return GoogleServiceAccount.isAgent(index.string(index.principal(row))) ? .serviceAgent : nil
  }

  /// What those needed in whose name, one after the other, the caller's token was made.
  func delegation(
    ofRow row: Int, to principal: Name, _ index: TraceIndex
  ) -> [PermissionRequest] {
    let json = Array(text(delegation, row, index).utf8)
    let tree: JSONValue
    do throws(JSONFault) { tree = try JSONValue(json.span.bytes) } catch { return [] }
    guard case .array(let elements) = tree else { return [] }
    let chain =
      elements.map { $0["firstPartyPrincipal"]?["principalEmail"]?.text ?? "" }
      + [principal.text.split(separator: ":").last.map(String.init) ?? ""]
    return zip(chain, chain.dropFirst()).compactMap { delegator, target in
      guard delegator.contains("@"), !GoogleServiceAccount.isAgent(delegator),
        let account = GoogleServiceAccount(email: target)
      else { return nil }
      let member =
        (delegator.hasSuffix(".gserviceaccount.com") ? "serviceAccount:" : "user:") + delegator
      return PermissionRequest(
        key: PermissionKey(
          principal: Name(member), permission: "iam.serviceAccounts.getAccessToken",
          resource: account.resource), inference: .tokenDelegation)
    }
  }

  private func text(_ key: Int?, _ row: Int, _ index: TraceIndex) -> String {
    key.flatMap { index.attribute($0, ofRow: row) }.map(index.string) ?? ""
  }

  /// Checks that are in the log twice: in overlapping exports, or again when an operation ends.
  private static func duplicates(in index: TraceIndex) -> Set<Int> {
    struct Check: Hashable {
      let entry: StringID?
      let ordinal: StringID?
      let permission: StringID
      let resource: StringID
      let time: Int64?
    }
    let ordinal = index.keyOrdinal(scope: .authz, name: "check")
    var duplicates: Set<Int> = []
    for (name, tellsTime) in [("insert_id", true), ("operation.id", false)] {
      guard let key = index.keyOrdinal(scope: .authz, name: name) else { continue }
      var seen: Set<Check> = []
      for row in index.rowsSharing(key) {
        let check = Check(
          entry: index.attribute(key, ofRow: row),
          ordinal: ordinal.flatMap { index.attribute($0, ofRow: row) },
          permission: index.permission(row), resource: index.target(row),
          // Ids that were blanked or copied are no reason to drop another call.
          time: tellsTime ? index.start(row) : nil)
        if !seen.insert(check).inserted { duplicates.insert(row) }
      }
    }
    return duplicates
  }
}

/// A service account that users make, and whose allow policy they can change.
private struct GoogleServiceAccount {
  let resource: Name

  init?(email: String) {
    let parts = email.split(separator: "@", omittingEmptySubsequences: false)
    let ending = ".iam.gserviceaccount.com"
    guard parts.count == 2, parts[1].hasSuffix(ending), !GoogleServiceAccount.isAgent(email) else {
      return nil
    }
    resource = Name("projects/\(parts[1].dropLast(ending.count))/serviceAccounts/\(email)")
  }

  /// Whether it acts for a service of Google, whose roles are granted by Google.
  static func isAgent(_ name: String) -> Bool {
    let address = name.split(separator: ":").last.map(String.init) ?? ""
    let parts = address.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, let domain = parts.last else { return false }
    let isOfService =
      parts[0].hasPrefix("service-") && domain.hasSuffix(".iam.gserviceaccount.com")
      && parts[0].dropFirst("service-".count).allSatisfy(\.isNumber)
    return isOfService || domain == "cloudservices.gserviceaccount.com"
      || domain == "system.gserviceaccount.com"
  }
}
