import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Policies of Cedar") struct CedarTests {
  private struct Verdict: Decodable {
    let valid: Bool
    let allowed_keys: Int
    let denied_keys: Int
    let allowed_but_refused_by_policy: [[String]]
    let denied_but_allowed_by_policy: [[String]]
  }

  /// What Cedar itself says; nil when it is not there.
  private func verdict(
    on policy: GeneratedPolicy, files: [String]
  ) throws -> (verdict: Verdict, status: Int32)? {
    let folder = TemporaryFolder()
    for file in policy.files {
      try Data(file.text.utf8).write(to: URL(filePath: folder.file(file.name)))
    }
    let program = Python.program("cedar_policies.py")
    guard
      let result = try Python.run(
        [program] + policy.files.map { folder.file($0.name) } + files)
    else { return nil }
    return (try JSONDecoder().decode(Verdict.self, from: result.output), result.status)
  }

  /// Distinct keys with a principal: allowed, denied only.
  private static let keys = [
    "before": (451, 1_484), "after": (312, 1_623), "outage-permissive": (120, 251),
    "trace-output-flag-plus-env": (19, 62),
  ]

  @Test(
    "Cedar takes the policies of recorded runs, and decides every key as recorded",
    arguments: Recordings.names)
  func recordings(name: String) throws {
    guard let files = Recordings.files(name), let index = try Recordings.index(name) else { return }
    let policy = try PolicyGenerator.generate(from: [index], dialect: .cedar)
    let expected = try #require(CedarTests.keys[name])
    #expect(policy.replay.isExact && policy.replay.admitted == 0)
    #expect(policy.replay.allowedByPolicy == expected.0)
    #expect(policy.replay.deniedByPolicy == policy.replay.deniedKeys)
    guard let (verdict, status) = try verdict(on: policy, files: files) else { return }
    #expect(status == 0 && verdict.valid)
    #expect(verdict.allowed_keys == expected.0)
    #expect(verdict.denied_keys == policy.replay.deniedKeys)
    #expect(verdict.allowed_but_refused_by_policy.isEmpty)
    #expect(verdict.denied_but_allowed_by_policy.isEmpty)
  }

  @Test("names that look like something else are said exactly")
  func hostileNames() throws {
    var events = Events()
    for text in HostileNameTests.texts {
      events.allow("user:" + text, "service.things.get", "projects/p/one")
      events.deny("user:" + text + "x", "service.things.get", "projects/p/one")
      events.allow("user:a@b", "do" + text, "projects/p/two")
      events.deny("user:a@b", "do" + text + "x", "projects/p/two")
      events.allow("user:a@b", "service.things.get", "p" + text)
      events.deny("user:a@b", "service.things.get", "x" + text)
    }
    let policy = try events.policy(.cedar)
    #expect(policy.replay.isExact)
    let folder = TemporaryFolder()
    guard let (verdict, status) = try verdict(on: policy, files: [events.write(to: folder)])
    else { return }
    #expect(status == 0 && verdict.valid)
    #expect(verdict.allowed_keys == policy.replay.allowedKeys)
  }

  @Test("the whole of a small policy, and its schema")
  func document() throws {
    var events = Events()
    events.allow("user:ana@x", "secrets.get", "projects/p/secrets/a")
    events.allow("user:ana@x", "secrets.get", "projects/p/secrets/b")
    events.allow("user:ana@x", "secrets.list", "projects/p")
    events.allow("user:bo\"\u{202E}@x", "secrets.get", "projects/p/secrets/*")
    events.deny("user:bo\"\u{202E}@x", "secrets.get", "projects/p/secrets/a")
    let policy = try events.policy(.cedar)
    #expect(policy.files.map(\.name) == ["policies.cedar", "schema.cedarschema"])
    #expect(policy.files.first?.text == policy.document)
    expectGolden(policy.files.map(\.text).joined(), named: "cedar.txt", in: "Expected")
  }

  @Test("a policy that allows nothing has a schema that Cedar takes")
  func nothing() throws {
    var events = Events()
    events.deny("user:ana@x", "secrets.get", "projects/p/secrets/a")
    let policy = try events.policy(.cedar)
    #expect(try CedarPolicySet(policy.document) == CedarPolicySet())
    let folder = TemporaryFolder()
    guard let (verdict, status) = try verdict(on: policy, files: [events.write(to: folder)])
    else { return }
    #expect(status == 0 && verdict.valid && verdict.denied_keys == 1)
  }

  // MARK: Engine

  /// Policies of every form that is read.
  private static let policies = #"""
    // Everything that is read.
    @id("a") @reason("b") @bare
    permit (principal == User::"ana", action in [Action::"get", Action::"list"], resource)
    when { resource in [Doc::"1", Doc::"2",] } unless { action == Action::"list" && true };
    permit (principal, action == Action::"put", resource in Doc::"3",);
    permit (principal in App::User::"bo", action in Action::"get", resource)
    when { !(resource == Doc::"1") || principal != principal };
    forbid (principal, action, resource == Doc::"4");
    permit (principal == User::"\u{65}\x76\"\\e", action, resource)
    when { (resource != Doc::"1") } when { resource in Doc::"2" || resource == Doc::"4" };
    permit (principal == User::"type", action, resource) when { principal in [User::"type"] || 
      (true in [User::"x"]) };
    permit (principal == User::"error", action, resource) when { true in [User::"x"] };
    permit (principal == User::"mute", action, resource) when { false && (true in User::"x") };
    permit (principal == User::"same", action, resource) when { [User::"x"] == [User::"x"] };
    """#

  @Test("decisions are Cedar's, on every form of policy that is read")
  func sameAsCedar() throws {
    let engine = CedarEngine(try CedarPolicySet(CedarTests.policies))
    let users = ["ana", "ev\"\\e", "type", "error", "mute", "same"].map {
      CedarEntity(type: "User", id: Name($0))
    }
    var requests: [CedarRequest] = []
    for principal in users + [CedarEntity(type: "App::User", id: "bo")] {
      for action in ["get", "list", "put"] {
        for document in ["1", "2", "3", "4"] {
          requests.append(
            CedarRequest(
              principal: principal, action: CedarEntity(type: "Action", id: Name(action)),
              resource: CedarEntity(type: "Doc", id: Name(document))))
        }
      }
    }
    let decisions = requests.map(engine.allows)
    #expect(decisions.count == 84 && decisions.count { $0 } == 30)
    let folder = TemporaryFolder()
    let files = [folder.file("policies.cedar"), folder.file("requests.json")]
    try Data(CedarTests.policies.utf8).write(to: URL(filePath: files[0]))
    let triples = requests.map { request in
      [request.principal, request.action, request.resource].map { [$0.type.text, $0.id.text] }
    }
    try JSONEncoder().encode(triples).write(to: URL(filePath: files[1]))
    let program = Python.program("cedar_policies.py")
    guard let result = try Python.run([program, "--requests"] + files) else { return }
    #expect(try JSONDecoder().decode([Bool].self, from: result.output) == decisions)
  }

  @Test("what is read is written so that it is read the same")
  func roundTrip() throws {
    var events = Events()
    for text in HostileNameTests.texts { events.allow("user:" + text, "get", "r" + text) }
    let policy = try events.policy(.cedar)
    let read = try CedarPolicySet(policy.document)
    #expect(read.policies.count == Set(HostileNameTests.texts.map { Name($0) }).count)
    #expect(Set(read.policies.map(\.id)).count == read.policies.count)
  }

  @Test(
    "what is no Cedar, or not read, is refused with its line",
    arguments: [
      ("permit", 1), ("allow (principal, action, resource);", 1), ("permit (principal);", 1),
      ("permit (principal, action, resource)", 1), ("permit (action, principal, resource);", 1),
      ("permit (principal == ?principal, action, resource);", 1),
      ("permit (principal is User, action, resource);", 1),
      ("permit (principal in [User::\"a\"], action, resource);", 1),
      ("permit (principal, action, resource) when { principal.x };", 1),
      ("permit (principal, action, resource) when { resource like \"a*\" };", 1),
      ("permit (principal, action, resource) when { principal == principal == principal };", 1),
      ("permit (principal, action, resource)\nwhen { context.a };", 2),
      ("permit (principal, action, resource) when { 1 < 2 };", 1),
      ("permit (principal, action == Action::\"a\nb, resource);", 2),
      ("permit (principal, action == Action::\"\\q\", resource);", 1),
      ("permit (principal, action == Action::\"\\u{D800}\", resource);", 1),
      ("permit (principal, action == Action::\"\\x80\", resource);", 1),
      (
        "permit (principal, action, resource) when { true"
          + String(repeating: " || true", count: 2_000) + " };", 1
      ),
      ("@id(\"a\") @id(\"b\") permit (principal, action, resource);", 1),
      (
        "permit (principal, action, resource) when { "
          + String(repeating: "(", count: 100) + ";", 1
      ),
    ])
  func refused(text: String, line: Int) {
    let error = #expect(throws: CedarError.self) { try CedarPolicySet(text) }
    #expect(error?.line == line, "\(String(describing: error))")
  }
}
