/// Everything a key can do. The raw value is the name used in the palette and in key files.
package enum Command: String, CaseIterable, Sendable {
  // Moving
  case down, up
  case pageDown = "page-down"
  case pageUp = "page-up"
  case halfPageDown = "half-page-down"
  case halfPageUp = "half-page-up"
  case first, last
  case centre
  // The tree
  case expand, collapse
  case toggleFold = "toggle-fold"
  case foldAll = "fold-all"
  case unfoldAll = "unfold-all"
  case foldToDepth1 = "fold-to-depth-1"
  case foldToDepth2 = "fold-to-depth-2"
  case foldToDepth3 = "fold-to-depth-3"
  case nextSibling = "next-sibling"
  case previousSibling = "previous-sibling"
  case nextTrace = "next-trace"
  case previousTrace = "previous-trace"
  case longestChild = "longest-child"
  // Jumps
  case nextError = "next-error"
  case previousError = "previous-error"
  case nextDenial = "next-denial"
  case previousDenial = "previous-denial"
  case nextSlow = "next-slow"
  case previousSlow = "previous-slow"
  case nextChange = "next-change"
  case previousChange = "previous-change"
  case why
  case back
  // Search and filter
  case search
  case nextMatch = "next-match"
  case previousMatch = "previous-match"
  case searchValue = "search-value"
  case editFilter = "edit-filter"
  case includeValue = "include-value"
  case excludeValue = "exclude-value"
  case toggleFilters = "toggle-filters"
  case clearFilters = "clear-filters"
  case undo, redo
  // Stepping
  case step
  case stepBack = "step-back"
  case stepToChange = "step-to-change"
  case stepReset = "step-reset"
  case play
  case faster, slower
  // Runs
  case setBefore = "set-run-a"
  case setAfter = "set-run-b"
  case compare
  case followEnd = "follow"
  case nextRun = "next-run"
  // Screens
  case open
  case close
  case quit
  case showExecutions = "executions"
  case showTraces = "traces"
  case showWaterfall = "waterfall"
  case showEvents = "events"
  case showPolicy = "policy"
  case showDiff = "diff"
  case showSummary = "summary"
  case showDiagnostics = "diagnostics"
  case showRaw = "raw"
  case sort
  case switchDialect = "switch-dialect"
  case nextPrincipal = "next-principal"
  case dropStatement = "drop-statement"
  case widen, narrow
  case holdAgainst = "hold-against"
  case export
  // Everything else
  case palette
  case help
  case showCommand = "show-command"
  case saveScreen = "save-screen"
  case redraw
  case cancel
  case suspend

  /// Whether it goes somewhere else at once, so that a person may want to go back.
  var isJump: Bool {
    switch self {
    case .nextError, .previousError, .nextDenial, .previousDenial, .nextSlow, .previousSlow,
      .nextChange, .previousChange, .stepToChange, .stepReset, .why, .nextMatch, .previousMatch,
      .searchValue, .longestChild, .nextTrace, .previousTrace, .first, .last:
      true
    default: false
    }
  }

  /// What the command does, in one line, as help and palette show it.
  package var help: String {
    switch self {
    case .down: "move down"
    case .up: "move up"
    case .pageDown: "one page down"
    case .pageUp: "one page up"
    case .halfPageDown: "half a page down"
    case .halfPageUp: "half a page up"
    case .first: "to the first line"
    case .last: "to the last line"
    case .centre: "put the selected line in the middle"
    case .expand: "unfold, or go to the first child"
    case .collapse: "fold, or go to the parent"
    case .toggleFold: "fold or unfold this span"
    case .foldAll: "fold everything"
    case .unfoldAll: "unfold everything"
    case .foldToDepth1: "show one level"
    case .foldToDepth2: "show two levels"
    case .foldToDepth3: "show three levels"
    case .nextSibling: "next span of the same parent"
    case .previousSibling: "previous span of the same parent"
    case .nextTrace: "next trace"
    case .previousTrace: "previous trace"
    case .longestChild: "to the child that took longest"
    case .nextError: "next error"
    case .previousError: "previous error"
    case .nextDenial: "next denied decision"
    case .previousDenial: "previous denied decision"
    case .nextSlow: "next slow span (longest self time first)"
    case .previousSlow: "previous slow span"
    case .nextChange: "next change: of the policy, between two runs, or flipped by an edit"
    case .previousChange: "previous change"
    case .why: "why: the cause of a failure, the evidence of a statement"
    case .back: "back to where the last jump began"
    case .search: "search"
    case .nextMatch: "next place the search found"
    case .previousMatch: "previous place the search found"
    case .searchValue: "search for the selected value"
    case .editFilter: "edit the filter"
    case .includeValue: "keep only rows with the selected value"
    case .excludeValue: "hide rows with the selected value"
    case .toggleFilters: "filters off, and on again"
    case .clearFilters: "remove all filters"
    case .undo: "undo the last change of the filters; in policy, of the policy"
    case .redo: "redo it"
    case .step: "step forward"
    case .stepBack: "step back"
    case .stepToChange: "continue to the next change of the policy"
    case .stepReset: "back to the first step"
    case .play: "play and stop"
    case .faster: "play faster"
    case .slower: "play slower"
    case .setBefore: "make this run the earlier one (A)"
    case .setAfter: "make this run the later one (B)"
    case .compare: "compare run A with this run; from run A itself, with run B"
    case .followEnd: "follow the end of a growing run; in policy and diff, take in what came"
    case .nextRun: "the same view of the next run"
    case .open: "open"
    case .close: "close this view"
    case .quit: "quit"
    case .showExecutions: "all runs"
    case .showTraces: "the traces of this run"
    case .showWaterfall: "the span tree of a trace over time"
    case .showEvents: "everything in order of time, step by step"
    case .showPolicy: "the least-privilege policy of this run"
    case .showDiff: "what changed between two runs"
    case .showSummary: "the shape of this run: totals, operations, data quality"
    case .showDiagnostics: "what could not be understood, with file and byte"
    case .showRaw: "the record as the artifact has it"
    case .sort: "sort by the next column"
    case .switchDialect: "write the policy in the next dialect"
    case .nextPrincipal: "the policy of the next principal, or of all"
    case .dropStatement: "leave a statement out and see what flips, or take it back"
    case .widen: "the next rung of the ladder for this statement, with its price"
    case .narrow: "one rung back"
    case .holdAgainst: "hold the policy against one in a file"
    case .export: "write the policy to a file, after a preview of the change"
    case .palette: "run a command by name"
    case .help: "help"
    case .showCommand: "the shell command that prints these facts"
    case .saveScreen: "save this screen as text"
    case .redraw: "draw the screen again"
    case .cancel: "cancel what is running"
    case .suspend: "stop the program; fg brings it back"
    }
  }
}
