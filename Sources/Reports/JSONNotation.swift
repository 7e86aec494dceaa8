import TraceModel

/// Reports for programs: one object, keys in a fixed order, exact values.
enum JSONNotation {
  static func render(_ report: Report) -> String {
    var members = ["\"schema\": " + jsonString("vestige." + report.kind)]
    for part in report.parts {
      switch part {
      case .facts(let key, _, let facts):
        let inner = facts.map { "    \(jsonString($0.key)): \(value($0.value))" }
        members.append("\(jsonString(key)): {\n" + inner.joined(separator: ",\n") + "\n  }")
      case .table(let table):
        members.append("\(jsonString(table.key)): " + array(of: table))
      case .notes(let key, _, let notes):
        members.append(
          "\(jsonString(key)): [" + notes.map(jsonString).joined(separator: ", ") + "]")
      case .document(let key, let text):
        members.append("\(jsonString(key)): " + jsonString(text))
      }
    }
    return "{\n  " + members.joined(separator: ",\n  ") + "\n}\n"
  }

  /// An object a line: long results stay readable, and `diff` shows the rows that changed.
  private static func array(of table: Report.Table) -> String {
    guard !table.rows.isEmpty else { return "[]" }
    let keys = table.columns.map { jsonString($0.key) }
    let rows = table.rows.map { row in "    {" + members(keys, row) + "}" }
    return "[\n" + rows.joined(separator: ",\n") + "\n  ]"
  }

  private static func members(_ keys: [String], _ row: [Report.Value]) -> String {
    zip(keys, row).map { "\($0): \(value($1))" }.joined(separator: ", ")
  }

  /// One row as an object in a line of its own.
  static func line(_ kind: String, _ columns: [Report.Column], _ row: [Report.Value]) -> String {
    "{\"schema\": " + jsonString("vestige." + kind) + ", "
      + members(columns.map { jsonString($0.key) }, row) + "}\n"
  }

  private static func value(_ value: Report.Value) -> String {
    switch value {
    case .none: "null"
    case .text, .path, .indented, .time: jsonString(value.exact)
    case .integer, .duration, .share, .bytes, .boolean: value.exact
    }
  }
}
