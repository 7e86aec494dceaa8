/// What a reader of a policy must know before signing it.
package struct PolicyWarning: Sendable, Equatable {
  /// What kind it is; the raw value is the stable name used in JSON output.
  package enum Kind: String, Sendable, CaseIterable {
    /// Records could not be understood: uses may be missing.
    case recordsRefused = "records-refused"
    /// Files of no known format lie beside the artifacts: uses may be in them.
    case filesPassedOver = "files-passed-over"
    /// Checks that came to no decision and do not say what they were about.
    case blindSpots = "blind-spots"
    /// Statements that rest on decisions of a mode that lets calls pass undecided.
    case notEnforced = "not-enforced"
    /// What a statement grants was also denied at other times.
    case alsoDenied = "also-denied"
    /// Allowed, and not to be said in this dialect.
    case notExpressible = "not-expressible"
    /// The policy does not decide as the recording shows.
    case replayDiffers = "replay-differs"
    /// A statement reaches more than was recorded, because that was asked for.
    case generalized = "generalized"
    /// A statement does not, though that was asked for.
    case notGeneralized = "not-generalized"
    /// A statement reaches resources beyond the one it was made for.
    case reachesFurther = "reaches-further"
    /// A statement may reach less than the call needs.
    case reachesLess = "reaches-less"
    /// A limit of the platform is exceeded.
    case limitExceeded = "limit-exceeded"
    /// Actions that the catalogue does not know.
    case unverified = "unverified"
    /// Statements for which no decision was recorded.
    case inferred = "inferred"
    /// Other tools or platforms take the policy otherwise.
    case notPortable = "not-portable"
  }

  package enum Severity: String, Sendable, Comparable {
    case note, warning, error

    package static func < (a: Self, b: Self) -> Bool {
      let order: [Self] = [.note, .warning, .error]
      return order.firstIndex(of: a) ?? 0 < order.firstIndex(of: b) ?? 0
    }
  }

  package let kind: Kind
  package let severity: Severity
  /// One sentence, without a full stop.
  package let text: String
  /// Numbers of the statements it is about, ascending; empty when it is about the whole policy.
  package let statements: [Int]

  init(_ kind: Kind, _ severity: Severity, _ text: String, statements: [Int] = []) {
    self.kind = kind
    self.severity = severity
    self.text = text
    self.statements = statements
  }
}

extension PolicyWarning {
  /// What any dialect must say about the recording itself, and of statements that go beyond it.
  static func recording(_ usage: UsedPermissions, _ statements: [Statement]) -> [PolicyWarning] {
    var warnings: [PolicyWarning] = []
    for execution in usage.sources where execution.recordsRefused > 0 {
      warnings.append(
        PolicyWarning(
          .recordsRefused, .warning,
          "\(counted(execution.recordsRefused, "record")) of \(execution.name) could not be "
            + "understood: a use that only they show is not granted"))
    }
    for execution in usage.sources where !execution.passedOver.isEmpty {
      let names = execution.passedOver
      warnings.append(
        PolicyWarning(
          .filesPassedOver, .note,
          "\(counted(names.count, "file")) of \(execution.name) of no known format not read: "
            + names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")))
    }
    let errors = usage.accounting.count(.error)
    if errors > 0 {
      warnings.append(
        PolicyWarning(
          .blindSpots, .warning,
          "\(counted(errors, "check")) came to no decision: what they asked for is not granted, "
            + "and may be needed"))
    }
    let lenient = statements.filter { $0.evidence.unenforced == $0.evidence.decisions }
    if !lenient.isEmpty {
      warnings.append(
        PolicyWarning(
          .notEnforced, .note,
          "\(counted(lenient.count, "statement")) only recorded in permissive mode, each with the "
            + "engine's word that a binding matched", statements: lenient.map(\.number)))
    }
    let mixed = statements.filter { $0.denials > 0 }
    if !mixed.isEmpty {
      warnings.append(
        PolicyWarning(
          .alsoDenied, .warning,
          "\(counted(mixed.count, "statement")) for what was also denied at other "
            + "times (\(counted(mixed.reduce(0) { $0 + $1.denials }, "denial")))",
          statements: mixed.map(\.number)))
    }
    return warnings + generalization(statements)
  }

  /// The policy is not what it should be: a defect, or a limit of the dialect.
  static func replay(_ replay: PolicyProof.Summary) -> PolicyWarning {
    PolicyWarning(
      .replayDiffers, .error,
      "the policy denies \(counted(replay.missing.count, "allowed key")) and allows "
        + "\(counted(replay.excessive.count, "denied key"))")
  }

  static func notExpressible(_ items: [NotExpressible]) -> PolicyWarning {
    PolicyWarning(
      .notExpressible, .warning,
      "\(counted(items.count, "statement")) cannot be said here and "
        + "\(items.count == 1 ? "is" : "are") not granted",
      statements: items.map(\.statement))
  }
}
