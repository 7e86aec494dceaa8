import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Policies in force") struct PolicyCheckTests {
  private func check(_ policy: String, _ index: TraceIndex) throws -> PolicyCheck {
    try PolicyCheck(
      PolicyDialect.emulator.engine(reading: policy), on: [index],
      PolicyRequest(dialect: .emulator))
  }

  @Test(
    "the policy in force decides every recorded decision as it was decided",
    arguments: [("before", 9_656, 0), ("after", 9_656, 0), ("outage-permissive", 772, 135)])
  func inForce(name: String, tried: Int, untried: Int) throws {
    guard let files = Recordings.files(name), let index = try Recordings.index(name),
      let file = files.first
    else { return }
    let policy = URL(filePath: file).deletingLastPathComponent().appending(path: "policy.yaml")
    let check = try check(String(contentsOf: policy, encoding: .utf8), index)
    #expect(check.agreeing == tried && check.flips.isEmpty)
    #expect(check.untried.map(\.decisions) == (untried == 0 ? [] : [untried]))
    #expect(check.decisions == index.totals.decisions)
  }

  @Test("the built-in roles are those that the emulator lists")
  func builtInRoles() throws {
    guard let file = Recordings.files("before")?.first else { return }
    let listed = URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "built-in-roles.json")
    let roles = try JSONDecoder().decode([String: [String]].self, from: Data(contentsOf: listed))
    #expect(EmulatorRole.builtIn.count == roles.count)
    for role in EmulatorRole.builtIn {
      #expect(role.permissions.map(\.text) == roles[role.name.text] ?? [])
    }
  }

  @Test("a generated policy, read back, decides as recorded")
  func generated() throws {
    guard let index = try Recordings.index("before") else { return }
    let policy = try PolicyGenerator.generate(from: [index], dialect: .emulator)
    let check = try check(policy.document, index)
    // Decisions without a principal pass whatever the policy says of principals.
    #expect(check.flips.allSatisfy { $0.key.principal.isEmpty })
  }

  private let policy = """
    roles:
      roles/custom.reader: {permissions: [s.t.get]}
    groups:
      team: {members: [user:a@x]}
    projects:
      p:
        bindings:
          - role: roles/custom.reader
            members: ["group:team"]
            condition: {expression: 'request.time < timestamp("2026-03-02T09:00:05Z")', title: t}
          - {role: roles/gone, members: [user:b@x]}
    """

  @Test("flips are told with what decides, each kind apart, at each decision's own time")
  func flips() throws {
    var builder = TraceBuilder()
    builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p", at: 1_000)
    builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p", at: 9_000)
    builder.decision(.deny, "user:a@x", "s.t.get", on: "projects/p", at: 2_000)
    builder.decision(.allow, "user:b@x", "s.t.get", on: "projects/p", at: 3_000)
    builder.decision(.error, "", "", on: "", at: 4_000)
    builder.decision(.unauthenticated, "", "s.t.get", on: "projects/p", at: 4_000)
    let check = try check(policy, builder.index())
    #expect(check.agreeing == 1)
    #expect(check.flips.map(\.wasAllowed) == [true, true, false])
    #expect(
      check.flips.map(\.reason) == [
        "the condition fails of binding 1 of projects/p, roles/custom.reader",
        "no binding of projects/p gives the permission",
        "binding 1 of projects/p, roles/custom.reader",
      ])
    #expect(check.flips.map(\.evidence.decisions) == [1, 1, 1])
    #expect(check.untried.map(\.reason) == [.error, .unauthenticated])
    #expect(check.remarks.count == 1 && check.remarks[0].hasPrefix("role roles/gone is neither"))
  }

  @Test(
    "what is no policy of the emulator is refused, and says where",
    arguments: [
      ("", "empty"), ("a: 1", "'a'"), ("projects: [1]", "policy.projects is no mapping"),
      ("projects: {p: {binding: []}}", "projects.p has 'binding'"),
      ("projects: {p: {bindings: [{members: [a]}]}}", "projects.p.bindings[0] has no 'role'"),
      ("roles: {r: {permissions: [[x]]}}", "roles.r.permissions[0] is no text"),
      ("projects: {}\n---\nprojects: {}", "2 documents"), ("projects: [", "line "),
    ])
  func refused(text: String, problem: String) {
    #expect { try PolicyDialect.emulator.engine(reading: text) } throws: { error in
      (error as? PolicyReadError)?.problem.contains(problem) ?? false
    }
  }
}
