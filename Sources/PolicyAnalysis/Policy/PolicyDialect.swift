import TraceIndex

/// The languages a policy can be written in.
///
/// A new one is a case here and a type that conforms to `DialectRules`.
package enum PolicyDialect: String, Sendable, CaseIterable {
  /// `policy.yaml` of the GCP IAM emulator.
  case emulator
  /// Custom roles and allow policies of Google Cloud IAM.
  case gcp
  /// Policy documents of AWS IAM.
  case aws
  /// Roles and bindings of Kubernetes RBAC.
  case kubernetes
  /// Policies of Cedar, with a schema.
  case cedar

  var rules: any DialectRules.Type {
    switch self {
    case .emulator: EmulatorEmission.self
    case .gcp: GoogleEmission.self
    case .aws: AWSEmission.self
    case .kubernetes: RBACEmission.self
    case .cedar: CedarEmission.self
    }
  }

  /// What people call it, for screens and reports.
  package var title: String { rules.title }

  /// What the name of a file with such a document ends in.
  package var fileEnding: String { rules.fileEnding }

  /// The rungs that the dialect has words for, from the narrowest.
  package var rungs: [Rung] { rules.rungs }

  /// What budgets are counted in; nil where there is no limit that rungs could keep.
  package var budgetUnit: String? { rules.budgetUnit }

  /// An existing policy, ready to decide.
  ///
  /// - Throws: `PolicyReadError`.
  package func engine(reading input: PolicyInput) throws(PolicyReadError) -> any PolicyEngine {
    try rules.engine(reading: input)
  }

  /// The same for a policy that is one file, and says itself what it is attached to.
  package func engine(reading text: String) throws(PolicyReadError) -> any PolicyEngine {
    try engine(reading: PolicyInput(text: text))
  }
}

/// What a dialect adds to the model of grants.
protocol DialectRules {
  /// What people call it.
  static var title: String { get }
  /// What the name of a file with its document ends in.
  static var fileEnding: String { get }

  /// The rungs that statements can be put on, from the narrowest.
  static var rungs: [Rung] { get }

  /// What budgets are counted in; nil where there is no limit that rungs could keep.
  static var budgetUnit: String? { get }

  /// Whether the policies that say one principal's statements keep a budget.
  static func fits(
    _ statements: [Statement], into budget: GeneralizationBudget, usage: UsedPermissions,
    _ request: PolicyRequest
  ) -> Bool

  /// How the rungs are said.
  static func rungWords(_ usage: UsedPermissions) -> any RungWords

  /// What decisions ask for, where that is more than their columns say; nil where it is just that.
  static func interpreter(
    of indexes: [TraceIndex], _ request: PolicyRequest
  ) -> (any DecisionInterpreter)?

  /// An existing policy, ready to decide.
  ///
  /// - Throws: `PolicyReadError`.
  static func engine(reading input: PolicyInput) throws(PolicyReadError) -> any PolicyEngine

  /// Whether a recorded key has the form of the dialect's platform; another's says nothing here.
  static func hasForm(_ key: PermissionKey) -> Bool

  /// Why no use of a grant would show in these artifacts, in a clause; nil where it would.
  static func unobservable(_ grant: StandingGrant, _ recorded: ObservableUse) -> String?

  /// The policy that says `statements`, with all that is to be said about it.
  static func policy(
    _ statements: [Statement], usage: UsedPermissions, _ request: PolicyRequest
  ) -> GeneratedPolicy
}

extension DialectRules {
  static var rungs: [Rung] { [.exact] }

  static var budgetUnit: String? { nil }

  static func fits(
    _ statements: [Statement], into budget: GeneralizationBudget, usage: UsedPermissions,
    _ request: PolicyRequest
  ) -> Bool { true }

  static func rungWords(_ usage: UsedPermissions) -> any RungWords { NoRungWords() }

  static func interpreter(
    of indexes: [TraceIndex], _ request: PolicyRequest
  ) -> (any DecisionInterpreter)? { nil }

  static func hasForm(_ key: PermissionKey) -> Bool { true }
}

extension PermissionKey {
  /// Whether the permission is parts between dots, as those of Google Cloud are; an empty one is a
  /// record that lacks it, of whatever platform.
  var isDotted: Bool {
    permission.isEmpty
      || (permission.utf8.contains(UInt8(ascii: "."))
        && !permission.utf8.contains(UInt8(ascii: ":")))
  }
}

/// What kind of policy is asked for, of whom.
package struct PolicyRequest: Sendable {
  package var dialect: PolicyDialect
  /// Only what this principal used; nil for all.
  package var principal: String?
  /// The arguments that name the executions in the command that a document shows.
  package var paths: [String]
  /// How the document is written; nil for the dialect's usual notation.
  package var notation: PolicyNotation?
  /// Whether policies become part of their principal, instead of standing for themselves.
  package var isInline = false
  /// Permissions that are granted although no event shows them.
  package var inferences = Set(Inference.allCases)
  /// How far statements reach beyond what was recorded.
  package var generalization = Generalization()
  /// Names of statements that are left out, though what they grant was used.
  package var dropped: Set<String> = []
  /// What is known of AWS.
  package var awsCatalogue = AWSCatalogueFile.builtIn

  package init(dialect: PolicyDialect, principal: String? = nil, paths: [String] = []) {
    self.dialect = dialect
    self.principal = principal
    self.paths = paths
  }

  /// The options that ask for the same.
  package var options: [String] {
    var words = ["--dialect", dialect.rawValue]
    if let principal { words += ["--principal", principal] }
    if let notation { words += ["--as", notation.rawValue] }
    if isInline { words.append("--inline") }
    for inference in Inference.allCases where !inferences.contains(inference) {
      words += ["--without-inferred", inference.rawValue]
    }
    words += generalization.options
    for name in dropped.sorted(by: { Name($0) < Name($1) }) { words += ["--drop", name] }
    return words
  }

  /// The command that makes the same document from the same executions.
  var command: String {
    // The order of paths changes nothing.
    (["vestige", "policy", "generate"] + options + paths.sorted { Name($0) < Name($1) })
      .map(shellWord).joined(separator: " ")
  }
}

/// A word that a shell takes as it is.
package func shellWord(_ word: String) -> String {
  let plain = word.utf8.allSatisfy { byte in
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-_./@:,=".utf8.contains(byte)
    }
  }
  if plain && !word.isEmpty { return word }
  return "'" + word.replacing("'", by: "'\\''") + "'"
}
