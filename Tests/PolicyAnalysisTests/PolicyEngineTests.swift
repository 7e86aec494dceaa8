import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Existing policies of every dialect") struct PolicyEngineTests {
  private static let data = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data").standardizedFileURL.path

  private static func recorded(_ name: String) throws -> [TraceIndex]? {
    let path = data + "/" + name
    guard FileManager.default.fileExists(atPath: path) else {
      print("skipped: no recording at \(path)")
      return nil
    }
    return try Trail.ingest(path)
  }

  /// Whatever a policy was made from, it decides as recorded, but for what was also denied.
  @Test(
    "that were generated decide as recorded, read from the document and from the files",
    arguments: [
      (PolicyDialect.kubernetes, "k8s/kube-apiserver/before/audit.log", 1_555, 0),
      (.aws, "cloudtrail/invictus-aws_dataset", 2_638, 13),
      (.gcp, "authz/gcp-iam-emulator/before", 8_948, 50),
      (.cedar, "authz/gcp-iam-emulator/before", 9_656, 50),
    ])
  func generated(dialect: PolicyDialect, recording: String, tried: Int, others: Int) throws {
    guard let indexes = try PolicyEngineTests.recorded(recording) else { return }
    let policy = try PolicyGenerator.generate(from: indexes, dialect: dialect)
    let files = policy.files.filter { !$0.name.hasSuffix(".cedarschema") }
    for input in [
      PolicyInput(text: policy.document),
      PolicyInput(files: files, principals: PolicyInput.principals(of: indexes)),
    ] {
      #expect(PolicyDialect.recognised(in: input.files) == dialect)
      let check = try PolicyCheck(
        dialect.engine(reading: input), on: indexes, PolicyRequest(dialect: dialect))
      #expect(check.tried == tried && check.agreeing == tried - others)
      #expect(check.decisions == indexes.reduce(0) { $0 + $1.totals.decisions })
      #expect(check.remarks.isEmpty)
      // What it would open was allowed at other times; what it closes was allowed to nobody.
      let mixed = Set(policy.usage.used.filter { $0.denials > 0 }.map(\.key))
      #expect(
        check.flips.allSatisfy {
          $0.wasAllowed ? $0.key.principal.isEmpty : mixed.contains($0.key)
        })
    }
  }

  @Test("say nothing about another platform's decisions, which is an error and no list of flips")
  func foreign() throws {
    var log = AuditLog()
    log.allow("ana", AuditLog.Request(resource: "pods", namespace: "shop", name: "web"))
    let folder = TemporaryFolder()
    let audit = try Trail.ingest(log.write(to: folder))
    var trail = Trail()
    trail.call("s3", "GetObject", ["bucketName": "b", "key": "k"])
    var events = Events()
    events.allow("user:a@x", "s.t.get", "projects/p")
    let recordings = [
      (try trail.indexes(), PolicyDialect.aws), (audit, .kubernetes), ([try events.index()], .gcp),
    ]
    for (indexes, platform) in recordings {
      for dialect in PolicyDialect.allCases where dialect != .cedar && dialect != platform {
        if platform == .gcp && dialect == .emulator { continue }
        let engine = try dialect.engine(reading: PolicyEngineTests.smallest(dialect))
        #expect {
          try PolicyCheck(engine, on: indexes, PolicyRequest(dialect: dialect))
        } throws: { error in
          guard case .otherPlatform(dialect, let example)? = error as? PolicyError else {
            return false
          }
          return example != nil
        }
      }
    }
    // Beside decisions of the platform they are counted.
    let check = try PolicyCheck(
      PolicyDialect.kubernetes.engine(reading: PolicyEngineTests.smallest(.kubernetes)),
      on: audit + [events.index()], PolicyRequest(dialect: .kubernetes))
    #expect(check.tried == 1)
    #expect(check.untried == [Exclusion(reason: .otherPlatform, decisions: 1)])
  }

  private static func smallest(_ dialect: PolicyDialect) -> PolicyInput {
    switch dialect {
    case .emulator: PolicyInput(text: "projects: {}")
    case .gcp:
      PolicyInput(files: [PolicyFile(name: "", text: "etag: x")], holder: "projects/p")
    case .aws:
      PolicyInput(
        files: [PolicyFile(name: "", text: allow("s3:GetObject"))], holder: Name(Trail.user))
    case .kubernetes:
      PolicyInput(text: "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleList, items: []}")
    case .cedar: PolicyInput(text: "")
    }
  }

  private static func allow(_ action: String, on resource: String = "*") -> String {
    """
    {"Version": "2012-10-17", "Statement": [
      {"Sid": "One", "Effect": "Allow", "Action": "\(action)", "Resource": "\(resource)"}]}
    """
  }

  // MARK: AWS

  @Test("of AWS need to be told whose they are, by an argument or by the names of their files")
  func holders() throws {
    func principal(
      _ names: [String], recorded: [Name] = [], holder: Name? = nil
    ) throws -> [Name] {
      let files = names.map { PolicyFile(name: $0, text: PolicyEngineTests.allow("s3:GetObject")) }
      return try PolicyDialect.aws.engine(
        reading: PolicyInput(files: files, holder: holder, principals: recorded)
      ).grants.map(\.principal)
    }
    let deployer: Name = "arn:aws:iam::111122223333:role/deployer"
    let pathed: Name = "arn:aws:iam::111122223333:role/team/a.b"
    #expect(try principal(["policy.json"], holder: deployer) == [deployer])
    #expect(try principal(["role-111122223333-deployer.json"]) == [deployer])
    #expect(
      try principal(["role-111122223333-a_b.json"], recorded: [deployer, pathed]) == [pathed])
    #expect(
      try principal([
        "role-111122223333-deployer.json", "role-111122223333-deployer-2.json",
        "role-111122223333-deployer-unverified.json",
      ]) == [deployer, deployer, deployer])
    // Without the first of its policies it is the name of another role.
    #expect(
      try principal(["role-111122223333-deployer-2.json"])
        == ["arn:aws:iam::111122223333:role/deployer-2"])
    #expect(throws: PolicyReadError.self) { try principal(["policy.json"]) }
    #expect(throws: PolicyReadError.self) { try principal(["role-1-x.json"]) }
  }

  @Test("of AWS are put to each action that a call needed; the decisions of others are counted")
  func actions() throws {
    var trail = Trail()
    trail.call(
      "s3", "CopyObject",
      ["bucketName": "to", "key": "k", "x-amz-copy-source": "from/k"])
    trail.call("s3", "GetObject", ["bucketName": "to", "key": "k"], error: "AccessDenied")
    trail.call(
      "s3", "ListBuckets",
      more: ["userIdentity": Trail.role("arn:aws:iam::111122223333:role/other")])
    let text = PolicyEngineTests.allow("s3:PutObject", on: "arn:aws:s3:::to/*")
    let engine = try PolicyDialect.aws.engine(
      reading: PolicyInput(
        files: [PolicyFile(name: "p.json", text: text)], holder: Name(Trail.user)))
    let check = try PolicyCheck(engine, on: trail.indexes(), PolicyRequest(dialect: .aws))
    #expect(check.agreeing == 1 && check.tried == 2)
    #expect(check.untried == [Exclusion(reason: .policyNotGiven, decisions: 1)])
    let flip = try #require(check.flips.first)
    #expect(flip.wasAllowed && flip.key.permission == "s3:GetObject")
    #expect(flip.key.resource == "arn:aws:s3:::from/k" && flip.reason == "no statement allows it")
  }

  @Test("of AWS: a deny wins and is named; what is not understood is told, and never allows")
  func denies() throws {
    let text = """
      {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": ["arn:aws:s3:::b/*", "*"]},
        {"Sid": "Never", "Effect": "Deny", "Action": "s3:Delete*", "Resource": "*"},
        {"Effect": "Allow", "Action": "iam:GetUser", "Resource": "*",
         "Condition": {"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}}}]}
      """
    let engine = try PolicyDialect.aws.engine(
      reading: PolicyInput(files: [PolicyFile(name: "", text: text)], holder: Name(Trail.user)))
    func judge(_ action: Name, _ resource: Name) -> PolicyJudgement {
      engine.judge(
        PolicyQuestion(
          key: PermissionKey(
            principal: Name(Trail.user), permission: action, resource: resource)), at: 0)
    }
    #expect(judge("s3:GetObject", "arn:aws:s3:::b/k").grants == [0, 1])
    #expect(judge("s3:ListBucket", "arn:aws:s3:::b").grants == [1])
    #expect(judge("s3:DeleteObject", "arn:aws:s3:::b/k").reason == "statement 2 (Never) denies it")
    #expect(!judge("iam:GetUser", "*").isAllowed)
    #expect(engine.remarks.count == 1 && engine.remarks[0].contains("DateLessThan"))
    #expect(engine.grants.count == 3 && engine.grants[0].permission == "all but iam:*, sts:*")
    #expect(engine.grants[2].condition == "DateLessThan aws:CurrentTime 2026-01-01T00:00:00Z")
  }

  // MARK: Google Cloud

  private static let allowPolicy = """
    bindings:
    - members: [user:a@x.org, "group:g@x.org"]
      role: projects/p/roles/reader
      condition:
        expression: resource.name.endsWith("/secrets/one") && request.time < timestamp("2026-03-02T09:00:05Z")
        title: t
    - {members: ["domain:x.org"], role: projects/p/roles/reader}
    - {members: [user:b@x.org], role: roles/viewer}
    - members: [user:c@y.org]
      role: projects/p/roles/reader
      condition: {expression: 'resource.name.extract("x") == "y"', title: t}
    etag: BwX
    version: 3
    """
  private static let role = """
    etag: BwY
    includedPermissions: [s.t.get, s.t.list]
    name: projects/p/roles/reader
    stage: GA
    title: reader
    """

  @Test("of Google Cloud are read as gcloud prints them, and add up along the resource's name")
  func google() throws {
    let input = PolicyInput(
      files: [
        PolicyFile(name: "policy.yaml", text: PolicyEngineTests.allowPolicy),
        PolicyFile(name: "role.yaml", text: PolicyEngineTests.role),
      ], holder: "projects/p")
    let engine = try PolicyDialect.gcp.engine(reading: input)
    #expect(engine.dependsOnTime && engine.grants.count == 8)
    func judge(_ who: Name, _ resource: Name, at second: Int64 = 0) -> PolicyJudgement {
      engine.judge(
        PolicyQuestion(
          key: PermissionKey(principal: who, permission: "s.t.list", resource: resource)),
        at: TraceBuilder.epoch + second * 1_000_000_000)
    }
    #expect(judge("user:a@x.org", "projects/p/secrets/one").grants == [1, 5])
    #expect(judge("user:a@x.org", "projects/p/secrets/one", at: 3600).grants == [5])
    #expect(judge("serviceAccount:s@x.org", "projects/p").reason.hasPrefix("no binding on"))
    #expect(judge("user:b@x.org", "projects/p/secrets/one").grants == [5])
    let unknown = judge("user:c@y.org", "projects/p")
    #expect(!unknown.isAllowed && unknown.reason.hasPrefix("the condition is not understood of"))
    #expect(!engine.isAbout(PermissionKey("user:a@x.org", "s.t.list", "projects/q")))
    #expect(engine.remarks.count == 3)
    #expect(engine.remarks.contains { $0.hasPrefix("who is in group:g@x.org is not") })
    #expect(engine.remarks.contains { $0.hasPrefix("what roles/viewer has is not in the files") })
    #expect(engine.remarks.contains { $0.contains("'resource.name.extract' is not read here") })
  }

  @Test(
    "of Google Cloud without what is needed to read them whole are refused, and say what is missing",
    arguments: [
      (allowPolicy, "--attached-to"), ("includedPermissions: [a.b.c]", "without 'name'"),
      ("resourceId: r\nbindings: [{role: r, members: [], when: x}]", "'when'"),
      ("a: b", "neither 'bindings'"),
    ])
  func refused(text: String, problem: String) {
    #expect { try PolicyDialect.gcp.engine(reading: text) } throws: { error in
      (error as? PolicyReadError)?.problem.contains(problem) ?? false
    }
  }

  // MARK: Kubernetes, Cedar, emulator

  @Test("of Kubernetes apply through groups; the one who takes on a name has groups of their own")
  func groups() throws {
    let policy = """
      apiVersion: v1
      kind: List
      items:
      - apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRole
        metadata: {name: act-as}
        rules:
        - {apiGroups: [""], resources: [users, groups], verbs: [impersonate], resourceNames: [bob, dev]}
      - apiVersion: rbac.authorization.k8s.io/v1
        kind: ClusterRoleBinding
        metadata: {name: support}
        roleRef: {kind: ClusterRole, name: act-as}
        subjects: [{kind: Group, name: support}]
      - apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: gone, namespace: shop}
        roleRef: {kind: Role, name: nowhere}
        subjects: [{kind: User, name: bob}]
      """
    let engine = try PolicyDialect.kubernetes.engine(reading: policy)
    #expect(
      engine.grants.map { "\($0.principal) \($0.permission) \($0.resource)" } == [
        "group:support impersonate:users */bob", "group:support impersonate:users */dev",
        "group:support impersonate:groups */bob", "group:support impersonate:groups */dev",
      ])
    #expect(engine.remarks.count == 1 && engine.remarks[0].hasPrefix("RoleBinding shop/gone binds"))
    func judge(_ groups: [Name]) -> PolicyJudgement {
      engine.judge(
        PolicyQuestion(
          key: PermissionKey("ana", "impersonate:users", "users/bob"), groups: groups), at: 0)
    }
    #expect(judge(["support", "other"]).grants == [0])
    #expect(!judge(["other"]).isAllowed)

    // Bob's own groups do not make it so; ana's are not known here, and she is refused.
    var log = AuditLog()
    log.allow("ana", AuditLog.Request(path: "/healthz"), groups: ["support"])
    log.impersonate("bob", groups: ["dev"])
    let folder = TemporaryFolder()
    let check = try PolicyCheck(
      engine, on: Trail.ingest(log.write(to: folder)), PolicyRequest(dialect: .kubernetes))
    #expect(check.flips.map(\.key.principal) == ["bob"])
  }

  @Test("of Cedar: a forbid wins and is named, and types that nothing recorded has are told")
  func cedar() throws {
    let engine = try PolicyDialect.cedar.engine(
      reading: """
        @id("readers") permit (principal, action in [Action::"get", Action::"list"], resource)
        when { resource in [Resource::"b", Resource::"a"] };
        forbid (principal == Principal::"eve", action, resource);
        permit (principal == User::"ann", action, resource) unless { resource == Resource::"a" };
        """)
    func judge(_ who: Name, _ resource: Name) -> PolicyJudgement {
      let key = PermissionKey(principal: who, permission: "list", resource: resource)
      return engine.judge(PolicyQuestion(key: key), at: 0)
    }
    #expect(judge("bob", "a").grants == [2] && judge("bob", "a").reason == "policy 1, readers")
    #expect(engine.grants[2].resource == "a" && engine.grants[2].permission == "list")
    #expect(engine.grants[2].condition == nil && engine.grants.count == 5)
    #expect(judge("eve", "a").reason == "policy 2 forbids it")
    #expect(judge("bob", "c").reason == "no policy permits it")
    #expect(engine.remarks.count == 1 && engine.remarks[0].contains("type User"))
  }

  @Test(
    "of the emulator: a condition that cannot hold, or not as it reads, is told as broken",
    arguments: [
      (#"resource.name == "x""#, "asks for nothing"), (#"resource.type == 'SECRET'"#, "quotation"),
      (#"resource.type == "SECRETS""#, "no resource is of the type SECRETS"),
      (#"request.time < timestamp("soon")"#, "no time"),
      (#"request.time == timestamp("2026-01-01T00:00:00Z")"#, "neither '<' nor '>'"),
      (#"resource.name.startsWith("a") || resource.name.startsWith("b")"#, "taken as one text"),
      (#"!resource.name.startsWith("a")"#, "does not see !"), ("", ""),
      (#"resource.name.startsWith("projects/p")"#, ""),
    ])
  func broken(condition: String, problem: String) throws {
    let policy = """
      roles: {roles/custom.r: {permissions: [s.t.get]}}
      projects:
        p:
          bindings:
          - {role: roles/custom.r, members: [a], condition: {title: t, expression: '\
      \(condition.replacingOccurrences(of: "'", with: "''"))'}}
      """
    let engine = try PolicyDialect.emulator.engine(reading: policy)
    #expect(engine.remarks.count == (problem.isEmpty ? 0 : 1))
    #expect(engine.remarks.allSatisfy { $0.contains(problem) })
    let question = PolicyQuestion(key: PermissionKey("a", "s.t.get", "projects/x/p"))
    let judged = engine.judge(
      PolicyQuestion(key: PermissionKey("a", "s.t.get", "projects/p")), at: 0)
    #expect(!engine.judge(question, at: 0).isAllowed)
    if engine.remarks.first?.contains("never holds") ?? false {
      #expect(judged.reason.hasPrefix("the condition is broken of binding 1"))
    }
  }
}
