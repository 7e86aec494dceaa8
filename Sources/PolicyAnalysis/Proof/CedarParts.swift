/// Policies of Cedar, taken apart.
struct CedarParts: ProvablePolicy {
  enum Part: Hashable, Sendable {
    case policy(Int)
    case member(Int, CedarEntity)
    case action(Int, CedarEntity)
    case resource(Int, CedarEntity)
    /// A `when` or `unless`, counted from 0.
    case condition(Int, Int)
  }

  private struct Entry {
    /// Counted from 0 in the document.
    let number: Int
    var policy: CedarPolicy
    /// What its conditions are counted as.
    var conditions: [Int]
  }

  private let entries: [Entry]
  private let engine: CedarEngine
  /// By principal; empty for those about any.
  private let byPrincipal: [CedarEntity?: [Int]]

  init(_ document: String) throws(PolicyReadError) {
    let set: CedarPolicySet
    do throws(CedarError) { set = try CedarPolicySet(document) } catch {
      throw PolicyReadError("\(error)")
    }
    self.init(
      set.policies.enumerated().map {
        Entry(number: $0, policy: $1, conditions: Array($1.conditions.indices))
      })
  }

  private init(_ entries: [Entry]) {
    self.entries = entries
    engine = CedarEngine(CedarPolicySet(policies: entries.map(\.policy)))
    var byPrincipal: [CedarEntity?: [Int]] = [:]
    for (place, entry) in entries.enumerated() {
      if case .equals(let principal) = entry.policy.principal {
        byPrincipal[principal, default: []].append(place)
      } else {
        byPrincipal[nil, default: []].append(place)
      }
    }
    self.byPrincipal = byPrincipal
  }

  // MARK: Parts

  var parts: [Part] {
    entries.flatMap { entry -> [Part] in
      let (number, policy) = (entry.number, entry.policy)
      return [.policy(number)] + policy.principal.entities.map { .member(number, $0) }
        + policy.action.entities.map { .action(number, $0) }
        + policy.resource.entities.map { .resource(number, $0) }
        + zip(entry.conditions, policy.conditions).flatMap { place, condition in
          [.condition(number, place)]
            + (condition.resources ?? []).map { .resource(number, $0) }
        }
    }
  }

  func described(_ part: Part) -> PolicyPart {
    func place(_ number: Int) -> String {
      let id = entries.first { $0.number == number }?.policy.id.text ?? ""
      return "policy \(number + 1)" + (id.isEmpty ? "" : ", \(id)")
    }
    switch part {
    case .policy(let number): return PolicyPart(.statement, in: place(number), "")
    case .member(let number, let entity):
      return PolicyPart(.member, in: place(number), entity.id.text)
    case .action(let number, let entity):
      return PolicyPart(.action, in: place(number), entity.id.text)
    case .resource(let number, let entity):
      return PolicyPart(.resource, in: place(number), entity.id.text)
    case .condition(let number, let condition):
      return PolicyPart(.condition, in: place(number), "condition \(condition + 1)")
    }
  }

  func without(_ part: Part) -> CedarParts {
    switch part {
    case .policy(let number): CedarParts(entries.filter { $0.number != number })
    case .member(let number, let entity):
      changing(number) { $0.policy.principal.drop(entity) }
    case .action(let number, let entity):
      changing(number) { $0.policy.action.drop(entity) }
    case .resource(let number, let entity):
      changing(number) { entry in
        if entry.policy.resource.entities.contains(entity) {
          return entry.policy.resource.drop(entity)
        }
        for place in entry.policy.conditions.indices {
          guard let rest = entry.policy.conditions[place].resources?.dropping(entity) else {
            continue
          }
          entry.policy.conditions[place].expression = .isIn(
            .variable(.resource), .entities(Set(rest)))
        }
        return true
      }
    case .condition(let number, let condition):
      changing(number) { entry in
        guard let place = entry.conditions.firstIndex(of: condition) else { return true }
        entry.conditions.remove(at: place)
        entry.policy.conditions.remove(at: place)
        return true
      }
    }
  }

  private func changing(_ number: Int, _ change: (inout Entry) -> Bool) -> CedarParts {
    CedarParts(
      entries.compactMap { entry in
        guard entry.number == number else { return entry }
        var entry = entry
        return change(&entry) ? entry : nil
      })
  }

  func slice(for key: PermissionKey) -> CedarParts {
    let request = CedarRequest(key)
    let places = (byPrincipal[request.principal] ?? []) + (byPrincipal[nil] ?? [])
    return CedarParts(
      places.sorted().compactMap { place -> Entry? in
        var entry = entries[place]
        guard entry.policy.effect == .permit else { return entry }
        guard entry.policy.action.narrow(to: request.action),
          entry.policy.resource.narrow(to: request.resource)
        else { return nil }
        for place in entry.policy.conditions.indices {
          guard let all = entry.policy.conditions[place].resources else { continue }
          entry.policy.conditions[place].expression = .isIn(
            .variable(.resource), .entities(Set(all.narrowed { $0 == request.resource })))
        }
        return entry
      })
  }

  // MARK: Answers

  func allows(_ key: PermissionKey, at time: Int64) -> Bool { engine.allows(CedarRequest(key)) }

  func prefixes(of principal: Name, _ permission: Name) -> [String] {
    let principal = CedarEntity(type: "Principal", id: principal)
    let action = CedarEntity(type: "Action", id: permission)
    var prefixes: Set<String> = []
    for place in (byPrincipal[principal] ?? []) + (byPrincipal[nil] ?? []) {
      let policy = entries[place].policy
      guard policy.effect == .permit,
        policy.action.entities.isEmpty
          || policy.action.entities.contains(action)
      else { continue }
      let resources =
        policy.resource.entities.isEmpty
        ? policy.conditions.lazy.compactMap(\.resources).first : policy.resource.entities
      prefixes.formUnion(resources?.map(\.id.text) ?? [""])
    }
    return Array(prefixes)
  }
}

extension CedarPolicy.Scope {
  /// What it names, in order; none stands for anything.
  fileprivate var entities: [CedarEntity] {
    switch self {
    case .any: []
    case .equals(let entity): [entity]
    case .isIn(let entities): entities.inOrder
    }
  }

  /// - Returns: false when nothing is left of it.
  fileprivate mutating func drop(_ entity: CedarEntity) -> Bool {
    let rest = entities.dropping(entity)
    self = .isIn(Set(rest))
    return !rest.isEmpty
  }

  /// - Returns: false when it is about something else.
  fileprivate mutating func narrow(to entity: CedarEntity) -> Bool {
    if case .any = self { return true }
    guard entities.contains(entity) else { return false }
    self = .isIn([entity])
    return true
  }
}

extension CedarPolicy.Condition {
  /// The resources of which it wants one; nil when it says something else.
  fileprivate var resources: [CedarEntity]? {
    guard !isUnless, case .isIn(.variable(.resource), .entities(let entities)) = expression
    else { return nil }
    return entities.inOrder
  }
}

extension Set<CedarEntity> {
  fileprivate var inOrder: [CedarEntity] {
    sorted { $0.type != $1.type ? $0.type < $1.type : $0.id < $1.id }
  }
}
