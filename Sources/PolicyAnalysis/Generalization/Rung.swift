import TraceModel

/// How much of what is alike a grant reaches, from just what was recorded to everything.
package enum Rung: String, Sendable, CaseIterable, Comparable {
  /// The resource that was recorded.
  case exact
  /// All whose names begin as its does, up to a delimiter.
  case prefix
  /// All of its type, or kind, in its place.
  case type
  /// All resources.
  case any

  package static func < (a: Self, b: Self) -> Bool {
    (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
  }
}

/// How far up the ladder which statements of a policy are to go.
///
/// Nothing here widens what a statement permits: a rung is about its resources alone, and each
/// permission of each principal is widened by itself.
package struct Generalization: Sendable, Equatable {
  /// For all statements that are not chosen by name.
  package var rung = Rung.exact
  /// By what is chosen: the name of a statement before a permission, a permission before a service.
  package var chosen: [String: Rung] = [:]
  /// Whether permissions are widened that manage permissions, roles, keys or secrets.
  package var includesSensitive = false
  /// What one principal's policies may take; their statements go up the ladder, cheapest first,
  /// until they do. Nil for no limit.
  package var budget: GeneralizationBudget?

  package init(_ rung: Rung = .exact) { self.rung = rung }

  /// Nothing is widened.
  package var isOff: Bool {
    rung == .exact && chosen.values.allSatisfy { $0 == .exact } && budget == nil
  }

  /// The rung that is asked for, for a statement.
  func rung(of statement: Statement) -> Rung {
    let permission = statement.key.permission
    return chosen[statement.id] ?? chosen[permission.text] ?? chosen[permission.service.text]
      ?? rung
  }

  /// The choices that are about no statement of these, ascending.
  func unmatched(in statements: [Statement]) -> [String] {
    let names = Set(
      statements.flatMap { [$0.id, $0.key.permission.text, $0.key.permission.service.text] })
    return chosen.keys.filter { !names.contains($0) }.sorted()
  }

  /// The options of `vestige policy generate` that say the same.
  var options: [String] {
    var words: [String] = []
    if rung != .exact { words += ["--generalize", rung.rawValue] }
    for (name, rung) in chosen.sorted(by: { Name($0.key) < Name($1.key) }) {
      words += ["--generalize", "\(rung.rawValue):\(name)"]
    }
    if includesSensitive { words.append("--generalize-sensitive") }
    switch budget {
    case .limit?: words += ["--budget", "limit"]
    case .size(let size)?: words += ["--budget", "\(size)"]
    case nil: break
    }
    return words
  }
}

/// What a grant costs that reaches more than was recorded.
package struct Price: Sendable, Equatable {
  /// Recorded resources on which the principal was allowed the permission, and which are reached.
  package let covered: Int
  /// Recorded resources on which it never was, and which are reached.
  package let admitted: Int
  /// How many of these were denied to it.
  package let denied: Int
  /// Whether nothing is reached that was not recorded.
  package let isBounded: Bool

  package init(covered: Int, admitted: Int, denied: Int, isBounded: Bool) {
    self.covered = covered
    self.admitted = admitted
    self.denied = denied
    self.isBounded = isBounded
  }

  /// One clause, without a full stop.
  package var sentence: String {
    "covers \(counted(covered, "used resource")), admits "
      + (admitted == 0 ? "no other that was recorded" : "\(counted(admitted, "other")) recorded")
      + (denied > 0 ? " (\(QuantityText.count(denied)) denied)" : "")
      + (isBounded ? "" : ", and all that nobody has seen")
  }
}

/// A rung of the ladder for one statement.
package struct GeneralizationStep: Sendable, Equatable {
  package let rung: Rung
  package let pattern: ResourcePattern
  package let price: Price
}

/// Why a statement does not go to a rung.
package enum RungObjection: Error, Sendable, Equatable {
  /// The dialect has no way to say it; one clause.
  case notExpressible(String)
  /// It would be no wider.
  case nothingWider
  /// The permission manages permissions, roles, keys or secrets, and nobody said that such may be
  /// widened; which of these, in a few words.
  case sensitive(String)
  /// It would allow what was recorded as denied, on so many resources.
  case deniedResources(Int)
  /// No rungs make the principal's policies fit into the budget.
  case budget

  /// One clause, without a full stop.
  package var reason: String {
    switch self {
    case .notExpressible(let reason): reason
    case .nothingWider: "it would reach no more"
    case .sensitive(let what): "it is about \(what) (--generalize-sensitive widens it all the same)"
    case .budget: "no rungs make the policies of its principal fit into the budget"
    case .deniedResources(let number):
      "it would allow what was denied, on \(counted(number, "resource"))"
    }
  }
}
