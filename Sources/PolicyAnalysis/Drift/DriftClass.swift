/// How what is granted and what was used relate; the raw value is the stable name in JSON output.
package enum DriftClass: String, Sendable, CaseIterable, Comparable {
  /// Allowed in the recording, and the policy denies it.
  case usedNotGranted = "used-not-granted"
  /// Granted, asked for, and denied every time.
  case exercisedButDenied = "exercised-but-denied"
  /// Granted, and no decision needed it.
  case unused
  /// Granted, and no artifact of this kind would show a use.
  case unobservable
  case used

  /// What it stands for, in a clause.
  package var meaning: String {
    switch self {
    case .usedNotGranted: "was allowed, and the policy does not grant it"
    case .exercisedButDenied: "the policy grants it, and it was denied whenever it was asked for"
    case .unused: "granted, and no recorded decision needed it"
    case .unobservable: "granted, and these artifacts would not show a use"
    case .used: "granted, and used"
    }
  }

  /// What makes the exit status 1 unless it is told otherwise: what is not as the policy says, and what
  /// can go.
  package static let gating: Set<DriftClass> = [.usedNotGranted, .exercisedButDenied, .unused]

  package static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  private var rank: Int { DriftClass.allCases.firstIndex(of: self) ?? 0 }
}

/// What of a grant these artifacts could show at all.
struct ObservableUse: Sendable {
  /// Services of all permissions that were asked for, whatever came of it.
  let services: Set<Name>
  /// All permissions that were asked for, whatever came of it.
  let permissions: Set<Name>
}

extension DialectRules {
  static func unobservable(_ grant: StandingGrant, _ recorded: ObservableUse) -> String? { nil }

  /// For platforms on which each service logs, or asks, by itself: one that did not says nothing.
  static func silence(of grant: StandingGrant, _ recorded: ObservableUse) -> String? {
    recorded.services.contains(grant.permission.service)
      ? nil : "no decision about \(grant.permission.service) is in these artifacts"
  }
}

/// Actions of AWS of which no event is written, or only where a trail is told to.
enum AWSUnrecorded {
  /// Checked as a part of other calls.
  static let permissionOnly: Set<Name> = [
    "iam:PassRole", "sts:TagSession", "sts:SetSourceIdentity", "ec2:CreateTags",
    "rds-db:connect", "execute-api:Invoke", "execute-api:ManageConnections",
    "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite",
    "elasticfilesystem:ClientRootAccess", "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel", "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel", "ec2messages:GetMessages", "ec2messages:AcknowledgeMessage",
    "ec2messages:SendReply", "ec2messages:FailMessage", "xray:PutTraceSegments",
    "xray:PutTelemetryRecords", "iot:Connect", "iot:Publish", "iot:Receive", "iot:Subscribe",
  ]

  /// Data events by service ("Logging data events" in AWS's documentation of CloudTrail): a trail has
  /// them only when it is told to.
  static let dataEvents: [String: Set<String>] = [
    "s3": [
      "AbortMultipartUpload", "DeleteObject", "DeleteObjectTagging", "DeleteObjectVersion",
      "DeleteObjectVersionTagging", "GetObject", "GetObjectAcl", "GetObjectAttributes",
      "GetObjectLegalHold", "GetObjectRetention", "GetObjectTagging", "GetObjectTorrent",
      "GetObjectVersion", "GetObjectVersionAcl", "GetObjectVersionTagging", "ListBucket",
      "ListBucketMultipartUploads", "ListBucketVersions", "ListMultipartUploadParts", "PutObject",
      "PutObjectAcl", "PutObjectLegalHold", "PutObjectRetention", "PutObjectTagging",
      "PutObjectVersionAcl", "PutObjectVersionTagging", "RestoreObject",
    ],
    "lambda": ["InvokeFunction", "InvokeFunctionUrl", "InvokeAsync"],
    "dynamodb": [
      "BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem",
      "GetRecords", "PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate", "PutItem",
      "Query", "Scan", "UpdateItem",
    ],
    "sns": ["Publish"],
    "sqs": [
      "ChangeMessageVisibility", "DeleteMessage", "ReceiveMessage", "SendMessage",
    ],
    "kinesis": ["GetRecords", "GetShardIterator", "PutRecord", "PutRecords", "SubscribeToShard"],
    "logs": ["PutLogEvents"],
    "cloudwatch": ["PutMetricData", "GetMetricData"],
    "cognito-identity": ["GetId", "GetCredentialsForIdentity", "GetOpenIdToken"],
  ]

  /// Why no event of an action may be there; nil where one would.
  static func reason(_ permission: Name, _ recorded: ObservableUse) -> String? {
    if permissionOnly.contains(permission) {
      return "no event is written for it: it is checked as a part of other calls"
    }
    guard let (service, action) = permission.text.partedAtColon,
      let actions = dataEvents[service], actions.contains(action)
    else { return nil }
    let isLogged = actions.contains { recorded.permissions.contains(Name("\(service):\($0)")) }
    return isLogged
      ? nil : "its events are data events, and none of \(service) is in these artifacts"
  }
}

extension String {
  fileprivate var partedAtColon: (String, String)? {
    guard let colon = utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    return (
      String(Substring(utf8[..<colon])), String(Substring(utf8[utf8.index(after: colon)...]))
    )
  }
}
