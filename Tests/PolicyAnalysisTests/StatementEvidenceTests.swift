import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Evidence, both ways") struct StatementEvidenceTests {
  @Test(
    "all rows behind all statements are the rows that were granted", arguments: Recordings.names)
  func recordings(name: String) throws {
    guard let index = try Recordings.index(name) else { return }
    let policy = try PolicyGenerator.generate(from: [index], dialect: .emulator)
    var seen: [Int: Int] = [:]
    for statement in policy.statements {
      let rows = policy.rows(behind: statement, in: index)
      #expect(rows.count == statement.evidence.decisions)
      #expect(rows == rows.sorted())
      #expect(rows.contains(statement.evidence.first.reference.row))
      for row in rows { seen[row] = statement.number }
    }
    #expect(seen.count == policy.usage.accounting.granted)
    for row in stride(from: 0, to: index.rowCount, by: 7) {
      switch policy.explanation(ofRow: row, in: index) {
      case .grants(let statements): #expect([seen[row]] == statements.map(\.number))
      case .denied(let key, _):
        #expect(seen[row] == nil && key == index.permissionKey(ofRow: row))
      case .leftOut(let reason): #expect(seen[row] == nil && reason != .denied)
      case .notExpressible, nil: Issue.record("row \(row) is an expressible decision")
      }
    }
  }

  @Test("a row says which statement it forced, or why it forced none")
  func rows() throws {
    var events = Events([(.error, "", "", "")])
    events.allow("user:a@x", "s.t.get", "projects/p/t/1")
    events.deny("user:a@x", "s.t.put", "projects/p/t/1")
    events.deny("user:a@x", "s.t.get", "projects/p/t/1")
    events.allow("user:a@x", "s.t.get", "folders/1")
    let index = try events.index()
    let policy = try PolicyGenerator.generate(from: [index], dialect: .emulator)
    #expect(
      (0..<5).map { policy.explanation(ofRow: $0, in: index)?.sentence } == [
        "This decision grants nothing: came to no decision: an authorization error.",
        "This row is behind statement 2.",
        "A denied call grants nothing. Needed: s.t.put on projects/p/t/1.",
        "A denied call grants nothing. What it needed is granted by statement 2, because it was "
          + "allowed at other times.",
        "This row is behind statement 1, which cannot be said here: a policy file only reaches "
          + "resources below projects/.",
      ])
  }

  @Test("a span is no decision, and another run has rows of its own")
  func otherRows() throws {
    var builder = TraceBuilder()
    builder.span("a", id: 1)
    builder.decision(.allow, "user:a@x", "s.t.get", on: "projects/p/t/1", at: 10)
    let index = try builder.index()
    let policy = try PolicyGenerator.generate(from: [index], dialect: .emulator)
    let span = try #require((0..<2).first { index.kind($0) == .span })
    #expect(policy.explanation(ofRow: span, in: index) == nil)
    let other = try Events([(.allow, "user:b@x", "s.t.get", "projects/p/t/1")]).index()
    #expect(policy.rows(behind: policy.statements[0], in: other).isEmpty)
  }
}
