import Explorer
import Terminal
import TraceIndex
import TraceModel

/// What a list says when it has nothing to show: why, and the key that changes it.
enum EmptyView {
  static func draw(_ state: ExplorerState, row: Int, on canvas: inout Canvas) {
    var lines: [(String, StyleRole)] = []
    if state.filters.isActive {
      let hidden = state.currentExecution.flatMap { ExplorerFacts.index($0, state)?.rowCount } ?? 0
      lines = [
        ("Nothing matches the filter.", .warning),
        ("", .text),
        (visibleText(state.filters.text), .filterValid),
        ("It hides all \(count(hidden)) rows of this run.", .text),
        ("zx removes it, \\ holds it off, u undoes the last change, & edits it.", .text),
      ]
    } else {
      lines = [("There is nothing here.", .textDim)]
    }
    for (offset, line) in lines.enumerated() {
      canvas.put(line.0, row: row + 1 + offset, column: 2, role: line.1, limit: canvas.width - 3)
    }
  }
}
