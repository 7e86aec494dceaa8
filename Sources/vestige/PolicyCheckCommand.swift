import ArgumentParser
import Ingestion
import PolicyAnalysis
import Reports
import TraceIndex
import TraceModel

struct PolicyCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Try an existing policy on what was recorded; exit status 1 if it decides otherwise.",
    discussion: """
      Every decision of the runs is put to the policy, at the time at which it was made.
      What the policy decides otherwise is listed: what it would deny that was allowed
      first, then what it would allow that was denied, each with the binding that
      decides. Checks that came to no decision have nothing to be compared with, and are
      counted.

      EXAMPLES
        vestige policy check in-force.yaml run-1/
        vestige policy check new-policy.yaml monday/ tuesday/ --format json
      """)

  /// The largest policy file; a path to something else must not be read into memory.
  private static let sizeLimit = 64 << 20

  @Argument(help: "The policy, as a file.", completion: .file())
  var policy: String

  @OptionGroup var executions: ExecutionOptions

  @Option(
    help: "The language of the policy: emulator (GCP IAM emulator).")
  var dialect = PolicyDialect.emulator

  @OptionGroup var report: ReportOptions

  func run() throws {
    let engine = try engine()
    let opened = try executions.opened()
    let check = try PolicyCheck(
      engine, on: opened.map(\.index), PolicyRequest(dialect: dialect, paths: executions.paths))
    try report.print(.check(check, of: policy, dialect, opened.map(\.account)))
    if !check.flips.isEmpty { throw ExitCode.finding }
  }

  private func engine() throws -> any PolicyEngine {
    let bytes = try ArtifactFile(path: policy).bytes(at: 0, length: PolicyCheckCommand.sizeLimit)
    do throws(PolicyReadError) {
      return try dialect.engine(reading: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw UnreadablePolicy(path: policy, dialect: dialect, problem: error.problem)
    }
  }
}

/// A file that is no policy of the dialect that it was taken for.
struct UnreadablePolicy: Error, CustomStringConvertible {
  let path: String
  let dialect: PolicyDialect
  let problem: String

  var description: String {
    "\(path): no policy of \(dialect.title) that can be read: \(problem)"
  }
}
