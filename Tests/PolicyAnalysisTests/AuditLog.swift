import Foundation
import Ingestion
import PolicyAnalysis
import TestSupport
import TraceIndex

/// A Kubernetes audit log made up for a test.
struct AuditLog {
  struct Request {
    var verb = "get"
    var group = ""
    var resource = ""
    var subresource = ""
    var namespace = ""
    var name = ""
    var path = "/"
  }

  private(set) var events: [[String: Any]] = []

  mutating func allow(
    _ user: String, _ request: Request, groups: [String] = [], code: Int = 200,
    reason: String = "RBAC: allowed by a test"
  ) {
    add("allow", user, request, groups, code, reason)
  }

  mutating func forbid(_ user: String, _ request: Request) {
    add("forbid", user, request, [], 403, "")
  }

  /// Puts the last request in another's name.
  mutating func impersonate(
    _ user: String, groups: [String] = [], uid: String? = nil, extra: [String: [String]]? = nil,
    constraint: String? = nil
  ) {
    var other: [String: Any] = ["username": user, "groups": groups]
    if let uid { other["uid"] = uid }
    if let extra { other["extra"] = extra }
    events[events.count - 1]["impersonatedUser"] = other
    if let constraint {
      events[events.count - 1]["authenticationMetadata"] = ["impersonationConstraint": constraint]
    }
  }

  private mutating func add(
    _ decision: String, _ user: String, _ request: Request, _ groups: [String], _ code: Int,
    _ reason: String
  ) {
    let second = events.count
    let time = String(format: "2026-03-02T09:%02d:%02dZ", second / 60 % 60, second % 60)
    var event: [String: Any] = [
      "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata",
      "auditID": "id-\(second)", "stage": "ResponseComplete", "verb": request.verb,
      "requestURI": request.path, "user": ["username": user, "groups": groups],
      "requestReceivedTimestamp": time, "stageTimestamp": time,
      "responseStatus": ["code": code],
      "annotations": [
        "authorization.k8s.io/decision": decision, "authorization.k8s.io/reason": reason,
      ],
    ]
    if !request.resource.isEmpty {
      let fields = [
        "apiGroup": request.group, "resource": request.resource, "namespace": request.namespace,
        "subresource": request.subresource, "name": request.name,
      ]
      event["objectRef"] = fields.filter { !$0.value.isEmpty }
    }
    events.append(event)
  }

  /// Writes the events, one a line; returns the path.
  func write(to folder: TemporaryFolder) throws -> String {
    let lines = try events.map {
      try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys)
    }
    let path = folder.file("audit.log")
    try Data(lines.joined(separator: Data("\n".utf8))).write(to: URL(filePath: path))
    return path
  }

  /// The policy of the log, read by the program's own reader.
  func policy(
    principal: String? = nil, without: Set<Inference> = []
  ) throws -> GeneratedPolicy {
    let folder = TemporaryFolder()
    return try AuditLog.policy(of: write(to: folder), principal: principal, without: without)
  }

  /// The policy of the executions at a path.
  static func policy(
    of path: String, principal: String? = nil, without: Set<Inference> = []
  ) throws -> GeneratedPolicy {
    let folder = TemporaryFolder()
    let cache = try IndexCache(folder: folder.file("cache"), environment: [:])
    let indexes = try ArtifactFinder.executions(at: [path]).flatMap {
      try cache.executions(of: $0)
    }
    var request = PolicyRequest(dialect: .kubernetes, principal: principal, paths: ["run"])
    request.inferences.subtract(without)
    return try PolicyGenerator.generate(from: indexes, request)
  }

  /// What the program written apart from this one says; nil when it cannot run here.
  static func verdict(
    on policy: GeneratedPolicy, log: String
  ) throws -> (verdict: Verdict, status: Int32)? {
    let folder = TemporaryFolder()
    try Data(policy.document.utf8).write(to: URL(filePath: folder.file("policy.yaml")))
    let program = Python.program("kubernetes_rbac.py")
    guard let result = try Python.run([program, folder.file("policy.yaml"), log]) else {
      return nil
    }
    return (try JSONDecoder().decode(Verdict.self, from: result.output), result.status)
  }

  struct Verdict: Decodable {
    struct Wrong: Decodable {
      init(from decoder: any Decoder) throws {}
    }

    let allowed: Int
    let of_masters: Int
    let forbidden: Int
    let undecided: Int
    let impersonations: Int
    let created: Int
    let allowed_keys: Int
    let forbidden_keys: Int
    let admitted: Int
    let users: [String]
    let wrong: [Wrong]
  }
}
