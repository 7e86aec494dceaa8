import TraceModel

/// What is to be said about the policies of AWS.
struct AWSWarnings {
  private let emission: AWSEmission
  private let said: [Statement]

  init(_ emission: AWSEmission) {
    self.emission = emission
    let lost = Set(emission.notExpressible.map(\.statement))
    said = emission.statements.filter { !lost.contains($0.number) }
  }

  func all(_ replay: PolicyProof.Summary, unknowns: [String]) -> [PolicyWarning] {
    var warnings = PolicyWarning.recording(emission.usage, emission.statements)
    if !replay.decidesAsMeant { warnings.append(.replay(replay)) }
    if !emission.notExpressible.isEmpty {
      warnings.append(.notExpressible(emission.notExpressible))
    }
    warnings += wildcards + [unverified, inferred, respelled, firstUse].compactMap { $0 } + holders
    return warnings
      + unknowns.map { PolicyWarning(.replayDiffers, .error, "the proof does not know \($0)") }
  }

  // MARK: Resources

  private var wildcards: [PolicyWarning] {
    var legal: [Int] = []
    var fallback: [Int] = []
    var types: [Int] = []
    for statement in said where statement.step == nil {
      let action = emission.catalogue.action(statement.grant.permission.text)
      let resource = statement.key.resource.text
      if resource == "*" {
        if let action, action.resources.isEmpty {
          legal.append(statement.number)
        } else {
          fallback.append(statement.number)
        }
      } else if let action, AWSResources.isWholeType(resource, of: action) {
        types.append(statement.number)
      }
    }
    return [
      note(legal, .note, "for actions that can only be granted on all resources ('*')"),
      note(
        fallback, .warning,
        "on all resources ('*') because the calls do not say which: read them before signing"),
      note(
        types, .warning,
        "on all resources of a type, which the calls make or do not name"),
    ].compactMap { $0 }
  }

  private func note(
    _ numbers: [Int], _ severity: PolicyWarning.Severity, _ text: String
  ) -> PolicyWarning? {
    numbers.isEmpty
      ? nil
      : PolicyWarning(
        .reachesFurther, severity, "\(counted(numbers.count, "statement")) \(text)",
        statements: numbers)
  }

  /// Names with characters that documents do not take.
  private var respelled: PolicyWarning? {
    let numbers = said.filter { statement in
      // A question mark that stands for a character, and not for the six that a secret ends in.
      statement.key.resource.text.replacing("-??????", with: "")
        .replacing("${?}", with: "").contains("?")
    }.map(\.number)
    return note(
      numbers, .warning, "with '?' for characters that policy documents cannot have (beyond U+00FF)"
    )
  }

  // MARK: Actions

  private var unverified: PolicyWarning? {
    let unknown = said.filter { emission.catalogue.action($0.grant.permission.text) == nil }
    guard !unknown.isEmpty else { return nil }
    let names = Set(unknown.map(\.grant.permission)).sorted()
    return PolicyWarning(
      .unverified, .warning,
      "\(counted(names.count, "action")) not in the catalogue of \(emission.catalogue.date), kept "
        + "in policies of their own under the names of the calls: "
        + names.prefix(5).map(\.text).joined(separator: ", ")
        + (names.count > 5 ? ", …" : ""), statements: unknown.map(\.number))
  }

  private var inferred: PolicyWarning? {
    let inferred = said.filter { $0.inference != nil }
    guard !inferred.isEmpty else { return nil }
    let kinds = Dictionary(grouping: inferred) { $0.inference?.rawValue ?? "" }
      .sorted { $0.key < $1.key }.map { "\($0.value.count) \($0.key)" }
    return PolicyWarning(
      .inferred, .warning,
      "\(counted(inferred.count, "statement")) inferred, for no event is written: "
        + kinds.joined(separator: ", "), statements: inferred.map(\.number))
  }

  /// Calls that need more the first time they are made in an account.
  private var firstUse: PolicyWarning? {
    let first = said.filter {
      emission.catalogue.action($0.grant.permission.text)?.makesServiceLinkedRole ?? false
    }
    guard !first.isEmpty else { return nil }
    return PolicyWarning(
      .reachesLess, .note,
      "\(counted(first.count, "statement")) for calls that also need iam:CreateServiceLinkedRole "
        + "the first time they are made in an account", statements: first.map(\.number))
  }

  // MARK: Principals

  private var holders: [PolicyWarning] {
    let byPrincipal = Dictionary(grouping: emission.attachments, by: \.principal)
    var warnings: [PolicyWarning] = []
    for (principal, policies) in byPrincipal.sorted(by: { $0.key < $1.key }) {
      warnings += limits(principal, policies)
    }
    let sets = byPrincipal.values.filter { $0[0].holder.isFromPermissionSet }
    if !sets.isEmpty {
      warnings.append(
        PolicyWarning(
          .reachesLess, .note,
          "\(counted(sets.count, "role")) of IAM Identity Center: the policy goes into the "
            + "permission set, not onto the role"))
    }
    return warnings
  }

  private func limits(_ principal: Name, _ policies: [AWSAttachment]) -> [PolicyWarning] {
    let numbers = policies.flatMap { $0.statements.flatMap(\.numbers) }
    let counts = policies.map(\.document.countedCharacters)
    var problems: [String] = []
    if emission.request.isInline {
      let limit = AWSLimits.inline(policies[0].holder.kind)
      if counts.reduce(0, +) > limit {
        problems.append(
          "\(counted(counts.reduce(0, +), "character")), and inline policies of a "
            + "\(policies[0].holder.kind.rawValue) may have \(QuantityText.count(limit)); "
            + "without --inline they are divided")
      }
    } else {
      if policies.count > AWSLimits.managedPolicies {
        problems.append(
          "\(policies.count) managed policies, and only \(AWSLimits.managedPolicies) can be attached"
        )
      }
      if counts.contains(where: { $0 > AWSLimits.managedPolicy }) {
        problems.append(
          "a statement about one resource that has more than "
            + "\(QuantityText.count(AWSLimits.managedPolicy)) characters")
      }
    }
    return problems.map {
      PolicyWarning(
        .limitExceeded, .error, "\(principal.text) needs \($0)", statements: Set(numbers).sorted())
    }
  }
}
