import Explorer
import PolicyAnalysis
import TraceIndex
import TraceModel

/// The words around the screens: path, facts, hints, notices.
enum ExplorerFacts {
  /// Where the person is: the run and the views they came through.
  static func path(of state: ExplorerState, glyphs: GlyphSet) -> String {
    var parts: [String] = []
    if case .diff(let diff) = state.screen {
      parts = [
        "\(name(diff.before, state)) \(glyphs.versus) \(name(diff.after, state))"
      ]
    } else if let execution = state.currentExecution, state.screen.kind != .executions {
      parts = [name(execution, state), state.screen.kind.title]
    } else {
      parts = ["vestige"]
    }
    if case .waterfall(let screen) = state.screen, let index = index(screen.shownExecution, state) {
      parts[1] =
        rootName(of: screen.trace, in: index)
        + " " + shortened(index.idText(ofTrace: screen.trace), glyphs: glyphs)
    }
    if case .events(let screen) = state.screen, let subset = screen.subset {
      parts.append(visibleText(subset.title))
    }
    return parts.joined(separator: " \(glyphs.separator) ")
  }

  /// What the screen is about, in numbers.
  static func facts(of state: ExplorerState) -> String {
    switch state.screen {
    case .executions:
      return state.executions.count == 1 ? "1 run" : "\(count(state.executions.count)) runs"
    case .traces(let screen):
      let hidden = screen.hidden.traces > 0 ? ", \(count(screen.hidden.traces)) hidden" : ""
      return "\(count(screen.traces.count)) traces by \(screen.order.rawValue)\(hidden)"
    case .waterfall(let screen):
      guard let index = index(screen.shownExecution, state) else { return "" }
      let trace = index.traceRecord(screen.trace)
      return [
        durationText(trace.duration), counted(trace.spans, "span"),
        trace.errors > 0 ? counted(trace.errors, "error") : "",
        trace.denied > 0 ? "\(count(trace.denied)) denied" : "",
      ].filter { !$0.isEmpty }.joined(separator: "  ")
    case .events(let screen):
      let step = screen.count == 0 ? 0 : screen.position.selected + 1
      return "step \(count(step)) of \(count(screen.count))"
    case .policy(let screen): return PolicyView.facts(screen, state)
    case .diff(let screen): return DiffView.facts(screen, state)
    case .summary(let screen):
      let below = screen.lines.count - screen.top - state.listHeight
      return below > 0 ? "\(count(below)) more lines below" : ""
    case .diagnostics: return ""
    case .raw(let screen): return screen.mode.rawValue
    }
  }

  /// Whether the run at hand is followed, and how many rows nobody has looked at yet.
  static func growth(of state: ExplorerState) -> String {
    guard let execution = state.currentExecution, state.isFollowed(execution) else { return "" }
    let isNarrow = state.width < 60
    if state.isPinned { return isNarrow ? "F" : "following" }
    let new = state.executions[execution].newRows + state.waitingRows(of: execution)
    return "+\(count(new))\(isNarrow ? "" : " new")"
  }

  /// The keys that matter here, most useful first; the last ones go when the line is full.
  static func hints(for state: ExplorerState) -> [(key: String, label: String)] {
    let hints = usualHints(for: state)
    guard state.isFollowed(state.currentExecution) else { return hints }
    switch state.screen.kind {
    case .events, .traces: return [("F", state.isPinned ? "let go" : "follow")] + hints
    case .policy, .diff: return state.isHeldBack ? [("F", "take in")] + hints : hints
    default: return hints
    }
  }

  private static func usualHints(for state: ExplorerState) -> [(key: String, label: String)] {
    let common = [("&", "filter"), ("?", "help")]
    switch state.screen.kind {
    case .executions:
      return [("Enter", "open"), ("w", "why"), ("=", "compare"), ("p", "policy"), ("3", "events")]
        + common + [("Q", "quit")]
    case .traces:
      return [("Enter", "open"), ("w", "why"), ("e", "error"), ("d", "denied"), ("o", "sort")]
        + common
    case .waterfall:
      return [
        ("w", "why"), ("e", "error"), ("d", "denied"), ("L", "longest"), ("r", "record"),
        ("za", "fold"), (")", "next trace"),
      ] + common
    case .events:
      return [
        ("s", "step"), ("S", "back"), ("c", "next change"), ("d", "denied"), ("Space", "play"),
        ("w", "why"),
      ] + common
    case .policy: return policyHints(for: state)
    case .diff: return [("]c", "next"), ("w", "evidence"), ("p", "policy"), ("?", "help")]
    case .summary: return [("j k", "scroll"), ("f", "traces"), ("p", "policy"), ("?", "help")]
    case .diagnostics: return [("Enter", "bytes"), ("j k", "move"), ("q", "close"), ("?", "help")]
    case .raw:
      return [("r", "pretty, original, hex"), ("/", "search"), ("q", "close"), ("?", "help")]
    }
  }

  private static func policyHints(for state: ExplorerState) -> [(key: String, label: String)] {
    guard case .policy(let screen) = state.screen else { return [] }
    switch screen.mode {
    case .preview: return [("X", "write it"), ("q", "back"), ("j k", "scroll"), ("?", "help")]
    case .document: return [("Enter", "statements"), ("X", "export"), ("j k", "scroll")]
    case .statements:
      let edit = [("w", "evidence"), ("x", "drop"), (">", "widen")]
      let rest = [("t", "dialect"), ("v", "diff with file"), ("X", "export"), ("?", "help")]
      return screen.applied.isEmpty ? edit + rest : [("u", "undo"), ("]c", "flip")] + edit + rest
    }
  }

  /// What the person should know and did not ask.
  static func notice(for state: ExplorerState) -> String? {
    for entry in state.executions {
      if case .indexing(let read, let total, let rows, let artifact) = entry.stage {
        let percent = total == 0 ? 0 : Int(read * 100 / total)
        return "indexing \(entry.name)/\(visibleText(artifact)) \(percent) %, \(count(rows)) rows"
      }
    }
    guard let execution = state.currentExecution, let index = index(execution, state) else {
      return nil
    }
    if state.isHeldBack {
      return "as of \(counted(index.rowCount, "row")); "
        + "\(count(state.waitingRows(of: execution))) more have come, F takes them in"
    }
    let totals = index.totals
    let read =
      "\(counted(index.artifacts.count, "artifact"))  "
      + counted(Int(clamping: totals.recordsRead), "record")
    let blind =
      totals.decisionErrors == 0
      ? "" : ", \(counted(totals.decisionErrors, "check")) without a decision"
    return "\(read), \(notRead(index, state.executions[execution].passedOver.count))\(blind)"
  }

  /// What of a run is in no figure.
  private static func notRead(_ index: TraceIndex, _ unknownFiles: Int) -> String {
    let refused = Int(clamping: index.totals.recordsRefused)
    let skipped = Int(clamping: index.totals.recordsSkipped)
    let parts = [
      refused > 0 ? "\(count(refused)) refused" : "",
      skipped > 0 ? "\(count(skipped)) skipped" : "",
      refused + skipped == 0 ? "none refused" : "",
      unknownFiles > 0 ? "\(counted(unknownFiles, "file")) no reader knows" : "",
    ].filter { !$0.isEmpty }
    let isWhole = refused + skipped + unknownFiles == 0
    return parts.joined(separator: ", ")
      + (isWhole ? "" : ": # shows \(refused + skipped + unknownFiles == 1 ? "it" : "them")")
  }

  static func name(_ execution: Int, _ state: ExplorerState) -> String {
    state.executions.indices.contains(execution)
      ? visibleText(state.executions[execution].name) : "?"
  }

  static func index(_ execution: Int, _ state: ExplorerState) -> TraceIndex? {
    state.executions.indices.contains(execution) ? state.executions[execution].index : nil
  }

  static func rootName(of trace: Int, in index: TraceIndex) -> String {
    index.text(index.name(index.traceRecord(trace).root))
  }

  /// An id as short as one can be and still be told from its neighbours.
  static func shortened(_ id: String, glyphs: GlyphSet) -> String {
    id.count > 12 ? id.prefix(8) + glyphs.ellipsis : id
  }
}

/// A count with its noun, plural where it should be.
func counted(_ number: Int, _ noun: String) -> String {
  "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
}
