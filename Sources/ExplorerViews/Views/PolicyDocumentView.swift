import Explorer
import PolicyAnalysis
import Terminal
import TraceModel

/// The text of a policy, and of what would be written to a file.
enum PolicyDocumentView {
  /// The policy as its dialect writes it.
  static func draw(
    _ screen: PolicyState, _ state: ExplorerState, _ layout: ScreenLayout,
    on canvas: inout Canvas
  ) {
    guard let policy = screen.shown(state.analyses) else {
      canvas.put("working it out …", row: layout.list.lowerBound, column: 2, role: .textDim)
      return
    }
    let lines = policy.document.split(separator: "\n", omittingEmptySubsequences: false)
    for (row, line) in zip(rows(of: layout), lines.dropFirst(screen.documentTop)) {
      let start = line.drop { $0 == " " }
      let isComment = start.hasPrefix("#") || start.hasPrefix("//")
      canvas.put(
        visibleText(String(line)), row: row, column: 1, role: isComment ? .textDim : .text,
        limit: canvas.width - 2)
    }
  }

  /// What would be written, and what that changes.
  static func draw(
    _ preview: ExportPreview, top: Int, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    for (row, line) in zip(rows(of: layout), preview.lines.dropFirst(top)) {
      let (sign, role): (String, StyleRole) =
        switch line.kind {
        case .fact: (" ", .textStrong)
        case .warning: ("!", .warning)
        case .added: ("+", .added)
        case .removed: (canvas.glyphs.minus, .removed)
        case .kept: (" ", .textDim)
        }
      canvas.put(sign, row: row, column: 1, role: role)
      canvas.put(
        visibleText(line.text), row: row, column: 3, role: role, limit: canvas.width - 4)
    }
  }

  private static func rows(of layout: ScreenLayout) -> Range<Int> {
    (layout.titles ?? layout.list.lowerBound)..<layout.detail.upperBound
  }
}
