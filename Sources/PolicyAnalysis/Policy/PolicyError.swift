/// Why no policy can be made.
package enum PolicyError: Error, Equatable, Sendable {
  /// No execution was given.
  case noExecutions
  /// None of the executions has an authorization decision.
  case noDecisions(executions: [String])
  /// No decision names this principal; `similar` are some that contain its text, ascending.
  case unknownPrincipal(Name, similar: [Name])
  /// What is to be generalized is no statement, permission or service of the policy.
  case noSuchStatement(String)
  /// No decision is of the platform of the dialect; `example` is one of them.
  case otherPlatform(PolicyDialect, example: PermissionKey?)
  /// An index counts other decisions than it holds, so nothing in it can be trusted.
  case unbalanced(execution: String, decisions: Int, counted: Int)
}

extension PolicyError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noExecutions:
      "no execution to make a policy from; give at least one PATH"
    case .noDecisions(let executions):
      "no authorization decision in \(executions.joined(separator: ", ")); "
        + "'vestige trace summarize PATH' says what is there"
    case .unknownPrincipal(let principal, let similar) where !similar.isEmpty:
      "no decision names the principal '\(principal)'; did you mean "
        + similar.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        + (similar.count > 5 ? ", …?" : "?")
    case .unknownPrincipal(let principal, _):
      "no decision names the principal '\(principal)'; "
        + "'vestige policy generate PATH' without --principal lists all"
    case .noSuchStatement(let choice):
      "no statement, permission or service of the policy is '\(choice)'; "
        + "'vestige policy generate --format text PATH' lists them"
    case .otherPlatform(let dialect, let example):
      "no decision is one of \(dialect.title), so that its policies say nothing about them"
        + (example.map { ": one asked for '\($0.permission)' on '\($0.resource)'" } ?? "")
    case .unbalanced(let execution, let decisions, let counted):
      "\(execution): the index counts \(decisions) decisions and holds \(counted); "
        + "rebuild it with 'vestige index build PATH'"
    }
  }
}
