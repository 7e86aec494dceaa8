import Foundation
import Ingestion
import PolicyAnalysis
import TestSupport
import TraceIndex

/// CloudTrail events made up for a test.
struct Trail {
  static let user = "arn:aws:iam::111122223333:user/ana"

  private var events: [[String: Any]] = []

  /// One call; `more` replaces or adds fields of the event.
  mutating func call(
    _ source: String, _ name: String, _ parameters: [String: Any]? = nil,
    resources: [String] = [], error: String? = nil, more: [String: Any] = [:]
  ) {
    var event: [String: Any] = [
      "eventVersion": "1.09", "eventType": "AwsApiCall", "eventSource": source + ".amazonaws.com",
      "eventName": name, "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
      "eventTime": "2026-01-01T00:00:\(String(format: "%02d", events.count % 60))Z",
      "eventID": "e\(events.count)", "sourceIPAddress": "192.0.2.1",
      "userIdentity": [
        "type": "IAMUser", "arn": Trail.user, "accountId": "111122223333", "userName": "ana",
      ],
    ]
    if let parameters { event["requestParameters"] = parameters }
    if !resources.isEmpty { event["resources"] = resources.map { ["ARN": $0] } }
    if let error { event["errorCode"] = error }
    events.append(event.merging(more) { _, new in new })
  }

  /// A role's session, as `userIdentity`.
  static func role(_ arn: String, invokedBy: String? = nil) -> [String: Any] {
    var identity: [String: Any] = [
      "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/x/y",
      "accountId": "111122223333",
      "sessionContext": ["sessionIssuer": ["type": "Role", "arn": arn]],
    ]
    if let invokedBy { identity["invokedBy"] = invokedBy }
    return identity
  }

  func policy(_ change: (inout PolicyRequest) -> Void = { _ in }) throws -> GeneratedPolicy {
    var request = PolicyRequest(dialect: .aws, paths: ["run"])
    change(&request)
    return try PolicyGenerator.generate(from: indexes(), request)
  }

  /// Its events in the order given, or in another.
  func indexes(reversed: Bool = false) throws -> [TraceIndex] {
    let folder = TemporaryFolder()
    let records = reversed ? events.reversed() : events
    let data = try JSONSerialization.data(withJSONObject: ["Records": records])
    try Data(data).write(to: URL(filePath: folder.file("trail.json")))
    return try Trail.ingest(folder.file("trail.json"))
  }

  static func ingest(_ path: String) throws -> [TraceIndex] {
    let folder = TemporaryFolder()
    let cache = try IndexCache(folder: folder.file("cache"), environment: [:])
    return try ArtifactFinder.executions(at: [path]).flatMap { try cache.executions(of: $0) }
  }
}

extension GeneratedPolicy {
  /// `action on resource`, with `if key=value`, for each statement in order.
  var grants: [String] {
    statements.map { statement in
      let conditions = statement.grant.conditions.map { " if \($0.key)=\($0.value)" }.joined()
      return "\(statement.grant.permission) on \(statement.grant.resource.text)\(conditions)"
    }
  }

  /// How many decisions were left out for each reason.
  var leftOut: [ExclusionReason: Int] {
    Dictionary(uniqueKeysWithValues: excluded.map { ($0.reason, $0.decisions) })
  }
}
