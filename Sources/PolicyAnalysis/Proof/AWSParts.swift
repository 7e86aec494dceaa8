import TraceModel
import WireFormats

/// Policy documents of AWS IAM, by principal, taken apart.
struct AWSParts: ProvablePolicy {
  /// A statement of a principal's documents, counted from 0 over all of them.
  struct Place: Hashable, Sendable {
    let principal: Name
    let number: Int
  }

  enum Part: Hashable, Sendable {
    case statement(Place)
    case action(Place, String)
    case resource(Place, String)
    case condition(Place, IAMCondition)
    case value(Place, IAMCondition, String)
  }

  private struct Entry {
    let place: Place
    /// The file it is in, and its `Sid`.
    let title: String
    var statement: IAMStatement
    /// Actions by which it can be found; nil when any may be meant.
    let actions: Set<String>?
    let engine: IAMEngine

    init(_ place: Place, _ title: String, _ statement: IAMStatement) {
      self.place = place
      self.title = title
      self.statement = statement
      let isPlain = statement.actionTexts.allSatisfy { !$0.contains("*") && !$0.contains("?") }
      actions =
        isPlain && !statement.actionTexts.isEmpty
        ? Set(statement.actionTexts.map { $0.lowercased() }) : nil
      engine = IAMEngine([IAMDocument(statements: [statement])])
    }
  }

  private let entries: [Entry]
  /// By principal and action, in lower case; an empty action has those that can mean any.
  private let byAction: [Name: [String: [Int]]]
  private let engines: [Name: IAMEngine]

  init(_ document: String) throws(PolicyReadError) {
    let bytes = Array(document.utf8)
    let tree: JSONValue
    do throws(JSONFault) { tree = try JSONValue(bytes.span.bytes) } catch {
      throw PolicyReadError(error.explanation(in: bytes.span.bytes))
    }
    guard case .array(let policies)? = tree["policies"] else {
      throw PolicyReadError("no 'policies': not what 'policy generate --dialect aws' prints")
    }
    var entries: [Entry] = []
    var counts: [Name: Int] = [:]
    for (number, policy) in policies.enumerated() {
      guard let principal = policy["principal"]?.text, let value = policy["document"] else {
        throw PolicyReadError("policies[\(number)] has no principal or no document")
      }
      let title = policy["file"]?.text ?? principal
      let statements: [IAMStatement]
      do throws(IAMDocumentError) { statements = try IAMDocument(value).statements } catch {
        throw PolicyReadError("policies[\(number)].document: \(error)")
      }
      for statement in statements {
        let place = Place(principal: Name(principal), number: counts[Name(principal), default: 0])
        counts[Name(principal), default: 0] += 1
        entries.append(Entry(place, "\(title), \(statement.sid)", statement))
      }
    }
    self.init(entries)
  }

  private init(_ entries: [Entry]) {
    self.entries = entries
    var byAction: [Name: [String: [Int]]] = [:]
    var statements: [Name: [IAMStatement]] = [:]
    for (number, entry) in entries.enumerated() {
      statements[entry.place.principal, default: []].append(entry.statement)
      for action in entry.actions ?? [""] {
        byAction[entry.place.principal, default: [:]][action, default: []].append(number)
      }
    }
    self.byAction = byAction
    engines = statements.mapValues { IAMEngine([IAMDocument(statements: $0)]) }
  }

  // MARK: Parts

  var parts: [Part] {
    entries.flatMap { entry -> [Part] in
      let (place, statement) = (entry.place, entry.statement)
      return [.statement(place)] + AWSParts.texts(statement.actions).map { .action(place, $0) }
        + AWSParts.texts(statement.resources).map { .resource(place, $0) }
        + statement.conditions.flatMap { condition in
          [.condition(place, condition)]
            + condition.values.map { .value(place, condition, $0) }
        }
    }
  }

  private static func texts(_ selection: IAMStatement.Selection) -> [String] {
    switch selection {
    case .only(let texts), .allBut(let texts): texts
    }
  }

  func described(_ part: Part) -> PolicyPart {
    func title(_ place: Place) -> String {
      entries.first { $0.place == place }?.title ?? place.principal.text
    }
    switch part {
    case .statement(let place): return PolicyPart(.statement, in: title(place), "")
    case .action(let place, let text): return PolicyPart(.action, in: title(place), text)
    case .resource(let place, let text): return PolicyPart(.resource, in: title(place), text)
    case .condition(let place, let condition):
      return PolicyPart(.condition, in: title(place), "\(condition.operation) \(condition.key)")
    case .value(let place, let condition, let value):
      return PolicyPart(
        .conditionValue, in: title(place), "\(condition.operation) \(condition.key) \(value)")
    }
  }

  func without(_ part: Part) -> AWSParts {
    switch part {
    case .statement(let place): AWSParts(entries.filter { $0.place != place })
    case .action(let place, let text):
      changing(place) { $0.actions.drop(text) }
    case .resource(let place, let text):
      changing(place) { $0.resources.drop(text) }
    case .condition(let place, let condition):
      changing(place) { statement in
        statement.conditions.removeAll { $0 == condition }
        return true
      }
    case .value(let place, let condition, let value):
      changing(place) { statement in
        let values = condition.values.dropping(value)
        // A condition that no value meets never holds.
        if values.isEmpty { return false }
        statement.conditions = statement.conditions.map { other in
          other == condition
            ? IAMCondition(operation: other.operation, key: other.key, values: values) : other
        }
        return true
      }
    }
  }

  /// The policy with one statement changed, or without it when nothing of it is left.
  private func changing(_ place: Place, _ change: (inout IAMStatement) -> Bool) -> AWSParts {
    AWSParts(
      entries.compactMap { entry in
        guard entry.place == place else { return entry }
        var statement = entry.statement
        return change(&statement) ? Entry(place, entry.title, statement) : nil
      })
  }

  func slice(for key: PermissionKey) -> AWSParts {
    let action = IAMPattern(key.permission.text, ignoringCase: true, hasEscapes: false)
    let resource = IAMPattern(key.resource.text)
    let found = candidates(key.principal, key.permission).compactMap { number -> Entry? in
      let entry = entries[number]
      var statement = entry.statement
      // What is left out of a denial or of a negated list would widen: such statements stay whole.
      guard statement.effect == .allow, case .only(let actions) = statement.actions,
        case .only(let resources) = statement.resources
      else { return entry }
      let wanted = actions.filter {
        IAMPattern($0, ignoringCase: true, hasEscapes: false).covers(action)
      }
      let reached = resources.filter { IAMPattern($0).covers(resource) }
      if wanted.isEmpty || reached.isEmpty { return nil }
      statement.actions = .only(wanted)
      statement.resources = .only(reached)
      return Entry(entry.place, entry.title, statement)
    }
    return AWSParts(found)
  }

  /// Numbers of statements that may be about a permission, ascending.
  private func candidates(_ principal: Name, _ permission: Name) -> [Int] {
    guard let found = byAction[principal] else { return [] }
    return ((found[permission.text.lowercased()] ?? []) + (found[""] ?? [])).sorted()
  }

  // MARK: Answers

  func allows(_ key: PermissionKey, at time: Int64) -> Bool {
    engines[key.principal]?.allows(key) ?? false
  }

  func prefixes(of principal: Name, _ permission: Name) -> [String] {
    let action = IAMPattern(permission.text, ignoringCase: true, hasEscapes: false)
    var prefixes: Set<String> = []
    for number in candidates(principal, permission) {
      let statement = entries[number].statement
      guard statement.effect == .allow else { continue }
      if case .only(let actions) = statement.actions,
        !actions.contains(where: {
          IAMPattern($0, ignoringCase: true, hasEscapes: false).covers(action)
        })
      {
        continue
      }
      guard case .only(let resources) = statement.resources else { return [""] }
      prefixes.formUnion(
        resources.map { text in String(text.prefix { $0 != "*" && $0 != "?" && $0 != "$" }) })
    }
    return Array(prefixes)
  }

  func testsContext(of principal: Name, _ permission: Name) -> Bool {
    candidates(principal, permission).contains { !entries[$0].statement.conditions.isEmpty }
  }

  // MARK: What is declared

  static func spelling(of permission: Name) -> Name { Name(permission.text.lowercased()) }

  static func reach(of grant: Grant, to key: PermissionKey) -> DeclaredReach? {
    guard grant.principal == key.principal,
      spelling(of: grant.permission) == spelling(of: key.permission),
      grant.conditions.allSatisfy(key.context.contains)
    else { return nil }
    if grant.resource.matches(key.resource) { return .granted }
    return IAMPattern(grant.resource.text).covers(IAMPattern(key.resource.text)) ? .granted : nil
  }
}

extension IAMStatement.Selection {
  /// Takes one text out.
  ///
  /// - Returns: false when none is left that the statement could be about.
  fileprivate mutating func drop(_ text: String) -> Bool {
    switch self {
    case .only(let texts):
      self = .only(texts.dropping(text))
      return texts != [text]
    case .allBut(let texts):
      self = .allBut(texts.dropping(text))
      return true
    }
  }
}
