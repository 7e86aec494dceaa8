import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Documents of Kubernetes RBAC") struct RBACDocumentTests {
  @Test("roles and bindings are read as kubectl prints them")
  func kubectl() throws {
    let policy = try RBACPolicy(
      """
      apiVersion: v1
      items:
      - apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata:
          annotations:
            description: May read pods, and nothing that is not
              a pod
            kubectl.kubernetes.io/last-applied-configuration: |
              {"kind": "Role", "rules": [{"verbs": ["*"]}]}
          creationTimestamp: "2024-01-01T00:00:00Z"
          name: reader
          namespace: shop
        rules:
        - apiGroups:
          - ""
          resources: [pods, pods/log]   # and their logs
          verbs:
          - get
          - 'list'
      kind: List
      ---
      # Not of RBAC.
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: robot, namespace: shop}
      --- # with a comment
      {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
       "metadata": {"name": "r", "namespace": "shop"},
       "roleRef": {"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"reader"},
       "subjects": [
         {"kind": "User", "name": "\\u0061\\ud83d\\ude00"}, {"kind": "Group", "name": "dev"},
         {"kind": "ServiceAccount", "name": "robot"}]}
      ...
      """)
    #expect(
      policy.roles == [
        RBACRole(
          namespace: "shop", name: "reader",
          rules: [
            RBACRule(verbs: ["get", "list"], groups: [""], resources: ["pods", "pods/log"])
          ])
      ])
    #expect(
      policy.bindings == [
        RBACBinding(
          namespace: "shop", name: "r", bindsClusterRole: false, role: "reader",
          subjects: [.user("a😀"), .group("dev"), .serviceAccount(namespace: "", name: "robot")])
      ])
  }

  @Test("an aggregated role says that it may hold more, and typed lists are read")
  func aggregated() throws {
    let policy = try RBACPolicy(
      """
      kind: ClusterRoleList
      apiVersion: rbac.authorization.k8s.io/v1
      items:
        - kind: ClusterRole
          apiVersion: rbac.authorization.k8s.io/v1
          metadata: {name: view}
          aggregationRule: {clusterRoleSelectors: [{matchLabels: {a: b}}]}
          rules: []
      """)
    #expect(policy.roles == [RBACRole(name: "view", rules: [], isAggregated: true)])
  }

  private static let head = "apiVersion: rbac.authorization.k8s.io/v1\n"

  @Test(
    "what the API server refuses is refused, with its place",
    arguments: [
      ("kind: Rolle", "document 1: kind: Rolle is no kind of rbac.authorization.k8s.io/v1"),
      ("kind: Role", "document 1: metadata: no mapping"),
      ("kind: ClusterRole\nmetadata: {name: 5}", "name: no text; a number"),
      ("kind: ClusterRole\nmetadata: {}", "document 1: metadata: name: missing"),
      ("kind: ClusterRole\nmetadata: {name: a}\nrules: {}", "rules: no list"),
      ("kind: ClusterRole\nmetadata: {name: a}\nrules: [a]", "rules[0]: no mapping"),
      ("kind: ClusterRole\nmetadata: {name: a}\nrules: [{verbs: [yes]}]", "verbs[0]: no text"),
      ("kind: ClusterRole\nmetadata: {name: a}\nrules: [{verbs: [a]}]", "apiGroups: missing"),
      (
        "kind: ClusterRole\nmetadata: {name: a}\nrules: [{apiGroups: [''], resources: [b]}]",
        "document 1: rules[0]: verbs: missing"
      ),
      (
        "kind: Role\nmetadata: {name: a}\nrules: [{verbs: [a], nonResourceURLs: [/]}]",
        "nonResourceURLs: only in a ClusterRole"
      ),
      (
        "kind: ClusterRoleBinding\nmetadata: {name: a}\nroleRef: {kind: Role, name: b}",
        "roleRef: kind: Role cannot be bound here"
      ),
      (
        "kind: RoleBinding\nmetadata: {name: a}\nroleRef: {kind: Role, name: b}\n"
          + "subjects: [{kind: Users, name: c}]", "subjects[0]: kind: Users is neither"
      ),
    ])
  func refused(text: String, problem: String) {
    let error = #expect(throws: RBACDocumentError.self) {
      try RBACPolicy(RBACDocumentTests.head + text)
    }
    #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
  }

  // MARK: YAML

  /// Texts that PyYAML reads, and reads the same.
  private static let documents = [
    "", "# only a comment\n", "a", "a: b", "a:\n- b\n- c: d\n  e: f\n-\n  - g\n- - h\n  - i",
    "a:\n  b:\n    c: 1\n  d: ~\ne:", "- a\n-\n- b", "? a\n: b\n? c\n: - d", "'a b': \"c d\"",
    "a: b # c\nd: e#f\ng: 'h # i'", "a: http://x/y?z#w", "[a, 'b', \"c\", d e, [f], {g: h}, ]",
    "{a: b, 'c': d, \"e\":f, g: , h: [1, {i: j}]}", "a: [b,\n  c, # d\n  e]\nf: {\n g: h\n}",
    "a: |\n  b\n   c\n\n  d\n\ne: f", "a: |-\n  b\n\nc: |+\n  d\n\ne: >\n  f\n  g\n\n  h\n",
    "a: |2\n    b\n  c\n", "- |\n b\n- >-\n c\n d", "a: b\n  c\n  d\ne: f\n\n  g",
    "a: 'b\n  c\n\n  d'",
    "a: \"b \\\n  c\\n\\t\\x41\\u00e9\\U0001F600\\\"\\\\\"", "a: 'it''s'",
    "---\na: b\n---\nc: d\n...\n",
    "--- a\n--- [b]\n---\n", "%YAML 1.2\n---\na: b",
    "a: -1\nb: -c\nc: - \nd: ?x\ne: :x\n"
      .replacingOccurrences(of: "c: - \n", with: ""), "\u{FEFF}a: b", "a: b\r\nc:\r\n- d\r\n",
    "a:   b   \nc: \"d\"   # e", "x: {\"a\": \"b\\u2028\"}", "a.b/c-d_e: f.g/h-i_j", "a:b: c",
    "- a: b\n  c:\n  - d\n  - e\n- f", "a: >-\n  b\n\n\n  c\n", "'a': {b: [c, d], e: f}\n",
    "a: |\n",
    "a:\n    - b\n    -   c\n    -\n        d: e",
  ]

  @Test("documents are read as PyYAML reads them")
  func sameAsPyYAML() throws {
    let program = """
      import json, sys
      try:
        import yaml
      except ImportError:
        sys.exit(77)
      texts = json.load(sys.stdin)
      print(json.dumps([[d for d in yaml.load_all(t, yaml.BaseLoader) if d is not None and d != '']
                        for t in texts]))
      """
    let input = try JSONSerialization.data(withJSONObject: RBACDocumentTests.documents)
    guard let result = try Python.run(["-c", program], input: input) else { return }
    #expect(result.status == 0)
    let expected = try #require(
      try JSONSerialization.jsonObject(with: result.output) as? [[Any]])
    for (text, expected) in zip(RBACDocumentTests.documents, expected) {
      var read = ""
      do {
        let nodes = try YAMLReader.documents(text).filter { $0 != .literal("") }
        read = "\(nodes.map(RBACDocumentTests.text))"
      } catch { read = "\(error)" }
      #expect(
        read == "\(expected.map(RBACDocumentTests.text))", "\(text.debugDescription)")
    }
  }

  private static func text(_ node: YAMLNode) -> String {
    switch node {
    case .string(let name): name.text.debugDescription
    case .literal(let name): name.text.debugDescription
    case .sequence(let elements): "\(elements.map(text))"
    case .mapping(let entries):
      "\(entries.map { $0.key.text.debugDescription + ":" + text($0.value) }.sorted())"
    }
  }

  private static func text(_ value: Any) -> String {
    switch value {
    case let text as String: text.debugDescription
    case let elements as [Any]: "\(elements.map(text))"
    case let entries as [String: Any]:
      "\(entries.map { $0.key.debugDescription + ":" + text($0.value) }.sorted())"
    default: "neither"
    }
  }

  @Test(
    "what is not read, or might be read otherwise, is refused with its line",
    arguments: [
      ("a: b\na: c", 2), ("{a: b, a: c}", 1), ("a: &x b", 1), ("a: *x", 1), ("a: !!str b", 1),
      ("a: b: c", 1), ("a:\n\tb: c", 2), ("a: b\n c: d", 2), ("a:\n  b: c\n d: e", 3), ("[a, b", 1),
      ("{a}", 1), ("a: 'b", 1), ("a: \"\\q\"", 1), ("a: \"\\ud800\"", 1), ("a: [b] c", 1),
      ("- a\nb: c", 2), ("%TAG ! x\n---\na", 1), ("a: @b", 1), ("a: |x\n b", 1), ("a: - b", 1),
      ("? [a]\n: b", 1), ("a: 'b' c", 1), ("<<: *x", 1), ("a: ]", 1), ("a: >\n b\n  c", 3),
      (String(repeating: "[", count: 100), 1), (String(repeating: "- ", count: 100), 1),
      ("a\nb: c", 2),
    ])
  func refusedYAML(text: String, line: Int) {
    let error = #expect(throws: YAMLError.self) { try YAMLReader.documents(text) }
    #expect(error?.line == line, "\(text.debugDescription): \(String(describing: error))")
  }

  @Test("no beginning of a document, and no change of a byte, makes the reader fall")
  func damaged() throws {
    var dice = Dice(seed: 5)
    let signs = Array("\n \t-:?[]{},'\"|>&#%~ax0\\".utf8)
    for text in RBACDocumentTests.documents {
      let bytes = Array(text.utf8)
      for length in 0...bytes.count {
        _ = try? YAMLReader.documents(String(decoding: bytes.prefix(length), as: UTF8.self))
      }
      for _ in 0..<100 where !bytes.isEmpty {
        var changed = bytes
        changed[Int.random(in: 0..<changed.count, using: &dice)] =
          signs.randomElement(using: &dice) ?? 0
        _ = try? YAMLReader.documents(String(decoding: changed, as: UTF8.self))
      }
    }
  }
}
