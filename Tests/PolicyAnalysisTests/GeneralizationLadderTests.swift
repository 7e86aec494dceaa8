import PolicyAnalysis
import Testing

@Suite("The ladder of generalization") struct GeneralizationLadderTests {
  private static let logs = "arn:aws:s3:::logs"

  /// One user who read three objects of a bucket, was denied a fourth, and had instances stopped.
  private func trail() -> Trail {
    var trail = Trail()
    for key in ["2026/01/a", "2026/01/b", "2026/02/a"] { trail.read(key) }
    trail.read("private/x", error: "AccessDenied")
    trail.call("s3", "PutObject", ["bucketName": "logs", "key": "2026/02/new"])
    return trail
  }

  private func ladder(_ policy: GeneratedPolicy) -> GeneralizationLadder {
    GeneralizationLadder(policy.dialect, policy.usage)
  }

  private func statement(
    _ policy: GeneratedPolicy, _ permission: String, _ resource: String
  ) throws -> Statement {
    try #require(
      policy.statements.first {
        $0.key.permission.text == permission && $0.key.resource.text == resource
      })
  }

  @Test("a prefix ends at the last delimiter shared with another use, and is priced")
  func prefix() throws {
    let policy = try trail().policy()
    let read = try statement(policy, "s3:GetObject", "arn:aws:s3:::logs/2026/02/a")
    let step = try ladder(policy).step(of: read, to: .prefix)
    #expect(step.pattern.text == "arn:aws:s3:::logs/2026/*")
    #expect(step.price == Price(covered: 3, admitted: 1, denied: 0, isBounded: false))
    let first = try statement(policy, "s3:GetObject", "arn:aws:s3:::logs/2026/01/a")
    #expect(
      try ladder(policy).step(of: first, to: .prefix).pattern.text
        == "arn:aws:s3:::logs/2026/01/*")
  }

  @Test("a resource that is alone goes up to the last delimiter of its name")
  func alone() throws {
    let policy = try trail().policy()
    let put = try statement(policy, "s3:PutObject", "arn:aws:s3:::logs/2026/02/new")
    let step = try ladder(policy).step(of: put, to: .prefix)
    #expect(step.pattern.text == "arn:aws:s3:::logs/2026/02/*")
    #expect(step.price == Price(covered: 1, admitted: 1, denied: 0, isBounded: false))
  }

  @Test("no rung is taken that would allow what was denied")
  func denied() throws {
    let policy = try trail().policy()
    let read = try statement(policy, "s3:GetObject", "arn:aws:s3:::logs/2026/01/a")
    #expect(throws: RungObjection.deniedResources(1)) {
      try ladder(policy).step(of: read, to: .type)
    }
    #expect(ladder(policy).steps(of: read).map(\.rung) == [.exact, .prefix])
    let put = try statement(policy, "s3:PutObject", "arn:aws:s3:::logs/2026/02/new")
    #expect(ladder(policy).steps(of: put).map(\.rung) == [.exact, .prefix, .type, .any])
  }

  @Test("a policy says what was generalized, and replays exactly")
  func policy() throws {
    let policy = try trail().policy {
      $0.generalization = Generalization(.prefix)
      $0.generalization.chosen = ["s3:PutObject": .exact]
    }
    #expect(policy.replay.isExact)
    #expect(
      Set(policy.grants) == [
        "s3:GetObject on arn:aws:s3:::logs/2026/01/*", "s3:GetObject on arn:aws:s3:::logs/2026/*",
        "s3:PutObject on arn:aws:s3:::logs/2026/02/new",
      ])
    let file = try #require(policy.files.first?.text)
    #expect(file.contains("\"arn:aws:s3:::logs/2026/*\""))
    #expect(!file.contains("2026/01"))
    #expect(policy.warnings.contains { $0.kind == .generalized && $0.text.contains("covers 3") })
    #expect(policy.document.contains("--generalize prefix --generalize exact:s3:PutObject"))
  }

  @Test("keys, secrets, roles and permissions stay as they are unless that is asked for")
  func sensitive() throws {
    var trail = Trail()
    for key in ["a", "b"] {
      let arn = "arn:aws:kms:eu-west-1:111122223333:key/\(key)"
      trail.call("kms", "Decrypt", ["keyId": arn], resources: [arn])
    }
    let kept = try trail.policy { $0.generalization = Generalization(.type) }
    #expect(kept.statements.allSatisfy { $0.objection == .sensitive("keys") })
    #expect(kept.statements.allSatisfy { $0.step == nil })
    #expect(kept.warnings.contains { $0.kind == .notGeneralized })
    let widened = try trail.policy {
      $0.generalization = Generalization(.type)
      $0.generalization.includesSensitive = true
    }
    #expect(
      Set(widened.grants) == ["kms:Decrypt on arn:aws:kms:eu-west-1:111122223333:key/*"])
  }

  @Test("a choice that is about no statement is an error")
  func unknown() throws {
    #expect(throws: PolicyError.noSuchStatement("s4")) {
      try trail().policy { $0.generalization.chosen = ["s4": .type] }
    }
  }

  @Test("no permission is granted that was not used", arguments: Rung.allCases)
  func permissions(rung: Rung) throws {
    func pairs(_ policy: GeneratedPolicy) -> Set<String> {
      Set(policy.statements.map { "\($0.grant.principal) \($0.grant.permission)" })
    }
    let exact = try trail().policy()
    let policy = try trail().policy {
      $0.generalization = Generalization(rung)
      $0.generalization.includesSensitive = true
    }
    #expect(pairs(policy) == pairs(exact))
    #expect(policy.replay.isExact)
  }
}

extension Trail {
  fileprivate mutating func read(_ key: String, error: String? = nil) {
    call("s3", "GetObject", ["bucketName": "logs", "key": key], error: error)
  }
}
