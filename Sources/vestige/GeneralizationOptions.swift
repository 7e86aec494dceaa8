import ArgumentParser
import PolicyAnalysis

/// How far statements may reach beyond what was recorded.
struct GeneralizationOptions: ParsableArguments {
  /// A rung for all statements, or for those that are chosen.
  struct Choice: ExpressibleByArgument {
    let rung: Rung
    /// A service, a permission or the name of a statement; nil for all.
    let subject: String?

    init?(argument: String) {
      let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let rung = Rung(rawValue: String(parts[0])), parts.count == 1 || !parts[1].isEmpty
      else { return nil }
      self.rung = rung
      subject = parts.count == 2 ? String(parts[1]) : nil
    }
  }

  @Option(
    help: ArgumentHelp(
      "Let statements reach more: prefix, type or any; for one service, permission or statement "
        + "as in type:ec2.", valueName: "rung"))
  var generalize: [Choice] = []

  @Flag(help: "Generalize permissions about permissions, roles, keys and secrets, too.")
  var generalizeSensitive = false

  @Option(
    help: ArgumentHelp(
      "aws, kubernetes: generalize only as much as makes the policies of a principal fit into SIZE "
        + "(characters, bytes of rules), cheapest first; 'limit' is what AWS takes.",
      valueName: "size"))
  var budget: GeneralizationBudget?

  /// - Throws: `ValidationError` for a rung that the dialect has no words for.
  func validate(for dialect: PolicyDialect) throws {
    for choice in generalize where !dialect.rungs.contains(choice.rung) {
      throw ValidationError(
        "--generalize \(choice.rung.rawValue): the dialect \(dialect.rawValue) can say "
          + dialect.rungs.map(\.rawValue).joined(separator: ", "))
    }
    if generalizeSensitive && generalize.isEmpty && budget == nil {
      throw ValidationError("--generalize-sensitive needs --generalize or --budget")
    }
    if budget != nil && dialect.budgetUnit == nil {
      throw ValidationError("--budget is of the dialects aws and kubernetes")
    }
    if budget == .limit && dialect != .aws {
      throw ValidationError("--budget limit is of the dialect aws; otherwise it takes a number")
    }
  }

  /// The last word about a subject counts.
  var value: Generalization {
    var value = Generalization()
    for choice in generalize {
      if let subject = choice.subject {
        value.chosen[subject] = choice.rung
      } else {
        value.rung = choice.rung
      }
    }
    value.includesSensitive = generalizeSensitive
    value.budget = budget
    return value
  }
}

extension GeneralizationBudget: ExpressibleByArgument {
  package init?(argument: String) {
    if argument == "limit" {
      self = .limit
    } else if let size = Int(argument), size > 0 {
      self = .size(size)
    } else {
      return nil
    }
  }
}
