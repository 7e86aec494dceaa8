import ArgumentParser
import PolicyAnalysis
import TraceAnalysis

/// Which policy is made of what was recorded.
struct PolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The language of the policy: "
        + PolicyDialect.allCases.map { "\($0.rawValue) (\($0.title))" }.joined(separator: ", ")
        + "."))
  var dialect = PolicyDialect.emulator

  @Option(help: "Only what this principal used.")
  var principal: String?

  @Flag(help: "aws: policies that are part of their user or role, and are not divided.")
  var inline = false

  @Option(
    name: .customLong("without-inferred"),
    help: ArgumentHelp(
      "aws, kubernetes: leave out permissions of this kind, which no event shows and a call must "
        + "have needed.",
      valueName: "kind"))
  var withoutInferred: [Inference] = []

  func validate() throws {
    if inline && dialect != .aws {
      throw ValidationError("--inline is of the dialect aws")
    }
    if !withoutInferred.isEmpty && dialect != .aws && dialect != .kubernetes {
      throw ValidationError("--without-inferred is of the dialects aws and kubernetes")
    }
  }

  /// The request for executions that are named by `paths`.
  func request(_ paths: [String]) throws -> PolicyRequest {
    var request = PolicyRequest(dialect: dialect, principal: principal, paths: paths)
    request.isInline = inline
    request.inferences.subtract(withoutInferred)
    if dialect == .aws { request.awsCatalogue = try InstalledCatalogue.current().file }
    return request
  }

  /// As they stand in a command.
  var words: [String] {
    ["--dialect", dialect.rawValue] + (principal.map { ["--principal", $0] } ?? [])
      + (inline ? ["--inline"] : [])
      + Inference.allCases.filter(withoutInferred.contains).flatMap {
        ["--without-inferred", $0.rawValue]
      }
  }

  /// The policy of executions that were opened.
  func policy(of opened: [OpenExecution], _ paths: [String]) throws -> GeneratedPolicy {
    try PolicyGenerator.generate(
      from: opened.map(\.index), passedOver: opened.map(\.account.passedOver), request(paths))
  }
}

extension PolicyDialect: ExpressibleByArgument {}
extension Inference: ExpressibleByArgument {}
