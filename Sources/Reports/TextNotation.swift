import Terminal
import TraceModel

/// Reports for people at a terminal: aligned, and safe to show.
enum TextNotation {
  /// Columns a text cell takes at most; figures are never cut.
  private static let widest = 100
  /// Columns that a text cell keeps on a narrow terminal.
  private static let narrowest = 12

  static func render(_ report: Report, width: Int?) -> String {
    var blocks: [String] = report.title.isEmpty ? [] : [visibleText(report.title) + "\n"]
    for part in report.parts {
      switch part {
      case .facts(_, let title, let facts): blocks.append(heading(title) + self.facts(facts))
      case .table(let table):
        blocks.append(heading(table.title) + self.table(table, width: width))
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
    let width = facts.map { DisplayWidth.width(of: $0.label) }.max() ?? 0
    return facts.map { fact in
      "  " + fact.label
        + String(repeating: " ", count: width - DisplayWidth.width(of: fact.label) + 2)
        + fact.value.text + "\n"
    }.joined()
  }

  private static func table(_ table: Report.Table, width: Int?) -> String {
    guard !table.rows.isEmpty else { return "  none\n" }
    let shown = table.rows.prefix(table.shown)
    let cells = shown.map { row in row.map(cell) }
    let figures = table.columns.indices.map { column in
      shown.contains { $0[column].isFigure }
    }
    var widths = table.columns.indices.map { column in
      cells.map { DisplayWidth.width(of: $0[column]) }
        .reduce(table.columns[column].label.count, max)
    }
    if let width { fit(&widths, of: table, into: width) }
    func line(_ texts: [String]) -> String {
      var line = " "
      for (column, whole) in texts.enumerated() {
        let text = cut(whole, to: widths[column])
        let space = String(
          repeating: " ", count: max(0, widths[column] - DisplayWidth.width(of: text)))
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

  /// Takes from the widest columns of text until a line fits, if it can.
  private static func fit(_ widths: inout [Int], of table: Report.Table, into width: Int) {
    let elastic = table.columns.indices.filter { column in
      table.rows.prefix(table.shown).allSatisfy { $0[column].mayBeCut }
    }
    // A line is a space, and each column between two; the last one's are trimmed.
    var excess = widths.reduce(0) { $0 + $1 + 2 } - width
    while excess > 0, let widest = elastic.max(by: { (widths[$0], $1) < (widths[$1], $0) }),
      widths[widest] > narrowest
    {
      widths[widest] -= 1
      excess -= 1
    }
  }

  /// The beginning and the end of a text, for names that begin alike differ at their ends.
  private static func cut(_ text: String, to width: Int) -> String {
    guard DisplayWidth.width(of: text) > width else { return text }
    let front = fitting(text, into: width / 2)
    let back = fitting(text.reversed(), into: width - 1 - DisplayWidth.width(of: front))
    return front + "…" + String(back.reversed())
  }

  /// As much of a line as has room, with a sign where it was cut.
  static func fitted(_ line: String, into width: Int) -> String {
    DisplayWidth.width(of: line) <= width
      ? line : fitting(Array(line), into: max(0, width - 1)) + "…"
  }

  private static func fitting(_ characters: some Sequence<Character>, into width: Int) -> String {
    var result = ""
    var used = 0
    for character in characters {
      used += DisplayWidth.width(of: String(character))
      if used > width { break }
      result.append(character)
    }
    return result
  }

  private static func cell(_ value: Report.Value) -> String {
    let text = value.text
    switch value {
    case .text, .indented: return text.count > widest ? text.prefix(widest - 1) + "…" : text
    default: return text
    }
  }
}
