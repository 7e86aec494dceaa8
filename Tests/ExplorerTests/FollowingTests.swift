import Explorer
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

/// A run that grows: an index for each of its ages.
private struct GrowingRun {
  /// `count` traces of a request with a span below it and a decision; row 0 of trace 1 comes first.
  static func index(traces: Range<Int>, name: String = "live", late: Bool = false) throws
    -> TraceIndex
  {
    var builder = TraceBuilder(artifact: "live.jsonl")
    for number in traces {
      let (trace, id, at) = (UInt64(number + 1), UInt64(number * 10 + 1), Int64(number * 100))
      builder.span("GET /\(number)", in: trace, id: id, at: at, for: 50)
      builder.span("query \(number)", in: trace, id: id + 1, parent: id, at: at + 5, for: 10)
      builder.decision(
        .allow, "user:u\(number)", "p.q.r", on: "x/\(number)", in: trace, span: id, at: at + 2)
    }
    // A record that is written last and happened first.
    if late { builder.span("late", in: 9_999, id: 9_999, at: -1_000, for: 1) }
    return try builder.index(name: name)
  }

  /// The state with the run open at some age, after keys.
  static func state(
    _ harness: ExplorerHarness, at age: TraceIndex, keys: String = ""
  ) throws -> ExplorerState {
    var state = ExplorerState(
      executions: [
        ExecutionEntry(name: "live", path: "runs/live", passedOver: [], isFollowed: true)
      ], isSealed: true)
    _ = state.update(.resized(width: 80, height: 24))
    harness.apply(.indexed(execution: 0, [age]), to: &state)
    try harness.press(keys, in: &state)
    return state
  }
}

@Suite("A run that grows while it is looked at") struct FollowingTests {
  private let harness = ExplorerHarness()

  private func events(_ state: ExplorerState) throws -> EventsState {
    guard case .events(let events) = state.screen else { throw WrongScreen() }
    return events
  }

  private func waterfall(_ state: ExplorerState) throws -> WaterfallState {
    guard case .waterfall(let waterfall) = state.screen else { throw WrongScreen() }
    return waterfall
  }

  private struct WrongScreen: Error {}

  private func selectedName(_ state: ExplorerState) throws -> String {
    let index = try #require(state.executions[0].index)
    let row: Int? =
      switch state.screen {
      case .events(let events): events.row(at: events.position.selected, in: index)
      case .waterfall(let waterfall): waterfall.selectedRow
      case .traces(let traces): traces.selectedTrace.map { index.traceRecord($0).root }
      default: nil
      }
    return index.string(index.name(try #require(row)))
  }

  private func grow(_ state: inout ExplorerState, _ traces: Int, late: Bool = false) throws {
    let index = try GrowingRun.index(traces: 0..<traces, late: late)
    harness.apply(.grown(execution: 0, [index]), to: &state)
  }

  @Test(
    "the selection stays with its record, and the screen does not move, in every list",
    arguments: ["3", "f", "2"])
  func selection(_ screen: String) throws {
    var state = try GrowingRun.state(
      harness, at: GrowingRun.index(traces: 0..<30), keys: screen + "<C-d><C-d>kkj")
    let name = try selectedName(state)
    let before = try harness.play("", from: state).text
    try grow(&state, 40)
    #expect(try selectedName(state) == name)
    let after = try harness.play("", from: state).text
    // But for the header, which counts, and the panel below.
    #expect(before.split(separator: "\n")[1...8] == after.split(separator: "\n")[1...8])
    // A record that happened before all others moves their numbers, and nothing else.
    try grow(&state, 40, late: true)
    #expect(try selectedName(state) == name)
    let shifted = try harness.play("", from: state).text
    #expect(before.split(separator: "\n")[1...8] == shifted.split(separator: "\n")[1...8])
  }

  @Test("folds stay with their spans")
  func folds() throws {
    var state = try GrowingRun.state(
      harness, at: GrowingRun.index(traces: 0..<5), keys: "f<Enter>za")
    #expect(try waterfall(state).lines.count == 1)
    try grow(&state, 9, late: true)
    #expect(try waterfall(state).lines.count == 1)
    #expect(try selectedName(state) == "GET /0")
    try harness.press("za", in: &state)
    #expect(try waterfall(state).lines.count == 3)
  }

  @Test("filters hold for what comes")
  func filters() throws {
    var state = try GrowingRun.state(
      harness, at: GrowingRun.index(traces: 0..<5), keys: "3&is:decision<Enter>")
    #expect(try events(state).count == 5)
    try grow(&state, 9)
    #expect(try events(state).count == 9)
  }

  @Test("F sticks to the end, moving away lets go, G takes hold again")
  func pin() throws {
    var state = try GrowingRun.state(harness, at: GrowingRun.index(traces: 0..<5), keys: "3F")
    #expect(state.isPinned && state.message == "following the end; moving away stops it")
    try grow(&state, 6)
    #expect(try events(state).position.selected == 17)
    #expect(state.executions[0].newRows == 0)
    try harness.press("k", in: &state)
    #expect(!state.isPinned)
    try grow(&state, 7)
    #expect(try events(state).position.selected == 16)
    #expect(state.executions[0].newRows == 3)
    try harness.press("G", in: &state)
    #expect(state.isPinned)
    #expect(state.executions[0].newRows == 0)
    try grow(&state, 8)
    #expect(try events(state).position.selected == 23)
    try harness.press("F", in: &state)
    try grow(&state, 9)
    #expect(try events(state).position.selected == 23)
  }

  @Test("the traces can be followed, by start alone")
  func pinnedTraces() throws {
    var state = try GrowingRun.state(harness, at: GrowingRun.index(traces: 0..<5), keys: "fF")
    try grow(&state, 8)
    #expect(try selectedName(state) == "GET /7")
    try harness.press("o", in: &state)
    #expect(!state.isPinned)
    try harness.press("F", in: &state)
    #expect(!state.isPinned && state.message?.contains("by start alone") == true)
  }

  @Test("on a run that is not followed F says how one is, and G is what it was")
  func notFollowed() throws {
    let harness = ExplorerHarness(try GrowingRun.index(traces: 0..<5))
    var state = harness.state()
    try harness.press("3F", in: &state)
    #expect(state.message?.contains("vestige explore --follow") == true)
    try harness.press("G", in: &state)
    #expect(!state.isPinned)
  }

  @Test("a policy stays as it is until F takes in what came")
  func policy() throws {
    var state = try GrowingRun.state(harness, at: GrowingRun.index(traces: 0..<5), keys: "p")
    func statements() -> Int? {
      guard case .policy(let policy) = state.screen else { return nil }
      return policy.policy(state.analyses)?.statements.count
    }
    #expect(statements() == 5)
    try grow(&state, 7)
    #expect(statements() == 5 && state.waitingRows(of: 0) == 6)
    let text = try harness.play("", from: state).text
    #expect(text.contains("as of 15 rows; 6 more have come, F takes them in"), "\(text)")
    // The evidence is of the rows that the policy is about.
    try harness.press("w", in: &state)
    #expect(try selectedName(state) == "p.q.r")
    try harness.press("q", in: &state)
    try grow(&state, 8)
    try harness.press("F", in: &state)
    #expect(statements() == 8 && state.waitingRows(of: 0) == 0)
    // A statement that is sorted before the selected one changes its number, and not what is selected.
    func selected() -> String? {
      guard case .policy(let policy) = state.screen,
        case .statement(let number) = policy.selectedLine
      else { return nil }
      return policy.policy(state.analyses)?.statement(number)?.grant.principal.text
    }
    try harness.press("G", in: &state)
    #expect(selected() == "user:u7")
    try grow(&state, 12)
    try harness.press("F", in: &state)
    #expect(statements() == 12 && selected() == "user:u7")
    #expect(!state.isHeldBack)
  }

  @Test("a screen keeps what it shows until what it needs of the newer index is worked out")
  func together() throws {
    var state = try GrowingRun.state(harness, at: GrowingRun.index(traces: 0..<5), keys: "3")
    let grown = try GrowingRun.index(traces: 0..<6)
    let further = try GrowingRun.index(traces: 0..<7)
    let requests = state.update(.grown(execution: 0, [grown]))
    guard case .analyse(let request) = requests.first, requests.count == 1 else {
      Issue.record("\(requests)")
      return
    }
    #expect(state.executions[0].index?.rowCount == 15)
    #expect(state.growth(0) != nil)
    #expect(state.update(.grown(execution: 0, [further])).isEmpty)
    let next = state.update(.analysed(request.run()))
    #expect(state.executions[0].index === grown)
    #expect(state.growth(0) != nil)
    guard case .analyse(let second) = next.first else {
      Issue.record("the newest index is next: \(next)")
      return
    }
    // What was asked of an index that is gone is no answer.
    _ = state.update(.analysed(request.run()))
    _ = state.update(.analysed(second.run()))
    #expect(state.executions[0].index === further)
  }

  @Test("a run that is named only later is one more run; the first one keeps its number")
  func furtherRun() throws {
    var state = try GrowingRun.state(harness, at: GrowingRun.index(traces: 0..<5))
    let parts = try [
      GrowingRun.index(traces: 0..<5, name: "live#one"),
      GrowingRun.index(traces: 5..<7, name: "live#two"),
    ]
    harness.apply(.grown(execution: 0, parts), to: &state)
    harness.apply(.grown(execution: 0, parts), to: &state)
    #expect(state.executions.map(\.name) == ["live#one", "live#two"])
    harness.apply(.grown(execution: 0, [try GrowingRun.index(traces: 0..<1)]), to: &state)
    #expect(state.executions.count == 2 && state.executions[1].index == nil)
  }

  @Test("rows that are gone leave the screen usable, whatever it shows")
  func shrinking() throws {
    for keys in [
      "", "f", "f<Enter>jza", "3GF", "3jr", "p", "pw", "8", "#", "2<Enter>", "3&is:deny<Enter>",
    ] {
      var state = try GrowingRun.state(harness, at: GrowingRun.index(traces: 0..<9), keys: keys)
      for count in [1, 0, 3] {
        try grow(&state, count)
        try harness.press("F", in: &state)
        #expect(try harness.play("jkG<C-o>qq", from: state).frames.count > 1)
      }
    }
  }

  @Test("a notice is a message, until the next key, and none hides another")
  func notice() throws {
    var state = try GrowingRun.state(harness, at: GrowingRun.index(traces: 0..<5))
    harness.apply(.noticed("a.jsonl: gone; its rows stay"), to: &state)
    #expect(state.message == "a.jsonl: gone; its rows stay")
    harness.apply(.noticed("b.jsonl: new"), to: &state)
    #expect(state.message == "a.jsonl: gone; its rows stay. b.jsonl: new")
    try harness.press("j", in: &state)
    #expect(state.message == nil)
  }
}
