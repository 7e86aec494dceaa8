import TraceIndex
import TraceModel

/// Who was refused what: the denied decisions of one principal, permission and target.
package struct DenialGroup: Sendable, Equatable {
  /// Exact names.
  package let principal: String
  package let permission: String
  package let target: String
  /// The reason of the earliest.
  package let reason: String
  package let denied: Int
  /// Decisions of the same key that were allowed.
  package let allowed: Int
  /// Nanoseconds since the Unix epoch; nil when no decision has a time.
  package let first: Int64?
  package let last: Int64?
  /// The earliest denied decision.
  package let row: Int
}

extension DenialGroup {
  /// All groups: the most often denied first, then the earliest, then by row.
  static func all(_ index: TraceIndex, _ groups: DecisionGroups) -> [DenialGroup] {
    groups.groups.enumerated().compactMap { number, group in
      group.denied.map { denied in
        DenialGroup(
          principal: index.string(groups.principal(number)),
          permission: index.string(groups.permission(number)),
          target: index.string(groups.target(number)),
          reason: index.string(index.reason(denied.row)), denied: group.counts.denied,
          allowed: group.counts.allowed, first: denied.first, last: denied.last, row: denied.row)
      }
    }
    .sorted { a, b in
      a.denied != b.denied
        ? a.denied > b.denied
        : (a.first ?? .max, a.row) < (b.first ?? .max, b.row)
    }
  }
}

/// Checks that say too little to show who may do what.
package struct BlindSpots: Sendable, Equatable {
  package private(set) var withoutPrincipal = 0
  package private(set) var withoutPermission = 0
  package private(set) var withoutTarget = 0
  /// Checks that came to no decision.
  package private(set) var authorizationErrors = 0
  /// Decisions whose outcome is not known.
  package private(set) var unknownOutcomes = 0

  init(_ index: TraceIndex, _ groups: DecisionGroups) {
    for (number, group) in groups.groups.enumerated() {
      let total = group.counts.total
      if groups.principal(number).isEmpty { withoutPrincipal += total }
      if groups.permission(number).isEmpty { withoutPermission += total }
      if groups.target(number).isEmpty { withoutTarget += total }
    }
    for row in groups.rows.lazy.map(Int.init) {
      switch index.outcome(row) {
      case .error: authorizationErrors += 1
      case .unknown, .none: unknownOutcomes += 1
      case .allow, .deny, .allowedThenFailed, .unauthenticated: break
      }
    }
  }
}
