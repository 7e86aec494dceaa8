package import TraceAnalysis
import TraceIndex
package import TraceQuery

/// The fields that rows have, or the values of one of them, with counts for the current filter.
package struct FacetsState: Screen {
  /// The order of values.
  package enum Order: String, CaseIterable, Sendable {
    case rows, errors, denied
  }

  let execution: Int?
  /// The field whose values are shown; nil while the fields are.
  package let field: Field?
  package private(set) var order = Order.rows
  package private(set) var position = ListPosition()
  /// Places in the counted values, in the order of the list.
  package private(set) var places: [Int] = []
  private var filter: String?
  /// What is selected: a field or a value has another number under another filter.
  private var selectedName: String?

  init(execution: Int, field: Field? = nil) {
    self.execution = execution
    self.field = field
  }

  package var shownExecution: Int { execution ?? 0 }

  var place: [Int] { [position.selected] }

  /// Nil while fields are shown, and while they are being counted.
  package func values(_ analyses: Analyses) -> FieldValues? {
    field.flatMap { analyses.values(shownExecution, of: $0, filter: filter) }
  }

  /// Nil while values are shown, and while they are being counted.
  package func census(_ analyses: Analyses) -> FieldCensus? {
    field == nil ? analyses.census(shownExecution, filter: filter) : nil
  }

  /// Whether a line stands for the rows without a value.
  package func isAbsent(_ line: Int, _ values: FieldValues) -> Bool {
    line == places.count && values.absent.rows > 0
  }

  /// The lines of the list.
  package func count(_ analyses: Analyses) -> Int {
    guard let values = values(analyses) else { return census(analyses)?.entries.count ?? 0 }
    return places.count + (values.absent.rows > 0 ? 1 : 0)
  }

  mutating func refresh(_ context: ScreenContext) {
    filter = context.filter
    if field == nil {
      guard let census = census(context.analyses) else { return }
      let line = census.entries.firstIndex { ClauseText.name($0.field) == selectedName }
      position.select(
        line ?? position.selected, count: census.entries.count, height: context.height)
    } else {
      guard let values = values(context.analyses) else { return }
      sort(values)
      let line = selectedName.flatMap { name in
        places.firstIndex { values.values[$0].text == name }
      }
      position.select(
        line ?? position.selected, count: count(context.analyses), height: context.height)
    }
    remember(context)
  }

  private mutating func sort(_ values: FieldValues) {
    func key(_ place: Int) -> Int {
      switch order {
      case .rows: 0
      case .errors: values.values[place].tally.errors
      case .denied: values.values[place].tally.denied
      }
    }
    places = values.values.indices.sorted { (key($1), $0) < (key($0), $1) }
  }

  private mutating func remember(_ context: ScreenContext) {
    let line = position.selected
    if let census = census(context.analyses), census.entries.indices.contains(line) {
      selectedName = ClauseText.name(census.entries[line].field)
    } else if let values = values(context.analyses) {
      selectedName = places.indices.contains(line) ? values.values[places[line]].text : nil
    }
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    if position.move(command, count: count(context.analyses), height: context.height) {
      remember(context)
      return .handled
    }
    switch command {
    case .open: return open(context)
    case .sort where field != nil:
      let next = (Order.allCases.firstIndex(of: order) ?? 0) + 1
      order = Order.allCases[next % Order.allCases.count]
      position = ListPosition()
      selectedName = nil
      refresh(context)
      return .saying("by \(order.rawValue), most first")
    case .nextError, .nextDenial, .previousError, .previousDenial:
      return jump(command, context)
    default: return .ignored
    }
  }

  private func open(_ context: ScreenContext) -> ScreenResponse {
    guard let clause = selectedClause(context) else { return .saying("nothing is selected") }
    if let census = census(context.analyses) {
      return .opening(
        .facets(
          FacetsState(
            execution: shownExecution, field: census.entries[position.selected].field)))
    }
    var response = ScreenResponse.handled
    response.filter = clause
    response.leavesFacets = true
    return response
  }

  /// The rows that have the selected field, or the selected value.
  func selectedClause(_ context: ScreenContext) -> String? {
    let line = position.selected
    if let census = census(context.analyses), census.entries.indices.contains(line) {
      return "exists(\(ClauseText.name(census.entries[line].field)))"
    }
    guard let field, let values = values(context.analyses) else { return nil }
    if isAbsent(line, values) { return "not exists(\(ClauseText.name(field)))" }
    guard places.indices.contains(line) else { return nil }
    return ClauseText.equals(field, values.values[places[line]].text)
  }

  private mutating func jump(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    guard let target = RowTarget(command), let values = values(context.analyses) else {
      return .saying("errors and denials are counted by value; Enter shows those of a field")
    }
    let step = command.isForward ? 1 : -1
    var line = position.selected + step
    while places.indices.contains(line) {
      let tally = values.values[places[line]].tally
      if (target == .error ? tally.errors : tally.denied) > 0 {
        go(to: line, context)
        return .handled
      }
      line += step
    }
    return .saying("no \(command.isForward ? "further" : "earlier") value with a \(target.noun)")
  }

  private mutating func go(to line: Int, _ context: ScreenContext) {
    position.jump(to: line, count: count(context.analyses), height: context.height)
    remember(context)
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    let step = forward ? 1 : -1
    var line = position.selected + step
    while (0..<count(context.analyses)).contains(line) {
      let text: String? =
        if let census = census(context.analyses) {
          ClauseText.name(census.entries[line].field)
        } else if let values = values(context.analyses), places.indices.contains(line) {
          values.values[places[line]].text
        } else {
          nil
        }
      if let text, search.matches(text) {
        go(to: line, context)
        return true
      }
      line += step
    }
    return false
  }
}
