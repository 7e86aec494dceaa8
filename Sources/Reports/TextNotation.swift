import TraceModel

/// Reports for people at a terminal: aligned, and safe to show.
enum TextNotation {
  /// Columns a text cell takes at most; figures are never cut.
  private static let widest = 100

  static func render(_ report: Report) -> String {
    var blocks: [String] = report.title.isEmpty ? [] : [visibleText(report.title) + "\n"]
    for part in report.parts {
      switch part {
      case .facts(_, let title, let facts): blocks.append(heading(title) + self.facts(facts))
      case .table(let table): blocks.append(heading(table.title) + self.table(table))
      case .notes(_, let title, let notes) where !notes.isEmpty:
        blocks.append(heading(title) + notes.map { visibleText($0) + "\n" }.joined())
      case .notes: break
      case .document(_, let text): blocks.append(text)
      }
    }
    return blocks.joined(separator: "\n")
  }

  private static func heading(_ title: String) -> String { title.isEmpty ? "" : title + "\n" }

  private static func facts(_ facts: [Report.Fact]) -> String {
    let width = facts.map(\.label.count).max() ?? 0
    return facts.map { fact in
      "  " + fact.label + String(repeating: " ", count: width - fact.label.count + 2)
        + fact.value.text + "\n"
    }.joined()
  }

  private static func table(_ table: Report.Table) -> String {
    guard !table.rows.isEmpty else { return "  none\n" }
    let shown = table.rows.prefix(table.shown)
    let cells = shown.map { row in row.map(cell) }
    let figures = table.columns.indices.map { column in
      shown.contains { $0[column].isFigure }
    }
    let widths = table.columns.indices.map { column in
      cells.map { columnWidth(of: $0[column]) }
        .reduce(table.columns[column].label.count, max)
    }
    func line(_ texts: [String]) -> String {
      var line = " "
      for (column, text) in texts.enumerated() {
        let space = String(repeating: " ", count: max(0, widths[column] - columnWidth(of: text)))
        line += " " + (figures[column] ? space + text : text + space) + " "
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }
    var text = line(table.columns.map { $0.label.uppercased() }) + cells.map(line).joined()
    if table.rows.count > shown.count {
      text += "  and \(QuantityText.count(table.rows.count - shown.count)) more\n"
    }
    return text
  }

  private static func cell(_ value: Report.Value) -> String {
    let text = value.text
    switch value {
    case .text, .indented: return text.count > widest ? text.prefix(widest - 1) + "…" : text
    default: return text
    }
  }

  /// Columns that a terminal gives a text: two for East Asian wide characters and emoji, none for
  /// combining marks.
  private static func columnWidth(of text: String) -> Int {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { width, scalar in
      switch scalar.value {
      case 0x300...0x36F, 0x20D0...0x20FF, 0xFE00...0xFE0F: width
      case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
        0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
        width + 2
      default: width + 1
      }
    }
  }
}
