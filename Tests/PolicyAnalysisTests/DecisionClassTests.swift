import Foundation
import TestSupport
import Testing
import TraceIndex
import TraceModel

@testable import PolicyAnalysis

@Suite("Decisions that say the same") struct DecisionClassTests {
  /// What the decisions of an execution come to when each is read by itself.
  private func readOneByOne(
    _ interpreter: any DecisionInterpreter, _ index: TraceIndex
  ) -> [String: Int] {
    var counts: [String: Int] = [:]
    for row in 0..<index.rowCount {
      guard let reading = interpreter.reading(ofRow: row, in: index) else { continue }
      counts["\(reading)", default: 0] += 1
    }
    return counts
  }

  private func readByClass(
    _ interpreter: any DecisionInterpreter, _ index: TraceIndex
  ) -> [String: Int] {
    var counts: [String: Int] = [:]
    for said in DecisionClasses(of: index, for: interpreter).classes {
      guard let reading = interpreter.reading(ofRow: said.first, in: index) else { continue }
      counts["\(reading)", default: 0] += said.decisions
    }
    return counts
  }

  private func expectAgreement(_ dialect: PolicyDialect, _ index: TraceIndex) throws {
    let request = PolicyRequest(dialect: dialect, paths: ["x"])
    let interpreter =
      dialect.rules.interpreter(of: [index], request) ?? RecordedDecisions([index], principal: nil)
    let classes = DecisionClasses(of: index, for: interpreter)
    #expect(classes.classes.reduce(0) { $0 + $1.decisions } == index.totals.decisions)
    #expect(readByClass(interpreter, index) == readOneByOne(interpreter, index))
    var visits = [Int](repeating: 0, count: classes.classes.count)
    classes.forEachDecision { _, number in visits[number] += 1 }
    #expect(visits == classes.classes.map(\.decisions))
    for said in classes.classes {
      #expect(said.seen.map { $0.lowerBound == index.start(said.first) } ?? true)
    }
  }

  @Test("are read once for all of them, in each recorded run", arguments: Recordings.names)
  func recordings(name: String) throws {
    guard let index = try Recordings.index(name) else { return }
    for dialect in PolicyDialect.allCases { try expectAgreement(dialect, index) }
    let classes = DecisionClasses(of: index, attributes: []).classes
    #expect(classes.count < index.totals.decisions)
  }

  @Test(
    "are read once for all of them, in recorded trails and audit logs",
    arguments: [
      (PolicyDialect.aws, "cloudtrail/invictus-aws_dataset"),
      (.aws, "cloudtrail/stratus-red-team"),
      (.kubernetes, "k8s/kube-apiserver/before/audit.log"),
    ])
  func interpreted(dialect: PolicyDialect, recording: String) throws {
    let path = Recordings.data + "/" + recording
    guard FileManager.default.fileExists(atPath: path) else {
      print("skipped: no recording at \(path)")
      return
    }
    for index in try Trail.ingest(path) { try expectAgreement(dialect, index) }
  }

  @Test("differ by mode, outcome and reason, and have the earliest as their first")
  func differences() throws {
    var events = Events()
    events.allow("user:a@x", "s.t.get", "projects/p/t/1")
    events.allow("user:a@x", "s.t.get", "projects/p/t/1")
    events.deny("user:a@x", "s.t.get", "projects/p/t/1")
    events.allow("user:b@x", "s.t.get", "projects/p/t/1")
    let index = try events.index(name: "1")
    let classes = DecisionClasses(of: index, attributes: []).classes
    #expect(classes.map(\.decisions) == [2, 1, 1])
    #expect(classes.map(\.first) == [0, 2, 3])
    let marked = DecisionClasses(of: index, attributes: [], exceptions: [1]).classes
    #expect(marked.map(\.decisions) == [1, 1, 1, 1])
  }
}
