/// Conditions as text, for whoever makes a filter from what a person has selected.
package enum ClauseText {
  /// The condition that keeps rows whose field is exactly `value`; of an empty value, which no row
  /// has, those without the field; of an array, which is compared by element, those that have all of
  /// its elements.
  package static func equals(_ field: Field, _ value: String) -> String {
    let name = Spelling.field(field)
    if value.isEmpty { return "not exists(\(name))" }
    let elements = elements(of: field, value)
    return (elements.isEmpty ? [value] : elements)
      .map { "\(name)=\(Spelling.value($0))" }.joined(separator: " ")
  }

  private static func elements(of field: Field, _ value: String) -> [String] {
    guard case .attribute = field, value.hasPrefix("[") else { return [] }
    return JSONArray.elements(of: Array(value.utf8).span.bytes)?.map(\.text) ?? []
  }

  /// The condition that keeps what `clause` does not.
  package static func negated(_ clause: String) -> String { "not (\(clause))" }

  /// The field as the language writes it.
  package static func name(_ field: Field) -> String { Spelling.field(field) }
}
