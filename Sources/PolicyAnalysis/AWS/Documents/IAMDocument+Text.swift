import TraceModel

extension IAMDocument {
  /// The document in JSON, indented by two spaces, with a line end at its end.
  var text: String { lines.joined(separator: "\n") + "\n" }

  /// How many characters count against AWS's limits: all but white space.
  var countedCharacters: Int { text.unicodeScalars.count { !IAMDocument.isSpace($0) } }

  private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r"
  }

  /// Without indentation and line ends at its ends, so that it can stand in another document.
  var lines: [String] {
    let parts = statements.map { $0.lines.map { "    " + $0 }.joined(separator: "\n") }
    return [
      "{", "  \"Version\": \"\(IAMDocument.version)\",", "  \"Statement\": [",
      parts.joined(separator: ",\n"), "  ]", "}",
    ].flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
  }
}

extension IAMStatement {
  fileprivate var lines: [String] {
    var members: [[String]] = []
    if !sid.isEmpty { members.append(["\"Sid\": " + jsonString(sid)]) }
    members.append(["\"Effect\": \"\(effect.rawValue)\""])
    members.append(IAMStatement.selection("Action", actions))
    members.append(IAMStatement.selection("Resource", resources))
    if !conditions.isEmpty { members.append(conditionLines) }
    let last = members.count - 1
    return ["{"]
      + members.enumerated().flatMap { number, lines in
        lines.enumerated().map { line, text in
          "  " + text + (number < last && line == lines.count - 1 ? "," : "")
        }
      } + ["}"]
  }

  private static func selection(_ name: String, _ selection: Selection) -> [String] {
    switch selection {
    case .only(let texts): list(name, texts)
    case .allBut(let texts): list("Not" + name, texts)
    }
  }

  private static func list(_ name: String, _ texts: [String]) -> [String] {
    let strings = texts.map(jsonString)
    if strings.count == 1 { return ["\(jsonString(name)): \(strings[0])"] }
    let last = strings.count - 1
    return ["\(jsonString(name)): ["]
      + strings.enumerated().map { "  " + $1 + ($0 < last ? "," : "") } + ["]"]
  }

  private var conditionLines: [String] {
    var operations: [String] = []
    for condition in conditions where !operations.contains(condition.operation) {
      operations.append(condition.operation)
    }
    let last = operations.count - 1
    return ["\"Condition\": {"]
      + operations.enumerated().flatMap { number, operation in
        let keys = conditions.filter { $0.operation == operation }
        return ["  \(jsonString(operation)): {"]
          + keys.enumerated().flatMap { place, condition in
            let lines = IAMStatement.list(condition.key, condition.values).map { "    " + $0 }
            return place < keys.count - 1 ? lines.dropLast() + [(lines.last ?? "") + ","] : lines
          } + [number < last ? "  }," : "  }"]
      } + ["}"]
  }
}
