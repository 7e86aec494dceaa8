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
    #expect((0...5).map(growth.grant(addedAt:)) == [nil, 0, nil, nil, 1, nil])
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
}
