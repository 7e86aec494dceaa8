/// Why a query cannot be used, and which part of it is to blame.
package struct QueryError: Error, Equatable, Sendable {
  /// What is wrong and what to do, as a clause without a full stop.
  package var message: String
  /// The part of the query's text that is to blame, in Unicode scalars from 0.
  package var range: Range<Int>
  /// What may have been meant; it can replace `range`.
  package var suggestion: String?

  /// A fault at `range`.
  package init(_ message: String, at range: Range<Int>, suggestion: String? = nil) {
    self.message = message
    self.range = range
    self.suggestion = suggestion
  }

  /// Where the fault begins, in Unicode scalars from 0.
  package var column: Int { range.lowerBound }
}

extension QueryError: CustomStringConvertible {
  /// `column 4: unknown field 'durr'; did you mean 'dur'?` Columns count from 1 here, as people do.
  package var description: String { "column \(column + 1): \(explanation)" }

  private var explanation: String {
    guard let suggestion else { return message }
    return "\(message); did you mean '\(suggestion)'?"
  }

  /// Three lines: the query, a caret under the fault, the message.
  ///
  /// What would steer a terminal or is invisible is shown as U+FFFD, so that the caret stays in its
  /// column.
  package func rendered(in text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: line.append("\u{FFFD}")
      default: line.append(scalar)
      }
    }
    let width = max(1, min(range.upperBound, line.count) - range.lowerBound)
    let indent = String(repeating: " ", count: min(range.lowerBound, line.count))
    let underline = "^" + String(repeating: "~", count: width - 1)
    return "\(String(line))\n\(indent)\(underline)\n\(explanation)"
  }
}
