import TraceModel

/// Reports for spreadsheets: RFC 4180, with a header line; several tables are parted by empty lines.
///
/// Text that a spreadsheet would take for a formula (`=`, `+`, `-`, `@` in front) gets an apostrophe
/// in front, for artifacts are not to be trusted. Control characters are made visible.
enum CSVNotation {
  static func render(_ report: Report) -> String {
    var blocks: [String] = []
    for part in report.parts {
      switch part {
      case .facts(let key, _, let facts):
        blocks.append(
          line(["\(key)", "value"])
            + facts.map { line([$0.key, cell($0.value)]) }.joined())
      case .table(let table):
        blocks.append(
          line(table.columns.map(\.key)) + table.rows.map { line($0.map(cell)) }.joined())
      case .notes(let key, _, let notes):
        blocks.append(line([key]) + notes.map { line([cell(.text($0))]) }.joined())
      case .document(let key, let text):
        blocks.append(line([key]) + line([text]))
      }
    }
    return blocks.joined(separator: "\r\n")
  }

  private static func line(_ cells: [String]) -> String {
    cells.map(quoted).joined(separator: ",") + "\r\n"
  }

  private static func cell(_ value: Report.Value) -> String {
    guard !value.isFigure else { return value.exact }
    let visible = visibleText(value.exact)
    let isFormula = visible.utf8.first.map { "=+-@".utf8.contains($0) } ?? false
    return isFormula ? "'" + visible : visible
  }

  private static func quoted(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
    guard needsQuotes else { return text }
    return "\""
      + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}
