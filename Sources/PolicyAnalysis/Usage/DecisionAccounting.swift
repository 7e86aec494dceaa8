/// Where every decision went: granted, or left out for one reason.
package struct DecisionAccounting: Sendable, Equatable {
  /// Decisions that are behind a statement.
  package private(set) var granted = 0
  private var excluded = [Int](repeating: 0, count: ExclusionReason.allCases.count)

  package init() {}

  /// All decisions: those granted and those left out.
  package var decisions: Int { excluded.reduce(granted, +) }

  /// Decisions left out for `reason`.
  package func count(_ reason: ExclusionReason) -> Int {
    zip(ExclusionReason.allCases, excluded).first { $0.0 == reason }?.1 ?? 0
  }

  /// The reasons that occur with their counts, in the order of the enumeration.
  package var exclusions: [Exclusion] {
    zip(ExclusionReason.allCases, excluded).filter { $0.1 > 0 }
      .map { Exclusion(reason: $0.0, decisions: $0.1) }
  }

  mutating func add(_ treatment: DecisionTreatment) {
    switch treatment {
    case .granted: granted += 1
    case .excluded(let reason):
      if let place = ExclusionReason.allCases.firstIndex(of: reason) { excluded[place] += 1 }
    }
  }

  mutating func merge(_ other: DecisionAccounting) {
    granted += other.granted
    for place in excluded.indices { excluded[place] += other.excluded[place] }
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
