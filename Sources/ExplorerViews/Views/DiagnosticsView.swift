import Explorer
import Terminal
import TraceIndex
import TraceModel

/// What could not be understood, the gravest first, and its places below.
enum DiagnosticsView {
  static func draw(
    _ screen: DiagnosticsState, _ state: ExplorerState, _ layout: ScreenLayout,
    on canvas: inout Canvas
  ) {
    guard let index = ExplorerFacts.index(screen.shownExecution, state) else { return }
    if let titles = layout.titles {
      canvas.putRight("COUNT", row: titles, end: 12, role: .headerKey)
      canvas.put("WHAT, AND WHERE FIRST", row: titles, column: 15, role: .headerKey)
    }
    if screen.lines.isEmpty {
      canvas.put(
        "Every record was understood.", row: layout.list.lowerBound + 1, column: 2, role: .allowed)
      return
    }
    let visible = screen.position.visible(count: screen.lines.count, height: layout.list.count)
    for (row, place) in zip(layout.list, visible) {
      let line = screen.lines[place]
      let role = role(of: line.kind.code.severity)
      canvas.putRight(count(Int(clamping: line.tally.count)), row: row, end: 12, role: role)
      let column = canvas.put(
        text(line.kind), row: row, column: 15, role: role, limit: canvas.width - 16)
      canvas.put(
        "  " + source(line.kind.artifact, line.tally.firstOffset, index), row: row,
        column: column, role: .textDim, limit: max(0, canvas.width - 1 - column))
      if place == screen.position.selected {
        canvas.put(canvas.glyphs.cursor, row: row, column: 1)
        canvas.highlight(row: row, role: .selection)
        canvas.placeCursor(row: row, column: 1)
      }
    }
    drawPlaces(screen, index, layout.detail, on: &canvas)
  }

  private static func drawPlaces(
    _ screen: DiagnosticsState, _ index: TraceIndex, _ rows: Range<Int>, on canvas: inout Canvas
  ) {
    guard !rows.isEmpty, screen.lines.indices.contains(screen.position.selected) else { return }
    let kind = screen.lines[screen.position.selected].kind
    canvas.rule(row: rows.lowerBound, title: "\(kind.code.rawValue), the first places")
    let places = index.diagnostics.kept.lazy.filter {
      $0.code == kind.code && $0.artifact == kind.artifact && $0.detail == kind.detail
    }
    for (row, place) in zip(rows.dropFirst(), places) {
      canvas.put(source(place.artifact, place.offset, index), row: row, column: 2)
    }
  }

  private static func role(of severity: DiagnosticSeverity) -> StyleRole {
    switch severity {
    case .refused: .error
    case .partial: .warning
    case .skipped: .textDim
    }
  }

  private static func text(_ kind: DiagnosticLog.Kind) -> String {
    kind.detail.isEmpty ? kind.code.meaning : "\(kind.code.meaning): \(visibleText(kind.detail))"
  }

  private static func source(_ artifact: UInt32, _ offset: UInt64, _ index: TraceIndex) -> String {
    let path =
      index.artifacts.indices.contains(Int(artifact))
      ? index.artifacts[Int(artifact)].path : "?"
    return "\(visibleText(path)) byte \(count(Int(clamping: offset)))"
  }
}
