import TraceIndex
import TraceModel
import WireFormats

/// What a CloudTrail event says of one call.
struct AWSCall {
  /// The call's action as its names tell it, such as `lambda:CreateFunction`.
  var permission = ""
  var principal = ""
  var target = ""
  var eventName = ""
  var eventType = ""
  var region = ""
  var principalType = ""
  var identityARN = ""
  var identityAccount = ""
  var recipientAccount = ""
  var invokedBy = ""
  /// The event's `errorCode`.
  var reason = ""
  var message = ""
  /// Resources that the event names, each with its ARN.
  var resources: [String] = []
  /// Resources that the event names by the beginning of their ARNs.
  var resourcePrefixes: [String] = []
  var parameters = AWSParameters()
  /// What other events tell of the names in this one.
  var known = AWSRecordedNames()

  var service: String { String(permission.prefix { $0 != ":" }) }

  /// The partition of the principal, else that of the region.
  var partition: String {
    let parts = principal.split(separator: ":", maxSplits: 2)
    if parts.count == 3, parts[0] == "arn" { return String(parts[1]) }
    let partitions = [
      ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("us-isob-", "aws-iso-b"),
      ("us-iso-", "aws-iso"), ("eusc-", "aws-eusc"),
    ]
    return partitions.first { region.hasPrefix($0.0) }?.1 ?? "aws"
  }

  /// The account that the call was about.
  var account: String { recipientAccount.isEmpty ? identityAccount : recipientAccount }

  /// Whether a service made the call with the permissions of the principal.
  var isForwarded: Bool { !invokedBy.isEmpty && principalType != "AWSService" }
}

/// Reads the calls of one execution.
struct AWSCallReader: Sendable {
  private enum Field: CaseIterable {
    case eventName, eventType, region, principalType, identityARN, identityAccount
    case recipientAccount, invokedBy, resource, resourcePrefix, parameters

    var attribute: String {
      switch self {
      case .eventName: "event_name"
      case .eventType: "event_type"
      case .region: "region"
      case .principalType: "principal_type"
      case .identityARN: "identity.arn"
      case .identityAccount: "identity.account"
      case .recipientAccount: "recipient_account"
      case .invokedBy: "invoked_by"
      case .resource: "resource"
      case .resourcePrefix: "resource_prefix"
      case .parameters: "request_parameters"
      }
    }
  }

  /// The attributes that calls are made of.
  static let attributes = Field.allCases.map(\.attribute)

  private let fields: [StringID: Field]

  init(_ index: TraceIndex) {
    fields = Dictionary(
      Field.allCases.compactMap { field in
        index.stringID(of: field.attribute).map { ($0, field) }
      }, uniquingKeysWith: { first, _ in first })
  }

  /// The call of a row; nil when the row is not of a CloudTrail event.
  func call(ofRow row: Int, in index: TraceIndex) -> AWSCall? {
    var call = AWSCall()
    for attribute in index.attributes(ofRow: row) where attribute.scope == .authz {
      guard let field = fields[attribute.key] else { continue }
      let text = index.string(attribute.value)
      switch field {
      case .eventName: call.eventName = text
      case .eventType: call.eventType = text
      case .region: call.region = text
      case .principalType: call.principalType = text
      case .identityARN: call.identityARN = text
      case .identityAccount: call.identityAccount = text
      case .recipientAccount: call.recipientAccount = text
      case .invokedBy: call.invokedBy = text
      case .resource: call.resources.append(text)
      case .resourcePrefix: call.resourcePrefixes.append(text)
      case .parameters: call.parameters = AWSParameters(text)
      }
    }
    guard !call.eventName.isEmpty else { return nil }
    call.permission = index.string(index.permission(row))
    call.principal = index.string(index.principal(row))
    call.target = index.string(index.target(row))
    call.reason = index.string(index.reason(row))
    call.message = index.string(index.message(row))
    return call
  }
}

/// The request parameters of a call, which are shaped differently for each service.
///
/// Values that CloudTrail has redacted or left out are not there.
struct AWSParameters {
  /// The texts at any depth, by the key above them in lower case, in order, each once.
  private var byKey: [String: [String]] = [:]
  /// The texts at the top.
  private var top: [String: String] = [:]
  /// All texts that are ARNs, in order, each once.
  private(set) var arns: [String] = []
  private(set) var tree: JSONValue?

  init() {}

  init(_ json: String) {
    let bytes = Array(json.utf8)
    // What is nested too deeply for a tree names no resource.
    do throws(JSONFault) { tree = try JSONValue(bytes.span.bytes) } catch { return }
    guard let tree, tree["omitted"] == nil else {
      self.tree = nil
      return
    }
    take(tree, below: "", depth: 0)
  }

  private mutating func take(_ value: JSONValue, below key: String, depth: Int) {
    switch value {
    case .object(let members):
      for member in members {
        take(member.value, below: member.key.lowercased(), depth: depth + 1)
      }
    case .array(let elements):
      for element in elements { take(element, below: key, depth: depth + 1) }
    case .string(let text):
      guard !text.isEmpty, !text.contains(AWSParameters.redacted) else { return }
      if !byKey[key, default: []].contains(text) { byKey[key, default: []].append(text) }
      if depth == 1 { top[key] = text }
      if text.hasPrefix("arn:"), !arns.contains(text) { arns.append(text) }
    case .literal: break
    }
  }

  /// What CloudTrail writes in place of a value that it must not record.
  private static let redacted = "HIDDEN_DUE_TO_SECURITY_REASONS"

  /// The texts below a key in lower case, at any depth.
  func values(_ key: String) -> [String] { byKey[key] ?? [] }

  /// The text of a parameter, by its key in lower case.
  func value(_ key: String) -> String? { top[key] }

  /// Whether some value, of any kind, stands below a key at the top.
  func has(_ key: String) -> Bool {
    guard case .object(let members)? = tree else { return false }
    return members.contains { member in
      member.key.lowercased() == key && member.value != .literal("null")
        && member.value != .array([]) && member.value != .object([])
    }
  }
}
