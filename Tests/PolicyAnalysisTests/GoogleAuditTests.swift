import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex

@Suite("Google Cloud policies from audit logs") struct GoogleAuditTests {
  private static let caller = "deploy@shop.iam.gserviceaccount.com"
  private static let bucket = "projects/_/buckets/b"

  /// An entry with one check; `change` may set anything else.
  private func entry(
    _ permission: String = "storage.objects.get", by email: String = caller,
    granted: Bool = true, id: String, delegation: [String] = [],
    _ change: (inout [String: Any], inout [String: Any]) -> Void = { _, _ in }
  ) -> [String: Any] {
    var authentication: [String: Any] = ["principalEmail": email]
    if !delegation.isEmpty {
      authentication["serviceAccountDelegationInfo"] = delegation.map {
        ["firstPartyPrincipal": ["principalEmail": $0]]
      }
    }
    var payload: [String: Any] = [
      "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
      "serviceName": "storage.googleapis.com", "methodName": "storage.objects.get",
      "authenticationInfo": authentication, "resourceName": Self.bucket,
      "authorizationInfo": [
        ["resource": Self.bucket, "permission": permission, "granted": granted]
      ],
    ]
    if !granted { payload["status"] = ["code": 7, "message": "no"] }
    var entry: [String: Any] = [
      "insertId": id, "timestamp": "2026-03-02T09:00:00Z",
      "logName": "projects/shop/logs/cloudaudit.googleapis.com%2Fdata_access",
      "resource": ["type": "gcs_bucket"],
    ]
    change(&entry, &payload)
    entry["protoPayload"] = payload
    return entry
  }

  private func policy(
    _ entries: [[String: Any]], _ change: (inout PolicyRequest) -> Void = { _ in }
  ) throws -> GeneratedPolicy {
    let folder = TemporaryFolder()
    var text = Data()
    for entry in entries {
      text +=
        try JSONSerialization.data(withJSONObject: entry, options: .sortedKeys) + Data("\n".utf8)
    }
    try text.write(to: URL(filePath: folder.file("audit.jsonl")))
    var request = PolicyRequest(dialect: .gcp, paths: ["x"])
    change(&request)
    return try PolicyGenerator.generate(
      from: Trail.ingest(folder.file("audit.jsonl")), request)
  }

  private func grants(_ policy: GeneratedPolicy) -> [String] {
    policy.statements.map {
      "\($0.grant.principal) \($0.grant.permission) \($0.grant.resource.text)"
    }
  }

  @Test("whoever had a token made for another account needed the permission to do so")
  func delegation() throws {
    let entries = [
      entry(id: "1", delegation: ["ana@example.com", "ci@shop.iam.gserviceaccount.com"])
    ]
    let policy = try policy(entries)
    let token = "iam.serviceAccounts.getAccessToken"
    #expect(
      grants(policy) == [
        "serviceAccount:ci@shop.iam.gserviceaccount.com \(token) "
          + "projects/shop/serviceAccounts/\(Self.caller)",
        "serviceAccount:\(Self.caller) storage.objects.get \(Self.bucket)",
        "user:ana@example.com \(token) "
          + "projects/shop/serviceAccounts/ci@shop.iam.gserviceaccount.com",
      ])
    #expect(policy.statements.map(\.inference) == [.tokenDelegation, nil, .tokenDelegation])
    #expect(policy.replay.isExact)
    #expect(policy.document.contains("gcloud iam service-accounts set-iam-policy"))
    #expect(policy.warnings.contains { $0.kind == .inferred && $0.statements == [1, 3] })

    let without = try self.policy(entries) { $0.inferences = [] }
    #expect(grants(without).count == 1)
    let ana = try self.policy(entries) { $0.principal = "user:ana@example.com" }
    #expect(grants(ana).count == 1 && ana.statements[0].inference == .tokenDelegation)
    // The metadata server hands out tokens as Google's own agent.
    let machine = [
      entry(id: "1", delegation: ["service-12@compute-system.iam.gserviceaccount.com"])
    ]
    #expect(grants(try self.policy(machine)).count == 1)
    // A token that was asked for in vain shows nothing.
    let denied = [entry(granted: false, id: "1", delegation: ["ana@example.com"]), entry(id: "2")]
    #expect(grants(try self.policy(denied)).count == 1)
  }

  @Test(
    "what is no use of a permission by somebody who could lose it grants nothing, and is counted")
  func exclusions() throws {
    let policy = try policy([
      entry(id: "1"),
      entry(id: "1"),
      entry(by: "service-99@gcp-sa-pubsub.iam.gserviceaccount.com", id: "2"),
      entry("storage.buckets.list", id: "3") { _, payload in
        payload["methodName"] = "storage.testIamPermissions"
      },
      entry("storage.buckets.get", granted: false, id: "4") { entry, _ in
        entry["logName"] = "projects/shop/logs/cloudaudit.googleapis.com%2Fpolicy"
      },
      entry("storage.buckets.update", id: "5") { entry, _ in
        entry["logName"] = "projects/shop/logs/cloudaudit.googleapis.com%2Fsystem_event"
      },
      entry("storage.buckets.delete", id: "6") { entry, _ in
        entry["operation"] = ["id": "op", "first": true]
      },
      entry("storage.buckets.delete", id: "7") { entry, _ in
        entry["operation"] = ["id": "op", "last": true]
      },
    ])
    #expect(
      policy.excluded.map { "\($0.reason.rawValue) \($0.decisions)" } == [
        "duplicate 2", "called-by-service 1", "service-agent 1", "perimeter 1", "probe 1",
      ])
    #expect(policy.usage.accounting.granted == 2 && policy.usage.denied.isEmpty)
    #expect(
      policy.statements.map(\.grant.permission) == [
        "storage.buckets.delete", "storage.objects.get",
      ])
    #expect(policy.statements.allSatisfy { $0.evidence.decisions == 1 })
  }
}
