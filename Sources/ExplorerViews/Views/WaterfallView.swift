import Explorer
import Terminal
import TraceIndex
import TraceModel

/// A trace as a tree at the left and bars over time at the right.
enum WaterfallView {
  static func draw(
    _ screen: WaterfallState, _ state: ExplorerState, _ layout: ScreenLayout,
    on canvas: inout Canvas
  ) {
    guard let index = ExplorerFacts.index(screen.shownExecution, state) else { return }
    let scale = TimeScale(
      trace: index.traceRecord(screen.trace), columns: barColumns(width: canvas.width))
    if let titles = layout.titles { drawAxis(scale, row: titles, on: &canvas) }
    if screen.lines.isEmpty {
      EmptyView.draw(state, row: layout.list.lowerBound, on: &canvas)
      return
    }
    let visible = screen.position.visible(count: screen.lines.count, height: layout.list.count)
    for (row, line) in zip(layout.list, visible) {
      switch screen.lines[line] {
      case .row(let number):
        draw(number, isFolded: screen.folded.contains(number), index, scale, row: row, on: &canvas)
      case .hidden(let depth, let rows, let errors, let denied):
        let text =
          "\(count(rows)) hidden by the filter, \(counted(errors, "error")), "
          + "\(count(denied)) denied"
        canvas.put(
          text, row: row, column: 2 + indent(depth, canvas.width),
          role: errors + denied > 0 ? .warning : .textDim)
      }
      if line == screen.position.selected {
        canvas.highlight(row: row, role: .selection)
        canvas.placeCursor(row: row, column: 0)
      }
    }
    if let selected = screen.selectedRow, !layout.detail.isEmpty {
      RowDetail.draw(selected, index, layout.detail, on: &canvas)
    }
  }

  /// The columns of the bars; the tree has the rest.
  private static func barColumns(width: Int) -> Range<Int> {
    let tree = width < 60 ? width : max(36, min(80, width * 45 / 100))
    return min(width, tree)..<max(min(width, tree), width - 2)
  }

  private static func indent(_ depth: Int, _ width: Int) -> Int {
    min(depth * (width < 60 ? 1 : 2), width / 4)
  }

  /// The depth as a number, where the indent has no room to show it; empty elsewhere.
  private static func depthText(_ depth: Int, _ width: Int) -> String {
    depth * (width < 60 ? 1 : 2) > width / 4 ? count(depth) + " " : ""
  }

  private static func drawAxis(_ scale: TimeScale, row: Int, on canvas: inout Canvas) {
    guard scale.columns.count >= 16 else { return }
    canvas.put("0", row: row, column: scale.columns.lowerBound, role: .textDim)
    let end = durationText(scale.duration)
    canvas.putRight(end, row: row, end: scale.columns.upperBound, role: .textDim)
    let half = durationText(scale.duration / 2)
    let middle = scale.columns.lowerBound + scale.columns.count / 2
    if scale.columns.count > 3 * (half.count + end.count) / 2 {
      canvas.put(half, row: row, column: middle, role: .textDim)
    }
  }

  private static func draw(
    _ row: Int, isFolded: Bool, _ index: TraceIndex, _ scale: TimeScale, row line: Int,
    on canvas: inout Canvas
  ) {
    let marks = index.marks(row)
    let treeEnd = scale.columns.isEmpty ? canvas.width - 3 : scale.columns.lowerBound - 1
    var column = 1 + indent(index.depth(row), canvas.width)
    column = canvas.put(
      depthText(index.depth(row), canvas.width), row: line, column: column, role: .textDim)
    switch index.kind(row) {
    case .decision:
      drawDecision(row, index, line: line, column: column, on: &canvas)
    case .span, .log:
      let hasChildren = !marks.contains(.leaf)
      let fold = hasChildren ? (isFolded ? canvas.glyphs.folded : canvas.glyphs.unfolded) : " "
      column = canvas.put(fold + " ", row: line, column: column, role: .textDim)
      let service = index.service(row)
      if !service.isEmpty {
        column = canvas.put(
          index.text(service) + " ", row: line, column: column, role: serviceRole(service),
          limit: max(0, treeEnd - column))
      }
      let failed = index.status(row) == .error
      canvas.put(
        name(row, marks, index), row: line, column: column, role: failed ? .error : .text,
        limit: max(0, treeEnd - column))
      drawBar(row, index, marks, scale, line: line, on: &canvas)
    }
    let (sign, role) = worst(row, marks, isFolded: isFolded, index, canvas.glyphs)
    canvas.put(sign, row: line, column: canvas.width - 2, role: role)
  }

  private static func name(_ row: Int, _ marks: RowMarks, _ index: TraceIndex) -> String {
    var text = index.text(index.name(row))
    if text.isEmpty { text = "(no name)" }
    if index.kind(row) == .log { text = "log: " + text }
    let notes: [(RowMarks, String)] = [
      (.orphan, "orphan"), (.duplicate, "duplicate id"), (.cycle, "cycle cut here"),
      (.endBeforeStart, "ends before it starts"), (.timeMissing, "no time"),
    ]
    let found = notes.filter { marks.contains($0.0) }.map(\.1)
    return found.isEmpty ? text : text + " [" + found.joined(separator: ", ") + "]"
  }

  private static func drawDecision(
    _ row: Int, _ index: TraceIndex, line: Int, column: Int, on canvas: inout Canvas
  ) {
    let outcome = index.outcome(row)
    let (sign, role): (String, StyleRole) =
      switch outcome {
      case .deny, .unauthenticated: (canvas.glyphs.denied, .denied)
      case .error, .unknown: ("?", .warning)
      default: (canvas.glyphs.isASCII ? "." : "·", .allowed)
      }
    let (join, joinRole) = RowDetail.joinMark(row, index, width: canvas.width)
    canvas.putRight(join, row: line, end: canvas.width - 3, role: joinRole)
    let end = canvas.width - 3 - (join.isEmpty ? 0 : join.count + 2)
    var column = canvas.put(
      canvas.glyphs.branch + sign + " ", row: line, column: column, role: role)
    column = canvas.put(index.text(index.name(row)) + "  ", row: line, column: column, role: role)
    column = canvas.putPath(
      ShortText.resource(index.text(index.target(row)), parts: 3), row: line, column: column,
      limit: max(0, end - 1 - column))
    let reason = index.text(index.reason(row))
    if outcome != .allow && !reason.isEmpty {
      canvas.put(
        "  " + reason, row: line, column: column, role: .textDim,
        limit: max(0, end - column))
    }
  }

  private static func drawBar(
    _ row: Int, _ index: TraceIndex, _ marks: RowMarks, _ scale: TimeScale, line: Int,
    on canvas: inout Canvas
  ) {
    guard !scale.columns.isEmpty, !marks.contains(.timeMissing) else { return }
    let bar = scale.columns(from: index.start(row), to: index.end(row))
    if index.duration(row) == 0 {
      canvas.bar(
        row: line, columns: bar.lowerBound..<bar.lowerBound + 1, role: .barWait,
        glyph: canvas.glyphs.instant)
      return
    }
    // Time inside children is waiting; what is left is the span's own.
    canvas.bar(
      row: line, columns: bar, role: marks.contains(.critical) ? .barCritical : .barSelf,
      glyph: canvas.glyphs.selfBar)
    index.forEachChild(of: row) { child in
      guard index.kind(child) == .span, index.duration(child) > 0 else { return }
      let covered = scale.columns(from: index.start(child), to: index.end(child)).clamped(to: bar)
      if covered.count > 1 {
        canvas.bar(row: line, columns: covered, role: .barWait, glyph: canvas.glyphs.waitBar)
      }
    }
  }

  /// The worst of a row and, when it is folded, of all that is folded into it.
  private static func worst(
    _ row: Int, _ marks: RowMarks, isFolded: Bool, _ index: TraceIndex, _ glyphs: GlyphSet
  ) -> (String, StyleRole) {
    if index.outcome(row).isDenial || (isFolded && marks.contains(.denyBelow)) {
      return (glyphs.denied, .denied)
    }
    if index.status(row) == .error || index.outcome(row) == .error
      || (isFolded && marks.contains(.errorBelow))
    {
      return (glyphs.error, .error)
    }
    return (" ", .text)
  }
}

/// A service keeps its colour wherever it appears.
func serviceRole(_ service: StringID) -> StyleRole {
  StyleRole.services[Int(service.value) % StyleRole.services.count]
}

/// Time on the screen's columns.
struct TimeScale {
  let columns: Range<Int>
  let start: Int64
  /// Nanoseconds, at least one.
  let duration: Int64

  init(trace: TraceRecord, columns: Range<Int>) {
    self.columns = columns
    start = trace.start
    duration = max(1, trace.duration)
  }

  /// The columns between two moments: at least one, inside the scale.
  func columns(from: Int64, to: Int64) -> Range<Int> {
    let first = min(columns.upperBound - 1, max(columns.lowerBound, column(of: from)))
    let last = min(columns.upperBound, max(first + 1, column(of: to)))
    return first..<last
  }

  private func column(of moment: Int64) -> Int {
    // A place on the screen, not a time: the nearest column is all that is asked for.
    let share = Double(moment.subtractingSaturating(start)) / Double(duration)
    return columns.lowerBound + Int(max(-1, min(2, share)) * Double(columns.count))
  }
}
