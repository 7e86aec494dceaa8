/// Rules that allow some requests, and no other, in as few rules as merging gives.
struct RBACRules {
  /// What becomes one rule, with the statements behind it.
  private struct Draft {
    var verbs: [Name]
    var groups: [Name] = []
    var resources: [Name] = []
    var names: [Name] = []
    var paths: [Name] = []
    var statements: Set<Int>

    var lists: [[Name]] { [paths, groups, resources, names, verbs] }
  }

  /// An object, or all objects, of a resource.
  private struct Place: Hashable {
    let group: Name
    let resource: Name
    /// Nil for all objects.
    let name: Name?
  }

  /// The rules in order of groups, resources, names and verbs, those of paths last.
  ///
  /// A rule is the product of its lists, so only drafts that differ in one list are merged.
  static func all(_ requests: [(request: KubernetesRequest, statement: Int)]) -> [RBACRule] {
    var drafts = resources(requests.filter { $0.request.path == nil })
    drafts = merged(drafts, \.names)
    drafts = merged(drafts, \.resources)
    drafts = merged(drafts, \.groups)
    drafts += merged(paths(requests), \.paths)
    return drafts.sorted { ordered($0.lists, $1.lists) }.map { draft in
      RBACRule(
        verbs: draft.verbs, groups: draft.groups, resources: draft.resources, names: draft.names,
        paths: draft.paths, statements: draft.statements.sorted())
    }
  }

  private static func ordered(_ a: [[Name]], _ b: [[Name]]) -> Bool {
    a.lexicographicallyPrecedes(b) { $0.lexicographicallyPrecedes($1) }
  }

  /// One draft for each object, and for all objects of a resource.
  private static func resources(
    _ requests: [(request: KubernetesRequest, statement: Int)]
  ) -> [Draft] {
    var verbs: [Place: [Name: Set<Int>]] = [:]
    for (request, statement) in requests {
      let place = Place(
        group: request.group, resource: request.combinedResource,
        name: request.name.isEmpty ? nil : request.name)
      verbs[place, default: [:]][request.verb, default: []].insert(statement)
    }
    // What is allowed on all objects need not be said of one.
    for (place, ofOne) in verbs where place.name != nil {
      let all = Place(group: place.group, resource: place.resource, name: nil)
      for (verb, statements) in ofOne where verbs[all]?[verb] != nil {
        verbs[all]?[verb]?.formUnion(statements)
        verbs[place]?[verb] = nil
      }
    }
    return verbs.filter { !$0.value.isEmpty }.map { place, verbs in
      Draft(
        verbs: verbs.keys.sorted(), groups: [place.group], resources: [place.resource],
        names: place.name.map { [$0] } ?? [],
        statements: verbs.values.reduce(into: []) { $0.formUnion($1) })
    }
  }

  private static func paths(
    _ requests: [(request: KubernetesRequest, statement: Int)]
  ) -> [Draft] {
    var verbs: [Name: [Name: Set<Int>]] = [:]
    for (request, statement) in requests {
      guard let path = request.path else { continue }
      verbs[path, default: [:]][request.verb, default: []].insert(statement)
    }
    return verbs.map { path, verbs in
      Draft(
        verbs: verbs.keys.sorted(), paths: [path],
        statements: verbs.values.reduce(into: []) { $0.formUnion($1) })
    }
  }

  /// Makes one of all drafts that differ in `list` alone; no names are not merged with names.
  private static func merged(
    _ drafts: [Draft], _ list: WritableKeyPath<Draft, [Name]>
  ) -> [Draft] {
    let alike = Dictionary(grouping: drafts) { draft in
      var rest = draft
      rest[keyPath: list] = []
      return rest.lists + [draft.names.isEmpty ? [] : [""]]
    }
    return alike.values.compactMap { drafts in
      guard var merged = drafts.first else { return nil }
      merged[keyPath: list] = Set(drafts.flatMap { $0[keyPath: list] }).sorted()
      for draft in drafts { merged.statements.formUnion(draft.statements) }
      return merged
    }
  }

  // MARK: Size

  /// The most that the rules of one role may take, in bytes.
  ///
  /// `kubectl apply` keeps a copy of an object in an annotation of it, and all annotations of an
  /// object have 256 KiB; etcd takes 1.5 MiB.
  static let largest = 200_000

  /// The rules in parts that one role can hold each.
  static func parts(_ rules: [RBACRule], largest: Int = largest) -> [[RBACRule]] {
    var parts: [[RBACRule]] = []
    var size = 0
    for rule in rules.flatMap({ halved($0, largest) }) {
      if parts.isEmpty || size + rule.size > largest {
        parts.append([])
        size = 0
      }
      parts[parts.count - 1].append(rule)
      size += rule.size
    }
    return parts
  }

  /// The rule, its longest list divided until each part is small enough.
  private static func halved(_ rule: RBACRule, _ largest: Int) -> [RBACRule] {
    let lists: [WritableKeyPath<RBACRule, [Name]>] = [
      \.names, \.paths, \.resources, \.groups, \.verbs,
    ]
    guard rule.size > largest,
      let longest = lists.max(by: { rule[keyPath: $0].count < rule[keyPath: $1].count }),
      rule[keyPath: longest].count > 1
    else { return [rule] }
    let texts = rule[keyPath: longest]
    var (first, second) = (rule, rule)
    first[keyPath: longest] = Array(texts.prefix(texts.count / 2))
    second[keyPath: longest] = Array(texts.dropFirst(texts.count / 2))
    return halved(first, largest) + halved(second, largest)
  }
}

extension RBACRule {
  var lists: [[Name]] { [verbs, groups, resources, names, paths] }

  /// Bytes in JSON, at most.
  var size: Int {
    lists.joined().reduce(100) { sum, text in
      text.utf8.reduce(sum + 4) { $0 + ($1 < 0x20 || $1 >= 0x7F || $1 == 0x22 ? 6 : 1) }
    }
  }
}
