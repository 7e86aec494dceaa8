/// A statement of a document with the statements of the policy that it says.
struct AWSDocumentStatement: Sendable {
  var content: IAMStatement
  /// Ascending.
  var numbers: [Int]
}

/// Says the grants of one principal in as few characters as loses nothing.
struct AWSStatements {
  /// What may stand in one statement: a service, a condition, and whether it was recorded at all.
  private struct Group: Hashable {
    let service: Name
    let isInferred: Bool
    let conditions: [ContextEntry]
  }

  private struct Pair: Hashable {
    let action: Name
    let resource: Name
  }

  /// Statements in order of service and resource, each with a name of its own.
  static func all(
    _ statements: [Statement], _ catalogue: AWSCatalogue
  ) -> [AWSDocumentStatement] {
    let needed = withoutCovered(statements)
    let groups = Dictionary(grouping: needed) { entry in
      Group(
        service: entry.grant.permission.service, isInferred: entry.isInferred,
        conditions: entry.grant.conditions)
    }
    let sorted = groups.sorted { a, b in
      if a.key.service != b.key.service { return a.key.service < b.key.service }
      if a.key.isInferred != b.key.isInferred { return b.key.isInferred }
      return a.key.conditions.lexicographicallyPrecedes(b.key.conditions)
    }
    var taken: [String: Int] = [:]
    return sorted.flatMap { group, entries in
      compact(entries).map { statement in
        var statement = statement
        statement.content.conditions = conditions(group.conditions)
        let sid = AWSSid.text(statement.content, isInferred: group.isInferred, catalogue)
        taken[sid, default: 0] += 1
        statement.content.sid = taken[sid] == 1 ? sid : sid + "\(taken[sid] ?? 0)"
        return statement
      }
    }
  }

  // MARK: Grants that others cover

  private struct Entry {
    let grant: Grant
    let isInferred: Bool
    var numbers: [Int]
  }

  /// Leaves out what a wider grant says, too, and gives that one its statements.
  private static func withoutCovered(_ statements: [Statement]) -> [Entry] {
    let byAction = Dictionary(grouping: statements, by: \.grant.permission)
    return byAction.sorted { $0.key < $1.key }.flatMap { _, statements in
      let patterns = statements.map { IAMPattern($0.grant.resource.text) }
      var numbers = statements.map { [$0.number] }
      var isKept = [Bool](repeating: true, count: statements.count)
      for small in statements.indices {
        let wide = statements.indices.first { wide in
          wide != small && isKept[wide] && patterns[wide].covers(patterns[small])
            && statements[wide].grant.conditions
              .allSatisfy(statements[small].grant.conditions.contains)
        }
        guard let wide else { continue }
        isKept[small] = false
        numbers[wide] += numbers[small]
      }
      return statements.indices.filter { isKept[$0] }.map { number in
        Entry(
          grant: statements[number].grant, isInferred: statements[number].inference != nil,
          numbers: numbers[number].sorted())
      }
    }
  }

  // MARK: Compaction

  /// Actions with the same resources in one statement, or resources with the same actions, whichever
  /// is shorter, for each set of grants that have an action or a resource in common.
  private static func compact(_ entries: [Entry]) -> [AWSDocumentStatement] {
    var numbers: [Pair: [Int]] = [:]
    for entry in entries {
      let pair = Pair(action: entry.grant.permission, resource: Name(entry.grant.resource.text))
      numbers[pair, default: []] += entry.numbers
    }
    let statements = components(of: Set(numbers.keys)).flatMap { pairs in
      let byAction = rectangles(pairs, of: \.action, over: \.resource)
      let byResource = rectangles(pairs, of: \.resource, over: \.action)
        .map { (actions: $0.1, resources: $0.0) }
      let rows = byAction.map { (actions: $0.0, resources: $0.1) }
      return size(rows) <= size(byResource) ? rows : byResource
    }
    return statements.map { actions, resources in
      AWSDocumentStatement(
        content: IAMStatement(
          sid: "", effect: .allow, actions: .only(actions.map(\.text)),
          resources: .only(resources.map(\.text)), conditions: []),
        numbers: Set(
          actions.flatMap { action in
            resources.flatMap { numbers[Pair(action: action, resource: $0)] ?? [] }
          }
        ).sorted())
    }.sorted { a, b in
      let (x, y) = (a.content.sortKey, b.content.sortKey)
      return x.lexicographicallyPrecedes(y, by: { Name($0) < Name($1) })
    }
  }

  /// Sets of names of one kind with all names of the other that go with each of them.
  private static func rectangles(
    _ pairs: [Pair], of name: (Pair) -> Name, over other: (Pair) -> Name
  ) -> [([Name], [Name])] {
    let sets = Dictionary(grouping: pairs, by: name).mapValues { Set($0.map(other)).sorted() }
    return Dictionary(grouping: sets.keys) { sets[$0] ?? [] }
      .map { ($0.value.sorted(), $0.key) }
      .sorted { $0.0.lexicographicallyPrecedes($1.0) }
  }

  /// About the characters that statements take; each has some fifty of its own.
  private static func size(_ statements: [(actions: [Name], resources: [Name])]) -> Int {
    statements.reduce(0) { sum, statement in
      sum + 50
        + (statement.actions + statement.resources).reduce(0) { $0 + $1.utf8.count + 3 }
    }
  }

  /// Pairs that hang together by an action or a resource, in order.
  private static func components(of pairs: Set<Pair>) -> [[Pair]] {
    let byAction = Dictionary(grouping: pairs, by: \.action)
    let byResource = Dictionary(grouping: pairs, by: \.resource)
    var rest = pairs
    var components: [[Pair]] = []
    for first in pairs.sorted(by: isBefore) where rest.contains(first) {
      var component: [Pair] = []
      var open = [first]
      rest.remove(first)
      while let pair = open.popLast() {
        component.append(pair)
        for next in (byAction[pair.action] ?? []) + (byResource[pair.resource] ?? [])
        where rest.remove(next) != nil {
          open.append(next)
        }
      }
      components.append(component.sorted(by: isBefore))
    }
    return components
  }

  private static func isBefore(_ a: Pair, _ b: Pair) -> Bool {
    a.resource != b.resource ? a.resource < b.resource : a.action < b.action
  }

  /// `aws:CalledVia` may have several values, the others have one.
  private static func conditions(_ entries: [ContextEntry]) -> [IAMCondition] {
    entries.map { entry in
      IAMCondition(
        operation: entry.key == "aws:CalledVia" ? "ForAnyValue:StringEquals" : "StringEquals",
        key: entry.key.text, values: [entry.value.text])
    }
  }
}

extension IAMStatement {
  /// Its actions and resources, as far as they are selected.
  var actionTexts: [String] {
    if case .only(let texts) = actions { texts } else { [] }
  }

  var resourceTexts: [String] {
    if case .only(let texts) = resources { texts } else { [] }
  }

  /// Resources before actions.
  fileprivate var sortKey: [String] { resourceTexts + actionTexts }
}

/// Names of statements that say what they are about, of letters and digits.
enum AWSSid {
  static func text(
    _ statement: IAMStatement, isInferred: Bool, _ catalogue: AWSCatalogue
  ) -> String {
    let actions = statement.actionTexts
    let service = actions.first?.prefix { $0 != ":" } ?? ""
    let verb =
      actions.count == 1
      ? capitalized(actions[0].drop { $0 != ":" }) : levels(of: actions, catalogue)
    let kinds = Set(statement.resourceTexts.map(kind))
    let object = kinds.count == 1 ? "On" + (kinds.first ?? "") : ""
    let conditions = statement.conditions.map(suffix).joined()
    return (isInferred ? "Inferred" : "") + capitalized(service) + verb + object + conditions
  }

  /// `ListWrite` for actions of these two levels.
  private static func levels(of actions: [String], _ catalogue: AWSCatalogue) -> String {
    let words: [(AWSAccessLevel, String)] = [
      (.list, "List"), (.read, "Read"), (.write, "Write"), (.tagging, "Tag"),
      (.permissions, "Permit"), (.unknown, "Other"),
    ]
    let levels = Set(actions.map { catalogue.action($0)?.level ?? .unknown })
    return words.filter { levels.contains($0.0) }.map(\.1).joined()
  }

  /// `Instance` of `arn:aws:ec2:eu-west-1:1:instance/*`.
  private static func kind(_ pattern: String) -> String {
    if pattern == "*" { return "All" }
    let parts = pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6 else { return "Some" }
    if parts[2] == "s3", parts[4].isEmpty { return parts[5].contains("/") ? "Objects" : "Bucket" }
    let name = parts[5].prefix { $0 != "/" && $0 != ":" }
    // What is named without its kind, such as a queue or a topic.
    return name.count == parts[5].count ? "One" : capitalized(name)
  }

  private static func suffix(_ condition: IAMCondition) -> String {
    let value = condition.values.first ?? ""
    let name = capitalized(value.prefix { $0 != "." })
    switch condition.key {
    case "iam:PassedToService": return "To" + name
    case "kms:ViaService", "aws:CalledVia": return "Via" + name
    case "ec2:CreateAction": return "In" + name
    default: return "For" + name
    }
  }

  /// `ResourceExplorer2` of `resource-explorer-2`.
  private static func capitalized(_ text: some StringProtocol) -> String {
    text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
      .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }
}
