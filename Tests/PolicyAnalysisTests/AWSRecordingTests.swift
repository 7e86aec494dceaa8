import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("AWS policies from recorded trails") struct AWSRecordingTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/cloudtrail").standardizedFileURL.path

  private static let names = [
    "cloud-custodian", "crowdsec-hub", "invictus-aws_dataset", "plaso", "stratus-red-team",
    "trailscraper",
  ]

  private func policy(_ name: String) throws -> (GeneratedPolicy, [TraceIndex])? {
    let path = AWSRecordingTests.folder + "/" + name
    guard FileManager.default.fileExists(atPath: path) else {
      print("skipped: no recording in \(path)")
      return nil
    }
    let indexes = try Trail.ingest(path)
    let policy = try PolicyGenerator.generate(
      from: indexes, PolicyRequest(dialect: .aws, paths: [name]))
    return (policy, indexes)
  }

  @Test(
    "each policy replays exactly, within the limits, and accounts for every event", arguments: names
  )
  func replays(name: String) throws {
    guard let (policy, indexes) = try policy(name) else { return }
    let accounting = policy.usage.accounting
    #expect(policy.replay.isExact && policy.notExpressible.isEmpty)
    #expect(accounting.decisions == indexes.reduce(0) { $0 + $1.totals.decisions })
    #expect(
      accounting.granted + accounting.exclusions.reduce(0) { $0 + $1.decisions }
        == accounting.decisions)
    for file in policy.files {
      #expect(file.text.filter { !$0.isWhitespace }.count <= 6_144, "\(file.name)")
    }
    #expect(!policy.warnings.contains { $0.severity == .error })
  }

  @Test(
    "no statement rests on calls that were denied or whose outcome is not known", arguments: names)
  func evidence(name: String) throws {
    guard let (policy, indexes) = try policy(name) else { return }
    var forced: Set<Int> = []
    var granted = 0
    for index in indexes {
      for row in 0..<index.rowCount {
        guard case .grants(let statements) = policy.explanation(ofRow: row, in: index) else {
          continue
        }
        #expect(index.outcome(row).isAllowed)
        forced.formUnion(statements.map(\.number))
        granted += 1
      }
    }
    #expect(forced == Set(policy.statements.map(\.number)))
    #expect(granted == policy.usage.accounting.granted)
  }

  /// What a linter written by others says.
  private struct Lint: Decodable {
    let documents: Int
    let actions: Int
    let unknown: [String]
  }

  @Test("a linter knows every action, prefix and condition of every document", arguments: names)
  func lint(name: String) throws {
    guard let (policy, _) = try policy(name) else { return }
    let folder = TemporaryFolder()
    // What the catalogue does not know stands apart and says so.
    let paths = try policy.files.filter { !$0.name.contains("-unverified") }.map { file in
      try Data(file.text.utf8).write(to: URL(filePath: folder.file(file.name)))
      return folder.file(file.name)
    }
    let program = Python.program("lint_policies.py")
    guard let result = try Python.run([program] + paths) else { return }
    let lint = try JSONDecoder().decode(Lint.self, from: result.output)
    #expect(lint.documents == paths.count && lint.unknown == [])
  }
}

@Suite("AWS policies in force") struct AWSEnforcementTests {
  /// What a simulation of AWS did with calls under a policy.
  private struct Verdict: Decodable {
    let recorded: Int
    let denied: [String]
    let others: Int
    let passed: [String]
  }

  @Test("a simulation of AWS lets the recorded calls through, and no others")
  func moto() throws {
    let program = Python.program("moto_enforcement.py")
    guard let trail = try Python.run([program, "record"]) else { return }
    #expect(trail.status == 0)
    let folder = TemporaryFolder()
    try trail.output.write(to: URL(filePath: folder.file("trail.json")))
    let policy = try PolicyGenerator.generate(
      from: Trail.ingest(folder.file("trail.json")), PolicyRequest(dialect: .aws))
    let document = try #require(policy.files.first)
    #expect(policy.files.count == 1 && policy.replay.isExact)
    try Data(document.text.utf8).write(to: URL(filePath: folder.file("policy.json")))
    let result = try #require(try Python.run([program, "enforce", folder.file("policy.json")]))
    let verdict = try JSONDecoder().decode(Verdict.self, from: result.output)
    #expect(verdict.recorded == 10 && verdict.denied == [])
    #expect(verdict.others == 8 && verdict.passed == [])
  }
}

extension Outcome {
  fileprivate var isAllowed: Bool { self == .allow || self == .allowedThenFailed }
}
