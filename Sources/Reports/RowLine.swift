import Terminal
import TraceModel

/// Rows that come one after another and are printed as they come, a line each.
package struct RowLine: Sendable {
  /// What the rows are, with the version of their JSON, such as `trace-follow/1`.
  private let kind: String
  private let columns: [Report.Column]
  /// The widths that columns have on the lines of people: of the widest text so far, up to a limit.
  private var widths: [Int]

  /// Columns that a text takes on lines for people before the next ones move.
  private static let widest = 40

  package init(kind: String, columns: [Report.Column]) {
    self.kind = kind
    self.columns = columns
    widths = [Int](repeating: 0, count: columns.count)
  }

  /// The row as an object of JSON, with its schema: each line stands for itself.
  package func json(_ row: [Report.Value]) -> String { JSONNotation.line(kind, columns, row) }

  /// The row for people: aligned with those before it as far as their widths allow, and safe to
  /// show.
  ///
  /// - Parameters:
  ///   - keys: which columns, in their order.
  ///   - width: columns of the terminal that the line is cut to; nil for all of it.
  package mutating func text(_ row: [Report.Value], keys: [String], width: Int?) -> String {
    var line = ""
    for key in keys {
      guard let column = columns.firstIndex(where: { $0.key == key }) else { continue }
      let text = row[column].text
      let own = DisplayWidth.width(of: text)
      widths[column] = max(widths[column], min(own, RowLine.widest))
      let space = String(repeating: " ", count: max(0, widths[column] - own))
      line += (line.isEmpty ? "" : "  ") + (row[column].isFigure ? space + text : text + space)
    }
    while line.last == " " { line.removeLast() }
    return (width.map { TextNotation.fitted(line, into: $0) } ?? line) + "\n"
  }
}
