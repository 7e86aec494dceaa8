import TraceIndex
import TraceModel

/// Says which permissions the calls of CloudTrail asked for, and which calls count for nothing.
struct AWSInterpreter: DecisionInterpreter {
  private struct Execution: Sendable {
    let rules: DecisionRules
    let calls: AWSCallReader
    /// Rows whose event is there a second time.
    let duplicates: Set<Int>
  }

  private let executions: [ObjectIdentifier: Execution]
  /// For decisions of which no trail tells.
  private let recorded: RecordedDecisions
  private let known: AWSRecordedNames
  let permissions: AWSPermissions

  init(
    _ indexes: [TraceIndex], principal: Name?, catalogue: AWSCatalogue, inferences: Set<Inference>
  ) {
    recorded = RecordedDecisions(indexes, principal: principal)
    permissions = AWSPermissions(catalogue: catalogue, inferences: inferences)
    let duplicates = AWSDuplicates.rows(of: indexes)
    let readers = indexes.map(AWSCallReader.init)
    known = AWSRecordedNames(Array(zip(indexes, readers)).map { (index: $0, calls: $1) })
    executions = Dictionary(
      indexes.enumerated().map { number, index in
        (
          ObjectIdentifier(index),
          Execution(
            rules: DecisionRules(index: index, principal: principal, needsResource: false),
            calls: readers[number], duplicates: duplicates[number])
        )
      }, uniquingKeysWith: { first, _ in first })
  }

  var attributes: [String] { AWSCallReader.attributes }

  var readsMessages: Bool { true }

  func exceptions(in index: TraceIndex) -> Set<Int> {
    executions[ObjectIdentifier(index)]?.duplicates ?? []
  }

  func reading(ofRow row: Int, in index: TraceIndex) -> DecisionReading? {
    guard let execution = executions[ObjectIdentifier(index)],
      let treatment = execution.rules.treatment(ofRow: row)
    else { return nil }
    guard var call = execution.calls.call(ofRow: row, in: index) else {
      return recorded.reading(ofRow: row, in: index)
    }
    call.known = known
    if treatment != .excluded(.otherPrincipal) {
      let reason =
        execution.duplicates.contains(row) ? .duplicate : AWSInterpreter.exclusion(call)
      if let reason { return DecisionReading(treatment: .excluded(reason), requests: []) }
    }
    switch treatment {
    case .granted: return DecisionReading(treatment: treatment, requests: requests(of: call))
    case .excluded(.denied): return DecisionReading(treatment: treatment, requests: denied(call))
    case .excluded: return DecisionReading(treatment: treatment, requests: [])
    }
  }

  /// Why a call grants nothing to anybody, whatever came of it.
  private static func exclusion(_ call: AWSCall) -> ExclusionReason? {
    if !call.eventType.isEmpty && call.eventType != "AwsApiCall" { return .notACall }
    if call.reason == "needs no permission" { return .needsNoPermission }
    switch call.principalType {
    case "AWSService": return .calledByService
    case "Root": return .rootUser
    case "AWSAccount": return .otherAccount
    default: break
    }
    if call.principal.hasSuffix(".amazonaws.com") { return .calledByService }
    if call.principal.hasSuffix(":root") { return .rootUser }
    if call.principal.contains(":role/aws-service-role/") { return .serviceLinkedRole }
    return AWSPrincipal(call.principal) == nil ? .noPolicyHolder : nil
  }

  private func requests(of call: AWSCall) -> [PermissionRequest] {
    permissions.needs(of: call).map { need in
      PermissionRequest(
        key: PermissionKey(
          principal: Name(call.principal), permission: Name(need.action),
          resource: Name(need.resource), context: need.context), inference: need.inference)
    }
  }

  /// The permission that was denied: the one that the message names, else the only one that the
  /// call needed. Of several, it is not known which; then there is none.
  private func denied(_ call: AWSCall) -> [PermissionRequest] {
    let asked = requests(of: call).filter { $0.inference == nil }
    guard let named = AWSDenial(call.message) else { return asked.count == 1 ? asked : [] }
    let action = permissions.catalogue.action(named.action)?.permission ?? named.action
    let same = asked.filter { $0.key.permission.text == action }
    guard let resource = named.resource ?? same.first?.key.resource.text else { return [] }
    let context = same.first?.key.context ?? []
    return [
      PermissionRequest(
        key: PermissionKey(
          principal: Name(call.principal), permission: Name(action), resource: Name(resource),
          context: context), inference: nil)
    ]
  }
}

/// What the message of a denial names.
private struct AWSDenial {
  let action: String
  /// A pattern; nil when the message names none.
  let resource: String?

  /// - Parameter message: such as `User: U is not authorized to perform: A on resource: R because …`.
  init?(_ message: String) {
    guard let start = message.firstRange(of: "not authorized to perform: ") else { return nil }
    let words = message[start.upperBound...].split(separator: " ", omittingEmptySubsequences: true)
    guard let action = words.first, action.contains(":") else { return nil }
    self.action = String(action)
    let mark = words.firstIndex { $0 == "resource:" }
    let named = mark.flatMap { words.indices.contains($0 + 1) ? String(words[$0 + 1]) : nil }
    resource = named.flatMap {
      $0 == "*" ? "*" : $0.hasPrefix("arn:") ? IAMPattern.literal($0) : nil
    }
  }
}

/// Somebody to whom a policy can be attached.
struct AWSPrincipal: Hashable, Sendable {
  enum Kind: String, Sendable { case user, role }

  let kind: Kind
  let account: String
  /// Without its path.
  let name: String
  /// Whether IAM Identity Center keeps the role, so that its policies come from a permission set.
  let isFromPermissionSet: Bool

  init?(_ arn: String) {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[3].isEmpty else {
      return nil
    }
    let path = parts[5].split(separator: "/", omittingEmptySubsequences: false)
    guard path.count >= 2, let kind = Kind(rawValue: String(path[0])), let name = path.last,
      !name.isEmpty
    else { return nil }
    self.kind = kind
    account = String(parts[4])
    self.name = String(name)
    isFromPermissionSet = parts[5].hasPrefix("role/aws-reserved/sso.amazonaws.com/")
  }
}

/// Events that are there twice: in overlapping files, or in the trails of the caller's account and
/// of the resource's.
private enum AWSDuplicates {
  private struct Copy {
    let execution: Int
    let row: Int
    /// Whether it is from the trail of the caller's account.
    let isCallers: Bool
    let event: String
  }

  /// For each execution, the rows that repeat another.
  ///
  /// Of the copies of a call, that of the caller's account is kept, then the first.
  static func rows(of indexes: [TraceIndex]) -> [Set<Int>] {
    var duplicates = [Set<Int>](repeating: [], count: indexes.count)
    for name in ["event_id", "shared_event_id"] {
      var kept: [String: Copy] = [:]
      for (number, index) in indexes.enumerated() {
        guard let key = index.keyOrdinal(scope: .authz, name: name) else { continue }
        let accounts = ["recipient_account", "identity.account"].map {
          index.keyOrdinal(scope: .authz, name: $0)
        }
        let event = index.keyOrdinal(scope: .authz, name: "event_id")
        let candidates = indexes.count > 1 ? index.rows(with: key) : index.rowsSharing(key)
        for row in candidates {
          guard !duplicates[number].contains(row), let id = index.attribute(key, ofRow: row)
          else { continue }
          let values = accounts.map { $0.flatMap { index.attribute($0, ofRow: row) } }
          let copy = Copy(
            execution: number, row: row, isCallers: values[0] == values[1],
            event: event.flatMap { index.attribute($0, ofRow: row) }.map(index.string) ?? "")
          // Ids that were blanked or copied are no reason to drop another call.
          let call =
            "\(index.string(id)) \(index.string(index.permission(row))) \(index.start(row))"
          guard let other = kept[call] else {
            kept[call] = copy
            continue
          }
          let isBetter =
            copy.isCallers != other.isCallers ? copy.isCallers : copy.event < other.event
          let loser = isBetter ? other : copy
          duplicates[loser.execution].insert(loser.row)
          if isBetter { kept[call] = copy }
        }
      }
    }
    return duplicates
  }
}
