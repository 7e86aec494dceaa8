package import TraceIndex

/// A query, parsed and checked: which rows, and what becomes of them.
///
/// The same language serves the explorer, the commands, macros and policy selectors; see
/// docs/query-language.md.
package struct Query: Sendable {
  let spanset: Spanset
  let pipeline: Pipeline

  /// Parses `text`.
  ///
  /// `macros` are the texts that `@name` stands for: a condition, or a list after `in`. With an
  /// index, an unknown field is answered with the closest attribute of that index as well.
  ///
  /// - Throws: `QueryError` with the part of `text` that is to blame.
  package init(
    parsing text: String, macros: [String: String] = [:], index: TraceIndex? = nil
  ) throws(QueryError) {
    let attributes = index.map { QueryVocabulary.attributes(of: $0) } ?? []
    var parser = QueryParser(text, macros: macros, attributes: attributes)
    let (spanset, stages) = try parser.query()
    self.spanset = spanset
    pipeline = try PipelineResolver.resolve(stages, parser: parser)
  }

  /// Whether the query asks for all rows as they are.
  package var isEmpty: Bool {
    if case .everything? = spanset.predicate { pipeline.texts.isEmpty } else { false }
  }

  /// Whether the result is a table rather than rows.
  package var yieldsTable: Bool {
    switch pipeline.output {
    case .rows: false
    case .columns, .groups: true
    }
  }
}

extension Query: CustomStringConvertible {
  /// The canonical text: parsing it gives the same query.
  ///
  /// Macros are replaced by what they say.
  package var description: String {
    let first = Spelling.spanset(spanset)
    return ([first.isEmpty ? nil : first].compactMap { $0 } + pipeline.texts)
      .enumerated()
      .map { $0.offset == 0 && first.isEmpty ? "| " + $0.element : $0.element }
      .joined(separator: " | ")
  }
}
