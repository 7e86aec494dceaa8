import Foundation
import TestSupport
import Testing
import TraceIndex
import TraceModel

@testable import PolicyAnalysis

@Suite("Proof of least privilege") struct LeastPrivilegeProofTests {
  @Test(
    "of 200 made-up runs holds, and of no document from which any value was taken",
    arguments: PolicyDialect.allCases)
  func mutations(dialect: PolicyDialect) throws {
    var (parts, mutations, survivors) = (0, 0, 0)
    for seed in 1...40 {
      let policy = try MadeUpRuns.policy(dialect, seed: seed)
      let proof = try LeastPrivilegeProof(policy)
      #expect(proof.holds, "\(dialect) \(seed): \(proof.verdict)")
      parts += proof.necessity.parts.count
      var alive: [String] = []
      for mutation in try DocumentMutations.all(of: policy.document, dialect) {
        mutations += 1
        let isCaught: Bool
        do throws(PolicyReadError) {
          let less = try LeastPrivilegeProof(policy, document: mutation.document)
          isCaught = !less.replay.decidesAsMeant || !less.minimality.violations.isEmpty
        } catch { isCaught = true }
        if !isCaught { alive.append(mutation.what) }
      }
      #expect(alive.count <= proof.necessity.idle.count, "\(dialect) \(seed): \(alive)")
      survivors += alive.count
    }
    print(
      "\(dialect): \(parts) parts, \(mutations) mutations of texts, \(survivors) without effect")
    // Of Cedar only lists are changed: what is alone is the whole policy.
    #expect(parts > 700 && mutations > (dialect == .cedar ? 100 : 400))
    // What an alias of Google Cloud reaches includes versions with numbers, and the proof says so.
    if dialect != .gcp { #expect(survivors == 0) }
  }

  @Test(
    "asks of a slice what the whole policy would answer, with and without each part",
    arguments: PolicyDialect.allCases)
  func slices(dialect: PolicyDialect) throws {
    for seed in 1...12 {
      let policy = try MadeUpRuns.policy(dialect, seed: seed)
      try compare(dialect.provable(policy.document), policy.usage)
    }
  }

  private func compare(_ whole: some ProvablePolicy, _ usage: UsedPermissions) throws {
    let recorded = usage.used.map(\.key) + usage.denied.map(\.key)
    let keys = recorded + recorded.prefix(2).flatMap { type(of: whole).variants(of: $0) }
    for key in keys {
      let slice = whole.slice(for: key)
      #expect(slice.allows(key, at: 0) == whole.allows(key, at: 0), "\(key)")
      for part in slice.parts {
        #expect(
          slice.without(part).allows(key, at: 0) == whole.without(part).allows(key, at: 0),
          "\(whole.described(part)) \(key)")
      }
    }
  }

  @Test(
    "tries of the recorded combinations all that are allowed", arguments: PolicyDialect.allCases)
  func universe(dialect: PolicyDialect) throws {
    for seed in 1...12 {
      let policy = try MadeUpRuns.policy(dialect, seed: seed)
      check(try dialect.provable(policy.document), policy.usage)
    }
  }

  /// Whatever is allowed must begin with one of the prefixes that stand for all of it.
  private func check(_ policy: some ProvablePolicy, _ usage: UsedPermissions) {
    let keys = usage.used.map(\.key) + usage.denied.map(\.key)
    for principal in Set(keys.map(\.principal)).union(["", "nobody"]) {
      for permission in Set(keys.map(\.permission)) {
        let prefixes = policy.prefixes(of: principal, permission)
        for resource in Set(keys.map(\.resource)) {
          for context in Set(keys.map(\.context)).union([[]]) {
            let key = PermissionKey(
              principal: principal, permission: permission, resource: resource, context: context)
            guard policy.allows(key, at: 0) else { continue }
            #expect(prefixes.contains { resource.hasPrefix($0) }, "\(key)")
            if !context.isEmpty, !policy.testsContext(of: principal, permission) {
              let plain = PermissionKey(
                principal: principal, permission: permission, resource: resource)
              #expect(policy.allows(plain, at: 0))
            }
          }
        }
      }
    }
  }

  @Test("names what a widened, a narrowed and a padded policy do wrong")
  func faults() throws {
    var events = Events()
    events.allow("user:a@x", "s.t.get", "projects/p/t/1")
    events.allow("user:b@x", "s.t.get", "projects/p/t/1")
    events.deny("user:a@x", "s.t.put", "projects/p/t/1")
    let policy = try events.policy()
    #expect(
      try LeastPrivilegeProof(policy).verdict
        == "Proved: the policy allows all that was allowed, nothing else but what is declared, and "
        + "each of its 6 parts is needed.")
    func proof(_ text: String, _ other: String) throws -> LeastPrivilegeProof {
      try LeastPrivilegeProof(
        policy, document: policy.document.replacingOccurrences(of: text, with: other))
    }
    let lines = policy.document.split(separator: "\n").filter { !$0.hasSuffix("- user:b@x") }
    let narrowed = try LeastPrivilegeProof(policy, document: lines.joined(separator: "\n"))
    #expect(narrowed.replay.missing == [PermissionKey("user:b@x", "s.t.get", "projects/p/t/1")])
    #expect(narrowed.verdict == "Not proved: 1 allowed key denied.")
    let widened = try proof("- user:b@x", "- allUsers")
    #expect(!widened.minimality.violations.isEmpty && !widened.holds)
    #expect(widened.minimality.violations.allSatisfy { $0.permission == "s.t.get" })
    let denied = try proof("- s.t.get\n", "- s.t.get\n      - s.t.put\n")
    #expect(denied.replay.excessive == [PermissionKey("user:a@x", "s.t.put", "projects/p/t/1")])
    let padded = try proof("- s.t.get\n", "- s.t.get\n      - s.t.list\n")
    #expect(padded.necessity.unexplained.map(\.part.text) == ["s.t.list"])
    #expect(!padded.holds)
    #expect(throws: PolicyReadError.self) { try proof("permissions:", "permission:") }
  }

  @Test("says what a platform reaches beyond the statements, with the statement")
  func declared() throws {
    var events = Events()
    events.allow("user:a@x.org", "secretmanager.versions.access", "projects/p/secrets/k/versions/2")
    events.allow(
      "user:a@x.org", "secretmanager.versions.access", "projects/p/secrets/k/versions/latest")
    let google = try LeastPrivilegeProof(try events.policy(.gcp))
    #expect(google.minimality.declared.map(\.reach).contains(.alias))
    // What the alias reaches includes the version with a number.
    #expect(google.holds && !google.necessity.idle.isEmpty)
    #expect(google.necessity.idle.allSatisfy { $0.need == .implied(by: 2, .alias) })
    let emulator = try LeastPrivilegeProof(try events.policy(.emulator))
    #expect(emulator.minimality.declared.map(\.reach) == [.below, .nobody])
    #expect(emulator.necessity.idle.isEmpty)
    let cedar = try LeastPrivilegeProof(try events.policy(.cedar))
    #expect(cedar.minimality.declared.isEmpty && cedar.necessity.idle.isEmpty)
    var log = AuditLog()
    log.allow("ana", AuditLog.Request(verb: "list", resource: "pods"))
    let kubernetes = try LeastPrivilegeProof(try log.policy())
    #expect(kubernetes.minimality.declared.map(\.reach) == [.allObjects, .allNamespaces])
  }

  /// Exhaustive over small universes, by rules that were written apart.
  @Test("a program written apart finds no admitted pair outside the declared set")
  func independent() throws {
    let cases = try PolicyDialect.allCases.flatMap { dialect in
      try (1...40).map { seed -> [String: Any] in
        let policy = try MadeUpRuns.policy(dialect, seed: seed)
        return [
          "dialect": dialect.rawValue, "document": policy.document,
          "statements": policy.statements.filter { statement in
            !policy.notExpressible.contains { $0.statement == statement.number }
          }.map { statement in
            [
              "principal": statement.grant.principal.text,
              "permission": statement.grant.permission.text,
              "resource": statement.grant.resource.text,
              "conditions": statement.grant.conditions.map { [$0.key.text, $0.value.text] },
            ] as [String: Any]
          },
        ]
      }
    }
    let input = try JSONSerialization.data(withJSONObject: cases)
    guard let result = try Python.run([Python.program("least_privilege.py")], input: input) else {
      return
    }
    let text = String(decoding: result.output, as: UTF8.self)
    #expect(result.status == 0, "\(text.prefix(2_000))")
    print(text.prefix(2_000))
  }
}
