import PolicyAnalysis
import Reports
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Policy reports") struct PolicyReportTests {
  private func report(principal: String? = nil, _ notation: Notation) throws -> String {
    var builder = TraceBuilder()
    builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p", at: 0)
    builder.decision(.deny, "user:a@x", "s.t.get", on: "projects/p/t/1", at: 10)
    builder.decision(.allow, "user:b@x", "s.t.get", on: "folders/1", at: 20)
    builder.decision(.error, "", "", on: "", at: 30)
    builder.decision(.deny, "user:b@x", "s.t.get", on: "folders/1", at: 40)
    let index = try builder.index()
    let policy = try PolicyGenerator.generate(
      from: [index], principal: principal, dialect: .emulator)
    let confidence = PolicyConfidence(policy.usage, in: [index])
    return Report.policy(policy, confidence, []).rendered(as: notation)
  }

  @Test("account for every decision by principal, and keep what the dialect cannot say")
  func accounting() throws {
    let text = try report(.markdown)
    #expect(text.contains("| user:a@x | 2 | 1 | 1 | 0 | 0 | 1 |"))
    #expect(text.contains("| user:b@x | 2 | 1 | 1 | 0 | 0 | 1 |"))
    #expect(text.contains("| - | 1 | 0 | 0 | 1 | 0 | 0 |"))
    #expect(text.contains("| 2 | a policy file only reaches resources below projects/ |"))
    #expect(text.contains("| user:a@x | s.t.get | projects/p/t/1 | no |"))
    // Nothing is called granted that the dialect cannot say.
    #expect(text.contains("2 allowed, which takes 2 statements, 1 of them not expressible here"))
  }

  @Test("tell keys, not checks: what was allowed and not granted, and what was both")
  func keys() throws {
    let text = try report(.markdown)
    #expect(text.contains("- replays exactly: no\n"))
    #expect(text.contains("- keys both allowed and denied: 1\n"))
    #expect(text.contains("## Allowed and, at other times, denied"))
    #expect(text.contains("| user:b@x | s.t.get | folders/1 | 1 | 1 |"))
    #expect(try report(principal: "user:a@x", .markdown).contains("- replays exactly: yes\n"))
  }

  @Test("leave principals out that were not asked for, and count their decisions")
  func onePrincipal() throws {
    let text = try report(principal: "user:a@x", .markdown)
    #expect(!text.contains("user:b@x"))
    #expect(text.contains("| other-principal | made for a principal that was not asked for | 2 |"))
  }
}
