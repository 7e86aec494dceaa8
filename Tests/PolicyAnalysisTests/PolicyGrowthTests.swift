import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Growth of a policy") struct PolicyGrowthTests {
  @Test("each step that allows something new adds a grant, and only those")
  func steps() throws {
    var builder = TraceBuilder()
    builder.span("a", id: 1, at: 0)
    builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p/t/1", at: 10)
    builder.decision(.deny, "user:a@x", "s.t.put", on: "projects/p/t/1", at: 20)
    builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p/t/1", at: 30)
    builder.decision(.allow, "user:b@x", "s.t.get", on: "projects/p/t/1", at: 40)
    builder.decision(.allow, "", "s.t.get", on: "projects/p/t/1", at: 50)
    let growth = PolicyGrowth(index: try builder.index())
    #expect(growth.steps == 6)
    #expect((-1...5).map { growth.state(after: $0).grants } == [0, 0, 1, 1, 1, 2, 2])
    #expect((0...5).map { Array(growth.grants(addedAt: $0)) } == [[], [0], [], [], [1], []])
    #expect((0...5).map { growth.decisions(behind: 0, after: $0) } == [0, 1, 1, 2, 2, 2])
    #expect(growth.growth(after: -1) == 1 && growth.growth(after: 1) == 4)
    #expect(growth.growth(after: 4) == nil)
    #expect(growth.growth(before: 4) == 1 && growth.growth(before: 1) == nil)
    let end = growth.state(after: 5)
    #expect(end.lastGrowth == 4 && end.stepsSinceGrowth == 1)
    #expect(end.saturation == 1 && growth.state(after: 2).saturation == 0.5)
    #expect(end.uses == 3 && end.usedOnce == 1 && end.coverage == 1 - 1.0 / 3)
    #expect(growth.state(after: 0).coverage == nil)
  }

  @Test("at every step it is what a count from the beginning finds, forwards and backwards")
  func counted() throws {
    var dice = Dice(seed: 99)
    var events = Events()
    for _ in 0..<400 {
      let resource = "projects/p/t/\(Int.random(in: 0..<40, using: &dice))"
      events.allow("user:u\(Int.random(in: 0..<3, using: &dice))@x", "s.t.get", resource)
    }
    let growth = PolicyGrowth(index: try events.index())
    var uses: [[String]: Int] = [:]
    var states: [(grants: Int, usedOnce: Int)] = []
    for event in events.events {
      uses[[event.principal, event.resource], default: 0] += 1
      states.append((uses.count, uses.values.count { $0 == 1 }))
    }
    for step in states.indices.reversed() {
      let state = growth.state(after: step)
      #expect(state.grants == states[step].grants)
      #expect(state.usedOnce == states[step].usedOnce)
      #expect(state.uses == step + 1)
    }
  }

  @Test("one check recorded by client and server is not a repetition")
  func witnesses() throws {
    var builder = TraceBuilder()
    for (time, evaluator) in [(0, "server"), (1, "client"), (10, "server"), (11, "client")] {
      builder.decision(
        .allow, "user:a@x", "s.t.get", on: "projects/p/t/1", at: Int64(time), evaluator: evaluator)
    }
    let growth = PolicyGrowth(index: try builder.index())
    #expect((0...3).map { growth.state(after: $0).usedOnce } == [1, 1, 0, 0])
    #expect((0...3).map { growth.state(after: $0).uses } == [1, 1, 2, 2])
    #expect(growth.decisions(behind: 0, after: 3) == 4)
  }

  @Test("it ends where the policy is", arguments: Recordings.names)
  func recordings(name: String) throws {
    guard let index = try Recordings.index(name) else { return }
    let policy = try PolicyGenerator.generate(from: [index], dialect: .emulator)
    let growth = PolicyGrowth(index: index)
    #expect(growth.grants.sorted() == policy.usage.used.map(\.key))
    let end = growth.state(after: growth.steps - 1)
    #expect(end.grants == policy.statements.count && end.saturation == 1)
    let decisions = growth.grants.indices.reduce(0) {
      $0 + growth.decisions(behind: $1, after: growth.steps - 1)
    }
    #expect(decisions == policy.usage.accounting.granted)
  }

  @Test("the growth of one principal's policy")
  func onePrincipal() throws {
    var events = Events()
    events.allow("user:a@x", "s.t.get", "projects/p/t/1")
    events.allow("user:b@x", "s.t.get", "projects/p/t/1")
    let growth = PolicyGrowth(index: try events.index(), principal: "user:b@x")
    #expect((0...1).map { growth.state(after: $0).grants } == [0, 1])
    #expect(PolicyGrowth(index: try events.index(), principal: "user:c@x").grants.isEmpty)
  }

  /// Recordings of the platforms whose calls need more than their columns say.
  static let platforms: [(String, PolicyDialect)] = [
    ("cloudtrail/invictus-aws_dataset", .aws), ("cloudtrail/trailscraper", .aws),
    ("cloudtrail/stratus-red-team", .aws), ("k8s/kube-apiserver/before/audit.log", .kubernetes),
  ]

  @Test(
    "in a dialect that reads more into calls, it ends where that policy is", arguments: platforms)
  func platform(name: String, dialect: PolicyDialect) throws {
    guard let path = RealArtifacts.folder?.appending(path: name).path,
      FileManager.default.fileExists(atPath: path)
    else {
      print("skipped: shared/data/\(name) is absent")
      return
    }
    for index in try Trail.ingest(path) {
      #expect(PolicyDialect.fitting([index]) == dialect)
      let request = PolicyRequest(dialect: dialect)
      let policy = try PolicyGenerator.generate(from: [index], request)
      let growth = PolicyGrowth(index: index, request)
      #expect(growth.grants.sorted() == policy.usage.used.map(\.key))
      #expect(
        (0..<growth.steps).reduce(0) { $0 + growth.grants(addedAt: $1).count }
          == growth.grants.count)
      let decisions = Dictionary(
        policy.usage.used.map { ($0.key, $0.evidence.decisions) }
      ) { first, _ in first }
      for grant in growth.grants.indices {
        let seen = growth.decisions(behind: grant, after: growth.steps - 1)
        #expect(seen == decisions[growth.grants[grant]])
      }
    }
  }

  @Test(
    "the evidence of each statement is the rows that force it, in every dialect",
    arguments: platforms)
  func evidence(name: String, dialect: PolicyDialect) throws {
    guard let path = RealArtifacts.folder?.appending(path: name).path,
      FileManager.default.fileExists(atPath: path)
    else { return }
    for index in try Trail.ingest(path) {
      let policy = try PolicyGenerator.generate(from: [index], PolicyRequest(dialect: dialect))
      let some = policy.statements.enumerated().filter {
        $0.offset % 17 == 0 || $0.element.inference == .impersonate
      }
      for statement in some.map(\.element) {
        let rows = policy.rows(behind: statement, in: index)
        #expect(rows.count == statement.evidence.decisions, "\(statement.id)")
        for row in rows {
          guard case .grants(let forced) = policy.explanation(ofRow: row, in: index) else {
            Issue.record("row \(row) of \(statement.id)")
            continue
          }
          #expect(forced.contains(statement), "row \(row) of \(statement.id)")
        }
      }
      for denied in policy.usage.denied.prefix(5) {
        let rows = policy.rows(denying: denied.key, in: index)
        #expect(rows.count == denied.evidence.decisions, "\(denied.key)")
      }
    }
  }
}
