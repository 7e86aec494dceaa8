package import TraceIndex
import TraceModel
import WireFormats

extension PolicyDialect {
  /// The dialect that files look like by their first part; nil when they look like none.
  ///
  /// Says nothing about whether they can be read.
  package static func recognised(in files: [PolicyFile]) -> PolicyDialect? {
    files.lazy.compactMap(recognised(in:)).first
  }

  private static func recognised(in file: PolicyFile) -> PolicyDialect? {
    if file.name.hasSuffix(CedarEmission.fileEnding) { return .cedar }
    let nodes: [YAMLNode]
    do throws(YAMLError) { nodes = try YAMLReader.documents(file.text) } catch {
      return isAWS(file.text) ? .aws : looksLikeCedar(file.text) ? .cedar : nil
    }
    guard var node = nodes.first else { return nil }
    if case .sequence(let elements) = node, let first = elements.first { node = first }
    func has(_ keys: Name...) -> Bool { keys.contains { node[$0] != nil } }
    if has("apiVersion") { return .kubernetes }
    if has("Statement") || node["format"] == .string("vestige-aws-policies/1") { return .aws }
    if has("bindings", "includedPermissions", "etag") { return .gcp }
    if has("projects", "roles", "groups") { return .emulator }
    return looksLikeCedar(file.text) ? .cedar : nil
  }

  /// JSON that YAML's reader refuses, such as one with a key twice.
  private static func isAWS(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    do throws(JSONFault) {
      let value = try JSONValue(bytes.span.bytes)
      return value["Statement"] != nil || value["format"]?.text == "vestige-aws-policies/1"
    } catch { return false }
  }

  private static func looksLikeCedar(_ text: String) -> Bool {
    text.split(separator: "\n").contains { line in
      ["permit (", "permit(", "forbid (", "forbid("].contains(where: line.hasPrefix)
    }
  }
}

extension PolicyInput {
  /// The distinct principals of all decisions, ascending.
  package static func principals(of indexes: [TraceIndex]) -> [Name] {
    var names: Set<Name> = []
    for index in indexes {
      var seen: Set<StringID> = []
      for row in 0..<index.rowCount where index.kind(row) == .decision {
        let id = index.principal(row)
        if seen.insert(id).inserted { names.insert(Name(index.string(id))) }
      }
    }
    return names.sorted()
  }
}
