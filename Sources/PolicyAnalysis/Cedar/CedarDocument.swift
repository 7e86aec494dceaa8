import TraceModel

extension CedarPolicySet {
  /// The policies as Cedar reads them, with the statements behind each.
  func text(statements: [Statement]) -> String {
    policies.map { $0.text(statements: statements) }.joined(separator: "\n")
  }

  /// The entities and actions of the policies, in Cedar's own notation of schemas.
  var schema: String {
    let actions = Set(
      policies.flatMap { policy -> [CedarEntity] in
        switch policy.action {
        case .any: []
        case .equals(let action): [action]
        case .isIn(let actions): Array(actions)
        }
      }.map(\.id)
    ).sorted()
    var text = "entity Principal;\nentity Resource;\n"
    if actions.isEmpty { return text }
    text += "action\n  " + actions.map { cedarString($0) }.joined(separator: ",\n  ")
    return text + "\nappliesTo {\n  principal: [Principal],\n  resource: [Resource]\n};\n"
  }
}

extension CedarPolicy {
  fileprivate func text(statements: [Statement]) -> String {
    var text = ""
    if !self.statements.isEmpty {
      text += cedarComment(statements.evidenceNote(self.statements)) + "\n"
    }
    if !id.isEmpty { text += "@id(\(cedarString(id)))\n" }
    text += "\(effect.rawValue) (\n  principal\(principal.text),\n  action\(action.text),\n"
    text += "  resource\(resource.text)\n)"
    for condition in conditions {
      text += "\n\(condition.isUnless ? "unless" : "when") {\n  \(condition.expression.text)\n}"
    }
    return text + ";\n"
  }
}

extension CedarPolicy.Scope {
  fileprivate var text: String {
    switch self {
    case .any: ""
    case .equals(let entity): " == " + entity.text
    case .isIn(let entities): " in " + listText(entities)
    }
  }
}

extension CedarExpression {
  var text: String {
    switch self {
    case .boolean(let truth): truth ? "true" : "false"
    case .variable(let variable): variable.rawValue
    case .entity(let entity): entity.text
    case .entities(let entities): listText(entities)
    case .equal(let a, let b): "(\(a.text) == \(b.text))"
    case .isIn(.variable(let variable), let b): "\(variable.rawValue) in \(b.text)"
    case .isIn(let a, let b): "(\(a.text) in \(b.text))"
    case .not(let a): "!(\(a.text))"
    case .and(let a, let b): "((\(a.text)) && (\(b.text)))"
    case .or(let a, let b): "((\(a.text)) || (\(b.text)))"
    }
  }
}

extension CedarEntity {
  var text: String { "\(type)::\(cedarString(id))" }
}

/// One entity a line, in order of types and ids.
private func listText(_ entities: Set<CedarEntity>) -> String {
  let sorted = entities.sorted { $0.type != $1.type ? $0.type < $1.type : $0.id < $1.id }
  return "[\n    " + sorted.map(\.text).joined(separator: ",\n    ") + "\n  ]"
}

/// A text as Cedar's strings are written; what is invisible or steers a terminal is escaped.
private func cedarString(_ name: Name) -> String {
  doubleQuoted(name.text) { "\\u{\(String($0.value, radix: 16))}" }
}

/// A comment; the text cannot leave its line.
func cedarComment(_ text: String) -> String {
  "//" + YAMLText.comment(text).dropFirst()
}
