import Foundation
import PolicyAnalysis
import TestSupport
import Testing

@Suite("Policies from recorded API servers") struct KubernetesRecordingTests {
  private static let data = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/k8s").standardizedFileURL.path

  private func recorded(_ name: String) -> String? {
    let path = KubernetesRecordingTests.data + "/" + name
    if FileManager.default.fileExists(atPath: path) { return path }
    print("skipped: no recording at \(path)")
    return nil
  }

  @Test(
    "of a recorded API server, all that was allowed is allowed and all that was forbidden is not")
  func recordedServer() throws {
    guard let log = recorded("kube-apiserver/before/audit.log") else { return }
    let policy = try AuditLog.policy(of: log)
    #expect(policy.replay.isExact && policy.notExpressible.isEmpty)
    #expect(policy.replay.allowedKeys == 75 && policy.replay.deniedKeys == 53)
    #expect(policy.replay.admitted == 2)
    #expect(policy.usage.accounting.decisions == 1_602)
    #expect(policy.usage.accounting.granted == 979)
    #expect(
      policy.excluded == [
        Exclusion(reason: .denied, decisions: 576),
        Exclusion(reason: .unauthenticated, decisions: 28),
        Exclusion(reason: .bypassesRBAC, decisions: 19),
      ])
    #expect(policy.files.count == 7)
    let masters = policy.warnings.first { $0.text.contains("system:masters") }
    #expect(masters?.severity == .warning && masters?.statements.count == 1)
    #expect(policy.statements.filter { $0.inference == .impersonate }.count == 3)

    guard let (verdict, status) = try AuditLog.verdict(on: policy, log: log) else { return }
    #expect(status == 0 && verdict.wrong.isEmpty)
    #expect(verdict.allowed == 948 && verdict.of_masters == 50 && verdict.forbidden == 576)
    #expect(verdict.undecided == 28 && verdict.impersonations == 62)
    #expect(verdict.admitted == 2)
    #expect(verdict.allowed_keys == 72 && verdict.forbidden_keys == 53)
  }

  @Test("without one of its rules, some recorded request is denied")
  func minimal() throws {
    guard let log = recorded("kube-apiserver/before/audit.log") else { return }
    let policy = try AuditLog.policy(of: log)
    let parsed = try RBACPolicy(policy.document)
    let requests = try policy.usage.used.map { permission in
      (
        try #require(
          KubernetesRequest(permission: permission.key.permission, target: permission.key.resource)),
        permission.key.principal
      )
    }
    func allows(_ policy: RBACPolicy) -> Bool {
      let engine = RBACEngine(policy)
      return requests.allSatisfy { engine.binding(allowing: $0, by: $1) != nil }
    }
    #expect(allows(parsed))
    var dropped = 0
    let lists: [WritableKeyPath<RBACRule, [Name]>] = [
      \.verbs, \.groups, \.resources, \.names, \.paths,
    ]
    for role in parsed.roles.indices {
      for rule in parsed.roles[role].rules.indices {
        for list in lists {
          let texts = parsed.roles[role].rules[rule][keyPath: list]
          // Without names a rule covers all of them, and is no smaller.
          for text in texts.indices where list != \.names || texts.count > 1 {
            var less = parsed
            less.roles[role].rules[rule][keyPath: list].remove(at: text)
            #expect(!allows(less))
            dropped += 1
          }
        }
      }
    }
    for binding in parsed.bindings.indices {
      var less = parsed
      less.bindings.remove(at: binding)
      #expect(!allows(less))
    }
    #expect(dropped == 90)
  }

  @Test("audit2rbac's own log, in which alice was only ever forbidden, gives her nothing")
  func alice() throws {
    guard let log = recorded("audit2rbac/demo.log") else { return }
    let policy = try AuditLog.policy(of: log)
    #expect(policy.usage.accounting.decisions == 37)
    #expect(policy.usage.accounting.granted == 0 && policy.statements.isEmpty)
    #expect(policy.usage.accounting.count(.unknownOutcome) == 37)
    #expect(try RBACPolicy(policy.document) == RBACPolicy())
  }

  @Test("the bindings that a recorded API server used are found in its reasons")
  func bindingsInForce() throws {
    guard let log = recorded("kube-apiserver/before/audit.log") else { return }
    var used: [RBACReason: Int] = [:]
    var others: Set<String> = []
    for line in try Data(contentsOf: URL(filePath: log)).split(separator: UInt8(ascii: "\n")) {
      let event = try JSONSerialization.jsonObject(with: line) as? [String: Any]
      let annotations = event?["annotations"] as? [String: Any]
      guard let reason = annotations?["authorization.k8s.io/reason"] as? String else { continue }
      if let binding = RBACReason(reason) {
        used[binding, default: 0] += 1
      } else {
        others.insert(reason)
      }
    }
    #expect(others == [""])
    #expect(used.values.reduce(0, +) == 948)
    #expect(
      Set(used.keys.map(\.binding)) == [
        "ci-admin", "sa-secrets", "system:basic-user", "system:discovery",
        "system:public-info-viewer",
      ])
    #expect(
      used.first { $0.key.subject == .serviceAccount(namespace: "shop", name: "orders") }?.value
        == 348)
  }
}
