import TraceIndex
import TraceModel
import TraceQuery

/// One trace as a tree over time.
package struct WaterfallState: Screen {
  /// A line of the tree.
  package enum Line: Sendable, Equatable {
    case row(Int)
    /// Rows in a row that the filter hides, all below one parent, with what they hide.
    case hidden(depth: Int, rows: Int, errors: Int, denied: Int)
  }

  let execution: Int?
  package private(set) var trace: Int
  package private(set) var lines: [Line] = []
  package private(set) var position = ListPosition()
  package private(set) var folded: Set<Int> = []
  /// The row to select once lines are there.
  private var wanted: Int?
  /// The selected row in a newer index.
  private var moved: Int?

  /// Shows a trace, with `row` selected, or its first row.
  init(execution: Int, trace: Int, row: Int? = nil) {
    self.execution = execution
    self.trace = trace
    wanted = row
  }

  var place: [Int] { [trace, position.selected] }

  mutating func dropLines(_ context: ScreenContext) {
    wanted = selectedRow
    lines = []
  }

  mutating func translate(by rows: RowTranslation) {
    guard rows.concerns(execution) else { return }
    moved = selectedRow.flatMap { rows.row($0, of: execution) }
    wanted = wanted.flatMap { rows.row($0, of: execution) }
    folded = Set(folded.compactMap { rows.row($0, of: execution) })
    trace = rows.trace(trace, of: execution) ?? 0
    lines = []
  }

  mutating func refresh(_ context: ScreenContext) {
    guard let index = index(context) else { return }
    let selected = wanted ?? moved ?? selectedRow(context)
    if let wanted { unfoldAncestors(of: wanted, in: index) }
    lines = WaterfallState.lines(
      of: index.traceRecord(trace).rows, in: index, folded: folded, matches: context.matches)
    if let moved, wanted == nil, let line = lines.firstIndex(of: .row(moved)) {
      position.follow(to: line, count: lines.count, height: context.height)
    } else if let selected {
      select(row: selected, in: index, context, isJump: wanted != nil)
    }
    wanted = nil
    moved = nil
    position.select(position.selected, count: lines.count, height: context.height)
  }

  /// The run that the screen shows.
  package var shownExecution: Int { execution ?? 0 }

  func selectedRow(_ context: ScreenContext) -> Int? { selectedRow }

  package var selectedRow: Int? {
    guard lines.indices.contains(position.selected),
      case .row(let row) = lines[position.selected]
    else { return nil }
    return row
  }

  private func index(_ context: ScreenContext) -> TraceIndex? { execution.flatMap(context.index) }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    guard let index = index(context) else { return .ignored }
    if position.move(command, count: lines.count, height: context.height) { return .handled }
    switch command {
    case .expand, .collapse, .toggleFold, .foldAll, .unfoldAll, .foldToDepth1, .foldToDepth2,
      .foldToDepth3:
      return fold(command, in: index, context)
    case .nextSibling, .previousSibling, .longestChild:
      return walk(command, in: index, context)
    case .nextTrace, .previousTrace:
      return changeTrace(by: command == .nextTrace ? 1 : -1, in: index, context)
    case .nextError, .previousError, .nextDenial, .previousDenial:
      return jump(command, in: index, context)
    case .nextSlow, .previousSlow:
      return jumpToSlow(forward: command.isForward, in: index, context)
    case .why:
      return why(in: index, context)
    case .open:
      guard let execution, let row = selectedRow else { return .handled }
      return .opening(.raw(RawState(execution: execution, row: row)))
    default:
      return .ignored
    }
  }

  /// Selects `row`, in whichever trace it is.
  mutating func go(to row: Int, in index: TraceIndex, _ context: ScreenContext) {
    if let other = index.trace(ofRow: row), other != trace {
      trace = other
      folded = []
      position = ListPosition()
    }
    wanted = row
    refresh(context)
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    guard let index = index(context) else { return false }
    let rows = index.traceRecord(trace).rows
    let start = selectedRow ?? rows.lowerBound
    let found = index.nearestRow(from: start, forward: forward, matches: context.matches) {
      rows.contains($0) && search.matches(row: $0, in: index)
    }
    guard let found, rows.contains(found) else { return false }
    go(to: found, in: index, context)
    return true
  }

  // MARK: Folding

  private mutating func fold(
    _ command: Command, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    let rows = index.traceRecord(trace).rows
    let row = selectedRow ?? rows.lowerBound
    let hasChildren = index.subtree(row).count > 1
    switch command {
    case .expand where folded.contains(row): folded.remove(row)
    case .expand:
      if hasChildren {
        position.select(position.selected + 1, count: lines.count, height: context.height)
      }
      return .handled
    case .collapse where hasChildren && !folded.contains(row): folded.insert(row)
    case .collapse:
      if let parent = index.parent(row) { go(to: parent, in: index, context) }
      return .handled
    case .toggleFold where folded.contains(row): folded.remove(row)
    case .toggleFold: if hasChildren { folded.insert(row) }
    case .unfoldAll: folded = []
    case .foldAll: folded = foldable(rows, from: 0, in: index)
    case .foldToDepth1: folded = foldable(rows, from: 0, in: index)
    case .foldToDepth2: folded = foldable(rows, from: 1, in: index)
    default: folded = foldable(rows, from: 2, in: index)
    }
    // A selection that is folded away moves up to what hides it.
    var shown = row
    var above = index.parent(row)
    while let ancestor = above {
      if folded.contains(ancestor) { shown = ancestor }
      above = index.parent(ancestor)
    }
    refresh(context)
    select(row: shown, in: index, context, isJump: false)
    return .handled
  }

  private func foldable(_ rows: Range<Int>, from depth: Int, in index: TraceIndex) -> Set<Int> {
    Set(rows.filter { index.depth($0) >= depth && index.subtree($0).count > 1 })
  }

  private mutating func unfoldAncestors(of row: Int, in index: TraceIndex) {
    var above = index.parent(row)
    while let ancestor = above {
      folded.remove(ancestor)
      above = index.parent(ancestor)
    }
  }

  // MARK: Moving

  private mutating func select(
    row: Int, in index: TraceIndex, _ context: ScreenContext, isJump: Bool
  ) {
    guard let line = lines.firstIndex(of: .row(row)) else { return }
    if isJump {
      position.jump(to: line, count: lines.count, height: context.height)
    } else {
      position.select(line, count: lines.count, height: context.height)
    }
  }

  private mutating func walk(
    _ command: Command, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    guard let row = selectedRow else { return .handled }
    if command == .longestChild {
      var longest: Int?
      index.forEachChild(of: row) { child in
        if longest.map({ index.duration(child) > index.duration($0) }) ?? true { longest = child }
      }
      guard let longest else { return .saying("no child") }
      go(to: longest, in: index, context)
      return .handled
    }
    let siblings = siblings(of: row, in: index)
    guard let place = siblings.firstIndex(of: row) else { return .handled }
    let next = place + (command == .nextSibling ? 1 : -1)
    guard siblings.indices.contains(next) else { return .saying("no further sibling") }
    go(to: siblings[next], in: index, context)
    return .handled
  }

  private func siblings(of row: Int, in index: TraceIndex) -> [Int] {
    var found: [Int] = []
    if let parent = index.parent(row) {
      index.forEachChild(of: parent) { found.append($0) }
    } else {
      let rows = index.traceRecord(trace).rows
      var top = rows.lowerBound
      while top < rows.upperBound {
        found.append(top)
        top = index.subtree(top).upperBound
      }
    }
    return found
  }

  private mutating func changeTrace(
    by step: Int, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    var next = trace + step
    while next >= 0 && next < index.traceCount {
      let rows = index.traceRecord(next).rows
      let isShown = context.matches.map { matches in
        matches.first(after: rows.lowerBound - 1).map { $0 < rows.upperBound } ?? false
      }
      if isShown ?? true {
        go(to: rows.lowerBound, in: index, context)
        return .handled
      }
      next += step
    }
    return .saying(step > 0 ? "this is the last trace" : "this is the first trace")
  }

  private mutating func jump(
    _ command: Command, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    guard let target = RowTarget(command) else { return .ignored }
    let from = selectedRow ?? index.traceRecord(trace).rows.lowerBound
    let found = index.nearestRow(from: from, forward: command.isForward, matches: context.matches) {
      index.trace(ofRow: $0) != nil && target.holds(for: $0, in: index)
    }
    guard let found else {
      return .saying("no \(command.isForward ? "further" : "earlier") \(target.noun)")
    }
    let before = trace
    go(to: found, in: index, context)
    return before == trace ? .handled : .saying("in another trace: \(index.idText(ofTrace: trace))")
  }

  /// The spans of the trace by self time, longest first, are the stations of this jump.
  private mutating func jumpToSlow(
    forward: Bool, in index: TraceIndex, _ context: ScreenContext
  ) -> ScreenResponse {
    let ranked = index.traceRecord(trace).rows
      .filter { index.kind($0) == .span && (context.matches?.contains($0) ?? true) }
      .sorted { (index.selfTime($0), $1) > (index.selfTime($1), $0) }
    let place = selectedRow.flatMap { ranked.prefix(10).firstIndex(of: $0) }
    let next = place.map { $0 + (forward ? 1 : -1) } ?? 0
    guard ranked.prefix(10).indices.contains(next) else { return .saying("no further slow span") }
    go(to: ranked[next], in: index, context)
    return .saying("\(next + 1) of the \(min(10, ranked.count)) longest by self time")
  }

  private mutating func why(in index: TraceIndex, _ context: ScreenContext) -> ScreenResponse {
    guard let row = selectedRow else { return .handled }
    guard let finding = CauseFinding(of: row, in: index) else {
      return .saying("nothing failed here or below")
    }
    go(to: finding.row, in: index, context)
    return .saying(finding.sentence)
  }

  // MARK: Lines

  private static func lines(
    of rows: Range<Int>, in index: TraceIndex, folded: Set<Int>, matches: RowSet?
  ) -> [Line] {
    var lines: [Line] = []
    lines.reserveCapacity(min(rows.count, 1 << 16))
    var row = rows.lowerBound
    while row < rows.upperBound {
      let subtree = index.subtree(row)
      if let matches, !matches.holdsAny(of: subtree) {
        append(hidden: subtree, in: index, to: &lines)
        row = subtree.upperBound
      } else {
        lines.append(.row(row))
        row = folded.contains(row) ? subtree.upperBound : row + 1
      }
    }
    return lines
  }

  private static func append(hidden rows: Range<Int>, in index: TraceIndex, to lines: inout [Line])
  {
    let depth = index.depth(rows.lowerBound)
    var (count, errors, denied) = (rows.count, 0, 0)
    for row in rows {
      if RowTarget.error.holds(for: row, in: index) { errors += 1 }
      if RowTarget.denial.holds(for: row, in: index) { denied += 1 }
    }
    if case .hidden(depth, let before, let errorsBefore, let deniedBefore) = lines.last {
      lines.removeLast()
      count += before
      errors += errorsBefore
      denied += deniedBefore
    }
    lines.append(.hidden(depth: depth, rows: count, errors: errors, denied: denied))
  }
}

extension RowSet {
  /// Whether a row of the range is a member.
  func holdsAny(of rows: Range<Int>) -> Bool {
    first(after: rows.lowerBound - 1).map { $0 < rows.upperBound } ?? false
  }
}
