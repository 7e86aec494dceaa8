import Foundation
import PolicyAnalysis
import TestSupport
import Testing
import TraceIndex

@Suite("Emulator policies from recorded runs") struct EmulatorRecordingTests {
  /// What the independent engine says about a generated policy.
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
    let keys_without_principal: Int
    let allowed_but_refused_by_policy: [Key]
    let denied_but_allowed_by_policy: [Key]
    let admits: Admitted
  }

  @Test(
    "an independent engine finds every allowed key allowed and every denied key denied",
    arguments: Recordings.names)
  func exact(name: String) throws {
    guard let files = Recordings.files(name), let index = try Recordings.index(name) else { return }
    let policy = try PolicyGenerator.generate(from: [index], dialect: .emulator)
    let folder = TemporaryFolder()
    try Data(policy.document.utf8).write(to: URL(filePath: folder.file("policy.yaml")))
    let arguments =
      [
        Python.program("emulator_engine.py"), "keys", "--check-generated",
        folder.file("policy.yaml"),
      ]
      + files
    guard let result = try Python.run(arguments) else { return }
    print(policy.replay.sentence, policy.document)
    let verdict = try JSONDecoder().decode(Verdict.self, from: result.output)
    #expect(result.status == 0)
    #expect(verdict.allowed_but_refused_by_policy.isEmpty)
    #expect(verdict.denied_but_allowed_by_policy.isEmpty)
    print(name, verdict)
  }
}
