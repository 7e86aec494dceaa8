package import TraceIndex
import TraceModel

/// An existing policy tried on everything that was recorded.
package struct PolicyCheck: Sendable, Equatable {
  /// Decisions about one key that the policy would decide otherwise, all in the same way.
  package struct Flip: Sendable, Equatable {
    /// What decides it: of several permissions that a call needed, the first that is denied.
    package let key: PermissionKey
    /// What was recorded; the policy says the opposite.
    package let wasAllowed: Bool
    /// Why the permission was needed, where no decision was recorded for it; nil for all others.
    package let inference: Inference?
    /// Why the policy decides as it does, in a clause.
    package let reason: String
    package let evidence: Evidence
  }

  /// All decisions of the executions: those tried and those that are not.
  package let decisions: Int
  /// Those that the policy decides as it was recorded.
  package let agreeing: Int
  /// What was allowed and the policy denies first, then by keys.
  package let flips: [Flip]
  /// Decisions that were not tried, in the order of the reasons.
  package let untried: [Exclusion]
  package let remarks: [String]

  /// Decisions that were tried.
  package var tried: Int { decisions - untried.reduce(0) { $0 + $1.decisions } }

  /// Tries `engine` on every decision of `indexes`, each at its own time, as what it asked for in the
  /// dialect of `request`.
  ///
  /// - Throws: `PolicyError` when there is no decision, or none of the dialect's platform.
  /// - Complexity: O(rows + questions that the policy is asked).
  package init(
    _ engine: any PolicyEngine, on indexes: [TraceIndex], _ request: PolicyRequest
  ) throws(PolicyError) {
    var tally = Tally()
    var replay = PolicyReplay(engine, on: indexes, request)
    for (number, index) in indexes.enumerated() {
      replay.forEachDecision(of: index) { row, trial in
        tally.add(trial, row, index, execution: number)
      }
    }
    decisions = indexes.reduce(0) { $0 + $1.totals.decisions }
    try PolicyReplay.requireDecisions(indexes, tally.untried, request.dialect)
    agreeing = tally.agreeing
    untried = ExclusionReason.allCases.compactMap { reason in
      tally.untried[reason].map { Exclusion(reason: reason, decisions: $0) }
    }
    remarks = engine.remarks
    flips = tally.flips.sorted { $0.key < $1.key }.compactMap { flip, tally in
      tally.evidence(place: indexes.place).map {
        Flip(
          key: flip.key, wasAllowed: flip.wasAllowed, inference: flip.inference,
          reason: flip.reason, evidence: $0)
      }
    }
  }

  /// What tells flips apart.
  private struct FlipKey: Hashable, Comparable {
    let wasAllowed: Bool
    let key: PermissionKey
    let inference: Inference?
    let reason: String

    static func < (a: Self, b: Self) -> Bool {
      if a.wasAllowed != b.wasAllowed { return a.wasAllowed }
      if a.key != b.key { return a.key < b.key }
      let (x, y) = (a.inference?.rawValue ?? "", b.inference?.rawValue ?? "")
      return x != y ? x < y : a.reason.utf8.lexicographicallyPrecedes(b.reason.utf8)
    }
  }

  private struct Tally {
    private(set) var agreeing = 0
    private(set) var flips: [FlipKey: EvidenceTally] = [:]
    private(set) var untried: [ExclusionReason: Int] = [:]

    mutating func add(
      _ trial: PolicyReplay.Trial, _ row: Int, _ index: TraceIndex, execution: Int
    ) {
      switch trial {
      case .untried(let reason): untried[reason, default: 0] += 1
      case .tried(let wasAllowed, let answers):
        let denied = answers.first { !$0.judgement.isAllowed }
        guard wasAllowed != (denied == nil), let decisive = denied ?? answers.first else {
          agreeing += 1
          return
        }
        let flip = FlipKey(
          wasAllowed: wasAllowed, key: decisive.question.key, inference: decisive.inference,
          reason: decisive.judgement.reason)
        flips[flip, default: EvidenceTally()].add(
          Sighting(reference: RowReference(execution: execution, row: row), in: index))
      }
    }
  }
}

extension PolicyReplay {
  /// - Throws: `PolicyError` when there is no decision, or none of the dialect's platform, so that a
  ///   policy of it says nothing about them.
  static func requireDecisions(
    _ indexes: [TraceIndex], _ untried: [ExclusionReason: Int], _ dialect: PolicyDialect
  ) throws(PolicyError) {
    let decisions = indexes.reduce(0) { $0 + $1.totals.decisions }
    guard decisions > 0 else { throw .noDecisions(executions: indexes.map(\.name)) }
    let foreign = untried[.otherPlatform, default: 0]
    guard foreign > 0, decisions == untried.values.reduce(0, +) else { return }
    throw .otherPlatform(dialect, example: PolicyReplay.foreign(in: indexes, dialect))
  }

  private static func foreign(in indexes: [TraceIndex], _ dialect: PolicyDialect) -> PermissionKey?
  {
    let rules = dialect.rules
    for index in indexes {
      for row in 0..<index.rowCount where index.kind(row) == .decision {
        let key = index.permissionKey(ofRow: row)
        if !key.permission.isEmpty, !rules.hasForm(key) { return key }
      }
    }
    return nil
  }
}

extension Sighting {
  /// A decision, where it does not matter whether decisions were enforced.
  init(reference: RowReference, in index: TraceIndex) {
    self.init(
      reference: reference,
      time: index.marks(reference.row).contains(.timeMissing) ? nil : index.start(reference.row),
      isUnenforced: false, failedLater: index.outcome(reference.row) == .allowedThenFailed)
  }
}
