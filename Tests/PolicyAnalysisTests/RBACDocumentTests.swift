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
         {"kind": "User", "name": "\\u0061\\n"}, {"kind": "Group", "name": "dev"},
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
          subjects: [.user("a\n"), .group("dev"), .serviceAccount(namespace: "", name: "robot")])
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
}
