/// Groups statements about one allow policy into bindings.
enum GoogleBindings {
  /// A statement with what its binding must be limited by.
  typealias Limited = (statement: Statement, limit: GoogleLimit?)

  /// Some permissions for some principals under one condition: a binding whose role has no name yet.
  struct Draft {
    /// Ascending.
    let permissions: [Name]
    /// Ascending.
    let members: [Name]
    let condition: GoogleCondition?
    /// Ascending.
    let statements: [Int]
  }

  private struct Part: Hashable, Comparable {
    let permissions: [Name]
    let condition: GoogleCondition?

    static func < (a: Part, b: Part) -> Bool {
      if a.permissions != b.permissions {
        return a.permissions.lexicographicallyPrecedes(b.permissions)
      }
      switch (a.condition, b.condition) {
      case (nil, let other): return other != nil
      case (_?, nil): return false
      case (let one?, let other?): return Name(one.expression) < Name(other.expression)
      }
    }
  }

  /// The bindings for `statements`, in order of permissions and conditions.
  static func drafts(_ statements: [Limited]) -> [Draft] {
    var found: [Part: (principals: Set<Name>, statements: Set<Int>)] = [:]
    for (part, principal, numbers) in parts(statements) {
      found[part, default: ([], [])].principals.insert(principal)
      found[part, default: ([], [])].statements.formUnion(numbers)
    }
    return found.sorted { $0.key < $1.key }.map { part, who in
      Draft(
        permissions: part.permissions, members: who.principals.sorted(), condition: part.condition,
        statements: who.statements.sorted())
    }
  }

  /// What each principal needs; names under the same permissions share conditions, as many as one
  /// condition may hold.
  private static func parts(
    _ statements: [Limited]
  ) -> [(part: Part, principal: Name, statements: [Int])] {
    var found: [(part: Part, principal: Name, statements: [Int])] = []
    let byPrincipal = Dictionary(grouping: statements, by: \.statement.grant.principal)
    for (principal, statements) in byPrincipal {
      let byLimit = Dictionary(grouping: statements, by: \.limit)
      let bySet = Dictionary(grouping: byLimit) { entry in
        Group(
          permissions: Set(entry.value.map(\.statement.grant.permission)).sorted(),
          type: entry.key?.type, isNamed: entry.key?.name != nil, isLimited: entry.key != nil)
      }
      for (group, entries) in bySet {
        let named = entries.map {
          (name: $0.key?.name, numbers: $0.value.map(\.statement.number))
        }
        for (names, numbers) in chunks(named, size: group.namesPerCondition) {
          let condition = group.isLimited ? GoogleCondition(type: group.type, names: names) : nil
          found.append(
            (Part(permissions: group.permissions, condition: condition), principal, numbers))
        }
      }
    }
    return found
  }

  private struct Group: Hashable {
    let permissions: [Name]
    let type: String?
    let isNamed: Bool
    let isLimited: Bool

    var namesPerCondition: Int { GoogleCondition.mostOperators + (type == nil ? 1 : 0) }
  }

  private static func chunks(
    _ named: [(name: GoogleCondition.NameTest?, numbers: [Int])], size: Int
  ) -> [(names: [GoogleCondition.NameTest], numbers: [Int])] {
    let names = named.compactMap { entry in entry.name.map { ($0, entry.numbers) } }
      .sorted { $0.0 < $1.0 }
    guard !names.isEmpty else { return [([], named.flatMap(\.numbers))] }
    return stride(from: 0, to: names.count, by: size).map { start in
      let part = names[start..<min(start + size, names.count)]
      return (part.map(\.0), part.flatMap(\.1))
    }
  }
}
