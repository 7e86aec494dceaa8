/// A policy of one principal as it is attached.
struct AWSAttachment: Sendable {
  /// As decisions name it.
  let principal: Name
  let holder: AWSPrincipal
  /// From 1; a principal's policies are numbered where they are several.
  let number: Int
  let statements: [AWSDocumentStatement]
  /// Whether it only has actions that the catalogue does not know.
  let isUnverified: Bool

  var document: IAMDocument { IAMDocument(statements: statements.map(\.content)) }
}

/// AWS's limits for policies, in characters that are not white space.
enum AWSLimits {
  static let managedPolicy = 6_144
  /// Managed policies that can be attached to one user or role unless AWS has raised it.
  static let managedPolicies = 10

  /// All inline policies of one user or role together.
  static func inline(_ kind: AWSPrincipal.Kind) -> Int {
    switch kind {
    case .user: 2_048
    case .role: 10_240
    }
  }
}

/// Divides the statements of one principal into policies within the limit.
enum AWSDocuments {
  /// Policies that keep the order of statements.
  ///
  /// A statement that is too long by itself is divided; a single action on a single resource stays
  /// whole, whatever its length.
  static func attachments(
    of principal: Name, _ holder: AWSPrincipal, _ statements: [AWSDocumentStatement],
    isInline: Bool, isUnverified: Bool
  ) -> [AWSAttachment] {
    if statements.isEmpty { return [] }
    var policies: [[AWSDocumentStatement]] = [[]]
    if isInline {
      policies = [statements]
    } else {
      for statement in statements.flatMap({ divided($0) }) {
        let together = (policies.last ?? []) + [statement]
        if fits(together) || together.count == 1 {
          policies[policies.count - 1] = together
        } else {
          policies.append([statement])
        }
      }
    }
    return policies.enumerated().map { number, statements in
      AWSAttachment(
        principal: principal, holder: holder, number: number + 1, statements: statements,
        isUnverified: isUnverified)
    }
  }

  private static func fits(_ statements: [AWSDocumentStatement]) -> Bool {
    IAMDocument(statements: statements.map(\.content)).countedCharacters <= AWSLimits.managedPolicy
  }

  /// The statement, or its halves until each fits; names stay different.
  private static func divided(
    _ statement: AWSDocumentStatement, part: String = ""
  ) -> [AWSDocumentStatement] {
    let actions = statement.content.actionTexts
    let resources = statement.content.resourceTexts
    if fits([statement]) || (actions.count == 1 && resources.count == 1) { return [statement] }
    let sid = String(statement.content.sid.dropLast(part.count))
    return ["a", "b"].flatMap { half in
      var content = statement.content
      if resources.count > 1 {
        content.resources = .only(piece(resources, isFirst: half == "a"))
      } else {
        content.actions = .only(piece(actions, isFirst: half == "a"))
      }
      let part = (part.isEmpty ? "Part" : part) + half
      content.sid = sid + part
      return divided(AWSDocumentStatement(content: content, numbers: statement.numbers), part: part)
    }
  }

  private static func piece(_ texts: [String], isFirst: Bool) -> [String] {
    Array(isFirst ? texts[..<(texts.count / 2)] : texts[(texts.count / 2)...])
  }
}
