import Explorer
import TestSupport
import Testing

@Suite("State and key to state and effects")
struct UpdateTests {
  private func shop() throws -> ExplorerHarness {
    ExplorerHarness(try OddRuns.shop(fails: false), try OddRuns.shop(fails: true))
  }

  private func state(_ keys: String, filter: String? = nil) throws -> ExplorerState {
    let harness = try shop()
    var state = harness.state(filter: filter)
    try harness.press(keys, in: &state)
    return state
  }

  private func waterfall(_ state: ExplorerState) throws -> WaterfallState {
    guard case .waterfall(let waterfall) = state.screen else { throw WrongScreen(state) }
    return waterfall
  }

  private struct WrongScreen: Error {
    let kind: ScreenKind
    init(_ state: ExplorerState) { kind = state.screen.kind }
  }

  // MARK: Views

  @Test("Enter goes from runs to traces to the waterfall, q goes back the same way")
  func stack() throws {
    #expect(try state("").screen.kind == .executions)
    #expect(try state("<Enter>").screen.kind == .traces)
    #expect(try state("<Enter><Enter>").screen.kind == .waterfall)
    #expect(try state("<Enter><Enter>q").screen.kind == .traces)
    #expect(try state("<Enter><Enter>qq").screen.kind == .executions)
    #expect(try state("q").message == "this is the first view; Q quits")
  }

  @Test("1 closes everything over the list of runs")
  func home() throws {
    #expect(try state("<Enter><Enter>31").screens.count == 1)
  }

  @Test("of two runs the later one is looked at first; = compares them")
  func compare() throws {
    #expect(try state("").currentExecution == 1)
    guard case .diff(let diff) = try state("=").screen else {
      Issue.record("no diff")
      return
    }
    #expect(diff.before == 0 && diff.after == 1)
  }

  @Test("Q asks the outside to end, C-z to stop, C-l to draw anew, and nothing else happens")
  func effects() throws {
    let harness = try shop()
    var state = harness.state()
    #expect(try harness.press("Q", in: &state) == [.quit])
    #expect(try harness.press("<C-z>", in: &state) == [.suspend])
    #expect(try harness.press("<C-l>", in: &state) == [.redraw])
    #expect(try harness.press("<C-g>", in: &state) == [.cancel])
    #expect(try harness.press("P", in: &state) == [.saveScreen])
    #expect(state.screens.count == 1)
  }

  @Test("an unknown key says so and drops what was typed before it")
  func unknownKey() throws {
    let state = try state("z~")
    #expect(state.pending.isEmpty)
    #expect(state.message == "z~ has no meaning here; ? lists the keys")
  }

  // MARK: Filters

  @Test("u and C-r walk through the filters and back, to the ends and no further")
  func undoAndRedo() throws {
    let texts = ["name=a", "name=b", ""]
    var filters = FilterStack()
    for text in texts { filters.replace(with: text) }
    #expect(filters.text.isEmpty)
    var found: [String] = []
    while filters.undo() { found.append(filters.text) }
    #expect(found == ["name=b", "name=a", ""])
    found = []
    while filters.redo() { found.append(filters.text) }
    #expect(found == ["name=a", "name=b", ""])
    let undid = filters.undo()
    filters.push("service=c")
    let redid = filters.redo()
    #expect(undid && !redid, "a new change forgets what was undone")
    #expect(filters.text == "(name=b) (service=c)")
  }

  @Test("rows that a filter hides are counted, with their errors and denials")
  func hiddenRows() throws {
    let state = try state("<Enter>j<Enter>", filter: "service=inventory")
    let hidden = try waterfall(state).lines.compactMap { line -> [Int]? in
      if case .hidden(_, let rows, let errors, let denied) = line {
        [rows, errors, denied]
      } else {
        nil
      }
    }
    #expect(hidden == [[2, 1, 1]])
  }

  @Test("traces that a filter hides are counted, with their errors and denials")
  func hiddenTraces() throws {
    let state = try state("<Enter>", filter: "is:allow")
    guard case .traces(let traces) = state.screen else { throw WrongScreen(state) }
    #expect(traces.traces == [0])
    #expect(traces.hidden.traces == 1 && traces.hidden.errors == 2 && traces.hidden.denied == 1)
  }

  @Test("a filter that cannot be read stays in the prompt with its reason")
  func invalidFilter() throws {
    let state = try state("&name==<Enter>")
    guard case .prompt(.filter(let editor, .invalid)) = state.layer else {
      Issue.record("the prompt is gone")
      return
    }
    #expect(editor.text == "name==")
    #expect(state.message != nil)
    #expect(state.filters.text.isEmpty)
  }

  @Test("backslash holds the filters off and puts them on again")
  func toggle() throws {
    #expect(try !state("\\", filter: "is:deny").filters.isActive)
    #expect(try state("\\\\", filter: "is:deny").filters.isActive)
  }

  // MARK: Prompts

  @Test(
    "a prompt edits as a shell does",
    arguments: [
      ("abc<Left><BS>x", "axc"), ("abc<C-u>d", "d"), ("ab cd<C-w>e", "ab e"),
      ("abc<Home><Del>", "bc"), ("abc<C-a><C-k>", ""), ("ab<C-a>c<C-e>d", "cabd"),
      ("a<BS><BS><BS>b", "b"), ("a<Space><lt>", "a <"), ("é<Left>日<Right>b", "日éb"),
    ])
  func editing(_ example: (keys: String, text: String)) throws {
    guard case .prompt(let prompt) = try state("/" + example.keys).layer else {
      Issue.record("no prompt")
      return
    }
    #expect(prompt.editor.text == example.text)
  }

  @Test("Esc leaves a prompt, the palette and the help with everything as it was")
  func escape() throws {
    for keys in ["/ab<Esc>", "&is:deny<Esc>", ":ab<Esc>", "?<Esc>"] {
      let state = try state(keys)
      #expect(state.layer == nil && state.filters.text.isEmpty && state.screens.count == 1)
    }
  }

  // MARK: The tree

  @Test("e and d cross from one trace into the next, and say so")
  func jumpsCrossTraces() throws {
    for key in ["e", "d"] {
      let state = try state("<Enter><Enter>\(key)")
      #expect(try waterfall(state).trace == 1)
      #expect(state.message?.hasPrefix("in another trace: ") == true)
    }
  }

  @Test("E goes back over the errors that e went through")
  func backwards() throws {
    let forward = try waterfall(try state("<Enter><Enter>e"))
    let back = try waterfall(try state("<Enter><Enter>eeE"))
    #expect(forward.selectedRow != nil && forward.selectedRow == back.selectedRow)
  }

  @Test("a folded tree keeps one line for each root, and unfolds to all lines")
  func folding() throws {
    let open = try waterfall(try state("<Enter><Enter>"))
    #expect(try waterfall(try state("<Enter><Enter>zM")).lines == [.row(0)])
    #expect(try waterfall(try state("<Enter><Enter>zMzR")).lines == open.lines)
    #expect(open.lines.count == 4)
  }

  @Test("w goes from a run to the denied call, with the cause as a sentence")
  func why() throws {
    let state = try state("w")
    let waterfall = try waterfall(state)
    #expect(waterfall.trace == 1 && waterfall.selectedRow == 7)
    #expect(state.message?.contains("secrets.versions.access") == true)
  }

  // MARK: Stepping

  @Test("stepping back gives exactly the states that stepping forward went through")
  func stepsAreExact() throws {
    let harness = try shop()
    var state = harness.state()
    try harness.press("3", in: &state)
    var positions: [Int] = []
    for _ in 0..<7 {
      guard case .events(let events) = state.screen else { throw WrongScreen(state) }
      positions.append(events.position.selected)
      try harness.press("s", in: &state)
    }
    #expect(positions == Array(0..<7))
    for position in positions.reversed() {
      try harness.press("S", in: &state)
      guard case .events(let events) = state.screen else { throw WrongScreen(state) }
      #expect(events.position.selected == max(0, position))
    }
    try harness.press("S", in: &state)
    #expect(state.message == "this is the first step")
  }

  @Test("playing takes a step for each tick and stops at the end")
  func playing() throws {
    let harness = try shop()
    var state = harness.state()
    try harness.press("3<Space>", in: &state)
    #expect(state.isPlaying)
    for _ in 0..<20 { harness.apply(.tick, to: &state) }
    guard case .events(let events) = state.screen else { throw WrongScreen(state) }
    #expect(events.position.selected == 7 && !state.isPlaying)
  }

  // MARK: Runs

  @Test("a run that becomes ready while one looks on is shown, and the selection stays")
  func indexing() throws {
    let harness = try shop()
    var state = harness.waitingState()
    try harness.press("k<Enter>", in: &state)
    #expect(state.message == "this run is not ready yet")
    harness.apply(.indexed(execution: 0, [harness.indexes[0]]), to: &state)
    try harness.press("<Enter>", in: &state)
    #expect(state.screen.kind == .traces)
  }

  @Test("Tab shows the same view of the other run")
  func nextRun() throws {
    let state = try state("p<Tab>")
    #expect(state.screen.kind == .policy && state.currentExecution == 0)
  }

  @Test("X asks for a file, shows the change, and writes only when pressed again")
  func export() throws {
    let session = try shop().play("pX<Enter>X")
    #expect(session.saved.map(\.name) == ["incident-emulator-policy.yaml"])
    #expect(try shop().play("pX<Enter>").saved.isEmpty)
    #expect(try shop().play("pX<Enter><Enter>qjX<Esc>").saved.isEmpty)
    #expect(session.state.message == "written: incident-emulator-policy.yaml")
  }
}
