/// How a report can be written.
package enum Notation: String, CaseIterable, Sendable {
  case text, json, csv, markdown
}

extension Report {
  /// The report in a notation, with a line feed at its end. The same report gives the same bytes.
  ///
  /// - Parameter width: columns of the terminal that text must fit into; nil for none.
  package func rendered(as notation: Notation, width: Int? = nil) -> String {
    switch notation {
    case .text: TextNotation.render(self, width: width)
    case .json: JSONNotation.render(self)
    case .csv: CSVNotation.render(self)
    case .markdown: MarkdownNotation.render(self)
    }
  }
}
