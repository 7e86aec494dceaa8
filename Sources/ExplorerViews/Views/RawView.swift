import Explorer
import Terminal
import TraceIndex
import TraceModel

/// A record as its artifact has it, with where it lies.
enum RawView {
  static func draw(
    _ screen: RawState, _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    guard let index = ExplorerFacts.index(screen.shownExecution, state) else { return }
    let artifact = index.artifact(ofRow: screen.row)
    let path = index.artifacts.indices.contains(artifact) ? index.artifacts[artifact].path : "?"
    let place =
      "\(visibleText(path))  byte \(count(Int(clamping: index.byteOffset(ofRow: screen.row))))"
      + ", \(counted(Int(index.byteLength(ofRow: screen.row)), "byte"))"
    canvas.putPath(
      place, row: layout.list.lowerBound, column: 1, role: .textDim, limit: canvas.width - 2)
    let rows = layout.list.dropFirst()
    if screen.bytes == nil {
      canvas.put("reading …", row: layout.list.lowerBound + 1, column: 1, role: .textDim)
    }
    for (row, line) in zip(rows, screen.lines.dropFirst(screen.top)) {
      canvas.put(line, row: row, column: 1, limit: canvas.width - 2)
    }
    let rest = screen.lines.count - screen.top - rows.count
    if rest > 0 {
      canvas.putRight(
        "\(count(rest)) more lines", row: layout.list.lowerBound, end: canvas.width - 1,
        role: .textDim)
    }
  }
}
