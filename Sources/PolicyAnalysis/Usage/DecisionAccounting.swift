/// Where every decision went: granted, or left out for one reason.
package struct DecisionAccounting: Sendable, Equatable {
  /// Decisions that are behind a statement.
  package private(set) var granted = 0
  private var excluded: [ExclusionReason: Int] = [:]

  package init() {}

  /// All decisions: those granted and those left out.
  package var decisions: Int { excluded.values.reduce(granted, +) }

  /// Decisions left out for `reason`.
  package func count(_ reason: ExclusionReason) -> Int { excluded[reason, default: 0] }

  /// The reasons that occur with their counts, in the order of the enumeration.
  package var exclusions: [Exclusion] {
    ExclusionReason.allCases.compactMap { reason in
      excluded[reason].map { Exclusion(reason: reason, decisions: $0) }
    }
  }

  mutating func add(_ treatment: DecisionTreatment, decisions: Int) {
    switch treatment {
    case .granted: granted += decisions
    case .excluded(let reason): excluded[reason, default: 0] += decisions
    }
  }

  mutating func merge(_ other: DecisionAccounting) {
    granted += other.granted
    excluded.merge(other.excluded, uniquingKeysWith: +)
  }
}

/// A reason with the number of decisions that were left out for it.
package struct Exclusion: Sendable, Equatable {
  package let reason: ExclusionReason
  package let decisions: Int

  package init(reason: ExclusionReason, decisions: Int) {
    self.reason = reason
    self.decisions = decisions
  }
}

/// What the decisions about one principal came to.
package struct PrincipalAccount: Sendable, Equatable {
  /// Empty for decisions that name nobody.
  package let principal: Name
  package let accounting: DecisionAccounting
  /// Distinct keys that were allowed, each of them one statement.
  package let usedPermissions: Int
}
