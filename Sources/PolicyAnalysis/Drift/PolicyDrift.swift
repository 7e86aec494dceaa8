package import TraceIndex
import TraceModel

/// What a policy grants, held against what was recorded.
package struct PolicyDrift: Sendable {
  /// A grant with all that is known of its use.
  package struct Use: Sendable, Equatable {
    package let grant: StandingGrant
    package let drift: DriftClass
    /// The decisions that it allowed; of several grants that would have, the one that the record names,
    /// otherwise the first.
    package let uses: Evidence?
    /// The decisions that were denied though it allows them.
    package let denials: Evidence?
    /// Decisions that another grant allowed, and this one allows as well.
    package let alsoAllows: Int
    /// Why no use would show; nil but for what is unobservable.
    package let silence: String?
  }

  /// What was allowed and the policy does not grant.
  package struct Missing: Sendable, Equatable {
    package let key: PermissionKey
    /// Why the permission was needed, where no decision was recorded for it; nil for all others.
    package let inference: Inference?
    /// Why the policy denies it, in a clause.
    package let reason: String
    /// The reason as recorded, where it names what allowed it; empty otherwise.
    package let recorded: String
    package let evidence: Evidence
  }

  /// Decisions whose record names what allowed them, and it is not what the policy has.
  package struct Disagreement: Sendable, Equatable {
    package let key: PermissionKey
    /// The reason as recorded.
    package let recorded: String
    /// What the policy says, in a clause.
    package let reason: String
    package let evidence: Evidence
  }

  /// The use of all that a binding or statement grants.
  package struct Place: Sendable, Equatable {
    package let place: String
    package let grants: [DriftClass: Int]
    /// Nanoseconds since the Unix epoch; nil when it was never used, or no use tells its time.
    package let lastUse: Int64?
  }

  /// All grants of the policy, in the order of the document.
  package let grants: StandingGrants
  private let tallies: [Int: GrantTally]
  private let silence: [Int: String]
  private let indexes: [TraceIndex]
  /// In order of keys.
  package let missing: [Missing]
  /// In order of keys.
  package let disagreements: [Disagreement]
  package let decisions: Int
  /// Decisions that were not tried, in the order of the reasons.
  package let untried: [Exclusion]
  /// Decisions that the policy allows to nobody in particular: they tell of no grant that it was used.
  package let toNobody: Int
  package let remarks: [String]
  /// How many grants are of each class.
  private let counts: [DriftClass: Int]

  /// Holds `engine` against all decisions of `indexes`.
  ///
  /// - Throws: `PolicyError` when there is no decision, or none of the dialect's platform.
  /// - Complexity: O(rows + questions that the policy is asked + grants).
  package init(
    _ engine: any PolicyEngine, on indexes: [TraceIndex], _ request: PolicyRequest
  ) throws(PolicyError) {
    var tally = DriftTally(engine: engine)
    var replay = PolicyReplay(engine, on: indexes, request)
    for (number, index) in indexes.enumerated() {
      replay.forEachDecision(of: index) { row, trial in
        tally.add(trial, row, index, execution: number)
      }
    }
    try PolicyReplay.requireDecisions(indexes, tally.untried, request.dialect)
    grants = engine.grants
    tallies = tally.grants
    (silence, counts) = PolicyDrift.classified(engine.grants, tally, request.dialect)
    self.indexes = indexes
    decisions = indexes.reduce(0) { $0 + $1.totals.decisions }
    untried = ExclusionReason.allCases.compactMap { reason in
      tally.untried[reason].map { Exclusion(reason: reason, decisions: $0) }
    }
    toNobody = tally.toNobody
    remarks = engine.remarks
    missing = tally.missing.sorted { $0.key < $1.key }.compactMap { found, tally in
      tally.evidence(place: indexes.place).map {
        Missing(
          key: found.key, inference: found.inference, reason: found.reason,
          recorded: found.recorded, evidence: $0)
      }
    }
    disagreements = tally.disagreements.sorted { $0.key < $1.key }.compactMap { found, tally in
      tally.evidence(place: indexes.place).map {
        Disagreement(
          key: found.key, recorded: found.recorded, reason: found.reason, evidence: $0)
      }
    }
  }

  /// Why grants are silent, by number, and how many are of each class.
  private static func classified(
    _ grants: StandingGrants, _ tally: DriftTally, _ dialect: PolicyDialect
  ) -> (silence: [Int: String], counts: [DriftClass: Int]) {
    let recorded = tally.observable
    var silence: [Int: String] = [:]
    var counts: [DriftClass: Int] = [:]
    for number in grants.indices {
      let found = tally.grants[number]
      if found?.uses.decisions ?? 0 == 0, found?.denials.decisions ?? 0 == 0 {
        silence[number] = dialect.rules.unobservable(grants[number], recorded)
      }
      counts[drift(found, isSilent: silence[number] != nil), default: 0] += 1
    }
    return (silence, counts)
  }

  private static func drift(_ tally: GrantTally?, isSilent: Bool) -> DriftClass {
    guard let tally else { return isSilent ? .unobservable : .unused }
    if tally.uses.decisions > 0 { return .used }
    if tally.denials.decisions > 0 { return .exercisedButDenied }
    return isSilent ? .unobservable : .unused
  }

  /// Decisions that were tried.
  package var tried: Int { decisions - untried.reduce(0) { $0 + $1.decisions } }

  /// How many grants there are of a class, or keys that are not granted.
  package func count(_ drift: DriftClass) -> Int {
    drift == .usedNotGranted ? missing.count : counts[drift, default: 0]
  }

  /// A grant with its use.
  package func use(_ number: Int) -> Use {
    let tally = tallies[number]
    return Use(
      grant: grants[number],
      drift: PolicyDrift.drift(tally, isSilent: silence[number] != nil),
      uses: tally?.uses.evidence(place: indexes.place),
      denials: tally?.denials.evidence(place: indexes.place),
      alsoAllows: tally?.alsoAllows ?? 0, silence: silence[number])
  }

  /// All grants of a class, in the order of the document.
  package func uses(_ drift: DriftClass) -> [Use] {
    grants.indices.lazy.filter {
      PolicyDrift.drift(tallies[$0], isSilent: silence[$0] != nil) == drift
    }.map(use)
  }

  /// Every binding or statement, in the order of the document.
  package var places: [Place] {
    var number = 0
    return grants.blocks.map { block in
      var counts: [DriftClass: Int] = [:]
      var lastUse: Int64?
      let end = number + block.principals.count * block.permissions.count * block.resources.count
      for grant in number..<end {
        let tally = tallies[grant]
        counts[PolicyDrift.drift(tally, isSilent: silence[grant] != nil), default: 0] += 1
        if let time = tally?.uses.evidence(place: indexes.place)?.lastSeen {
          lastUse = max(lastUse ?? time, time)
        }
      }
      number = end
      return Place(place: block.place, grants: counts, lastUse: lastUse)
    }
  }
}

/// What was seen of one grant.
struct GrantTally: Sendable {
  var uses = EvidenceTally()
  var denials = EvidenceTally()
  var alsoAllows = 0
}

/// Counts what decisions say about grants.
private struct DriftTally {
  struct MissingKey: Hashable, Comparable {
    let key: PermissionKey
    let inference: Inference?
    let reason: String
    /// Empty where the record names nothing.
    var recorded = ""

    static func < (a: Self, b: Self) -> Bool {
      if a.key != b.key { return a.key < b.key }
      let (x, y) = (a.inference?.rawValue ?? "", b.inference?.rawValue ?? "")
      if x != y { return x < y }
      if a.reason != b.reason { return Name(a.reason) < Name(b.reason) }
      return Name(a.recorded) < Name(b.recorded)
    }
  }

  let engine: any PolicyEngine
  private(set) var grants: [Int: GrantTally] = [:]
  private(set) var missing: [MissingKey: EvidenceTally] = [:]
  private(set) var disagreements: [MissingKey: EvidenceTally] = [:]
  private(set) var untried: [ExclusionReason: Int] = [:]
  private(set) var toNobody = 0
  private var permissions: Set<Name> = []

  init(engine: any PolicyEngine) { self.engine = engine }

  var observable: ObservableUse {
    ObservableUse(services: Set(permissions.map(\.service)), permissions: permissions)
  }

  mutating func add(
    _ trial: PolicyReplay.Trial, _ row: Int, _ index: TraceIndex, execution: Int
  ) {
    let sighting = Sighting(reference: RowReference(execution: execution, row: row), in: index)
    switch trial {
    case .untried(let reason): untried[reason, default: 0] += 1
    case .tried(let wasAllowed, let answers):
      for answer in answers {
        permissions.insert(answer.question.key.permission)
        if wasAllowed {
          addUse(answer, sighting, reason: index.string(index.reason(row)))
        } else if let first = answer.judgement.grants.first, !answer.question.key.principal.isEmpty
        {
          grants[first, default: GrantTally()].denials.add(sighting)
        }
      }
    }
  }

  private mutating func addUse(
    _ answer: PolicyReplay.Answer, _ sighting: Sighting, reason: String
  ) {
    let judgement = answer.judgement
    let key = answer.question.key
    guard judgement.isAllowed else {
      let isNamed = engine.grants(named: reason, among: []) != nil
      let found = MissingKey(
        key: key, inference: answer.inference, reason: judgement.reason,
        recorded: isNamed && answer.inference == nil ? reason : "")
      missing[found, default: EvidenceTally()].add(sighting)
      return
    }
    // Nobody in particular: whose grant it was cannot be told.
    if key.principal.isEmpty {
      toNobody += 1
      return
    }
    var allowing = judgement.grants
    // What is inferred was allowed by a check of which the reason says nothing.
    if answer.inference == nil, let named = engine.grants(named: reason, among: allowing) {
      if named.isEmpty {
        let found = MissingKey(
          key: key, inference: nil, reason: judgement.reason, recorded: reason)
        disagreements[found, default: EvidenceTally()].add(sighting)
      } else {
        allowing = named + allowing.filter { !named.contains($0) }
      }
    }
    guard let first = allowing.first else { return }
    grants[first, default: GrantTally()].uses.add(sighting)
    for other in allowing.dropFirst() { grants[other, default: GrantTally()].alsoAllows += 1 }
  }
}
