import Explorer
import Terminal
import TraceAnalysis
import TraceModel

/// The fields of the rows at hand, or the values of one field, the most frequent first.
enum FacetsView {
  static func facts(_ screen: FacetsState, _ state: ExplorerState) -> String {
    if let values = screen.values(state.analyses) {
      let sort = screen.order == .rows ? "" : " by \(screen.order.rawValue)"
      let shown = "\(counted(values.distinct, "value"))\(sort)"
      return state.width < 60 ? shown : "\(shown), \(counted(values.all.rows, "row"))"
    }
    guard let census = screen.census(state.analyses) else { return "" }
    let shown = counted(census.entries.count, "field")
    return state.width < 60 ? shown : "\(shown), \(counted(census.rows, "row"))"
  }

  /// The keys that matter here.
  static func hints(_ state: ExplorerState) -> [(key: String, label: String)] {
    guard case .facets(let screen) = state.screen, screen.field != nil else {
      return [("Enter", "its values"), ("+", "rows with it"), ("-", "rows without")]
    }
    return [
      ("Enter", "keep, back"), ("+", "keep"), ("-", "hide"), ("e", "error"), ("d", "denied"),
      ("o", "sort"),
    ]
  }

  static func draw(
    _ screen: FacetsState, _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    guard ExplorerFacts.index(screen.shownExecution, state) != nil else { return }
    let total = screen.count(state.analyses)
    if screen.values(state.analyses) == nil && screen.census(state.analyses) == nil {
      canvas.put("counting …", row: layout.list.lowerBound, column: 2, role: .textDim)
      return
    }
    if total == 0 {
      EmptyView.draw(state, row: layout.list.lowerBound, on: &canvas)
      return
    }
    let columns = Columns(canvas.width, isFields: screen.field == nil)
    if let titles = layout.titles { columns.putTitles(screen, row: titles, on: &canvas) }
    let visible = screen.position.visible(count: total, height: layout.list.count)
    for (row, line) in zip(layout.list, visible) {
      if let values = screen.values(state.analyses) {
        draw(line, screen, values, columns, row: row, on: &canvas)
      } else if let census = screen.census(state.analyses) {
        draw(census.entries[line], of: census.rows, columns, row: row, on: &canvas)
      }
      if line == screen.position.selected {
        canvas.put(canvas.glyphs.cursor, row: row, column: 1)
        canvas.highlight(row: row, role: .selection)
        canvas.placeCursor(row: row, column: 1)
      }
    }
    drawDetail(screen, state, layout.detail, on: &canvas)
  }

  /// Where each column is.
  private struct Columns {
    let rows: Int
    /// Errors and denials; for fields the number of values is at `errors`.
    let errors: Int
    let denied: Int
    let bar: Range<Int>
    let text: Int

    init(_ width: Int, isFields: Bool) {
      let barWidth = width >= 110 ? 24 : width >= 70 ? 12 : 0
      rows = width >= 50 ? 13 : 9
      bar = rows + 2..<rows + 2 + barWidth
      let after = barWidth == 0 ? rows : bar.upperBound
      errors = after + (width >= 50 ? 10 : 7)
      denied = isFields ? errors : errors + (width >= 50 ? 10 : 7)
      text = denied + (width >= 50 ? 3 : 2)
    }

    func putTitles(_ screen: FacetsState, row: Int, on canvas: inout Canvas) {
      canvas.putRight("ROWS", row: row, end: rows, role: .headerKey)
      if screen.field == nil {
        canvas.putRight("VALUES", row: row, end: errors, role: .headerKey)
        canvas.put("FIELD", row: row, column: text, role: .headerKey)
        return
      }
      canvas.putRight("ERRORS", row: row, end: errors, role: .headerKey)
      canvas.putRight("DENIED", row: row, end: denied, role: .headerKey)
      canvas.put("VALUE", row: row, column: text, role: .headerKey)
    }
  }

  private static func putShare(
    _ part: Int, of whole: Int, _ columns: Columns, row: Int, on canvas: inout Canvas
  ) {
    canvas.putRight(count(part), row: row, end: columns.rows)
    guard !columns.bar.isEmpty, whole > 0, part > 0 else { return }
    let length = max(1, Int(Double(part) / Double(whole) * Double(columns.bar.count)))
    let first = columns.bar.lowerBound
    canvas.bar(
      row: row, columns: first..<min(columns.bar.upperBound, first + length), role: .sparkline,
      glyph: canvas.glyphs.selfBar)
  }

  private static func draw(
    _ entry: FieldCensus.Entry, of all: Int, _ columns: Columns, row: Int,
    on canvas: inout Canvas
  ) {
    putShare(entry.rows, of: all, columns, row: row, on: &canvas)
    canvas.putRight(count(entry.values), row: row, end: columns.errors)
    let column = canvas.put(
      visibleText(FacetText.name(entry.field)), row: row, column: columns.text,
      limit: canvas.width - columns.text - 1)
    canvas.put(
      FacetText.help(entry.field), row: row, column: max(column + 2, columns.text + 12),
      role: .textDim, limit: max(0, canvas.width - 1 - max(column + 2, columns.text + 12)))
  }

  private static func draw(
    _ line: Int, _ screen: FacetsState, _ values: FieldValues, _ columns: Columns, row: Int,
    on canvas: inout Canvas
  ) {
    let isAbsent = screen.isAbsent(line, values)
    let tally = isAbsent ? values.absent : values.values[screen.places[line]].tally
    let most = max(values.absent.rows, values.values.first?.tally.rows ?? 0)
    putShare(tally.rows, of: most, columns, row: row, on: &canvas)
    if tally.errors > 0 {
      canvas.putRight(
        "\(count(tally.errors)) \(canvas.glyphs.error)", row: row, end: columns.errors,
        role: .error)
    }
    if tally.denied > 0 {
      canvas.putRight(
        "\(count(tally.denied)) \(canvas.glyphs.denied)", row: row, end: columns.denied,
        role: .denied)
    }
    let text = isAbsent ? "" : values.values[screen.places[line]].text
    canvas.putPath(
      isAbsent ? "(rows without it)" : text.isEmpty ? "(empty)" : clipped(text), row: row,
      column: columns.text, role: isAbsent ? .textDim : .text,
      limit: canvas.width - columns.text - 1)
  }

  /// A value can be a megabyte long; a line shows its beginning and its end.
  private static func clipped(_ text: String) -> String {
    text.utf8.count <= 1_000
      ? visibleText(text) : visibleText(text.prefix(300) + "…" + text.suffix(300))
  }

  private static func drawDetail(
    _ screen: FacetsState, _ state: ExplorerState, _ rows: Range<Int>, on canvas: inout Canvas
  ) {
    guard rows.count >= 3 else { return }
    var lines: [String] = []
    var hint = "Enter keeps these rows and goes back   + keeps them   - hides them"
    if let census = screen.census(state.analyses) {
      let field = census.entries[screen.position.selected].field
      lines = [FacetText.name(field) + "  " + FacetText.help(field)]
      hint = "Enter shows its values   + keeps rows that have it   - hides them"
      canvas.rule(row: rows.lowerBound, title: "field")
    } else if let values = screen.values(state.analyses) {
      let line = screen.position.selected
      lines =
        screen.isAbsent(line, values)
        ? ["Rows that have no \(FacetText.name(values.field))."]
        : [String(values.values[screen.places[line]].text.prefix(2_000))]
      let more = values.distinct - values.values.count
      if more > 0 { hint = "\(count(more)) rarer values are not listed; a filter brings them" }
      canvas.rule(row: rows.lowerBound, title: "value of \(FacetText.name(values.field))")
    }
    let room = rows.count - 2
    let wrappedLines = lines.flatMap {
      wrapped(visibleText($0), width: canvas.width - 4, limit: room)
    }
    for (text, row) in zip(wrappedLines.prefix(room), rows.dropFirst()) {
      canvas.put(text, row: row, column: 2, limit: canvas.width - 3)
    }
    canvas.put(
      hint, row: rows.upperBound - 1, column: 2, role: .textDim, limit: canvas.width - 3)
  }
}
