/// Decides as AWS IAM does for the policies of an identity: an explicit deny wins, then an allow,
/// otherwise the request is denied.
///
/// What it does not know (operators, policy variables, condition keys that nothing recorded) never
/// allows, always denies where it stands in a deny, and is listed in `unknowns`.
struct IAMEngine: Sendable {
  enum Verdict: Equatable, Sendable {
    /// Allowed by the statement with this number, from 0, over all documents.
    case allowed(by: Int)
    case denied(by: Int)
    case notAllowed
  }

  /// What is asked of the policies.
  struct Request: Sendable {
    var action: String
    /// A pattern stands for all that it matches; all of it must be allowed.
    var resource: IAMPattern
    /// By key in lower case.
    var context: [String: [String]]

    init(_ key: PermissionKey) {
      action = key.permission.text
      resource = IAMPattern(key.resource.text)
      context = Dictionary(grouping: key.context) { $0.key.text.lowercased() }
        .mapValues { $0.map(\.value.text) }
    }
  }

  private struct Rule: Sendable {
    let effect: IAMStatement.Effect
    let actions: Patterns
    let resources: Patterns
    let conditions: [IAMCondition]
  }

  private struct Patterns: Sendable {
    let patterns: [IAMPattern]
    let isNegated: Bool

    /// Whether all of `subject` is selected or, for a deny, any of it.
    func select(_ subject: IAMPattern, wholly: Bool) -> Bool {
      if isNegated {
        return wholly
          ? !patterns.contains { $0.hasVariables || $0.overlaps(subject) }
          : !patterns.contains { !$0.hasVariables && $0.covers(subject) }
      }
      return wholly
        ? patterns.contains { !$0.hasVariables && $0.covers(subject) }
        : patterns.contains { $0.hasVariables || $0.overlaps(subject) }
    }

    /// The patterns that select all of `subject`; 0 where what is not named is selected.
    func positions(covering subject: IAMPattern) -> [Int] {
      if isNegated { return select(subject, wholly: true) ? [0] : [] }
      return patterns.indices.filter {
        !patterns[$0].hasVariables && patterns[$0].covers(subject)
      }
    }
  }

  private let rules: [Rule]
  /// What is not known, each once, in order of statements.
  let unknowns: [String]

  init(_ documents: [IAMDocument]) {
    let statements = documents.flatMap(\.statements)
    rules = statements.map { statement in
      Rule(
        effect: statement.effect,
        actions: IAMEngine.patterns(statement.actions, isAction: true),
        resources: IAMEngine.patterns(statement.resources, isAction: false),
        conditions: statement.conditions)
    }
    var unknowns: [String] = []
    func note(_ text: String) { if !unknowns.contains(text) { unknowns.append(text) } }
    for (rule, statement) in zip(rules, statements) {
      if rule.resources.patterns.contains(where: \.hasVariables) {
        note("a policy variable in a resource of statement '\(statement.sid)'")
      }
      for condition in statement.conditions {
        if let unknown = IAMConditionTest(condition).unknown { note(unknown) }
      }
    }
    self.unknowns = unknowns
  }

  private static func patterns(_ selection: IAMStatement.Selection, isAction: Bool) -> Patterns {
    let (texts, isNegated) =
      switch selection {
      case .only(let texts): (texts, false)
      case .allBut(let texts): (texts, true)
      }
    return Patterns(
      patterns: texts.map {
        IAMPattern($0, ignoringCase: isAction, hasEscapes: !isAction)
      }, isNegated: isNegated)
  }

  func verdict(on request: Request) -> Verdict {
    let action = IAMPattern(request.action, ignoringCase: true, hasEscapes: false)
    var allowed: Int?
    for (number, rule) in rules.enumerated() {
      let isAllow = rule.effect == .allow
      guard allowed == nil || !isAllow, rule.actions.select(action, wholly: isAllow),
        rule.resources.select(request.resource, wholly: isAllow),
        rule.conditions.allSatisfy({
          IAMConditionTest($0).holds(in: request.context) ?? !isAllow
        })
      else { continue }
      if !isAllow { return .denied(by: number) }
      allowed = number
    }
    return allowed.map(Verdict.allowed) ?? .notAllowed
  }

  /// What of a statement allows a request: positions of actions and resources as written; only 0 where
  /// the statement names all but some.
  struct Allowing: Equatable, Sendable {
    let statement: Int
    let actions: [Int]
    let resources: [Int]
  }

  /// All statements that allow a request, the first of which decides; whether another denies it is not
  /// looked at.
  func allowing(_ request: Request) -> [Allowing] {
    let action = IAMPattern(request.action, ignoringCase: true, hasEscapes: false)
    return rules.enumerated().compactMap { number, rule in
      guard rule.effect == .allow,
        rule.conditions.allSatisfy({ IAMConditionTest($0).holds(in: request.context) ?? false })
      else { return nil }
      let actions = rule.actions.positions(covering: action)
      let resources = rule.resources.positions(covering: request.resource)
      return actions.isEmpty || resources.isEmpty
        ? nil : Allowing(statement: number, actions: actions, resources: resources)
    }
  }

  func allows(_ key: PermissionKey) -> Bool {
    if case .allowed = verdict(on: Request(key)) { true } else { false }
  }
}

/// One line of a condition, taken apart.
struct IAMConditionTest: Sendable {
  private enum Quantifier: Sendable { case none, any, all }

  private let quantifier: Quantifier
  private let isOptional: Bool
  private let operation: String
  private let key: String
  private let values: [String]

  /// Keys whose absence from a request means something, because calls are searched for them.
  static let recordedKeys: Set<String> = [
    "iam:passedtoservice", "kms:viaservice", "aws:calledvia", "ec2:createaction",
    "iam:awsservicename",
  ]

  private static let operations: Set<String> = [
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
    "StringLike", "StringNotLike", "ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "Bool",
    "Null",
  ]

  init(_ condition: IAMCondition) {
    var name = Substring(condition.operation)
    quantifier =
      name.hasPrefix("ForAnyValue:") ? .any : name.hasPrefix("ForAllValues:") ? .all : .none
    if let colon = name.firstIndex(of: ":") { name = name[name.index(after: colon)...] }
    isOptional = name.hasSuffix("IfExists")
    operation = String(isOptional ? name.dropLast("IfExists".count) : name)
    key = condition.key
    values = condition.values
  }

  /// What of it is not known; nil when all is.
  var unknown: String? {
    if !IAMConditionTest.operations.contains(operation) { return "the operator \(operation)" }
    if !IAMConditionTest.recordedKeys.contains(key.lowercased()) { return "the key \(key)" }
    if values.contains(where: { IAMPattern($0).hasVariables }) {
      return "a policy variable for \(key)"
    }
    return nil
  }

  /// Whether it holds for a request; nil when that is not known.
  func holds(in context: [String: [String]]) -> Bool? {
    guard unknown == nil else { return nil }
    let found = context[key.lowercased()]
    if operation == "Null" {
      return values.contains { ($0.lowercased() == "true") == (found == nil) }
    }
    guard let found, !found.isEmpty else {
      // A negated test of what is not there holds, as do all values of none.
      return isOptional || quantifier == .all || (quantifier == .none && isNegated)
    }
    switch quantifier {
    case .all: return found.allSatisfy(test)
    case .any: return found.contains(where: test)
    case .none: return isNegated ? found.allSatisfy(test) : found.contains(where: test)
    }
  }

  private var isNegated: Bool { operation.contains("Not") }

  private func test(_ value: String) -> Bool {
    let matches: (String) -> Bool =
      switch operation {
      case "StringEquals", "StringNotEquals": { Name($0) == Name(value) }
      case "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "Bool":
        {
          $0.lowercased() == value.lowercased()
        }
      case "StringLike", "StringNotLike": { IAMPattern($0).covers(IAMPattern(.literal(value))) }
      default: { IAMConditionTest.isLikeARN($0, value) }
      }
    return values.contains(where: matches) != isNegated
  }

  /// Each of the six parts of an ARN is compared by itself.
  private static func isLikeARN(_ pattern: String, _ value: String) -> Bool {
    func parts(_ text: String) -> [String] {
      text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
    }
    let (patterns, values) = (parts(pattern), parts(value))
    return patterns.count == 6 && values.count == 6
      && zip(patterns, values).allSatisfy { IAMPattern($0).covers(IAMPattern(.literal($1))) }
  }
}

extension String {
  fileprivate static func literal(_ text: String) -> String { IAMPattern.literal(text) }
}
