import PolicyAnalysis
import TestSupport
import Testing
import TraceModel

/// A case in which policies that seem right decide wrongly, and what must not happen in it.
@Suite("Traps of the emulator") struct EmulatorTrapTests {
  private static let get = "secretmanager.secrets.get"
  private static let access = "secretmanager.versions.access"
  private static let secret = "projects/shop/secrets/key"

  /// What a generator would write that knows Google Cloud: a role for each principal with all that it
  /// used, bound at `place`, under a condition where one is given.
  private func naive(
    _ events: Events, at place: (String) -> String, condition: (String) -> String? = { _ in nil }
  ) -> EmulatorEngine {
    var policy = EmulatorPolicy()
    var projects: [String: EmulatorProject] = [:]
    let allowed = events.events.filter { $0.outcome != .deny }
    for (number, event) in allowed.enumerated() {
      let role = Name("roles/custom.r\(number)")
      policy.roles.append(EmulatorRole(name: role, permissions: [Name(event.permission)]))
      let binding = EmulatorBinding(
        role: role, members: [Name(event.principal)], condition: condition(event.resource))
      let parts = place(event.resource).split(separator: "/", maxSplits: 2).map(String.init)
      guard parts.count > 1 else { continue }
      let id = parts[1]
      var project = projects[id] ?? EmulatorProject(id: Name(id))
      if parts.count == 2 {
        project.bindings.append(binding)
      } else if let found = project.resources.firstIndex(where: { $0.path == Name(parts[2]) }) {
        project.resources[found].bindings.append(binding)
      } else {
        project.resources.append(EmulatorResourcePolicy(path: Name(parts[2]), bindings: [binding]))
      }
      projects[id] = project
    }
    policy.projects = Array(projects.values)
    return EmulatorEngine(policy)
  }

  private func project(_ resource: String) -> String {
    resource.split(separator: "/").prefix(2).joined(separator: "/")
  }

  /// Events that `engine` decides otherwise than recorded.
  private func wrong(_ engine: EmulatorEngine, on events: Events) -> [String] {
    events.events.filter { event in
      let key = PermissionKey(event.principal, event.permission, event.resource)
      return engine.allows(key, at: 0) != (event.outcome == .allow)
    }.map { "\($0.principal) \($0.permission) \($0.resource)" }
  }

  @Test("a: a resource's policy hides its project's, so it repeats what is needed there")
  func hiding() throws {
    var events = Events()
    events.allow("user:ana@x", Self.get, "projects/shop")
    events.allow("user:ana@x", Self.get, Self.secret)
    events.allow("user:bo@x", Self.get, Self.secret)
    let careless = naive(events) { $0 == Self.secret ? Self.secret : $0 }
    #expect(wrong(careless, on: events).isEmpty, "repeating is right")
    var once = events
    once.events.remove(at: 1)
    let hidden = naive(once) { $0 }
    #expect(!wrong(hidden, on: events).isEmpty, "granting once, above, is not")
    let policy = try events.policy()
    #expect(policy.replay.isExact && policy.replay.allowedByPolicy == 3)
  }

  @Test("a: what is denied below what is allowed gets a policy of its own, empty if need be")
  func fencing() throws {
    var events = Events()
    events.allow("user:ana@x", Self.get, "projects/shop")
    events.deny("user:ana@x", Self.get, Self.secret)
    events.deny("user:ana@x", Self.get, Self.secret + "/versions/1")
    #expect(!wrong(naive(events) { $0 }, on: events).isEmpty)
    let policy = try events.policy()
    #expect(policy.replay.isExact && policy.replay.deniedByPolicy == 2)
    #expect(policy.document.contains("secrets/key:\n"))
    #expect(!policy.document.contains("versions/1"), "the fence above makes another needless")
    #expect(policy.portability?.differences.count == 2, "where policies add up, both are allowed")
  }

  @Test("b: the first matching binding decides, so conditions of one member must not meet")
  func firstMatch() throws {
    var events = Events()
    events.allow("user:ana@x", Self.access, "projects/shop/secrets/one")
    events.allow("user:ana@x", Self.access, "projects/shop/secrets/two")
    let conditional = naive(events, at: project) { "resource.name.startsWith(\"\($0)\")" }
    #expect(
      wrong(conditional, on: events) == ["user:ana@x \(Self.access) projects/shop/secrets/two"])
    let policy = try events.policy()
    #expect(policy.replay.isExact && policy.replay.allowedByPolicy == 2)
    #expect(!policy.document.contains("condition:"))
  }

  @Test(
    "c: conditions are searched, not parsed",
    arguments: [
      { "resource.name == \"\($0)\"" },
      { "resource.name.startsWith(\"\($0)\") || resource.name.startsWith(\"x\")" },
    ] as [@Sendable (String) -> String])
  func conditions(condition: @Sendable (String) -> String) throws {
    var events = Events()
    events.allow("user:ana@x", Self.access, Self.secret)
    #expect(!wrong(naive(events, at: project, condition: condition), on: events).isEmpty)
    #expect(try events.policy().replay.isExact)
  }

  @Test("c: a negated condition allows what it should refuse")
  func negation() throws {
    var events = Events()
    events.allow("user:ana@x", Self.access, "projects/shop/secrets/open")
    events.deny("user:ana@x", Self.access, "projects/shop/secrets/closed")
    let negated = naive(events, at: project) { _ in
      "!resource.name.startsWith(\"projects/shop/secrets/closed\")"
    }
    #expect(wrong(negated, on: events).count == 2)
    #expect(try events.policy().replay.isExact)
  }

  @Test("d: permissions match as whole strings in roles that the file defines")
  func roles() throws {
    var events = Events()
    events.allow("user:ana@x", Self.access, Self.secret)
    var policy = EmulatorPolicy()
    var project = EmulatorProject(id: "shop")
    policy.roles = [EmulatorRole(name: "roles/custom.all", permissions: ["secretmanager.*"])]
    project.bindings = [EmulatorBinding(role: "roles/custom.all", members: ["user:ana@x"])]
    policy.projects = [project]
    #expect(!wrong(EmulatorEngine(policy), on: events).isEmpty, "no wildcards")
    policy.roles = []
    #expect(!wrong(EmulatorEngine(policy), on: events).isEmpty, "no roles of unknown name")
    let document = try events.policy().document
    #expect(document.contains("roles/custom.secretmanager.versions.access:\n"))
    #expect(document.contains("- role: roles/custom.secretmanager.versions.access\n"))
  }

  @Test("e: nobody is granted what was allowed to nobody in particular")
  func noPrincipal() throws {
    var events = Events()
    events.allow("", Self.access, Self.secret)
    events.allow("user:ana@x", Self.get, Self.secret)
    events.deny("user:bo@x", Self.access, Self.secret)
    let policy = try events.policy()
    #expect(policy.statements.map(\.grant.permission) == [Name(Self.get)])
    #expect(policy.excluded.contains(Exclusion(reason: .noPrincipal, decisions: 1)))
    #expect(!policy.document.contains(Self.access))
  }

  @Test("e: a check without a principal that any role would pass is said to be unchecked")
  func unchecked() throws {
    var events = Events()
    events.deny("", Self.access, Self.secret)
    events.allow("user:ana@x", Self.access, Self.secret)
    let replay = try events.policy().replay
    #expect(replay.uncheckedKeys == 1 && replay.deniedKeys == 0 && replay.isExact)
  }

  @Test(
    "f: what is no allowed decision grants nothing",
    arguments: [Outcome.error, .unauthenticated, .unknown, .none, .deny])
  func noDecision(outcome: Outcome) throws {
    var events = Events([(outcome, "user:ana@x", Self.access, Self.secret)])
    events.allow("user:ana@x", Self.get, Self.secret)
    let policy = try events.policy()
    #expect(policy.statements.map(\.grant.permission) == [Name(Self.get)])
    #expect(policy.excluded.map(\.decisions) == [1])
  }

  @Test(
    "f: everybody is not a principal to grant to", arguments: ["allUsers", "allAuthenticatedUsers"])
  func everyone(principal: String) throws {
    var events = Events()
    events.allow(principal, Self.access, Self.secret)
    events.deny("user:ana@x", Self.access, Self.secret)
    #expect(!wrong(naive(events) { $0 }, on: events).isEmpty)
    let policy = try events.policy()
    #expect(policy.statements.isEmpty && policy.replay.isExact)
    #expect(policy.excluded.contains(Exclusion(reason: .everyone, decisions: 1)))
  }

  @Test("f: a member of a group is granted by its own name")
  func groups() throws {
    var events = Events()
    events.allow("user:ana@x", Self.get, Self.secret)
    events.allow("group:team", Self.get, Self.secret)
    events.deny("user:bo@x", Self.get, Self.secret)
    let policy = try events.policy()
    #expect(policy.replay.isExact && policy.replay.allowedByPolicy == 2)
    #expect(!policy.document.contains("groups:"))
  }

  @Test("what a policy file has no place for is listed and not dropped")
  func noPlace() throws {
    var events = Events()
    events.allow("user:ana@x", Self.get, "//cloudresourcemanager.googleapis.com/projects/shop")
    events.allow("user:ana@x", Self.get, "projects/shop/odd")
    events.allow("user:ana@x", Self.get, "projects/shop/")
    events.allow("user:ana@x", Self.get, "projects//secrets/key")
    events.allow("user:ana@x", Self.get, "folders/1")
    events.allow("user:ana@x", Self.get, "projects/")
    let policy = try events.policy()
    #expect(policy.notExpressible.map(\.statement) == [1, 2])
    #expect(policy.replay.allowedKeys == 6 && policy.replay.allowedByPolicy == 4)
    #expect(policy.replay.notExpressible.count == 2)
    #expect(!policy.replay.isExact, "two keys that were allowed are denied")
    #expect(policy.document.contains("Tried against the recording, not exact: 4 of 6"))
    #expect(!policy.warnings.contains { $0.kind == .replayDiffers }, "said once is enough")
    #expect(policy.document.contains("#   statement 2: user:ana@x \(Self.get) on folders/1: "))
    #expect(policy.warnings.contains { $0.kind == .notExpressible && $0.statements == [1, 2] })
  }

  @Test("projects keep their own policies")
  func projects() throws {
    var events = Events()
    events.allow("user:ana@x", Self.get, "projects/shop/secrets/key")
    events.deny("user:ana@x", Self.get, "projects/other/secrets/key")
    events.allow("user:ana@x", Self.access, "projects/other/secrets/key")
    events.deny("user:ana@x", Self.access, "projects/shop/secrets/key")
    let policy = try events.policy()
    #expect(policy.replay.isExact && policy.replay.allowedByPolicy == 2)
  }
}
