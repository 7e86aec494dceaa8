import TraceModel

/// Reports for programs: one object, keys in a fixed order, exact values.
enum JSONNotation {
  static func render(_ report: Report) -> String {
    var members = ["\"schema\": " + string("vestige." + report.kind)]
    for part in report.parts {
      switch part {
      case .facts(let key, _, let facts):
        let inner = facts.map { "    \(string($0.key)): \(value($0.value))" }
        members.append("\(string(key)): {\n" + inner.joined(separator: ",\n") + "\n  }")
      case .table(let table):
        members.append("\(string(table.key)): " + array(of: table))
      case .notes(let key, _, let notes):
        members.append("\(string(key)): [" + notes.map(string).joined(separator: ", ") + "]")
      case .document(let key, let text):
        members.append("\(string(key)): " + string(text))
      }
    }
    return "{\n  " + members.joined(separator: ",\n  ") + "\n}\n"
  }

  /// An object a line: long results stay readable, and `diff` shows the rows that changed.
  private static func array(of table: Report.Table) -> String {
    guard !table.rows.isEmpty else { return "[]" }
    let keys = table.columns.map { string($0.key) }
    let rows = table.rows.map { row in "    {" + members(keys, row) + "}" }
    return "[\n" + rows.joined(separator: ",\n") + "\n  ]"
  }

  private static func members(_ keys: [String], _ row: [Report.Value]) -> String {
    zip(keys, row).map { "\($0): \(value($1))" }.joined(separator: ", ")
  }

  /// One row as an object in a line of its own.
  static func line(_ kind: String, _ columns: [Report.Column], _ row: [Report.Value]) -> String {
    "{\"schema\": " + string("vestige." + kind) + ", "
      + members(columns.map { string($0.key) }, row) + "}\n"
  }

  private static func value(_ value: Report.Value) -> String {
    switch value {
    case .none: "null"
    case .text, .path, .indented, .time: string(value.exact)
    case .integer, .duration, .share, .bytes, .boolean: value.exact
    }
  }

  /// A JSON string. What a terminal would act on or hide is escaped, so that the output is safe to
  /// look at, too.
  private static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F || isInvisible(scalar) {
          for unit in String(scalar).utf16 {
            result += "\\u" + hexadecimal(UInt64(unit), digits: 4)
          }
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
