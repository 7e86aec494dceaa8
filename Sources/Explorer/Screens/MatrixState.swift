package import TraceAnalysis
import TraceIndex
import TraceQuery

/// Who asked for what, as a grid that scrolls in both directions.
package struct MatrixState: Screen {
  let execution: Int?
  /// The selected principal.
  package private(set) var principal = ListPosition()
  /// The selected permission.
  package private(set) var permission = ListPosition()
  /// Whether only pairs with a denial are shown.
  package private(set) var deniedOnly = false
  /// The query whose decisions are counted; nil for all.
  private var filter: String?
  /// What is selected: its numbers change with the filter and when a run grows.
  private var selectedNames: (principal: String, permission: String)?

  init(execution: Int) { self.execution = execution }

  package var shownExecution: Int { execution ?? 0 }

  var place: [Int] { [principal.selected, permission.selected, deniedOnly ? 1 : 0] }

  /// Nil while it is being counted.
  package func matrix(_ analyses: Analyses) -> AccessMatrix? {
    analyses.matrix(shownExecution, filter: filter, deniedOnly: deniedOnly)
  }

  mutating func refresh(_ context: ScreenContext) {
    filter = context.filter
    guard let matrix = matrix(context.analyses) else { return }
    if let names = selectedNames {
      let row = matrix.principals.firstIndex { $0.name == names.principal }
      let column = matrix.permissions.firstIndex { $0.name == names.permission }
      select(row ?? principal.selected, column ?? permission.selected, matrix, context)
    } else {
      select(principal.selected, permission.selected, matrix, context)
    }
  }

  private mutating func select(
    _ row: Int, _ column: Int, _ matrix: AccessMatrix, _ context: ScreenContext
  ) {
    principal.select(row, count: matrix.principals.count, height: context.height)
    permission.select(
      column, count: matrix.permissions.count, height: shownColumns(matrix, context))
    remember(matrix)
  }

  private mutating func remember(_ matrix: AccessMatrix) {
    guard matrix.principals.indices.contains(principal.selected),
      matrix.permissions.indices.contains(permission.selected)
    else { return }
    selectedNames = (
      matrix.principals[principal.selected].name, matrix.permissions[permission.selected].name
    )
  }

  /// Goes from a pair without decisions to the first of the same principal, or of all.
  private mutating func leaveEmptyCell(_ context: ScreenContext) {
    guard let matrix = matrix(context.analyses),
      matrix.cell(principal: principal.selected, permission: permission.selected) == nil,
      let cell = matrix.cells.first(where: { $0.principal == principal.selected })
        ?? matrix.cells.first
    else { return }
    select(cell.principal, cell.permission, matrix, context)
  }

  private func shownColumns(_ matrix: AccessMatrix, _ context: ScreenContext) -> Int {
    MatrixGeometry(width: context.width, permissions: matrix.permissions.count).count
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    if command == .toggleDenied {
      deniedOnly.toggle()
      refresh(context)
      leaveEmptyCell(context)
      return .saying(deniedOnly ? "only what was denied; x shows all again" : "all decisions")
    }
    guard let matrix = matrix(context.analyses) else { return .ignored }
    if principal.move(command, count: matrix.principals.count, height: context.height) {
      remember(matrix)
      return .handled
    }
    let page = max(1, shownColumns(matrix, context) - 1)
    switch command {
    case .left: select(principal.selected, permission.selected - 1, matrix, context)
    case .right: select(principal.selected, permission.selected + 1, matrix, context)
    case .pageLeft: select(principal.selected, permission.selected - page, matrix, context)
    case .pageRight: select(principal.selected, permission.selected + page, matrix, context)
    case .nextDenial, .previousDenial:
      return jump(command, matrix, context, noun: "denied pair") { $0.denied > 0 }
    case .nextError, .previousError:
      return jump(command, matrix, context, noun: "pair without a decision") { $0.undecided > 0 }
    case .open:
      guard let clause = selectedClause(context) else {
        return .saying("nobody asked for this")
      }
      var response = ScreenResponse.opening(.events(EventsState(execution: shownExecution)))
      response.filter = clause
      return response
    default: return .ignored
    }
    return .handled
  }

  /// The decisions of the selected cell.
  func selectedClause(_ context: ScreenContext) -> String? {
    guard let matrix = matrix(context.analyses),
      matrix.cell(principal: principal.selected, permission: permission.selected) != nil
    else { return nil }
    let who = ClauseText.equals(.known(.actor), matrix.principals[principal.selected].name)
    let what = ClauseText.equals(.known(.perm), matrix.permissions[permission.selected].name)
    return "is:\(deniedOnly ? "deny" : "decision") \(who) \(what)"
  }

  /// Goes to the nearest cell that `isWanted`, by principal and then by permission.
  private mutating func jump(
    _ command: Command, _ matrix: AccessMatrix, _ context: ScreenContext, noun: String,
    where isWanted: (DecisionCounts) -> Bool
  ) -> ScreenResponse {
    let here = (principal.selected, permission.selected)
    let found =
      command.isForward
      ? matrix.cells.first { ($0.principal, $0.permission) > here && isWanted($0.counts) }
      : matrix.cells.last { ($0.principal, $0.permission) < here && isWanted($0.counts) }
    guard let found else {
      return .saying("no \(command.isForward ? "further" : "earlier") \(noun)")
    }
    principal.jump(to: found.principal, count: matrix.principals.count, height: context.height)
    select(found.principal, found.permission, matrix, context)
    return .handled
  }

  /// Looks through the principals, and then through the permissions.
  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    guard let matrix = matrix(context.analyses) else { return false }
    if let row = nearest(matrix.principals, from: principal.selected, forward, search) {
      principal.jump(to: row, count: matrix.principals.count, height: context.height)
      remember(matrix)
      return true
    }
    guard let column = nearest(matrix.permissions, from: permission.selected, forward, search)
    else { return false }
    select(principal.selected, column, matrix, context)
    return true
  }

  private func nearest(
    _ lines: [AccessMatrix.Line], from place: Int, _ forward: Bool, _ search: TextSearch
  ) -> Int? {
    var line = place + (forward ? 1 : -1)
    while lines.indices.contains(line) {
      if search.matches(lines[line].name) { return line }
      line += forward ? 1 : -1
    }
    return nil
  }
}
