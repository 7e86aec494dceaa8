import Explorer
import Terminal
import TraceIndex
import TraceModel

/// A record as its artifact has it, with where it lies.
enum RawView {
  static func draw(
    _ screen: RawState, _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    guard let index = ExplorerFacts.index(screen.shownExecution, state),
      let range = screen.range(in: index)
    else { return }
    let path = visibleText(index.artifacts[range.artifact].path)
    let place =
      "\(path)  byte \(count(Int(clamping: range.offset))), \(counted(range.length, "byte"))"
    let rows = layout.list.dropFirst()
    let rest = screen.lines.count - screen.top - rows.count
    let more = rest > 0 ? "  \(count(rest)) more lines" : ""
    canvas.putPath(
      place, row: layout.list.lowerBound, column: 1, role: .textDim,
      limit: canvas.width - 2 - more.count)
    canvas.putRight(more, row: layout.list.lowerBound, end: canvas.width - 1, role: .textDim)
    switch screen.bytes {
    case nil:
      canvas.put("reading …", row: layout.list.lowerBound + 1, column: 1, role: .textDim)
    case .unavailable(let reason):
      // There is nothing else to see here: the reason takes the lines it needs.
      let lines = wrapped(visibleText(reason), width: canvas.width - 2, limit: rows.count)
      for (row, line) in zip(rows, lines) {
        canvas.put(line, row: row, column: 1, role: .warning, limit: canvas.width - 2)
      }
    case .bytes:
      for (row, line) in zip(rows, screen.lines.dropFirst(screen.top)) {
        canvas.put(line, row: row, column: 1, limit: canvas.width - 2)
      }
    }
  }
}
