/// What a printed policy of Google Cloud says, read back.
///
/// Roles and allow policies name themselves in the comment above them, for `gcloud` takes the name of
/// neither from the file.
struct GoogleDocument {
  private(set) var roles: [GoogleRole] = []
  private(set) var bindings: [GoogleParts.Entry] = []

  /// - Throws: `PolicyReadError` for anything that is not printed.
  init(_ text: String) throws(PolicyReadError) {
    for part in GoogleDocument.parts(of: text) {
      let nodes: [YAMLNode]
      do throws(YAMLError) { nodes = try YAMLReader.documents(part.body) } catch {
        throw PolicyReadError("\(error)")
      }
      guard let node = nodes.first, nodes.count == 1 else { continue }
      switch part.kind {
      case "role": roles.append(try GoogleDocument.role(part.name, node))
      case "allow policy of": try addBindings(of: part.name, node)
      default: throw PolicyReadError("a document that says neither its role nor its resource")
      }
    }
  }

  /// A document between two lines of dashes, and what its first comment calls it.
  private struct Part {
    let kind: Substring
    let name: Name
    let body: String
  }

  private static func parts(of text: String) -> [Part] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.split(separator: "---", omittingEmptySubsequences: true).dropFirst().map { lines in
      let title = lines.first?.dropFirst(2) ?? ""
      let kind = title.prefix { $0 != ":" }
      return Part(
        kind: kind, name: unquoted(String(title.dropFirst(kind.count + 2))),
        body: lines.joined(separator: "\n"))
    }
  }

  /// What stands between quotation marks, its escapes resolved; those of YAML are CEL's, too.
  private static func unquoted(_ text: String) -> Name {
    do throws(YAMLError) {
      guard case .string(let name)? = try YAMLReader.documents(text).first else { return "" }
      return name
    } catch { return "" }
  }

  private static func role(_ name: Name, _ node: YAMLNode) throws(PolicyReadError) -> GoogleRole {
    let parts = name.segments
    guard parts.count == 4, parts[0] == "projects", parts[2] == "roles" else {
      throw PolicyReadError("'\(name)' is no role of a project")
    }
    let found = try PolicyMapping(
      node, name.text, ["title", "description", "stage", "includedPermissions"])
    return GoogleRole(
      project: parts[1], id: parts[3].text, permissions: try found.names("includedPermissions"))
  }

  private mutating func addBindings(
    of resource: Name, _ node: YAMLNode
  ) throws(PolicyReadError) {
    let policy = try PolicyMapping(node, resource.text, ["version", "bindings"])
    for (number, node) in try policy.elements("bindings").enumerated() {
      let place = "\(resource).bindings[\(number)]"
      let binding = try PolicyMapping(node, place, ["role", "members", "condition"])
      var entry = GoogleParts.Entry(
        resource: resource, number: number, role: try binding.name("role"),
        members: try binding.names("members"), condition: nil)
      if let condition = binding["condition"] {
        let found = try PolicyMapping(condition, place, ["title", "expression"])
        entry.condition = try GoogleCondition(reading: found.name("expression").text)
      }
      bindings.append(entry)
    }
  }

  /// The text literal at the beginning of `text`; nil when there is none.
  ///
  /// By bytes: a `Character` made of a quotation mark and an accent would hide the mark.
  fileprivate static func takeLiteral(_ text: inout Substring) -> Name? {
    let bytes = text.utf8
    guard bytes.first == UInt8(ascii: "\"") else { return nil }
    var end = bytes.index(after: bytes.startIndex)
    while end < bytes.endIndex, bytes[end] != UInt8(ascii: "\"") {
      let isEscape = bytes[end] == UInt8(ascii: "\\")
      end = bytes.index(after: end)
      if isEscape, end < bytes.endIndex { end = bytes.index(after: end) }
    }
    guard end < bytes.endIndex else { return nil }
    let literal = String(Substring(bytes[...end]))
    text = Substring(bytes[bytes.index(after: end)...])
    return unquoted(literal)
  }
}

extension GoogleCondition {
  /// Reads a condition of one of the forms that are generated.
  ///
  /// - Throws: `PolicyReadError` for any other.
  init(reading expression: String) throws(PolicyReadError) {
    self.init(type: nil, names: [])
    var rest = Substring(expression)
    let fault = PolicyReadError("a condition of no form that is generated: \(expression)")
    if rest.take("resource.type == ") {
      guard let literal = GoogleDocument.takeLiteral(&rest) else { throw fault }
      type = literal.text
      if rest.isEmpty { return }
      guard rest.take(" && ") else { throw fault }
    }
    let isGrouped = rest.take("(")
    repeat {
      guard let test = GoogleCondition.nameTest(&rest) else { throw fault }
      names.append(test)
    } while rest.take(" || ")
    guard !isGrouped || rest.take(")"), rest.isEmpty else { throw fault }
  }

  private static func nameTest(_ rest: inout Substring) -> NameTest? {
    if rest.take("resource.name == ") {
      return GoogleDocument.takeLiteral(&rest).map { .equals($0) }
    }
    guard rest.take("resource.name.endsWith("), let suffix = GoogleDocument.takeLiteral(&rest),
      rest.take(")")
    else { return nil }
    return .endsWith(suffix)
  }
}

extension Substring {
  /// Takes `word` from the beginning, if it is there.
  fileprivate mutating func take(_ word: String) -> Bool {
    guard utf8.starts(with: word.utf8) else { return false }
    self = Substring(utf8.dropFirst(word.utf8.count))
    return true
  }
}
