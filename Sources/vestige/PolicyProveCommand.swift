import ArgumentParser
import Ingestion
import PolicyAnalysis
import Reports
import TraceAnalysis
import TraceIndex
import TraceModel

struct PolicyProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Prove that a policy is the least privilege; exit status 1 if it is not.",
    discussion: """
      Makes the policy that 'policy generate' makes, reads its document back, and asks the
      dialect's own rules three things.

      What was allowed is allowed: every recorded key is tried.
      Nothing else is: every combination of recorded names is decided, and names next to
      them that were never recorded are tried. What the platform makes a policy reach
      beyond its statements is counted by its reason.
      Every part is needed: without it something that was allowed is denied, or something
      is allowed that nothing declares; each has its witness.

      A proof that is written with --output is JSON unless --format says otherwise. With
      --verify the proof is made again, and must be the same to the byte.

      EXAMPLES
        vestige policy prove run-1/
        vestige policy prove run-1/ --dialect cedar --format markdown
        vestige policy prove run-1/ --output proof.json
        vestige policy prove run-1/ --verify proof.json
        vestige policy generate run-1/ > signed.yaml
        vestige policy prove run-1/ --policy signed.yaml
      """)

  @OptionGroup var executions: ExecutionOptions

  @OptionGroup var options: PolicyOptions

  @Option(
    help: ArgumentHelp(
      "Prove this document of 'policy generate', perhaps changed since, in place of a new one.",
      valueName: "file"), completion: .file())
  var policy: String?

  @Option(
    help: ArgumentHelp(
      "Make the proof again and compare it with this file.", valueName: "file"),
    completion: .file())
  var verify: String?

  @Option(help: "How to print it: text, json, csv (its first table) or markdown.")
  var format: Notation?

  @OptionGroup var destination: Destination

  func validate() throws {
    if verify != nil && (format != nil || destination.output != nil) {
      throw ValidationError("--verify compares, and writes nothing: no --format, no --output")
    }
  }

  func run() throws {
    let opened = try executions.opened()
    let generated = try options.policy(of: opened, executions.paths)
    let document = try policy.map { try StandingPolicy.text(at: $0) } ?? generated.document
    let proof: LeastPrivilegeProof
    do throws(PolicyReadError) {
      proof = try LeastPrivilegeProof(generated, document: document)
    } catch {
      throw UnreadablePolicy(
        path: policy ?? "the policy", title: options.dialect.title, problem: error.problem)
    }
    var digest = SHA256()
    digest.update(Array(document.utf8)[...])
    let report = Report.proof(
      proof, of: generated, command: try command(), digest: digest.hexadecimal,
      opened.map(\.account))
    if let verify {
      try compare(report.rendered(as: .json, width: nil), with: verify)
    } else {
      let notation = format ?? (destination.output == nil ? .text : .json)
      let width = destination.output == nil ? StandardStream.output.width : nil
      try destination.send(report.rendered(as: notation, width: width))
    }
    if destination.output != nil || verify != nil {
      StandardStream.error.say("vestige: \(visibleText(proof.verdict))\n")
    }
    if !proof.holds { throw ExitCode.finding }
  }

  /// The command that makes the same proof of the same artifacts.
  private func command() throws -> String {
    var words = try ["vestige", "policy", "prove"] + options.request([]).options
    if let policy { words += ["--policy", policy] }
    return (words + executions.paths).map(shellWord).joined(separator: " ")
  }

  private func compare(_ proof: String, with path: String) throws {
    let lines = try StandingPolicy.text(at: path).utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let expected = proof.utf8.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let differs = zip(lines, expected).enumerated().first {
      !$0.element.0.elementsEqual($0.element.1)
    }
    guard differs != nil || lines.count != expected.count else {
      try StandardStream.output.send("\(visibleText(path)): the same proof, to the byte.\n")
      return
    }
    let line = (differs?.offset ?? min(lines.count, expected.count)) + 1
    try StandardStream.output.send(
      "\(visibleText(path)): another proof than these artifacts give, from line \(line) on.\n")
    throw ExitCode.finding
  }
}
