package import TraceIndex
import TraceModel

/// An existing policy tried on everything that was recorded.
package struct PolicyCheck: Sendable, Equatable {
  /// Decisions about one key that the policy would decide otherwise, all in the same way.
  package struct Flip: Sendable, Equatable {
    package let key: PermissionKey
    /// What was recorded; the policy says the opposite.
    package let wasAllowed: Bool
    /// Why the policy decides as it does, in a clause.
    package let reason: String
    package let evidence: Evidence
  }

  /// Why a decision was not tried.
  package enum Untried: String, Sendable, CaseIterable, Comparable {
    /// It came to none, or to none that is known.
    case noOutcome = "no-outcome"
    /// The caller could not be told, which no policy decides.
    case unauthenticated
    /// It passed while decisions were not enforced.
    case notEnforced = "not-enforced"

    /// One clause, without a full stop.
    package var meaning: String {
      switch self {
      case .noOutcome: "came to no decision, or to none that is known"
      case .unauthenticated: "refused for want of an identity"
      case .notEnforced: "allowed while decisions were not enforced"
      }
    }

    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// All decisions of the executions.
  package let decisions: Int
  /// Those that the policy decides as it was recorded.
  package let agreeing: Int
  /// What was allowed and the policy denies first, then by keys.
  package let flips: [Flip]
  /// Decisions that were not tried, by reason.
  package let untried: [(reason: Untried, decisions: Int)]
  package let remarks: [String]

  /// Tries `engine` on every decision of `indexes`, each at its own time.
  ///
  /// - Complexity: O(rows + decisions that the policy is asked about).
  package init(_ engine: any PolicyEngine, on indexes: [TraceIndex]) {
    var replay = Replay(engine: engine)
    for (number, index) in indexes.enumerated() { replay.run(index, execution: number) }
    decisions = indexes.reduce(0) { $0 + $1.totals.decisions }
    agreeing = replay.agreeing
    untried = replay.untried.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    remarks = engine.remarks
    flips = replay.flips.sorted { $0.key < $1.key }.compactMap { flip, tally in
      tally.evidence(place: indexes.place).map {
        Flip(key: flip.key, wasAllowed: flip.wasAllowed, reason: flip.reason, evidence: $0)
      }
    }
  }

  package static func == (a: Self, b: Self) -> Bool {
    a.decisions == b.decisions && a.agreeing == b.agreeing && a.flips == b.flips
      && a.remarks == b.remarks && a.untried.map(\.reason) == b.untried.map(\.reason)
      && a.untried.map(\.decisions) == b.untried.map(\.decisions)
  }

  /// What tells flips apart.
  private struct FlipKey: Hashable, Comparable {
    let wasAllowed: Bool
    let key: PermissionKey
    let reason: String

    static func < (a: Self, b: Self) -> Bool {
      if a.wasAllowed != b.wasAllowed { return a.wasAllowed }
      if a.key != b.key { return a.key < b.key }
      return a.reason.utf8.lexicographicallyPrecedes(b.reason.utf8)
    }
  }

  private struct Replay {
    private struct IDs: Hashable {
      let principal: StringID
      let permission: StringID
      let target: StringID
    }

    let engine: any PolicyEngine
    private(set) var agreeing = 0
    private(set) var flips: [FlipKey: EvidenceTally] = [:]
    private(set) var untried: [Untried: Int] = [:]

    init(engine: any PolicyEngine) { self.engine = engine }

    mutating func run(_ index: TraceIndex, execution: Int) {
      let rules = DecisionRules(index: index)
      let dependsOnTime = engine.dependsOnTime
      // The same check gets the same answer, unless time matters.
      var answers: [IDs: PolicyJudgement] = [:]
      for row in 0..<index.rowCount where index.kind(row) == .decision {
        guard let wasAllowed = recorded(row, index, rules) else { continue }
        let ids = IDs(
          principal: index.principal(row), permission: index.permission(row),
          target: index.target(row))
        let judgement: PolicyJudgement
        if !dependsOnTime, let known = answers[ids] {
          judgement = known
        } else {
          judgement = engine.judge(index.permissionKey(ofRow: row), at: index.start(row))
          if !dependsOnTime { answers[ids] = judgement }
        }
        if judgement.isAllowed == wasAllowed {
          agreeing += 1
          continue
        }
        let flip = FlipKey(
          wasAllowed: wasAllowed, key: index.permissionKey(ofRow: row), reason: judgement.reason)
        flips[flip, default: EvidenceTally()].add(
          Sighting(
            reference: RowReference(execution: execution, row: row),
            time: index.marks(row).contains(.timeMissing) ? nil : index.start(row),
            isUnenforced: false, failedLater: index.outcome(row) == .allowedThenFailed))
      }
    }

    /// Whether a decision allowed; nil, and counted, when there is nothing to compare with.
    private mutating func recorded(
      _ row: Int, _ index: TraceIndex, _ rules: DecisionRules
    ) -> Bool? {
      switch index.outcome(row) {
      case .deny: return false
      case .allow, .allowedThenFailed:
        if rules.treatment(ofRow: row) != .excluded(.notEnforced) { return true }
        untried[.notEnforced, default: 0] += 1
      case .unauthenticated: untried[.unauthenticated, default: 0] += 1
      case .none, .error, .unknown: untried[.noOutcome, default: 0] += 1
      }
      return nil
    }
  }
}
