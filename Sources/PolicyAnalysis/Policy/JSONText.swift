import TraceModel

/// JSON in lines, indented by two spaces; values are given as JSON.
enum JSONText {
  static func object(_ members: [(String, String)]) -> String {
    block("{", members.map { jsonString($0.0) + ": " + $0.1 }, "}")
  }

  static func list(_ elements: [String]) -> String { block("[", elements, "]") }

  private static func block(_ open: String, _ parts: [String], _ close: String) -> String {
    if parts.isEmpty { return open + close }
    let indented = parts.map { part in
      part.split(separator: "\n", omittingEmptySubsequences: false).map { "  " + $0 }
        .joined(separator: "\n")
    }
    return open + "\n" + indented.joined(separator: ",\n") + "\n" + close
  }
}
