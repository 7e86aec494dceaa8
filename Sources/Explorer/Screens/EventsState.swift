import PolicyAnalysis
package import TraceIndex
package import TraceQuery

/// Everything of one run in order of time, step by step, with the policy growing beside it.
package struct EventsState: Screen {
  let execution: Int?
  /// The rows of the list in order of time; nil while it is simply all rows.
  package private(set) var rows: [UInt32]?
  package private(set) var count = 0
  package private(set) var position = ListPosition()
  /// Whether the steps run by themselves.
  package private(set) var isPlaying = false
  /// Steps a second.
  package private(set) var speed = 10
  /// Only these rows, with the words that say which they are; nil for all rows.
  package private(set) var subset: Subset?
  /// Whether the newest row is selected, whatever comes.
  package private(set) var isPinned = false
  private var wanted: Int?
  /// The selected row in a newer index.
  private var moved: Int?

  /// Rows shown apart from all others, such as the evidence of a statement.
  package struct Subset: Sendable {
    package let title: String
    package internal(set) var rows: RowSet
  }

  init(execution: Int, row: Int? = nil, subset: Subset? = nil) {
    self.execution = execution
    self.subset = subset
    wanted = row
  }

  package var shownExecution: Int { execution ?? 0 }

  /// The row at a line of the list.
  package func row(at line: Int, in index: TraceIndex) -> Int? {
    guard let rows else { return index.row(atTimePosition: line) }
    return rows.indices.contains(line) ? Int(rows[line]) : nil
  }

  func selectedRow(_ context: ScreenContext) -> Int? {
    execution.flatMap(context.index).flatMap { row(at: position.selected, in: $0) }
  }

  var place: [Int] { [position.selected] }

  mutating func dropLines(_ context: ScreenContext) {
    wanted = selectedRow(context)
    rows = nil
    count = 0
  }

  mutating func translate(by rows: RowTranslation) {
    guard rows.concerns(execution) else { return }
    if let subset { self.subset?.rows = rows.rows(subset.rows, of: execution) }
    wanted = wanted.flatMap { rows.row($0, of: execution) }
    let selected =
      self.rows.map { $0.indices.contains(position.selected) ? Int($0[position.selected]) : nil }
      ?? rows.oldRow(atTimePosition: position.selected, of: execution)
    moved = selected.flatMap { rows.row($0, of: execution) }
    self.rows = nil
    count = 0
  }

  mutating func refresh(_ context: ScreenContext) {
    guard let index = execution.flatMap(context.index) else { return }
    let selected = wanted ?? moved ?? (count > 0 ? row(at: position.selected, in: index) : nil)
    let shown: RowSet? =
      switch (context.matches, subset?.rows) {
      case (let matches?, let rows?): matches.intersection(rows)
      case (let matches, let rows): matches ?? rows
      }
    if let shown {
      rows = index.withTimeOrder { order in
        var kept: [UInt32] = []
        for position in 0..<order.count where shown.contains(Int(order[position])) {
          kept.append(order[position])
        }
        return kept
      }
    } else {
      rows = nil
    }
    count = rows?.count ?? index.rowCount
    let line = selected.flatMap { self.line(of: $0, in: index) } ?? position.selected
    if isPinned {
      position.select(count - 1, count: count, height: context.height)
    } else if wanted != nil {
      position.jump(to: line, count: count, height: context.height)
    } else if moved != nil {
      position.follow(to: line, count: count, height: context.height)
    } else {
      position.select(line, count: count, height: context.height)
    }
    wanted = nil
    moved = nil
  }

  /// The line of a row, or of the row that comes next in time.
  ///
  /// - Complexity: O(log rows).
  private func line(of row: Int, in index: TraceIndex) -> Int {
    var low = 0
    var high = count
    let key = (index.start(row), row)
    while low < high {
      let middle = (low + high) / 2
      guard let other = self.row(at: middle, in: index) else { break }
      if (index.start(other), other) < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    if command == .followEnd, context.isFollowed(execution) {
      isPinned.toggle()
      isPlaying = false
      refresh(context)
      return .saying(isPinned ? "following the end; moving away stops it" : "no longer following")
    }
    let response = carryOut(command, context)
    // Moving away from the end lets it go, and going there takes hold of it.
    if command == .last && context.isFollowed(execution) { isPinned = true }
    if position.selected != count - 1 || isPlaying { isPinned = false }
    return response
  }

  private mutating func carryOut(
    _ command: Command, _ context: ScreenContext
  ) -> ScreenResponse {
    guard let execution, let index = context.index(execution) else { return .ignored }
    if command != .play && position.move(command, count: count, height: context.height) {
      isPlaying = false
      return .handled
    }
    switch command {
    case .step: return step(by: 1, context)
    case .stepBack: return step(by: -1, context)
    case .stepReset:
      position.select(0, count: count, height: context.height)
      return .handled
    case .stepToChange, .nextChange, .previousChange:
      return jumpToChange(forward: command.isForward, in: index, context)
    case .play:
      isPlaying.toggle()
      return .saying(isPlaying ? "playing \(speed) steps a second" : "stopped")
    case .faster, .slower:
      speed = command == .faster ? min(1_000, speed * 2) : max(1, speed / 2)
      return .saying("\(speed) steps a second")
    case .nextError, .previousError, .nextDenial, .previousDenial:
      return jump(command, in: index, context)
    case .open, .showWaterfall:
      return openTrace(execution: execution, in: index)
    case .why:
      return why(execution: execution, in: index)
    default:
      return .ignored
    }
  }

  /// One tick of the clock while it plays.
  mutating func tick(_ context: ScreenContext) {
    guard isPlaying else { return }
    // Ten ticks a second at most: faster play takes several steps in one.
    let steps = max(1, speed / 10)
    position.select(position.selected + steps, count: count, height: context.height)
    if position.selected >= count - 1 { isPlaying = false }
  }

  private mutating func step(by steps: Int, _ context: ScreenContext) -> ScreenResponse {
    let next = position.selected + steps
    guard next >= 0 && next < count else {
      return .saying(steps > 0 ? "this is the last step" : "this is the first step")
    }
    position.select(next, count: count, height: context.height)
    return .handled
  }

  private mutating func jumpToChange(
    forward: Bool, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    guard let execution, let growth = context.growth(execution) else {
      return .saying("the policy is still being worked out")
    }
    let found = nearest(forward: forward, in: index) {
      !growth.grants(addedAt: index.timePosition(ofRow: $0)).isEmpty
    }
    guard let found else {
      return .saying("the policy does not change any \(forward ? "more" : "earlier")")
    }
    position.jump(to: found, count: count, height: context.height)
    return .handled
  }

  private mutating func jump(
    _ command: Command, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    guard let target = RowTarget(command) else { return .ignored }
    let found = nearest(forward: command.isForward, in: index) { target.holds(for: $0, in: index) }
    guard let found else {
      return .saying("no \(command.isForward ? "further" : "earlier") \(target.noun)")
    }
    position.jump(to: found, count: count, height: context.height)
    return .handled
  }

  private func nearest(
    forward: Bool, in index: TraceIndex, where isWanted: (Int) -> Bool
  ) -> Int? {
    var line = position.selected + (forward ? 1 : -1)
    while line >= 0 && line < count {
      if let row = row(at: line, in: index), isWanted(row) { return line }
      line += forward ? 1 : -1
    }
    return nil
  }

  private func openTrace(execution: Int, in index: TraceIndex) -> ScreenResponse {
    guard let row = row(at: position.selected, in: index) else { return .saying("no row here") }
    guard let trace = index.trace(ofRow: row) else {
      return .opening(.raw(RawState(execution: execution, row: row)))
    }
    return .opening(.waterfall(WaterfallState(execution: execution, trace: trace, row: row)))
  }

  private func why(execution: Int, in index: TraceIndex) -> ScreenResponse {
    guard let row = row(at: position.selected, in: index) else { return .saying("no row here") }
    guard let finding = CauseFinding(of: row, in: index) else {
      return .saying("nothing failed here or below")
    }
    guard let trace = index.trace(ofRow: finding.row) else { return .saying(finding.sentence) }
    var response = ScreenResponse.opening(
      .waterfall(WaterfallState(execution: execution, trace: trace, row: finding.row)))
    response.message = finding.sentence
    return response
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    guard let index = execution.flatMap(context.index),
      let found = nearest(
        forward: forward, in: index, where: { search.matches(row: $0, in: index) })
    else { return false }
    position.jump(to: found, count: count, height: context.height)
    isPinned = false
    return true
  }
}
