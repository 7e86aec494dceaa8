import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Used permissions") struct UsedPermissionTests {
  @Test("every decision of a recorded run is accounted for", arguments: Recordings.names)
  func recordings(name: String) throws {
    guard let index = try Recordings.index(name) else { return }
    let usage = try UsedPermissions(indexes: [index])
    #expect(usage.accounting.decisions == index.totals.decisions)
    #expect(usage.accounting.granted == usage.used.reduce(0) { $0 + $1.evidence.decisions })
    let byPrincipal = usage.principals.map(\.accounting)
    #expect(byPrincipal.reduce(0) { $0 + $1.decisions } == index.totals.decisions)
    #expect(usage.accounting.count(.error) == index.totals.decisionErrors)
    let denials =
      usage.denied.reduce(0) { $0 + $1.evidence.decisions }
      + usage.used.reduce(0) { $0 + $1.denials }
    let mixed = usage.principals.filter { $0.principal.isEmpty }
      .reduce(0) { $0 + $1.accounting.count(.denied) }
    #expect(denials <= usage.accounting.count(.denied))
    #expect(denials >= usage.accounting.count(.denied) - mixed)
  }

  @Test("counts of a recorded run, taken apart from the program")
  func counts() throws {
    guard let index = try Recordings.index("outage-permissive") else { return }
    let usage = try UsedPermissions(indexes: [index])
    #expect(usage.accounting.decisions == 907)
    #expect(usage.accounting.count(.error) == 135)
    #expect(usage.accounting.count(.denied) == 439)
    #expect(usage.accounting.granted + usage.accounting.count(.noPrincipal) == 333)
    #expect(usage.accounting.count(.notEnforced) == 0)
  }

  @Test("several runs add up, and evidence says how many runs it is from")
  func accumulation() throws {
    var first = Events()
    first.allow("user:a@x", "s.t.get", "projects/p/t/1")
    first.allow("user:a@x", "s.t.get", "projects/p/t/2")
    var second = Events()
    second.deny("user:a@x", "s.t.get", "projects/p/t/1")
    second.allow("user:a@x", "s.t.get", "projects/p/t/1")
    second.allow("user:a@x", "s.t.get", "projects/p/t/3")
    let usage = try UsedPermissions(indexes: [first.index(name: "1"), second.index(name: "2")])
    #expect(usage.accounting.decisions == 5 && usage.accounting.granted == 4)
    #expect(usage.used.map(\.evidence.runs) == [2, 1, 1])
    #expect(usage.used.map(\.evidence.decisions) == [2, 1, 1])
    #expect(usage.used.map(\.denials) == [1, 0, 0])
    let evidence = try #require(usage.used.first?.evidence)
    #expect(evidence.firstSeen == TraceBuilder.epoch)
    #expect(evidence.lastSeen == TraceBuilder.epoch + 1_000_000_000)
    #expect(evidence.first.reference == RowReference(execution: 0, row: 0))
    #expect(evidence.first.artifact == "1.authz.jsonl" && evidence.first.byteOffset == 0)
    #expect(usage.used.last?.evidence.first.reference.execution == 1)
    #expect(usage.used.last?.evidence.first.byteOffset == 200)
  }

  @Test("the first row is the earliest in time, not in the file; rows without a time come last")
  func firstRow() throws {
    var builder = TraceBuilder()
    for time in [30, 10, 20] {
      builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p/t/1", at: Int64(time))
    }
    builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p/t/1", at: -60_000)
    builder.batch.rows[3].marks.insert(.timeMissing)
    let usage = try UsedPermissions(indexes: [builder.index()])
    let evidence = try #require(usage.used.first?.evidence)
    #expect(evidence.decisions == 4)
    #expect(evidence.firstSeen == TraceBuilder.epoch + 10_000_000)
    #expect(evidence.first.byteOffset == 100)
  }

  @Test("an allowed call that then failed shows that the permission was held")
  func failedLater() throws {
    let events = Events([(.allowedThenFailed, "user:a@x", "s.t.get", "projects/p/t/1")])
    let usage = try UsedPermissions(indexes: [events.index()])
    #expect(usage.used.first?.evidence.failedLater == 1)
  }

  @Test("in a mode that lets calls pass, only a matching binding is proof of permission")
  func notEnforced() throws {
    var builder = TraceBuilder()
    for (target, mode, reason) in [
      ("1", "permissive", "binding_match"), ("2", "permissive", "engine_unreachable"),
      ("3", "permissive", ""), ("4", "off", ""), ("5", "strict", ""), ("6", "", ""),
    ] {
      builder.decision(
        .allow, "user:a@x", "s.t.get", on: "projects/p/t/\(target)", reason: reason,
        attributes: ["mode": mode])
    }
    let index = try builder.index()
    let policy = try PolicyGenerator.generate(from: [index], dialect: .emulator)
    let granted = policy.statements.map(\.grant.resource.text)
    #expect(granted == ["projects/p/t/1", "projects/p/t/5", "projects/p/t/6"])
    #expect(policy.excluded == [Exclusion(reason: .notEnforced, decisions: 3)])
    #expect(policy.statements.map(\.evidence.unenforced) == [1, 0, 0])
    #expect(policy.warnings.contains { $0.kind == .notEnforced && $0.statements == [1] })
  }

  @Test("missing parts are reasons of their own")
  func missingParts() throws {
    let events = Events([
      (.allow, "", "s.t.get", "projects/p/t/1"), (.allow, "user:a@x", "", "projects/p/t/1"),
      (.allow, "user:a@x", "s.t.get", ""), (.allow, "user:a@x", "s.t.get", "projects/p/t/1"),
    ])
    let usage = try UsedPermissions(indexes: [events.index()])
    #expect(usage.used.count == 1)
    #expect(
      usage.accounting.exclusions.map(\.reason) == [.noPrincipal, .noPermission, .noResource])
  }

  @Test("a policy for one principal accounts for all decisions, and keeps blind spots")
  func onePrincipal() throws {
    var events = Events([(.error, "", "", "")])
    events.allow("user:a@x", "s.t.get", "projects/p/t/1")
    events.allow("user:b@x", "s.t.get", "projects/p/t/1")
    events.deny("user:b@x", "s.t.put", "projects/p/t/1")
    let policy = try events.policy(principal: "user:a@x")
    #expect(policy.statements.map(\.grant.principal) == ["user:a@x"])
    #expect(policy.usage.accounting.decisions == 4)
    #expect(policy.usage.accounting.count(.otherPrincipal) == 2)
    #expect(policy.usage.accounting.count(.error) == 1)
    #expect(!policy.document.contains("user:b@x"))
    #expect(policy.document.contains("--principal user:a@x run"))
  }

  @Test("there is no policy without decisions, and none for somebody unknown")
  func errors() throws {
    var builder = TraceBuilder()
    builder.span("a", id: 1)
    let spans = try builder.index(name: "spans")
    #expect(throws: PolicyError.noExecutions) { try UsedPermissions(indexes: []) }
    #expect(throws: PolicyError.noDecisions(executions: ["spans"])) {
      try UsedPermissions(indexes: [spans])
    }
    let events = Events([(.allow, "user:a@x", "s.t.get", "projects/p/t/1")])
    #expect(throws: PolicyError.unknownPrincipal("user:b@x", similar: [])) {
      try events.policy(principal: "user:b@x")
    }
    #expect(throws: PolicyError.unknownPrincipal("s.t.get", similar: [])) {
      try events.policy(principal: "s.t.get")
    }
    #expect(throws: PolicyError.unknownPrincipal("A@", similar: ["user:a@x"])) {
      try events.policy(principal: "A@")
    }
  }

  @Test(
    "a run in which all was denied gives a policy that grants nothing",
    arguments: PolicyDialect.allCases)
  func nothingAllowed(dialect: PolicyDialect) throws {
    let events = Events([(.deny, "user:a@x", "s.t.get", "projects/p/t/1")])
    let policy = try events.policy(dialect)
    #expect(policy.statements.isEmpty)
    #expect(policy.replay.isExact && policy.replay.deniedByPolicy == 1)
  }
}
