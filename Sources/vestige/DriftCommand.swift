import ArgumentParser
import PolicyAnalysis
import Reports
import TraceIndex

struct DriftCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "What a policy grants, held against what was used.",
    subcommands: [DetectCommand.self])

  struct DetectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "detect",
      abstract: "List what is granted and not used, and what was used and is not granted.",
      discussion: """
        Each smallest part of the policy, a grant, is of one class: used, unused,
        unobservable (no artifact of this kind would show a use), or exercised-but-denied
        (asked for, and denied every time). What was allowed and the policy does not grant
        is used-not-granted. Where several grants allow the same, the use is counted for
        the one that decides; of Kubernetes for the binding that the audit log names.

        The exit status is 1 when there is drift of a class that --fail-on names; without
        it, of any class but used and unobservable.

        EXAMPLES
          vestige drift detect in-force.yaml run-1/
          vestige drift detect in-force.yaml monday/ tuesday/ --format json
          vestige drift detect rbac.yaml audit.log --fail-on used-not-granted
        """)

    @Argument(help: "The policy, as a file or a folder.", completion: .file())
    var policy: String

    @OptionGroup var executions: ExecutionOptions

    @OptionGroup var standing: StandingPolicyOptions

    @Option(
      name: .customLong("fail-on"),
      help: ArgumentHelp(
        "End with exit status 1 when there is this class of drift; may be repeated.",
        valueName: "class"))
    var failOn: [DriftClass] = []

    @OptionGroup var report: ReportOptions

    func run() throws {
      let opened = try executions.opened()
      let indexes = opened.map(\.index)
      let policy = try standing.policy(at: policy, for: indexes)
      let drift = try PolicyDrift(
        policy.engine, on: indexes,
        PolicyRequest(trying: policy.dialect, paths: executions.paths))
      try report.print(.drift(drift, of: self.policy, policy.dialect, opened.map(\.account)))
      let gating = failOn.isEmpty ? DriftClass.gating : Set(failOn)
      if gating.contains(where: { drift.count($0) > 0 }) { throw ExitCode.finding }
    }
  }
}

extension DriftClass: ExpressibleByArgument {}

extension PolicyRequest {
  /// What decisions ask of an existing policy, with what the user's catalogue knows of AWS.
  init(trying dialect: PolicyDialect, paths: [String]) throws {
    self.init(dialect: dialect, paths: paths)
    if dialect == .aws { awsCatalogue = try InstalledCatalogue.current().file }
  }
}
