extension PolicyWarning {
  /// Which statements reach further than what was recorded, from what and at what price, and which
  /// do not though that was asked for.
  static func generalization(_ statements: [Statement]) -> [PolicyWarning] {
    widened(statements) + keptBack(statements)
  }

  /// One for each grant, in order of its first statement.
  private static func widened(_ statements: [Statement]) -> [PolicyWarning] {
    var order: [Grant] = []
    var byGrant: [Grant: [Statement]] = [:]
    for statement in statements where statement.step != nil {
      if byGrant[statement.grant] == nil { order.append(statement.grant) }
      byGrant[statement.grant, default: []].append(statement)
    }
    return order.compactMap { grant in
      guard let statements = byGrant[grant], let first = statements.first, let step = first.step
      else { return nil }
      let names =
        statements.count == 1
        ? first.key.resource.text : counted(statements.count, "recorded resource")
      return PolicyWarning(
        .generalized, .warning,
        "\(grant.permission) of \(grant.principal) generalized from \(names) to "
          + "\(step.rung.rawValue) \(grant.resource.text): \(step.price.sentence)",
        statements: statements.map(\.number))
    }
  }

  /// One for each reason.
  private static func keptBack(_ statements: [Statement]) -> [PolicyWarning] {
    let byReason = Dictionary(grouping: statements.filter { $0.objection != nil }) {
      $0.objection?.reason ?? ""
    }
    return byReason.sorted { Name($0.key) < Name($1.key) }.map { reason, statements in
      PolicyWarning(
        .notGeneralized, .note,
        "\(counted(statements.count, "statement")) not generalized: \(reason)",
        statements: statements.map(\.number))
    }
  }
}
