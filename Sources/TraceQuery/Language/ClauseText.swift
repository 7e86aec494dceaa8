/// Conditions as text, for whoever makes a filter from what a person has selected.
package enum ClauseText {
  /// The condition that keeps rows whose field is exactly `value`; of an empty value, which no row
  /// has, those without the field.
  package static func equals(_ field: Field, _ value: String) -> String {
    let name = Spelling.field(field)
    return value.isEmpty ? "not exists(\(name))" : "\(name)=\(Spelling.value(value))"
  }

  /// The condition that keeps what `clause` does not.
  package static func negated(_ clause: String) -> String { "not (\(clause))" }

  /// The field as the language writes it.
  package static func name(_ field: Field) -> String { Spelling.field(field) }
}
