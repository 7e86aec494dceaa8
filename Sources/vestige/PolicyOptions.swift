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
      "aws, gcp, kubernetes: leave out permissions of this kind, which no event shows and a call "
        + "must have needed.",
      valueName: "kind"))
  var withoutInferred: [Inference] = []

  @Option(
    help: ArgumentHelp(
      "Leave out the statement of this name, as the explorer's x does; the replay says what that "
        + "denies.", valueName: "statement"))
  var drop: [String] = []

  @OptionGroup var generalization: GeneralizationOptions

  func validate() throws {
    if inline && dialect != .aws {
      throw ValidationError("--inline is of the dialect aws")
    }
    if !withoutInferred.isEmpty && ![.aws, .gcp, .kubernetes].contains(dialect) {
      throw ValidationError("--without-inferred is of the dialects aws, gcp and kubernetes")
    }
    try generalization.validate(for: dialect)
  }

  /// The request for executions that are named by `paths`.
  func request(_ paths: [String]) throws -> PolicyRequest {
    var request = PolicyRequest(dialect: dialect, principal: principal, paths: paths)
    request.isInline = inline
    request.generalization = generalization.value
    request.dropped = Set(drop)
    request.inferences.subtract(withoutInferred)
    if dialect == .aws { request.awsCatalogue = try InstalledCatalogue.current().file }
    return request
  }

  /// The policy of executions that were opened.
  func policy(
    of opened: [OpenExecution], _ paths: [String], as notation: PolicyNotation? = nil
  ) throws -> GeneratedPolicy {
    var request = try request(paths)
    request.notation = notation == dialect.notations.first ? nil : notation
    return try PolicyGenerator.generate(
      from: opened.map(\.index), passedOver: opened.map(\.account.passedOver), request)
  }
}

extension PolicyDialect: ExpressibleByArgument {}
extension Inference: ExpressibleByArgument {}
