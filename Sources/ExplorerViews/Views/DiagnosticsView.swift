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
      let lost = index.totals.recordsRefused + index.totals.recordsSkipped
      canvas.put(
        lost == 0 ? "Every record was understood." : "Which records were not read is not kept.",
        row: layout.list.lowerBound + 1, column: 2, role: lost == 0 ? .allowed : .warning)
      return
    }
    let visible = screen.position.visible(count: screen.lines.count, height: layout.list.count)
    for (row, place) in zip(layout.list, visible) {
      draw(screen.lines[place], index, row: row, on: &canvas)
      if place == screen.position.selected {
        canvas.put(canvas.glyphs.cursor, row: row, column: 1)
        canvas.highlight(row: row, role: .selection)
        canvas.placeCursor(row: row, column: 1)
      }
    }
    drawPlaces(screen, index, layout.detail, on: &canvas)
  }

  private static func draw(
    _ line: DiagnosticsState.Line, _ index: TraceIndex, row: Int, on canvas: inout Canvas
  ) {
    switch line {
    case .passedOver(let path):
      let column = canvas.put("no reader knows this file  ", row: row, column: 15, role: .error)
      canvas.putPath(
        visibleText(path), row: row, column: column, role: .textDim,
        limit: max(0, canvas.width - 1 - column))
    case .kind(let kind, let tally):
      let role = role(of: kind.code.severity)
      canvas.putRight(count(Int(clamping: tally.count)), row: row, end: 12, role: role)
      let source = "  " + source(kind.artifact, tally.firstOffset, index)
      // Where it is says as much as what it is: neither takes the other's room.
      let room = canvas.width - 16
      let whereRoom = min(displayWidth(of: source), max(room / 2, room - text(kind).count))
      let column = canvas.put(
        text(kind), row: row, column: 15, role: role, limit: room - whereRoom)
      canvas.putPath(source, row: row, column: column, role: .textDim, limit: whereRoom)
    }
  }

  private static func drawPlaces(
    _ screen: DiagnosticsState, _ index: TraceIndex, _ rows: Range<Int>, on canvas: inout Canvas
  ) {
    guard !rows.isEmpty, screen.lines.indices.contains(screen.position.selected) else { return }
    guard case .kind(let kind, _) = screen.lines[screen.position.selected] else {
      canvas.rule(row: rows.lowerBound, title: "not read")
      canvas.put(
        "Nothing of this file is in any figure.", row: rows.lowerBound + 1, column: 2,
        limit: canvas.width - 3)
      return
    }
    canvas.rule(row: rows.lowerBound, title: "\(kind.code.rawValue), the first places")
    let places = index.diagnostics.kept.lazy.filter {
      $0.code == kind.code && $0.artifact == kind.artifact && $0.detail == kind.detail
    }
    for (row, place) in zip(rows.dropFirst(), places) {
      canvas.putPath(
        source(place.artifact, place.offset, index), row: row, column: 2, limit: canvas.width - 3)
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
