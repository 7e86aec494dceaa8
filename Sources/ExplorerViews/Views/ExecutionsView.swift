import Explorer
import Terminal
import TraceAnalysis
import TraceIndex
import TraceModel

/// All runs above; what is wrong with the selected one below.
enum ExecutionsView {
  static func draw(
    _ screen: ExecutionsState, _ state: ExplorerState, _ layout: ScreenLayout,
    on canvas: inout Canvas
  ) {
    let longest = state.executions.map { displayWidth(of: visibleText($0.name)) + 2 }.max() ?? 0
    let glyphs = canvas.glyphs
    let all = state.executions.indices.map { totals($0, state) }
    let columns = Columns(
      width: canvas.width, longestName: longest,
      figures: all.compactMap { $0.map { figures($0, glyphs) } })
    if let titles = layout.titles {
      canvas.put("RUN", row: titles, column: 3, role: .headerKey)
      columns.put(Columns.titles, row: titles, role: .headerKey, on: &canvas)
    }
    let visible = screen.position.visible(
      count: state.executions.count, height: layout.list.count)
    for (row, place) in zip(layout.list, visible) {
      let entry = state.executions[place]
      draw(
        entry, all[place], mark(place, state), columns, row: row, on: &canvas)
      if place == screen.position.selected {
        canvas.put(canvas.glyphs.cursor, row: row, column: 1)
        canvas.highlight(row: row, role: .selection)
        canvas.placeCursor(row: row, column: 1)
      }
    }
    if !layout.detail.isEmpty {
      drawFindings(screen.position.selected, state, layout.detail, on: &canvas)
    }
  }

  /// Which side of a comparison a run is on.
  private static func mark(_ place: Int, _ state: ExplorerState) -> String {
    guard state.executions.count > 2 else { return "" }
    return place == state.before ? " A" : place == state.after ? " B" : ""
  }

  /// The figures of a run, of the rows that the filter keeps; nil while they are counted.
  private static func totals(_ place: Int, _ state: ExplorerState) -> ExecutionTotals? {
    guard let filter = state.filters.active else { return state.executions[place].index?.totals }
    return state.analyses.summary(place, filter: filter)?.totals
  }

  private static func draw(
    _ entry: ExecutionEntry, _ totals: ExecutionTotals?, _ mark: String, _ columns: Columns,
    row: Int, on canvas: inout Canvas
  ) {
    canvas.putPath(
      visibleText(entry.name) + mark, row: row, column: 3, limit: columns.nameEnd - 3)
    switch entry.stage {
    case .waiting:
      canvas.put("waiting", row: row, column: columns.nameEnd + 1, role: .textDim)
    case .indexing(let read, let total, let rows, _):
      let percent = total == 0 ? 0 : read * 100 / total
      canvas.put(
        "indexing \(percent) %  \(count(rows)) rows", row: row, column: columns.nameEnd + 1,
        role: .textDim)
    case .failed(let reason):
      canvas.put(
        visibleText(reason), row: row, column: columns.nameEnd + 1, role: .error,
        limit: canvas.width - columns.nameEnd - 2)
    case .ready:
      guard let totals else {
        canvas.put("counting …", row: row, column: columns.nameEnd + 1, role: .textDim)
        return
      }
      columns.put(
        figures(totals, canvas.glyphs), row: row, role: .text,
        roles: [5: totals.errors > 0 ? .error : .text, 6: totals.denied > 0 ? .denied : .text],
        on: &canvas)
    }
  }

  private static func figures(_ totals: ExecutionTotals, _ glyphs: GlyphSet) -> [String] {
    let hasTime = totals.start != 0 || totals.end != 0
    return [
      hasTime ? Timestamp.dateTime(nanoseconds: totals.start) : "-",
      hasTime ? durationText(totals.end.subtractingSaturating(totals.start)) : "-",
      count(totals.traces), count(totals.spans), count(totals.decisions),
      signed(totals.errors, glyphs.error), signed(totals.denied, glyphs.denied),
    ]
  }

  private static func signed(_ number: Int, _ sign: String) -> String {
    number == 0 ? "0" : "\(count(number)) \(sign)"
  }

  // MARK: Findings

  private static func drawFindings(
    _ selected: Int, _ state: ExplorerState, _ rows: Range<Int>, on canvas: inout Canvas
  ) {
    guard state.executions.indices.contains(selected) else { return }
    let entry = state.executions[selected]
    if case .failed(let reason) = entry.stage {
      canvas.rule(row: rows.lowerBound, title: visibleText(entry.name))
      let lines = wrapped(visibleText(reason), width: canvas.width - 3, limit: rows.count - 1)
      for (row, line) in zip(rows.dropFirst(), lines) {
        canvas.put(line, row: row, column: 2, role: .error, limit: canvas.width - 3)
      }
      return
    }
    let base = state.comparisonBase(for: selected)
    let findings = state.findings(for: selected)
    let title =
      base.map {
        "\(ExplorerFacts.name(selected, state)) against \(ExplorerFacts.name($0, state))"
      } ?? ExplorerFacts.name(selected, state)
    canvas.rule(row: rows.lowerBound, title: title)
    guard let findings else {
      canvas.put("looking …", row: rows.lowerBound + 1, column: 2, role: .textDim)
      return
    }
    var row = rows.lowerBound + 1
    // The sentence that answers first, the differences or figures, then the timeline.
    let timeline = rows.count >= 8 ? findings.timeline.flatMap(Sparkline.init) : nil
    let end = timeline == nil ? rows.upperBound : rows.upperBound - 2
    for finding in findings.lines where row < end {
      row = drawFinding(finding, row: row, end: end, on: &canvas)
    }
    if let timeline, let index = entry.index {
      drawTimeline(timeline, index, row: min(row + 1, rows.upperBound - 1), on: &canvas)
    }
  }

  /// Draws one finding, a sentence over as many lines as it needs; returns the row behind it.
  private static func drawFinding(
    _ finding: Finding, row: Int, end: Int, on canvas: inout Canvas
  ) -> Int {
    let role: StyleRole =
      switch finding.tone {
      case .bad: .denied
      case .failing: .error
      case .changed: .changed
      case .good: .allowed
      case .plain: .text
      }
    guard finding.label.isEmpty else {
      canvas.put(finding.label, row: row, column: 2, role: role, limit: 12)
      canvas.put(finding.text, row: row, column: 15, limit: canvas.width - 16)
      return row + 1
    }
    let lines = wrapped(finding.text, width: canvas.width - 5, limit: end - row)
    for (offset, line) in lines.enumerated() {
      canvas.put(line, row: row + offset, column: offset == 0 ? 2 : 4, role: role)
    }
    return row + lines.count
  }

  private static func drawTimeline(
    _ sparkline: Sparkline, _ index: TraceIndex, row: Int, on canvas: inout Canvas
  ) {
    let clock = ClockFormat([index], digits: 0)
    let start = clock.text(index.totals.start)
    let end = clock.text(index.totals.end)
    var column = canvas.put(start + " ", row: row, column: 2, role: .textDim)
    for value in sparkline.values {
      column = canvas.put(
        String(canvas.glyphs.spark(value, of: sparkline.largest)), row: row, column: column,
        role: value > 0 ? .sparkline : .textDim)
    }
    canvas.put(
      " \(end)  \(sparkline.noun) per \(durationText(sparkline.width)), at most "
        + count(sparkline.largest), row: row, column: column, role: .textDim,
      limit: max(0, canvas.width - 1 - column))
  }

  /// Denials over time, or errors where nothing was denied.
  private struct Sparkline {
    let values: [Int]
    let largest: Int
    let noun: String
    /// Nanoseconds of one value.
    let width: Int64

    /// Nil when there is nothing to show.
    init?(_ timeline: Timeline) {
      let denies = timeline.buckets.contains { $0.denied > 0 }
      values = timeline.buckets.map { denies ? $0.denied : $0.errors }
      guard let largest = values.max(), largest > 0 else { return nil }
      self.largest = largest
      noun = denies ? "denials" : "errors"
      width = timeline.width
    }
  }

  /// Where the figures end; what has no room is left out, what tells a sick run last.
  private struct Columns {
    static let titles = ["STARTED", "LASTED", "TRACES", "SPANS", "DECISIONS", "ERRORS", "DENIED"]
    /// The columns in the order in which they give way.
    private static let giveWay = [4, 2, 0, 1, 3]

    let ends: [(end: Int, index: Int)]
    let nameEnd: Int

    init(width: Int, longestName: Int, figures: [[String]]) {
      let widths = Columns.titles.indices.map { column in
        2 + ([Columns.titles] + figures).reduce(0) { max($0, displayWidth(of: $1[column])) }
      }
      let name = min(max(12, longestName + 4), max(12, width / 3))
      var shown = Array(widths.indices)
      for column in Columns.giveWay
      where name + shown.reduce(0, { $0 + widths[$1] }) > width - 1 {
        shown.removeAll { $0 == column }
      }
      // The figures stand beside the names, not at the far end of a wide screen.
      let total = shown.reduce(0) { $0 + widths[$1] }
      var end = min(width - 1 - total, max(12, longestName + 4))
      nameEnd = max(4, end - 1)
      ends = shown.map { column in
        end += widths[column]
        return (end, column)
      }
    }

    func put(
      _ texts: [String], row: Int, role: StyleRole, roles: [Int: StyleRole] = [:],
      on canvas: inout Canvas
    ) {
      for column in ends {
        canvas.putRight(
          texts[column.index], row: row, end: column.end, role: roles[column.index] ?? role)
      }
    }
  }
}
