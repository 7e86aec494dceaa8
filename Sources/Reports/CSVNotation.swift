import TraceModel

/// Reports for spreadsheets: RFC 4180, the report's first table and nothing else, for a file has
/// one header line and rows of one width. A report without a table is its facts.
///
/// Text that a spreadsheet would take for a formula (`=`, `+`, `-`, `@` in front) gets an apostrophe
/// in front, for artifacts are not to be trusted. Control characters are made visible.
enum CSVNotation {
  static func render(_ report: Report) -> String {
    for case .table(let table) in report.parts {
      return line(table.columns.map(\.key)) + table.rows.map { line($0.map(cell)) }.joined()
    }
    for case .facts(_, _, let facts) in report.parts {
      return line(["key", "value"]) + facts.map { line([$0.key, cell($0.value)]) }.joined()
    }
    return ""
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
