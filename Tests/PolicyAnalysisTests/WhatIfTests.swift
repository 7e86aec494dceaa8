import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("What if a policy were another") struct WhatIfTests {
  private func whatIf(
    _ events: Events, _ dialect: PolicyDialect = .emulator
  ) throws -> (WhatIf, PolicyRequest) {
    let index = try events.index()
    let request = PolicyRequest(dialect: dialect, paths: ["run"])
    return (
      WhatIf(try PolicyGenerator.generate(from: [index], request), of: [index]), request
    )
  }

  private var shop: Events {
    var events = Events()
    for number in 1...3 {
      events.allow("user:a@x", "storage.objects.get", "projects/p/buckets/b/objects/\(number)")
    }
    events.allow("user:a@x", "storage.objects.get", "projects/p/buckets/b/objects/1")
    events.allow("user:a@x", "pubsub.topics.publish", "projects/p/topics/t")
    events.deny("user:b@x", "storage.objects.get", "projects/p/buckets/b/objects/1")
    return events
  }

  @Test("a dropped statement flips what it alone allowed, in decisions, with the first of them")
  func drop() throws {
    let (whatIf, request) = try whatIf(shop)
    let first = try #require(
      whatIf.policy.statements.first { $0.key.resource.text.hasSuffix("/1") })
    var edits = PolicyEdits()
    edits.toggle(first.id)
    for flips in [whatIf.flips(of: edits), whatIf.draft(edits, request).flips] {
      #expect(flips.deniedDecisions == 2 && flips.allowedDecisions == 0)
      #expect(flips.flips.map(\.key) == [first.key])
      #expect(flips.flips.first?.evidence == first.evidence)
    }
    edits.toggle(first.id)
    #expect(edits.isEmpty && whatIf.flips(of: edits).isEmpty)
  }

  @Test(
    "no recorded decision flips in any dialect while nothing is edited",
    arguments: PolicyDialect.allCases)
  func unedited(_ dialect: PolicyDialect) throws {
    let (whatIf, request) = try whatIf(shop, dialect)
    let draft = whatIf.draft(PolicyEdits(), request)
    #expect(draft.flips.isEmpty && draft.admitted == 0)
    #expect(draft.policy.document == whatIf.policy.document)
  }

  @Test(
    "dropping any statement flips just its decisions, by the rules of each platform",
    arguments: [PolicyDialect.emulator, .gcp, .cedar])
  func eachDropped(_ dialect: PolicyDialect) throws {
    let (whatIf, request) = try whatIf(shop, dialect)
    for statement in whatIf.policy.statements {
      var edits = PolicyEdits()
      edits.toggle(statement.id)
      let draft = whatIf.draft(edits, request)
      guard !whatIf.policy.replay.notExpressible.contains(statement.key) else {
        #expect(draft.flips.isEmpty)
        continue
      }
      #expect(draft.flips.flips.map(\.key) == [statement.key], "\(statement.id)")
      #expect(draft.flips.deniedDecisions == whatIf.flips(of: edits).deniedDecisions)
      #expect(draft.flips.deniedDecisions == statement.evidence.decisions)
      #expect(draft.policy.statements.count == whatIf.policy.statements.count - 1)
    }
  }

  @Test("what another statement reaches does not flip, though its own statement is dropped")
  func covered() throws {
    let (whatIf, request) = try whatIf(shop, .cedar)
    let objects = whatIf.policy.statements.filter { $0.key.permission == "storage.objects.get" }
    guard let step = whatIf.ladder.steps(of: objects[0]).first(where: { $0.rung != .exact }) else {
      print("skipped: no rung of cedar's for objects")
      return
    }
    var edits = PolicyEdits()
    edits.put(objects[0].id, on: step.rung)
    edits.toggle(objects[1].id)
    #expect(whatIf.flips(of: edits).isEmpty)
    #expect(whatIf.draft(edits, request).flips.isEmpty)
    #expect(whatIf.grant(of: objects[0], edits).covers(objects[1].key))
  }

  @Test("the document of an edited policy names what was dropped, and the command that does it")
  func declared() throws {
    for dialect in [PolicyDialect.emulator, .gcp, .cedar] {
      let (whatIf, request) = try whatIf(shop, dialect)
      let dropped = whatIf.policy.statements[0]
      var edits = PolicyEdits()
      edits.toggle(dropped.id)
      let document = whatIf.draft(edits, request).policy.document
      #expect(document.contains("Dropped by hand"))
      #expect(document.contains("--drop \(dropped.id)"))
      #expect(document.contains(dropped.key.resource.text))
      var again = request
      again.dropped = [dropped.id]
      #expect(try PolicyGenerator.generate(from: [shop.index()], again).document == document)
    }
  }

  @Test("a name that no statement has cannot be dropped")
  func unknown() throws {
    var request = PolicyRequest(dialect: .emulator)
    request.dropped = ["nobody:nothing"]
    #expect(throws: PolicyError.noSuchStatement("nobody:nothing")) {
      try PolicyGenerator.generate(from: [shop.index()], request)
    }
  }

  @Test("a decision that needs two permissions counts once, though both are dropped")
  func together() throws {
    let path = RealArtifacts.folder?.appending(path: "cloudtrail/stratus-red-team").path
    guard let path, let index = try? Trail.ingest(path).first else {
      print("skipped: shared/data/cloudtrail/stratus-red-team is absent")
      return
    }
    let policy = try PolicyGenerator.generate(from: [index], PolicyRequest(dialect: .aws))
    var edits = PolicyEdits()
    for statement in policy.statements { edits.toggle(statement.id) }
    let flips = WhatIf(policy, of: [index]).flips(of: edits)
    #expect(flips.deniedKeys == policy.statements.count)
    #expect(flips.deniedDecisions == policy.usage.accounting.granted)
  }

  @Test("a policy held against its own document is granted whole, and nothing of it is unused")
  func comparison() throws {
    let events = shop
    let index = try events.index()
    let policy = try events.policy()
    let own = PolicyComparison(
      policy, with: try PolicyDialect.emulator.engine(reading: policy.document), of: [index])
    #expect(own.granted == policy.statements.count && own.unused.isEmpty && own.opened.isEmpty)
    var fewer = Events(Array(events.events.prefix(3)))
    fewer.allow("user:c@x", "s.t.get", "projects/p/t/1")
    let other = PolicyComparison(
      policy, with: try PolicyDialect.emulator.engine(reading: fewer.policy().document),
      of: [index])
    #expect(other.granted == 3 && other.statements.count == 4)
    #expect(other.unused.map(\.grant.principal) == ["user:c@x"])
  }
}
