import Explorer
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Jumps")
struct JumpTests {
  private func state(_ keys: String, _ indexes: [TraceIndex], filter: String? = nil) throws
    -> ExplorerState
  {
    let harness = ExplorerHarness(indexes)
    var state = harness.state(filter: filter)
    try harness.press(keys, in: &state)
    return state
  }

  private func shop() throws -> [TraceIndex] {
    [try OddRuns.shop(fails: false), try OddRuns.shop(fails: true)]
  }

  // MARK: Summary

  @Test("d and e on the summary reach the denial and the error that have no headline of their own")
  func summary() throws {
    var builder = TraceBuilder()
    builder.span("GET /", id: 1, for: 100, service: "web", status: .error)
    builder.decision(.deny, "user:ann", "read", on: "a", in: 1, span: 1, at: 50)
    builder.decision(.error, "user:ann", "write", on: "a", at: 500)
    let index = try builder.index()
    let denial = try state("8d", [index])
    #expect(denial.screen.kind != .summary, "\(denial.message ?? "")")
    let sound = try TraceBuilder.allowing().index()
    #expect(try state("8d", [sound]).message == "no denied decision in what is summed up here")
    var undecided = TraceBuilder()
    undecided.decision(.error, "user:ann", "write", on: "a")
    #expect(try state("8e", [try undecided.index()]).screen.kind == .events)
  }

  // MARK: The pair

  @Test("with three runs = opens the pair that the panel names, whichever run is selected")
  func pair() throws {
    let runs = try [3, 1, 2].map { try TraceBuilder.run(at: $0 * 1_000) }
    for down in 0..<3 {
      let keys = String(repeating: "j", count: down)
      let before = try state(keys, runs)
      let base = before.comparisonBase(for: down)
      guard case .diff(let diff) = try state(keys + "=", runs).screen else {
        Issue.record("no comparison")
        continue
      }
      #expect(diff.before == 1, "the earliest run is A")
      #expect(diff.after == (base == nil ? 2 : down))
    }
  }

  @Test("a run without a time is not the earliest")
  func timeless() throws {
    var builder = TraceBuilder()
    builder.decision(.allow, "user:ann", "read", on: "a")
    builder.batch.rows[0].start = 0
    builder.batch.rows[0].marks.insert(.timeMissing)
    let runs = [try builder.index(name: "timeless"), try TraceBuilder.run(at: 1)]
    #expect(try state("", runs).before == 1)
  }

  @Test("a run is not the earliest for one row of 1970")
  func oddTime() throws {
    var builder = TraceBuilder()
    for number in 1...3 as ClosedRange<UInt64> {
      builder.span("GET /", in: number, id: number, at: 5_000 + Int64(number))
    }
    builder.batch.rows[0].start = 2
    let runs = [try builder.index(name: "odd"), try TraceBuilder.run(at: 1)]
    #expect(try state("", runs).before == 1)
  }

  @Test("= with one run says that two are needed; # while indexing says that the run is not ready")
  func refusals() throws {
    let one = try state("=", [try TraceBuilder.run(at: 1)])
    #expect(one.message?.hasPrefix("two runs are needed") == true)
    let harness = ExplorerHarness(try shop())
    var waiting = harness.waitingState()
    try harness.press("#", in: &waiting)
    #expect(waiting.message == "this run is not ready yet")
  }

  // MARK: Why

  @Test("w goes to the top difference, not to what is denied in both runs")
  func newDenial() throws {
    func run(_ outcome: Outcome, _ name: String) throws -> TraceIndex {
      var builder = TraceBuilder()
      for time in 0..<5 as Range<Int64> {
        builder.decision(.deny, "user:bob", "old", on: "a", at: time)
        builder.decision(outcome, "user:ann", "new", on: "b", at: 10 + time)
      }
      return try builder.index(name: name)
    }
    let runs = [try run(.allow, "before"), try run(.deny, "after")]
    let state = try state("w", runs)
    guard case .events(let events) = state.screen else {
      Issue.record("\(state.screen.kind) \(state.message ?? "")")
      return
    }
    let row = try #require(events.row(at: events.position.selected, in: runs[1]))
    #expect(runs[1].string(runs[1].permission(row)) == "new")
  }

  @Test("w without a comparison goes to what is denied most often, or to the first failed check")
  func mostDenied() throws {
    var builder = TraceBuilder()
    builder.decision(.deny, "user:bob", "once", on: "a")
    for time in 1..<5 as Range<Int64> {
      builder.decision(.deny, "user:ann", "often", on: "b", at: time)
    }
    let index = try builder.index()
    guard case .events(let events) = try state("w", [index]).screen else {
      Issue.record("no events")
      return
    }
    #expect(events.position.selected == 1)
    var undecided = TraceBuilder()
    undecided.decision(.allow, "user:ann", "read", on: "a")
    undecided.decision(.error, "user:ann", "write", on: "a", at: 1)
    guard case .events(let failed) = try state("w", [try undecided.index()]).screen else {
      Issue.record("no events")
      return
    }
    #expect(failed.position.selected == 1)
  }

  // MARK: Sorting and going back

  @Test("sorting selects and shows the first trace; Enter opens that one")
  func sorting() throws {
    var builder = TraceBuilder()
    for number in 1...60 as ClosedRange<UInt64> {
      builder.span("GET /", in: number, id: number, at: Int64(number) * 10, for: Int64(number))
    }
    let index = try builder.index()
    for keys in ["fo", "fjjjo", "foo", "fGooo"] {
      guard case .traces(let traces) = try state(keys, [index]).screen else { continue }
      #expect(traces.position.selected == 0 && traces.position.top == 0, "\(keys)")
    }
    guard case .traces(let traces) = try state("fo", [index]).screen else { return }
    #expect(traces.selectedTrace == 59)
  }

  @Test("C-o goes back to where the last jump began, in the view and over views")
  func back() throws {
    let harness = ExplorerHarness(try shop())
    var state = harness.state()
    try harness.press("3jd", in: &state)
    guard case .events(let after) = state.screen else { return }
    #expect(after.position.selected == 7)
    try harness.press("<C-o>", in: &state)
    guard case .events(let events) = state.screen else {
      Issue.record("the view is closed")
      return
    }
    #expect(events.position.selected == 1)
    try harness.press("qw", in: &state)
    #expect(state.screen.kind == .waterfall)
    try harness.press("<C-o>", in: &state)
    #expect(state.screen.kind == .executions)
    try harness.press("<C-o>", in: &state)
    #expect(state.message?.hasPrefix("no jump to go back over") == true)
  }

  @Test("! on a record prints the query that finds it")
  func recordCommand() throws {
    let state = try state("<Enter><Enter>jr!", try shop())
    #expect(
      state.message == #"vestige trace query runs/incident 'file="test.jsonl" byte=100'"#)
  }
}

extension TraceBuilder {
  fileprivate static func run(at time: Int) throws -> TraceIndex {
    var builder = TraceBuilder()
    builder.span("GET /", id: 1, at: Int64(time), for: 10)
    return try builder.index(name: "run-\(time)")
  }

  fileprivate static func allowing() -> TraceBuilder {
    var builder = TraceBuilder()
    builder.decision(.allow, "user:ann", "read", on: "a")
    return builder
  }
}
