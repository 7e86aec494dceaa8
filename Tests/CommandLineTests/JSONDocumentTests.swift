import Foundation
import TestSupport
import Testing

@Suite("docs/json-output.md") struct JSONDocumentTests {
  /// For each schema that the document describes, its keys with their types.
  private static func documented() throws -> [String: [String: String]] {
    let file = RealArtifacts.packageRoot.appending(path: "docs/json-output.md")
    var schemas: [String: [String: String]] = [:]
    var current = ""
    for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
      if line.hasPrefix("## ") {
        current = String(line.dropFirst(3))
        schemas[current] = [:]
      } else if let row = line.wholeMatch(of: /\| `([^`]+)` \| ([^|]+) \| [^|]+ \|/) {
        schemas[current]?[String(row.1)] = String(row.2)
      }
    }
    return schemas
  }

  /// The keys of an object with all values they have, in the document's notation.
  private static func leaves(_ object: [String: Any]) -> [String: [Any]] {
    var found: [String: [Any]] = [:]
    for (key, value) in object where key != "schema" {
      if let inner = value as? [String: Any] {
        for (name, value) in inner { found["\(key).\(name)", default: []].append(value) }
      } else if let rows = value as? [[String: Any]] {
        for (name, value) in rows.flatMap({ $0 }) {
          found["\(key)[].\(name)", default: []].append(value)
        }
      } else if let list = value as? [Any] {
        found["\(key)[]", default: []] += list
      } else {
        found[key, default: []].append(value)
      }
    }
    return found
  }

  private static func fits(_ value: Any, _ type: String) -> Bool {
    type.split(separator: #/, | or /#).contains { word in
      switch (word, value) {
      case ("null", is NSNull), ("text", is String): true
      case ("time", let text as String): text.wholeMatch(of: /[-0-9]{10}T[:0-9]{8}\.\d{9}Z/) != nil
      case ("boolean", let number as NSNumber): isBoolean(number)
      case ("integer", let number as NSNumber):
        !isBoolean(number) && number.doubleValue == number.doubleValue.rounded()
      case ("share", let number as NSNumber): (0...1).contains(number.doubleValue)
      default: false
      }
    }
  }

  /// Whether a number was `true` or `false` in JSON.
  private static func isBoolean(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c"
  }

  /// Two services whose clocks are off, the second by 500 ms in one call and not in the other.
  private static var skewedCalls: String {
    let calls: [(trace: Int, service: String, ahead: Int)] = [
      (1, "db", 500), (2, "cache", 500), (3, "cache", 0),
    ]
    return calls.map { call in
      func span(_ id: Int, _ parent: String, kind: Int, from: Int, to: Int) -> String {
        let trace = String(repeating: "0", count: 31) + "\(call.trace)"
        return #"{"traceId":"\#(trace)","spanId":"000000000000000\#(id)","#
          + #""parentSpanId":"\#(parent)","#
          + #""name":"call","kind":\#(kind),"startTimeUnixNano":"\#(from)000000","#
          + #""endTimeUnixNano":"\#(to)000000"}"#
      }
      func resource(_ service: String, _ span: String) -> String {
        #"{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\#(service)"}}]},"#
          + #""scopeSpans":[{"spans":[\#(span)]}]}"#
      }
      let client = span(1, "", kind: 3, from: 1000, to: 1100)
      let server = span(
        2, "0000000000000001", kind: 2, from: 1030 + call.ahead, to: 1070 + call.ahead)
      return #"{"resourceSpans":[\#(resource("web", client)),\#(resource(call.service, server))]}"#
    }.joined(separator: "\n")
  }

  /// A binding that was denied what it gives, one that was used, and one that nothing shows.
  private static let bindings = """
    {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: r}, rules: [
     {apiGroups: [""], resources: [pods], verbs: [get, list, bind]}]}
    ---
    {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b},
     roleRef: {kind: ClusterRole, name: r}, subjects: [{kind: User, name: ana}]}
    ---
    {apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: c},
     roleRef: {kind: ClusterRole, name: gone}, subjects: [{kind: User, name: ana}]}
    """

  private static let audited = [("get", "allow"), ("list", "forbid"), ("watch", "allow")]
    .map { verb, decision in
      #"{"kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Metadata", "auditID": "\#(verb)", "#
        + #""stage": "ResponseComplete", "verb": "\#(verb)", "requestURI": "/api/v1/pods", "#
        + #""user": {"username": "ana"}, "objectRef": {"resource": "pods", "apiVersion": "v1"}, "#
        + #""requestReceivedTimestamp": "2026-03-02T09:00:00Z", "#
        + #""stageTimestamp": "2026-03-02T09:00:00Z", "annotations": {"#
        + #""authorization.k8s.io/decision": "\#(decision)", "authorization.k8s.io/reason": "#
        + #""RBAC: allowed by ClusterRoleBinding \"old\" of ClusterRole \"r\" to User \"ana\""}}"#
    }.joined(separator: "\n")

  @Test("says of every command exactly the keys and types that it prints")
  func keys() throws {
    let folder = TemporaryFolder()
    let theme = "inherits = \"dark\"\n\ntext = { fg = \"#303030\", bg = \"#202020\" }\n"
    try theme.write(toFile: folder.file("dim.toml"), atomically: false, encoding: .utf8)
    let event = try String(
      contentsOfFile: CommandRun.packageRoot + "/samples/incident/payments.authz.jsonl",
      encoding: .utf8
    ).split(separator: "\n")
    try (event.prefix(2) + [event[2].dropLast(9)] + event.dropFirst(3)).joined(separator: "\n")
      .write(toFile: folder.file("cut.jsonl"), atomically: false, encoding: .utf8)
    try event.joined(separator: "\n").replacingOccurrences(of: "projects/", with: "folders/")
      .write(toFile: folder.file("folders.jsonl"), atomically: false, encoding: .utf8)
    try JSONDocumentTests.skewedCalls
      .write(toFile: folder.file("skewed.jsonl"), atomically: false, encoding: .utf8)
    try "projects: {shop: {bindings: [{role: roles/gone, members: [allUsers]}]}}\n"
      .write(toFile: folder.file("old.yaml"), atomically: false, encoding: .utf8)
    try event[0].replacingOccurrences(of: "strict", with: "permissive")
      .replacingOccurrences(of: "binding_match", with: "passed")
      .write(toFile: folder.file("permissive.jsonl"), atomically: false, encoding: .utf8)
    // An alias of a version beside the version, and a key both allowed and denied.
    let alias = event.first { $0.contains("versions/latest") } ?? ""
    try [alias, Substring(alias.replacingOccurrences(of: "versions/latest", with: "versions/2"))]
      .joined(separator: "\n")
      .write(toFile: folder.file("alias.jsonl"), atomically: false, encoding: .utf8)
    try [alias, Substring(alias.replacingOccurrences(of: "\"ALLOW\"", with: "\"DENY\""))]
      .joined(separator: "\n")
      .write(toFile: folder.file("mixed.jsonl"), atomically: false, encoding: .utf8)
    try JSONDocumentTests.bindings
      .write(toFile: folder.file("rbac.yaml"), atomically: false, encoding: .utf8)
    try JSONDocumentTests.audited
      .write(toFile: folder.file("audit.log"), atomically: false, encoding: .utf8)
    let digest = String(repeating: "0", count: 64)
    try "\(digest)  samples/README.md\n\(digest)  samples/gone\n"
      .write(toFile: folder.file("sums"), atomically: false, encoding: .utf8)
    let commands = [
      "trace summarize samples \(folder.file("cut.jsonl")) \(folder.file("skewed.jsonl"))",
      "trace list samples",
      "trace show samples --trace 4bf92f35", "trace query samples is:error",
      "trace query samples is:deny", "trace follow samples --from-start --until-idle 0",
      "trace diff samples/baseline samples/incident",
      "policy generate samples", "policy generate samples/incident --dialect gcp",
      "policy generate \(folder.file("folders.jsonl"))",
      "policy prove samples", "policy prove \(folder.file("folders.jsonl"))",
      "policy prove \(folder.file("alias.jsonl")) --dialect gcp",
      "policy explain 1 samples", "policy explain 1 \(folder.file("mixed.jsonl"))",
      "policy check samples/incident/policy.yaml samples/baseline",
      "policy check \(folder.file("old.yaml")) samples/incident \(folder.file("permissive.jsonl"))",
      "drift detect samples/incident/policy.yaml samples/baseline",
      "drift detect \(folder.file("old.yaml")) samples/incident \(folder.file("permissive.jsonl"))",
      "drift detect \(folder.file("rbac.yaml")) \(folder.file("audit.log"))",
      "artifact inspect samples README.md nowhere \(folder.file("cut.jsonl"))",
      "artifact inspect samples samples/baseline/orders.authz.jsonl", "index build samples",
      "artifact verify samples", "artifact verify samples --manifest \(folder.file("sums"))",
      "index inspect samples", "index verify samples", "index clean", "theme list",
      "theme check \(folder.file("dim.toml"))",
    ]
    let home = TemporaryFolder()
    var seen: [String: [String: [Any]]] = [:]
    for command in commands {
      let words = command.split(separator: " ").map(String.init) + ["--format", "json"]
      let run = try CommandRun(words, home: home)
      for object in try command.hasPrefix("trace follow") ? run.jsonLines() : [run.json()] {
        let schema = try #require(object["schema"] as? String)
        seen[schema, default: [:]].merge(JSONDocumentTests.leaves(object)) { $0 + $1 }
      }
    }
    let documented = try JSONDocumentTests.documented()
    #expect(Set(documented.keys) == Set(seen.keys))
    for (schema, keys) in documented {
      let found = seen[schema, default: [:]]
      #expect(Set(found.keys) == Set(keys.keys), "\(schema)")
      for (key, type) in keys {
        let misfits = found[key, default: []].filter { !JSONDocumentTests.fits($0, type) }
        #expect(misfits.isEmpty, "\(schema) \(key) is no \(type): \(misfits.prefix(2))")
      }
    }
  }
}
