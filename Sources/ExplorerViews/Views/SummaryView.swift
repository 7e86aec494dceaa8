import Explorer
import Terminal

/// The summary of a run, scrolled as a text.
enum SummaryView {
  static func draw(
    _ screen: SummaryState, _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    if screen.lines.isEmpty {
      canvas.put("counting …", row: layout.list.lowerBound, column: 2, role: .textDim)
      return
    }
    for (row, line) in zip(layout.list, screen.lines.dropFirst(screen.top)) {
      canvas.put(line.text, row: row, column: 1, role: role(line.role), limit: canvas.width - 2)
    }
  }

  private static func role(_ role: SummaryText.Role) -> StyleRole {
    switch role {
    case .heading: .title
    case .plain: .text
    case .bad: .denied
    case .failing: .error
    case .good: .allowed
    case .dim: .textDim
    }
  }
}
