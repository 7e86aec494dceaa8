import TraceIndex
package import TraceQuery

/// What the explorer knows and shows. It changes through `update` alone, and draws nothing.
package struct ExplorerState: Sendable {
  package internal(set) var executions: [ExecutionEntry]
  /// The views, each opened from the one before; the last one is on the screen. Never empty.
  package internal(set) var screens: [ScreenState]
  package internal(set) var filters = FilterStack()
  package internal(set) var analyses = Analyses()
  /// The policy in a file that generated ones are held against.
  package internal(set) var existingPolicy: ExistingPolicy?
  /// What lies over the screen.
  package internal(set) var layer: Layer?
  /// One line for the person, until the next key.
  package internal(set) var message: String?
  /// What happened to artifacts since the last key: none may push another one off the screen.
  var notices: [String] = []
  /// Keys typed so far of a command of several keys.
  package internal(set) var pending: [KeyChord] = []
  package internal(set) var search: TextSearch?
  /// The views as they were before each jump, the last one last.
  var departures: [[ScreenState]] = []
  /// Indexes of followed runs that have come and are not shown, by the run's number.
  var arrivals: [Int: [TraceIndex]] = [:]
  /// What is being worked out for them.
  var preparation: Preparation?
  /// The runs that the artifacts of a run name besides the first, by its number.
  var furtherParts: [Int: [Int]] = [:]
  /// The command before this one: ^C twice leaves the program.
  var previousCommand: Command?
  /// Run A, the earlier one, and run B.
  package internal(set) var before: Int?
  package internal(set) var after: Int?
  /// Whether a person named run A or run B.
  var hasChosenSides = false
  package internal(set) var width = 80
  package internal(set) var height = 24
  package let keymap: Keymap
  /// Whether the process has forbidden itself sockets.
  package let isSealed: Bool

  /// What lies over the screen and takes the keys.
  package enum Layer: Sendable {
    case prompt(Prompt)
    case palette(Palette)
    /// The help, scrolled down by some lines.
    case help(top: Int)
  }

  package init(
    executions: [ExecutionEntry], isSealed: Bool, filter: String? = nil,
    keymap: Keymap = .standard
  ) {
    self.executions = executions
    self.isSealed = isSealed
    self.keymap = keymap
    screens = [.executions(ExecutionsState(count: executions.count))]
    if let filter { filters.replace(with: filter) }
    before = executions.isEmpty ? nil : 0
    after = executions.count > 1 ? 1 : nil
  }

  package var screen: ScreenState { screens[screens.count - 1] }

  /// Whether time has to pass by itself.
  package var isPlaying: Bool {
    if case .events(let events) = screen { events.isPlaying } else { false }
  }

  /// Lines of the list of the screen that is shown.
  package var listHeight: Int { layout.list.count }

  /// The layout of the screen that is shown.
  package var layout: ScreenLayout {
    ScreenLayout(
      width: width, height: height, screen: screen.kind,
      lines: screen.kind == .executions ? executions.count : nil)
  }

  /// What the screen that is shown may look at.
  package func context(matches: RowSet?) -> ScreenContext {
    ScreenContext(
      executions: executions, height: listHeight, width: width, matches: matches,
      base: currentExecution.flatMap(comparisonBase), filter: filters.active,
      analyses: analyses, existing: existingPolicy)
  }

  /// The run that the screen shows or has under its cursor.
  package var currentExecution: Int? {
    if case .executions(let list) = screen { return list.position.selected }
    return screen.screen.execution
  }

  /// The context with the filter's rows of the current run.
  mutating func filteredContext() -> ScreenContext {
    guard let execution = currentExecution, executions.indices.contains(execution),
      let index = executions[execution].index
    else { return context(matches: nil) }
    return context(matches: filters.matches(execution: execution, in: index))
  }

  /// Runs `body` on the screen that is shown.
  mutating func changeScreen<R>(_ body: (inout any Screen, ScreenContext) -> R) -> R {
    let context = filteredContext()
    return screens[screens.count - 1].change { body(&$0, context) }
  }

  mutating func refreshScreen() {
    changeScreen { screen, context in screen.refresh(context) }
  }

  mutating func push(_ screen: ScreenState) -> [Effect] {
    screens.append(screen)
    refreshScreen()
    return requests()
  }
}
