import PolicyAnalysis
import TraceIndex
import TraceModel

extension ExplorerState {
  /// Carries out a command; what a jump left can be gone back to.
  mutating func perform(_ command: Command) -> [Effect] {
    defer { previousCommand = command }
    return command.isJump ? jumping { $0.carryOut(command) } : carryOut(command)
  }

  /// The screen is asked first, then what holds everywhere.
  private mutating func carryOut(_ command: Command) -> [Effect] {
    let response = changeScreen { screen, context in screen.perform(command, context) }
    if response.isHandled {
      noteDialect(command)
      if let message = response.message { self.message = message }
      if let prompt = response.prompt { layer = .prompt(prompt) }
      var effects = response.effects
      if let screen = response.open { effects += push(screen) }
      return effects + requests()
    }
    if ExplorerState.openers.contains(command) {
      // What stands in the way is said by whoever found it.
      return screen(for: command).map { show($0) } ?? []
    }
    return performEverywhere(command)
  }

  /// A dialect that a person switched to is the run's from then on.
  private mutating func noteDialect(_ command: Command) {
    guard command == .switchDialect, case .policy(let policy) = screen,
      executions.indices.contains(policy.shownExecution)
    else { return }
    executions[policy.shownExecution].chosenDialect = policy.dialect
  }

  private mutating func performEverywhere(_ command: Command) -> [Effect] {
    switch command {
    case .back: return goBack()
    case .close:
      guard screens.count > 1 else {
        message = "this is the first view; Q quits"
        return []
      }
      screens.removeLast()
      refreshScreen()
      return requests()
    case .quit: return [.quit]
    case .setBefore, .setAfter: return choose(command)
    case .redraw: return [.redraw]
    case .suspend: return [.suspend]
    case .cancel:
      if previousCommand == .cancel { return [.quit] }
      message = "cancelled; again, or Q, quits"
      return [.cancel]
    case .help: layer = .help(top: 0)
    case .palette: layer = .palette(Palette())
    case .saveScreen: return [.saveScreen]
    case .showCommand: message = shellCommand
    case .nextRun: return showNextRun()
    case .followEnd: return follow()
    case .search: layer = .prompt(.search(LineEditor()))
    case .nextMatch: find(forward: true)
    case .previousMatch: find(forward: false)
    case .editFilter, .toggleFilters, .clearFilters, .undo, .redo, .includeValue, .excludeValue,
      .searchValue:
      changeFilters(command)
      return requests()
    default:
      message = "\(command.rawValue) has no meaning here; ? lists the keys"
    }
    return []
  }

  /// Makes the selected run A or B; a run is never held against itself.
  private mutating func choose(_ command: Command) -> [Effect] {
    guard let selected = currentExecution, executions.indices.contains(selected) else { return [] }
    hasChosenSides = true
    if command == .setBefore {
      if after == selected { after = before }
      before = selected
    } else {
      if before == selected { before = after }
      after = selected
    }
    let names = [before, after].map { $0.map { executions[$0].name } ?? "none" }
    message = "A is \(names[0]), B is \(names[1]); = compares A with the selected run"
    return requests()
  }

  /// The same view of the next run that is ready.
  private mutating func showNextRun() -> [Effect] {
    guard let current = screen.screen.execution, executions.count > 1 else {
      message = "there is one run only"
      return []
    }
    let next = (current + 1) % executions.count
    guard executions[next].index != nil else {
      message = "\(executions[next].name) is not ready yet"
      return []
    }
    if let chosen = executions[current].chosenDialect { executions[next].chosenDialect = chosen }
    let replacement: ScreenState =
      switch screen {
      case .events: .events(EventsState(execution: next))
      case .policy: .policy(PolicyState(execution: next, dialect: executions[next].dialect))
      case .summary: .summary(SummaryState(execution: next))
      case .diagnostics: .diagnostics(DiagnosticsState(execution: next))
      default: .traces(TracesState(execution: next))
      }
    screens[screens.count - 1] = replacement
    refreshScreen()
    message = executions[next].name
    return requests()
  }

  // MARK: Screens

  private mutating func show(_ target: ScreenState) -> [Effect] {
    // Going back to a view that is open closes what lies over it.
    if case .executions = target {
      screens.removeLast(screens.count - 1)
      refreshScreen()
      return requests()
    }
    return push(target)
  }

  /// The commands that open a view from anywhere.
  private static let openers: Set<Command> = [
    .showExecutions, .compare, .showDiff, .showTraces, .showWaterfall, .showEvents, .showPolicy,
    .showSummary, .showDiagnostics, .showRaw,
  ]

  /// The view that a command opens from here; nil when the command opens none.
  private mutating func screen(for command: Command) -> ScreenState? {
    if command == .showExecutions { return screens[0] }
    if command == .compare || command == .showDiff { return comparison() }
    guard let execution = currentExecution, executions.indices.contains(execution),
      let index = executions[execution].index
    else {
      message = "this run is not ready yet"
      return nil
    }
    let row = screen.screen.selectedRow(filteredContext())
    switch command {
    case .showTraces: return .traces(TracesState(execution: execution))
    case .showEvents: return .events(EventsState(execution: execution, row: row))
    case .showPolicy:
      return .policy(PolicyState(execution: execution, dialect: executions[execution].dialect))
    case .showSummary: return .summary(SummaryState(execution: execution))
    case .showDiagnostics: return .diagnostics(DiagnosticsState(execution: execution))
    case .showWaterfall: return waterfall(of: row, execution: execution, in: index)
    default:
      guard let row else {
        message = "no row is selected"
        return nil
      }
      return .raw(RawState(execution: execution, row: row))
    }
  }

  private mutating func waterfall(
    of row: Int?, execution: Int, in index: TraceIndex
  ) -> ScreenState? {
    guard let trace = row.flatMap(index.trace(ofRow:)) ?? (index.traceCount > 0 ? 0 : nil) else {
      message = "this run has no traces; 3 shows its events"
      return nil
    }
    return .waterfall(WaterfallState(execution: execution, trace: trace, row: row))
  }

  private mutating func comparison() -> ScreenState? {
    guard let pair = pair(for: currentExecution) else {
      message = "two runs are needed to compare: vestige BEFORE AFTER opens two"
      return nil
    }
    return .diff(DiffState(before: pair.before, after: pair.after))
  }

  // MARK: Filters

  private mutating func changeFilters(_ command: Command) {
    switch command {
    case .editFilter:
      let text = filters.text
      layer = .prompt(.filter(LineEditor(text), preview(text)))
      return
    case .toggleFilters:
      filters.toggle()
      message = filters.isOn ? "filters on" : "filters off; \\ turns them on again"
    case .clearFilters: filters.replace(with: "")
    case .undo: if !filters.undo() { message = "nothing to undo" }
    case .redo: if !filters.redo() { message = "nothing to redo" }
    default:
      guard let (field, value) = selectedValue() else {
        message = "no value is selected"
        return
      }
      if command == .searchValue {
        search = TextSearch(value)
        find(forward: true)
        return
      }
      let clause = "\(field)=\(quoted(value))"
      filters.push(command == .includeValue ? clause : "not \(clause)")
      message = "filter: \(filters.text)   u undoes"
    }
    refreshScreen()
  }

  /// The field and value that stand for the selected row.
  private mutating func selectedValue() -> (field: String, value: String)? {
    guard let execution = currentExecution, executions.indices.contains(execution),
      let index = executions[execution].index,
      let row = screen.screen.selectedRow(filteredContext())
    else { return nil }
    if index.kind(row) == .decision { return ("perm", index.string(index.permission(row))) }
    return ("name", index.string(index.name(row)))
  }

  func quoted(_ value: String) -> String {
    var text = "\""
    for character in value {
      if character == "\"" || character == "\\" { text.append("\\") }
      text.append(character)
    }
    return text + "\""
  }
}
