import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Drift") struct PolicyDriftTests {
  private struct Independent: Decodable {
    struct Place: Decodable, Equatable {
      let place: String
      let grants: Int
      let used: Int
    }
    let places: [Place]
    let nobody: Int
    let uses: [String: Int]
  }

  private func drift(
    _ policy: String, _ indexes: [TraceIndex], _ dialect: PolicyDialect, holder: Name? = nil
  ) throws -> PolicyDrift {
    let input = PolicyInput(files: [PolicyFile(name: "", text: policy)], holder: holder)
    return try PolicyDrift(
      dialect.engine(reading: input), on: indexes, PolicyRequest(dialect: dialect))
  }

  @Test(
    "of recorded runs against the policy in force is what a program written apart counts",
    arguments: [("before", 207, 89), ("after", 155, 67), ("outage-permissive", 207, 55)])
  func recorded(name: String, grants: Int, used: Int) throws {
    guard let files = Recordings.files(name), let index = try Recordings.index(name),
      let file = files.first
    else { return }
    let folder = URL(filePath: file).deletingLastPathComponent()
    let policy = folder.appending(path: "policy.yaml")
    let drift = try drift(String(contentsOf: policy, encoding: .utf8), [index], .emulator)
    #expect(drift.grants.count == grants && drift.count(.used) == used)
    #expect(drift.missing.isEmpty && drift.disagreements.isEmpty)
    #expect(
      drift.count(.used) + drift.count(.unused) + drift.count(.unobservable)
        + drift.count(.exercisedButDenied) == grants)
    let roles = folder.deletingLastPathComponent().appending(path: "built-in-roles.json")
    let program = Python.program("drift.py")
    guard let result = try Python.run(["-B", program, policy.path, roles.path] + files) else {
      return
    }
    let other = try JSONDecoder().decode(Independent.self, from: result.output)
    #expect(
      drift.places.map {
        Independent.Place(
          place: $0.place, grants: $0.grants.values.reduce(0, +), used: $0.grants[.used] ?? 0)
      } == other.places)
    var uses: [String: Int] = [:]
    for use in drift.uses(.used) {
      let key = [use.grant.place, use.grant.principal.text, use.grant.permission.text]
      uses[key.joined(separator: "|")] = use.uses?.decisions
    }
    #expect(uses == other.uses && drift.toNobody == other.nobody)
  }

  private let policy = """
    roles:
      roles/custom.r: {permissions: [s.t.get, s.t.list, s.t.put, q.t.get]}
      roles/custom.one: {permissions: [s.t.get]}
    projects:
      p:
        bindings:
          - {role: roles/custom.r, members: [user:a@x]}
          - {role: roles/custom.one, members: [user:a@x]}
    """

  @Test("has five classes, each with its evidence; of two grants the deciding one is used")
  func classes() throws {
    func run(at offset: Int64, _ name: String) throws -> TraceIndex {
      var builder = TraceBuilder(artifact: name + ".jsonl")
      builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p", at: offset + 2_000)
      builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p", at: offset + 1_000)
      builder.decision(.deny, "user:a@x", "s.t.list", on: "projects/p", at: offset + 3_000)
      builder.decision(.allow, "user:b@x", "s.t.get", on: "projects/p", at: offset + 4_000)
      builder.decision(.allow, "", "s.t.get", on: "projects/p", at: offset + 5_000)
      builder.decision(.error, "", "", on: "", at: offset + 6_000)
      return try builder.index(name: name)
    }
    let drift = try drift(policy, [run(at: 0, "one"), run(at: 60_000, "two")], .emulator)
    func grants(_ kind: DriftClass) -> [Name] { drift.uses(kind).map(\.grant.permission) }
    #expect(grants(.used) == ["s.t.get"] && grants(.exercisedButDenied) == ["s.t.list"])
    #expect(grants(.unused) == ["s.t.put", "s.t.get"] && grants(.unobservable) == ["q.t.get"])
    let use = try #require(drift.uses(.used).first)
    #expect(
      use.uses?.decisions == 4 && use.uses?.runs == 2 && use.uses?.first.artifact == "one.jsonl")
    #expect(use.uses?.firstSeen == TraceBuilder.epoch + 1_000_000_000)
    #expect(use.uses?.lastSeen == TraceBuilder.epoch + 62_000_000_000)
    #expect(drift.uses(.unused).last?.alsoAllows == 4)
    #expect(drift.uses(.unobservable).first?.silence == "no decision about q is in these artifacts")
    #expect(drift.uses(.exercisedButDenied).first?.denials?.decisions == 2)
    #expect(
      drift.missing.map(\.key.principal) == ["user:b@x"] && drift.missing[0].evidence.runs == 2)
    #expect(drift.missing[0].reason == "no binding of projects/p gives the permission")
    #expect(drift.toNobody == 2 && drift.tried == 10 && drift.decisions == 12)
    #expect(drift.untried == [Exclusion(reason: .error, decisions: 2)])
    #expect(drift.places.map { $0.grants[.unused] ?? 0 } == [1, 1])
    #expect(drift.places.map(\.lastUse) == [TraceBuilder.epoch + 62_000_000_000, nil])
  }

  // MARK: Kubernetes

  private static let log = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/k8s/kube-apiserver/before/audit.log")
    .standardizedFileURL.path

  /// The binding in a reason, and how often it is named.
  private static func reasons() throws -> [RBACReason: Int] {
    var used: [RBACReason: Int] = [:]
    for line in try Data(contentsOf: URL(filePath: log)).split(separator: UInt8(ascii: "\n")) {
      let event = try JSONSerialization.jsonObject(with: line) as? [String: Any]
      let annotations = event?["annotations"] as? [String: Any]
      let reason = annotations?["authorization.k8s.io/reason"] as? String ?? ""
      if let binding = RBACReason(reason) { used[binding, default: 0] += 1 }
    }
    return used
  }

  /// Bindings of the names that the log has, each to a role that allows everything.
  private static func everything(_ reasons: some Sequence<RBACReason>) -> String {
    let all = """
      {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: all}, rules: [
       {apiGroups: ["*"], resources: ["*"], verbs: ["*"]}, {nonResourceURLs: ["*"], verbs: ["*"]}]}
      """
    var subjects: [String: [String]] = [:]
    for reason in reasons {
      let subject =
        switch reason.subject {
        case .user(let name): "{kind: User, name: \"\(name)\"}"
        case .group(let name): "{kind: Group, name: \"\(name)\"}"
        case .serviceAccount(let namespace, let name):
          "{kind: ServiceAccount, namespace: \(namespace), name: \(name)}"
        }
      let place = reason.namespace.map { "RoleBinding, metadata: {namespace: \($0), name: " }
      subjects[
        "\(place ?? "ClusterRoleBinding, metadata: {name: ")\"\(reason.binding)\"}", default: []
      ]
      .append(subject)
    }
    let bindings = subjects.sorted { $0.key < $1.key }.map { binding, subjects in
      "{apiVersion: rbac.authorization.k8s.io/v1, kind: \(binding), "
        + "roleRef: {kind: ClusterRole, name: all}, subjects: [\(subjects.sorted().joined(separator: ", "))]}"
    }
    return ([all] + bindings).joined(separator: "\n---\n")
  }

  @Test("names the bindings that the audit log says were used, whichever others would have done")
  func bindings() throws {
    guard FileManager.default.fileExists(atPath: PolicyDriftTests.log) else {
      print("skipped: no recording at \(PolicyDriftTests.log)")
      return
    }
    let reasons = try PolicyDriftTests.reasons()
    let indexes = try Trail.ingest(PolicyDriftTests.log)
    let drift = try drift(PolicyDriftTests.everything(reasons.keys), indexes, .kubernetes)
    var expected: [String: Int] = [:]
    for (reason, count) in reasons {
      let name = reason.namespace.map { "RoleBinding \($0)/\(reason.binding)" }
      expected[name ?? "ClusterRoleBinding \(reason.binding)", default: 0] += count
    }
    var found: [String: Int] = [:]
    for use in drift.uses(.used) {
      let binding = String(use.grant.place.prefix { $0 != "," })
      found[binding, default: 0] += use.uses?.decisions ?? 0
    }
    // Taking on another's name is checked and not logged with a reason; here it falls to one of them.
    let inferred = found.values.reduce(0, +) - 948
    #expect(drift.disagreements.isEmpty && expected.values.reduce(0, +) == 948)
    #expect(Set(found.keys) == Set(expected.keys))
    for (binding, count) in found {
      #expect((0...max(0, inferred)).contains(count - expected[binding, default: 0]), "\(binding)")
    }

    // Without one of them, what it allowed is allowed by another, or by none; both are told.
    let admin = try #require(reasons.keys.first { $0.binding == "ci-admin" })
    let rest = reasons.keys.filter { $0.binding != "ci-admin" }
    let less = try self.drift(PolicyDriftTests.everything(rest), indexes, .kubernetes)
    let named =
      less.missing.filter { $0.recorded.contains("\"ci-admin") }.map(\.evidence.decisions)
      + less.disagreements.filter { $0.recorded.contains("\"ci-admin") }.map(\.evidence.decisions)
    let byAdmin = reasons.filter { $0.key.binding == admin.binding }.values.reduce(0, +)
    #expect(named.reduce(0, +) == byAdmin && byAdmin > 0)
    #expect(less.count(.usedNotGranted) + less.disagreements.count > 0)
  }

  @Test("does not take verbs for unused that are checked within other requests and not logged")
  func unlogged() throws {
    var log = AuditLog()
    log.allow("ana", AuditLog.Request(path: "/healthz"))
    let folder = TemporaryFolder()
    let policy = """
      {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}, rules: [
       {apiGroups: [rbac.authorization.k8s.io], resources: [roles], verbs: [bind, escalate, get]}]}
      ---
      {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b},
       roleRef: {kind: ClusterRole, name: r}, subjects: [{kind: User, name: ana}]}
      """
    let drift = try drift(policy, Trail.ingest(log.write(to: folder)), .kubernetes)
    #expect(drift.uses(.unused).map(\.grant.permission) == ["get:roles.rbac.authorization.k8s.io"])
    #expect(drift.count(.unobservable) == 2 && drift.missing.count == 1)
  }

  // MARK: AWS

  @Test("of AWS knows what is not written to a trail, or only where data events are")
  func dataEvents() throws {
    let policy = """
      {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": [
        "s3:GetObject", "s3:PutObject", "s3:GetBucketPolicy", "lambda:InvokeFunction",
        "iam:PassRole", "s3:Get*"]}]}
      """
    var trail = Trail()
    trail.call("s3", "GetBucketPolicy", ["bucketName": "b"])
    func unobservable() throws -> [Name] {
      try drift(policy, trail.indexes(), .aws, holder: Name(Trail.user))
        .uses(.unobservable).map(\.grant.permission)
    }
    #expect(
      try unobservable() == [
        "s3:GetObject", "s3:PutObject", "lambda:InvokeFunction", "iam:PassRole",
      ])
    trail.call("s3", "GetObject", ["bucketName": "b", "key": "k"])
    #expect(try unobservable() == ["lambda:InvokeFunction", "iam:PassRole"])
    let role = "arn:aws:iam::111122223333:role/worker"
    trail.call("lambda", "CreateFunction20150331", ["functionName": "f", "role": role])
    // Inferred from the call that hands the role on.
    #expect(try unobservable() == ["lambda:InvokeFunction"])
  }

  @Test("does not depend on the order of artifacts")
  func order() throws {
    var one = Events()
    one.allow("user:a@x", "s.t.get", "projects/p")
    var other = Events()
    other.deny("user:a@x", "s.t.put", "projects/p")
    let indexes = [try one.index(name: "one"), try other.index(name: "other")]
    let drifts = try [indexes, indexes.reversed()].map { try drift(policy, $0, .emulator) }
    #expect(drifts[0].places == drifts[1].places)
    #expect(drifts[0].uses(.exercisedButDenied).count == 1 && drifts[1].count(.used) == 1)
  }
}
