import Explorer
import Terminal
import TraceIndex
import TraceModel

/// The traces of a run, one line each, and the shape of the selected one below.
enum TracesView {
  static func draw(
    _ screen: TracesState, _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    guard let index = ExplorerFacts.index(screen.shownExecution, state) else { return }
    let clock = ClockFormat([index], short: canvas.width < 100)
    let columns = Columns(width: canvas.width, clock)
    if let titles = layout.titles {
      columns.put(
        ["STARTED", "LASTED", "SPANS", "ERRORS", "DENIED", "ROOT"], row: titles, role: .headerKey,
        on: &canvas)
    }
    if screen.traces.isEmpty {
      EmptyView.draw(state, row: layout.list.lowerBound, on: &canvas)
      return
    }
    let visible = screen.position.visible(count: screen.traces.count, height: layout.list.count)
    for (row, line) in zip(layout.list, visible) {
      let trace = index.traceRecord(screen.traces[line])
      draw(trace, index, clock, columns, row: row, on: &canvas)
      if line == screen.position.selected {
        canvas.put(canvas.glyphs.cursor, row: row, column: 1)
        canvas.highlight(row: row, role: .selection)
        canvas.placeCursor(row: row, column: 1)
      }
    }
    if let selected = screen.selectedTrace, !layout.detail.isEmpty {
      drawDetail(selected, index, layout.detail, on: &canvas)
    }
  }

  private static func draw(
    _ trace: TraceRecord, _ index: TraceIndex, _ clock: ClockFormat, _ columns: Columns, row: Int,
    on canvas: inout Canvas
  ) {
    let root = [index.text(index.service(trace.root)), index.text(index.name(trace.root))]
    columns.put(
      [
        clock.text(trace.start == 0 && trace.end == 0 ? nil : trace.start),
        durationText(trace.duration), count(trace.spans),
        trace.errors == 0 ? "" : count(trace.errors) + " " + canvas.glyphs.error,
        trace.denied == 0 ? "" : count(trace.denied) + " " + canvas.glyphs.denied,
        root.filter { !$0.isEmpty }.joined(separator: " "),
      ], row: row, role: .text, roles: [3: .error, 4: .denied], on: &canvas)
  }

  private static func drawDetail(
    _ trace: Int, _ index: TraceIndex, _ rows: Range<Int>, on canvas: inout Canvas
  ) {
    canvas.rule(row: rows.lowerBound, title: "trace \(index.idText(ofTrace: trace))")
    let record = index.traceRecord(trace)
    var services: [StringID: Int] = [:]
    for row in record.rows where index.kind(row) == .span {
      services[index.service(row), default: 0] += 1
    }
    let words = services.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "\(index.text($0.key)) \(count($0.value))" }
    let orphans = record.rows.filter { index.marks($0).contains(.orphan) }.count
    let lines = [
      RowDetail.Line(label: "spans of", text: words.joined(separator: ", ")),
      RowDetail.Line(
        label: "decisions", text: "\(count(record.decisions)), \(count(record.denied)) denied"),
      RowDetail.Line(
        label: "tree", text: orphans == 0 ? "whole" : "\(counted(orphans, "orphan"))",
        role: orphans == 0 ? .text : .warning),
    ]
    for (line, row) in zip(lines, rows.dropFirst()) { RowDetail.draw(line, row: row, on: &canvas) }
  }

  /// Where each column begins; narrow screens lose columns from the left of the root's name.
  private struct Columns {
    let ends: [(end: Int, index: Int)]
    let last: Int

    init(width: Int, _ clock: ClockFormat) {
      let time = clock.width + 3
      // A head takes as much as its figures: what has no room is left out, not run together.
      let widths: [(Int, Int)] =
        width >= 70
        ? [(0, time), (1, 11), (2, 8), (3, 9), (4, 9)]
        : width >= 50
          ? [(0, time)] + (clock.showsDate ? [] : [(1, 10)]) + [(3, 8), (4, 8)]
          : width >= 35 ? [(1, 9), (3, 8), (4, 8)] : [(3, 8), (4, 8)]
      var end = 1
      ends = widths.map { column in
        end += column.1
        return (end, column.0)
      }
      last = end + 3
    }

    func put(
      _ texts: [String], row: Int, role: StyleRole, roles: [Int: StyleRole] = [:],
      on canvas: inout Canvas
    ) {
      for column in ends {
        canvas.putRight(
          texts[column.index], row: row, end: column.end, role: roles[column.index] ?? role)
      }
      canvas.put(texts[5], row: row, column: last, role: role, limit: canvas.width - last - 1)
    }
  }
}
