package import TraceIndex

/// What can be written in a query: fields, words, operators and stages, and completions of them.
package enum QueryVocabulary {
  /// The attributes of an index as fields, in the index's order.
  package static func attributes(of index: TraceIndex) -> [Field] {
    index.attributeKeys.map { .attribute($0.scope, index.string($0.name)) }
  }
}
