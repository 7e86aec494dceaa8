import TraceModel

/// Reports for tickets and reviews: headings, lists and tables of CommonMark with GitHub's tables.
enum MarkdownNotation {
  static func render(_ report: Report) -> String {
    var blocks = report.title.isEmpty ? [] : ["# \(escaped(report.title))\n"]
    for part in report.parts {
      switch part {
      case .facts(_, let title, let facts):
        blocks.append(
          heading(title)
            + facts.map { "- \(escaped($0.label)): \(escaped($0.value.text))\n" }.joined())
      case .table(let table): blocks.append(heading(table.title) + self.table(table))
      case .notes(_, let title, let notes) where !notes.isEmpty:
        blocks.append(heading(title) + notes.map { "- \(escaped($0))\n" }.joined())
      case .notes: break
      case .document(_, let text): blocks.append(fenced(text))
      }
    }
    return blocks.joined(separator: "\n")
  }

  private static func heading(_ title: String) -> String {
    title.isEmpty ? "" : "## \(escaped(title))\n\n"
  }

  private static func table(_ table: Report.Table) -> String {
    guard !table.rows.isEmpty else { return "none\n" }
    let shown = table.rows.prefix(table.shown)
    let rules = table.columns.indices.map { column in
      shown.contains { $0[column].isFigure } ? "---:" : "---"
    }
    var lines = [table.columns.map { escaped($0.label) }, rules]
    lines += shown.map { row in row.map { escaped($0.text) } }
    var text = lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
    if table.rows.count > shown.count {
      text += "\nand \(QuantityText.count(table.rows.count - shown.count)) more\n"
    }
    return text
  }

  /// A fence longer than any run of backticks in the text, so that nothing breaks out of it.
  private static func fenced(_ text: String) -> String {
    var longest = 0
    var run = 0
    for byte in text.utf8 {
      run = byte == UInt8(ascii: "`") ? run + 1 : 0
      longest = max(longest, run)
    }
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return fence + "\n" + text + (text.hasSuffix("\n") ? "" : "\n") + fence + "\n"
  }

  /// Text that no Markdown reader takes for markup or HTML.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in visibleText(text) {
      switch character {
      case "\\", "`", "*", "_", "[", "]", "|", "#", "~": result += "\\" + String(character)
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      default: result.append(character)
      }
    }
    return result
  }
}
