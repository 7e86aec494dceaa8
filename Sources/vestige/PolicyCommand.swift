import ArgumentParser
import PolicyAnalysis
import Reports
import TraceAnalysis
import TraceModel

struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "Least-privilege policies from recorded decisions.",
    subcommands: [
      GenerateCommand.self, PolicyExplainCommand.self, PolicyCheckCommand.self,
      PolicyProveCommand.self, CatalogueCommand.self,
    ])

  struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "generate",
      abstract: "Print a policy that allows what was allowed, and nothing else.",
      discussion: """
        Only allowed checks grant; denied, failed and unauthenticated ones are counted
        in the comment at the top. What any of the runs used is granted. Checks of one
        principal, permission and resource are one key. The policy is tried against all
        keys before it is printed; the exit status is 1 unless it allows every key that
        was allowed and no key that was only denied. A key that was both allowed and
        denied is allowed, and counted: no policy decides both ways.

        The dialect aws prints one JSON document with a policy for each user and role.
        With --output DIR/ each policy is a file that AWS takes, and EVIDENCE.md says
        what is behind them. The dialect kubernetes prints roles and bindings of RBAC
        for kubectl; with --output DIR/, a file for each user. The dialect cedar prints
        policies; with --output DIR/, a schema as well.

        A statement reaches what was recorded. --generalize takes it up a ladder: to
        all names with the same beginning (prefix), to all of its type, to any. The
        price of each is a warning: the used resources that it covers, the others
        that it admits. No step is taken that would allow what was denied, none
        widens what is permitted, and permissions about permissions, roles, keys and
        secrets stay as they are unless --generalize-sensitive says otherwise.

        EXAMPLES
          vestige policy generate run-1/
          vestige policy generate monday/ tuesday/ --output policy.yaml
          vestige policy generate run-1/ --dialect gcp
          vestige policy generate trail/ --dialect aws --output policies/
          vestige policy generate trail/ --dialect aws --as terraform > policies.tf
          vestige policy generate trail/ --dialect aws --generalize prefix
          vestige policy generate run-1/ --format markdown > evidence.md
          vestige policy generate run-1/ \\
            --principal serviceAccount:payments@shop.iam.gserviceaccount.com
        """)

    @OptionGroup var executions: ExecutionOptions

    @OptionGroup var options: PolicyOptions

    @Option(
      name: .customLong("as"),
      help: ArgumentHelp(
        "How the policy is written: json or terraform (aws), yaml or json (kubernetes), yaml or "
          + "terraform (gcp).", valueName: "notation"))
    var notation: PolicyNotation?

    @Option(
      help: "Print a report with the evidence (text, json, csv or markdown), not the policy.")
    var format: Notation?

    @OptionGroup var destination: Destination

    func validate() throws {
      guard let notation, !options.dialect.notations.contains(notation) else { return }
      throw ValidationError(
        "--as \(notation.rawValue): the dialect \(options.dialect.rawValue) is written as "
          + options.dialect.notations.map(\.rawValue).joined(separator: " or "))
    }

    func run() throws {
      let opened = try executions.opened()
      let policy = try options.policy(of: opened, executions.paths, as: notation)
      for warning in policy.warnings where warning.severity > .note {
        StandardStream.error.say("vestige: \(visibleText(warning.text))\n")
      }
      // A file is as wide as it needs to be.
      let width = destination.output == nil ? StandardStream.output.width : nil
      func report() -> Report {
        let confidence = PolicyConfidence(policy.usage, in: opened.map(\.index))
        return .policy(policy, confidence, opened.map(\.account))
      }
      if format == nil, let folder = try destination.folder() {
        for file in policy.files { try destination.send(file.text, to: folder + file.name) }
        try destination.send(
          report().rendered(as: .markdown, width: nil), to: folder + "EVIDENCE.md")
      } else {
        try destination.send(
          format.map { report().rendered(as: $0, width: width) } ?? policy.document)
      }
      if !policy.replay.isExact { throw ExitCode.finding }
    }
  }
}

extension PolicyNotation: ExpressibleByArgument {}
