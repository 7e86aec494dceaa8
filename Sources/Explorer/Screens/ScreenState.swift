import PolicyAnalysis
package import TraceIndex
package import TraceQuery

/// One view on the stack.
package enum ScreenState: Sendable {
  case executions(ExecutionsState)
  case traces(TracesState)
  case waterfall(WaterfallState)
  case events(EventsState)
  case policy(PolicyState)
  case diff(DiffState)
  case summary(SummaryState)
  case diagnostics(DiagnosticsState)
  case raw(RawState)

  package var kind: ScreenKind {
    switch self {
    case .executions: .executions
    case .traces: .traces
    case .waterfall: .waterfall
    case .events: .events
    case .policy: .policy
    case .diff: .diff
    case .summary: .summary
    case .diagnostics: .diagnostics
    case .raw: .raw
    }
  }
}

/// What a screen may look at while it changes.
package struct ScreenContext: Sendable {
  package let executions: [ExecutionEntry]
  /// Lines of the screen's list.
  package let height: Int
  /// Columns of the screen.
  package let width: Int
  /// The rows of the screen's run that the filters keep; nil when nothing is filtered.
  package let matches: RowSet?
  /// The run that the screen's run is held against; nil when there is none.
  package let base: Int?
  /// The query of the filters in force; nil when nothing is filtered.
  package let filter: String?
  /// What was found out about runs so far.
  package let analyses: Analyses
  /// The policy in a file that generated ones are held against.
  let existing: ExistingPolicy?

  /// Whether the artifacts of a run are followed.
  func isFollowed(_ execution: Int?) -> Bool {
    execution.map { executions.indices.contains($0) && executions[$0].isFollowed } ?? false
  }

  /// The growth of a run's policy; nil while it is being worked out.
  func growth(_ execution: Int) -> PolicyGrowth? {
    guard executions.indices.contains(execution) else { return nil }
    return analyses.growth(execution, executions[execution].dialect)
  }

  package func index(_ execution: Int) -> TraceIndex? {
    executions.indices.contains(execution) ? executions[execution].index : nil
  }
}

/// What a screen made of a command.
package struct ScreenResponse: Sendable {
  /// False when the command is none of the screen's.
  var isHandled = true
  var open: ScreenState?
  var message: String?
  /// A line to be typed.
  var prompt: Prompt?
  var effects: [Effect] = []

  static let handled = ScreenResponse()
  static let ignored = ScreenResponse(isHandled: false)

  static func opening(_ screen: ScreenState) -> ScreenResponse { ScreenResponse(open: screen) }
  static func saying(_ message: String) -> ScreenResponse { ScreenResponse(message: message) }
}

/// The operations that every screen has.
protocol Screen: Sendable {
  /// Makes the state fit the runs and the filter as they are now.
  mutating func refresh(_ context: ScreenContext)
  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse
  /// The run that the screen shows; nil when it shows all of them.
  var execution: Int? { get }
  /// The row under the cursor.
  func selectedRow(_ context: ScreenContext) -> Int?
  /// Where in the screen one is: another place has other numbers.
  var place: [Int] { get }
  /// Takes the numbers that rows have in the newer index of a run that has grown, and lets go of
  /// what `refresh` makes anew.
  mutating func translate(by rows: RowTranslation)
  /// Whether the newest row is selected, whatever comes.
  var isPinned: Bool { get }
  /// Lets go of what `refresh` makes anew, and keeps the place.
  mutating func dropLines(_ context: ScreenContext)
  /// Moves to the first line at or after the selection (or before it) that `contains` the text.
  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool
}

extension Screen {
  mutating func translate(by rows: RowTranslation) {}

  var isPinned: Bool { false }

  func selectedRow(_ context: ScreenContext) -> Int? { nil }

  mutating func dropLines(_ context: ScreenContext) {}

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    false
  }
}

extension ScreenState {
  /// Runs `body` on whichever screen this is.
  mutating func change<R>(_ body: (inout any Screen) -> R) -> R {
    func apply<S: Screen>(_ screen: S, _ wrap: (S) -> ScreenState) -> R {
      var boxed: any Screen = screen
      let result = body(&boxed)
      if let changed = boxed as? S { self = wrap(changed) }
      return result
    }
    switch self {
    case .executions(let screen): return apply(screen, ScreenState.executions)
    case .traces(let screen): return apply(screen, ScreenState.traces)
    case .waterfall(let screen): return apply(screen, ScreenState.waterfall)
    case .events(let screen): return apply(screen, ScreenState.events)
    case .policy(let screen): return apply(screen, ScreenState.policy)
    case .diff(let screen): return apply(screen, ScreenState.diff)
    case .summary(let screen): return apply(screen, ScreenState.summary)
    case .diagnostics(let screen): return apply(screen, ScreenState.diagnostics)
    case .raw(let screen): return apply(screen, ScreenState.raw)
    }
  }

  /// Whichever screen this is.
  var screen: any Screen {
    switch self {
    case .executions(let screen): screen
    case .traces(let screen): screen
    case .waterfall(let screen): screen
    case .events(let screen): screen
    case .policy(let screen): screen
    case .diff(let screen): screen
    case .summary(let screen): screen
    case .diagnostics(let screen): screen
    case .raw(let screen): screen
    }
  }
}
