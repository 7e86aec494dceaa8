/// A statement that a dialect has no way to say.
package struct NotExpressible: Sendable, Equatable {
  package let statement: Int
  /// One clause, without a full stop.
  package let reason: String
}

/// How the same policy is understood elsewhere.
package struct Portability: Sendable, Equatable {
  /// A recorded key on which the two disagree.
  package struct Difference: Sendable, Equatable {
    package let key: PermissionKey
    /// Whether the dialect's own platform allows it; the other does the opposite.
    package let isAllowed: Bool
  }

  /// The dialect whose rules were tried besides its own.
  package let other: PolicyDialect
  package let differences: [Difference]
  /// What else to know when it is carried there, a clause each.
  package let notes: [String]

  /// Whether both decide every recorded key alike.
  package var isPortable: Bool { differences.isEmpty }
}

/// A document that a platform takes, as a file.
package struct PolicyFile: Sendable, Equatable {
  /// A name for a file: letters, digits and `._-`.
  package let name: String
  package let text: String

  package init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

/// A policy with all that speaks for and against it.
package struct GeneratedPolicy: Sendable {
  package let dialect: PolicyDialect
  /// What the policy was made from, with the accounting of every decision.
  package let usage: UsedPermissions
  package let statements: [Statement]
  /// Statements that `document` does not say.
  package let notExpressible: [NotExpressible]
  /// The policy in its dialect; the same executions give the same bytes.
  package let document: String
  /// The parts of the policy that a platform takes one by one, in order of names; the whole document
  /// where it takes that.
  package let files: [PolicyFile]
  package let warnings: [PolicyWarning]
  /// The recorded keys, tried against the policy.
  package let replay: PolicyProof.Summary
  /// Nil where no other dialect can be tried.
  package let portability: Portability?

  /// Decisions left out, by reason.
  package var excluded: [Exclusion] { usage.accounting.exclusions }

  /// The statement with this name.
  package func statement(id: String) -> Statement? { statements.first { $0.id == id } }

  /// The statement with this number.
  package func statement(_ number: Int) -> Statement? {
    statements.indices.contains(number - 1) ? statements[number - 1] : nil
  }
}
