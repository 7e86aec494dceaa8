import ArgumentParser
import PolicyAnalysis
import Reports
import TraceIndex

struct PolicyCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Try an existing policy on what was recorded; exit status 1 if it decides otherwise.",
    discussion: """
      Every decision of the runs is put to the policy, at the time at which it was made,
      as what it asked for: of AWS each action that a call needed, of Kubernetes with
      the groups of the user. What the policy decides otherwise is listed: what it would
      deny that was allowed first, then what it would allow that was denied, each with
      the binding or statement that decides. What cannot be compared is counted, with
      the reason.

      The policy is a file, or a folder with several: policy.yaml of the GCP IAM
      emulator, roles and bindings of Kubernetes, policy documents of AWS as 'policy
      generate --output DIR/' names them, what gcloud prints of allow policies and
      roles, policies of Cedar.

      EXAMPLES
        vestige policy check in-force.yaml run-1/
        vestige policy check new-policy.yaml monday/ tuesday/ --format json
        vestige policy check rbac.yaml audit.log
        vestige policy check deployer.json trail.json \\
          --attached-to arn:aws:iam::111122223333:role/deployer
      """)

  @Argument(help: "The policy, as a file or a folder.", completion: .file())
  var policy: String

  @OptionGroup var executions: ExecutionOptions

  @OptionGroup var standing: StandingPolicyOptions

  @OptionGroup var report: ReportOptions

  func run() throws {
    let opened = try executions.opened()
    let indexes = opened.map(\.index)
    let policy = try standing.policy(at: policy, for: indexes)
    let check = try PolicyCheck(policy.engine, on: indexes, request(policy.dialect))
    try report.print(.check(check, of: self.policy, policy.dialect, opened.map(\.account)))
    if !check.flips.isEmpty { throw ExitCode.finding }
  }

  private func request(_ dialect: PolicyDialect) throws -> PolicyRequest {
    var request = PolicyRequest(dialect: dialect, paths: executions.paths)
    if dialect == .aws { request.awsCatalogue = try InstalledCatalogue.current().file }
    return request
  }
}
