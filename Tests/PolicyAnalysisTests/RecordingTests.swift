import Foundation
import Ingestion
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex

@Suite("Policies from recorded runs") struct RecordingTests {
  /// What an independent program says about a generated policy.
  private struct Verdict: Decodable {
    struct Key: Decodable {
      let principal: String
      let permission: String
      let resource: String
    }

    struct Admitted: Decodable { let count: Int }

    let checks: Int
    let allowed_keys: Int
    let denied_keys: Int
    let allowed_but_refused_by_policy: [Key]
    let denied_but_allowed_by_policy: [Key]
    let admits: Admitted?
  }

  private func verdict(
    of program: [String], on policy: GeneratedPolicy, files: [String]
  ) throws -> (verdict: Verdict, status: Int32)? {
    let folder = TemporaryFolder()
    try Data(policy.document.utf8).write(to: URL(filePath: folder.file("policy.yaml")))
    let arguments = [Python.program(program[0])] + program.dropFirst()
    guard let result = try Python.run(arguments + [folder.file("policy.yaml")] + files)
    else { return nil }
    return (try JSONDecoder().decode(Verdict.self, from: result.output), result.status)
  }

  /// Distinct keys with a principal, counted apart from the program: allowed, denied only.
  private static let keys = [
    "before": (451, 1_484), "after": (312, 1_623), "outage-permissive": (120, 251),
    "trace-output-flag-plus-env": (19, 62),
  ]

  @Test(
    "an independent engine finds every allowed key allowed and every denied key denied",
    arguments: Recordings.names)
  func emulator(name: String) throws {
    guard let files = Recordings.files(name), let index = try Recordings.index(name) else { return }
    let policy = try PolicyGenerator.generate(from: [index], dialect: .emulator)
    let expected = try #require(RecordingTests.keys[name])
    #expect(policy.statements.count == expected.0)
    #expect(policy.replay.allowedByPolicy == expected.0 && policy.replay.allowedKeys == expected.0)
    #expect(policy.replay.deniedKeys + policy.replay.uncheckedKeys == expected.1)
    #expect(policy.replay.deniedByPolicy == policy.replay.deniedKeys)
    #expect(policy.replay.isExact && policy.notExpressible.isEmpty)

    let program = ["emulator_engine.py", "keys", "--check-generated"]
    guard let (verdict, status) = try verdict(of: program, on: policy, files: files) else { return }
    #expect(status == 0)
    #expect(verdict.allowed_but_refused_by_policy.isEmpty)
    #expect(verdict.denied_but_allowed_by_policy.isEmpty)
    #expect(verdict.denied_keys == expected.1)
    #expect(verdict.admits?.count == policy.replay.admitted)
  }

  @Test(
    "an independent reading of Google Cloud's rules finds the same of its policies",
    arguments: Recordings.names)
  func google(name: String) throws {
    guard let files = Recordings.files(name), let index = try Recordings.index(name) else { return }
    let policy = try PolicyGenerator.generate(from: [index], dialect: .gcp)
    let expected = try #require(RecordingTests.keys[name])
    #expect(policy.replay.allowedByPolicy == expected.0 && policy.notExpressible.isEmpty)
    #expect(policy.replay.deniedByPolicy == expected.1 && policy.replay.isExact)
    guard
      let (verdict, status) = try verdict(
        of: ["google_allow_policies.py"], on: policy, files: files)
    else { return }
    #expect(status == 0)
    #expect(verdict.allowed_but_refused_by_policy.count == policy.notExpressible.count)
    #expect(verdict.denied_but_allowed_by_policy.isEmpty)
  }

  @Test(
    "read by the program's own reader, the runs give the same statements",
    arguments: Recordings.names)
  func ingested(name: String) throws {
    guard let index = try Recordings.index(name) else { return }
    let ingested = try ingest(Recordings.folder + "/" + name)
    let policy = try PolicyGenerator.generate(from: ingested, dialect: .emulator)
    let expected = try PolicyGenerator.generate(from: [index], dialect: .emulator)
    #expect(policy.usage.accounting == expected.usage.accounting)
    #expect(policy.statements.map(\.grant) == expected.statements.map(\.grant))
    #expect(
      policy.statements.map(\.evidence.decisions) == expected.statements.map(\.evidence.decisions))
    #expect(
      policy.statements.map(\.evidence.unenforced) == expected.statements.map(\.evidence.unenforced)
    )
    #expect(policy.usage.denied.map(\.key) == expected.usage.denied.map(\.key))
  }

  @Test("the samples need a statement for each object; Google Cloud's limits say so")
  func samples() throws {
    let samples = URL(filePath: #filePath).appending(path: "../../../samples").standardizedFileURL
    let indexes = try ["baseline", "incident"].flatMap { try ingest(samples.path + "/" + $0) }
    for dialect in [PolicyDialect.emulator, .gcp] {
      let policy = try PolicyGenerator.generate(from: indexes, dialect: dialect)
      #expect(policy.usage.accounting.decisions == 1_625 + 1_545)
      #expect(policy.usage.accounting.granted == 1_625 + 1_484)
      #expect(policy.replay.isExact && policy.notExpressible.isEmpty)
      #expect(policy.statements.map(\.denials).max() == 61)
      let errors = policy.warnings.filter { $0.severity == .error }
      #expect(errors.map(\.kind) == (dialect == .gcp ? [.limitExceeded] : []))
    }
  }

  @Test("what is no request to an API server cannot be said as RBAC, and all of it is listed")
  func samplesAsRBAC() throws {
    let samples = URL(filePath: #filePath).appending(path: "../../../samples").standardizedFileURL
    let policy = try PolicyGenerator.generate(
      from: ingest(samples.path + "/baseline"), dialect: .kubernetes)
    #expect(policy.notExpressible.count == policy.statements.count && !policy.replay.isExact)
    #expect(policy.replay.missing.isEmpty && policy.replay.excessive.isEmpty)
    #expect(try RBACPolicy(policy.document) == RBACPolicy())
  }

  @Test("keys both allowed and denied are counted, and the policy is exact without deciding twice")
  func mixed() throws {
    guard let index = try Recordings.index("trace-output-flag-plus-env") else { return }
    let policy = try PolicyGenerator.generate(from: [index], dialect: .emulator)
    #expect(policy.replay.mixedKeys == 5 && policy.replay.isExact)
    #expect(policy.usage.used.reduce(0) { $0 + $1.denials } == 11)
  }

  @Test(
    "a policy that denies what was allowed is not exact, whatever its dialect can say",
    arguments: PolicyDialect.allCases.filter { $0 != .cedar })
  func inexpressible(dialect: PolicyDialect) throws {
    let file = Recordings.folder + "/../../derived/authz-from-gcp/open.jsonl"
    guard FileManager.default.fileExists(atPath: file) else {
      print("skipped: no recording at \(file)")
      return
    }
    let policy = try PolicyGenerator.generate(from: try ingest(file), dialect: dialect)
    #expect(policy.replay.allowedKeys == 64 && policy.replay.allowedByPolicy < 64)
    #expect(!policy.replay.isExact)
  }

  private func ingest(_ path: String) throws -> [TraceIndex] {
    let folder = TemporaryFolder()
    let cache = try IndexCache(folder: folder.file("cache"), environment: [:])
    return try ArtifactFinder.executions(at: [path]).flatMap { try cache.executions(of: $0) }
  }
}
