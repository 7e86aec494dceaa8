package import TraceIndex
import TraceModel

/// What one policy allows and another does not, in both directions.
package struct PolicyDiff: Sendable {
  package enum Change: String, Sendable {
    /// The first policy allows it, the second does not.
    case takenAway = "taken-away"
    /// The second policy allows it, the first does not.
    case added
  }

  /// How a difference is known.
  package enum Proof: String, Sendable {
    /// A request that the policies decide differently.
    case witness
    /// The other policy does not cover the whole pattern, and all requests tried it decides alike.
    case coverage
    /// Only the texts: nothing that was tried is allowed by either.
    case text
  }

  /// A grant of one policy that the other does not give.
  package struct Difference: Sendable, Equatable {
    package let change: Change
    /// The grant, in the policy that has it; of what only a recorded decision shows, the decision's key.
    package let grant: StandingGrant
    package let proof: Proof
    /// A request that shows it; nil where only the texts differ.
    package let witness: PermissionKey?
    /// Why the other policy denies the witness, in a clause; empty without one.
    package let reason: String
    /// Recorded decisions that the policies decide differently because of it; nil without recordings.
    package fileprivate(set) var decisions: Int?
  }

  /// What is taken away first; in the order of the policies.
  package private(set) var differences: [Difference]
  /// Grants of both policies that were compared.
  package let grants: Int
  /// Requests put to both policies.
  package private(set) var asked: Int
  /// Recorded decisions tried on both; nil without recordings.
  package private(set) var tried: Int?

  /// Compares `old` with `new`, and counts what of the decisions of `indexes` their differences touch.
  ///
  /// - Complexity: O(grants × what an engine needs for an answer, and rows).
  package init(
    _ old: any PolicyEngine, _ new: any PolicyEngine, on indexes: [TraceIndex] = [],
    _ request: PolicyRequest
  ) {
    let times = old.dependsOnTime || new.dependsOnTime ? [Int64.min, .max] : [0]
    var away = PolicyDiffSide(.takenAway, old, new, times, request.dialect)
    var added = PolicyDiffSide(.added, new, old, times, request.dialect)
    away.run()
    added.run()
    differences = away.differences + added.differences
    grants = old.grants.count + new.grants.count
    asked = away.asked + added.asked
    if !indexes.isEmpty { count(old, new, indexes, request) }
  }

  /// What of a recorded decision decides a difference.
  private struct Cause: Hashable {
    let change: Change
    /// The number of a grant.
    let grant: Int
  }

  /// Puts every recorded question to both.
  private mutating func count(
    _ old: any PolicyEngine, _ new: any PolicyEngine, _ indexes: [TraceIndex],
    _ request: PolicyRequest
  ) {
    var touched: [Cause: (key: PermissionKey, reason: String, decisions: Int)] = [:]
    var tried = 0
    var replay = PolicyReplay(old, on: indexes, request)
    for index in indexes {
      replay.forEachDecision(of: index) { row, trial in
        guard case .tried(_, let answers) = trial else { return }
        tried += 1
        for answer in answers {
          let other = new.judge(answer.question, at: index.start(row))
          guard other.isAllowed != answer.judgement.isAllowed else { continue }
          let isAway = answer.judgement.isAllowed
          let allowing = isAway ? answer.judgement : other
          let cause = Cause(
            change: isAway ? .takenAway : .added, grant: allowing.grants.first ?? -1)
          let reason = isAway ? other.reason : answer.judgement.reason
          touched[cause, default: (answer.question.key, reason, 0)].decisions += 1
        }
      }
    }
    self.tried = tried
    for place in differences.indices { differences[place].decisions = 0 }
    for (cause, found) in touched.sorted(by: { $0.key.grant < $1.key.grant }) {
      let side = cause.change == .takenAway ? old : new
      add(cause.change, cause.grant < 0 ? nil : side.grants[cause.grant], found)
    }
  }

  private mutating func add(
    _ change: Change, _ grant: StandingGrant?,
    _ found: (key: PermissionKey, reason: String, decisions: Int)
  ) {
    let known = differences.firstIndex { $0.change == change && $0.grant == grant }
    if let known {
      differences[known].decisions = (differences[known].decisions ?? 0) + found.decisions
      return
    }
    // No question made of names alone shows it, such as one of a member of a group.
    let grant =
      grant
      ?? StandingGrant(
        place: "", principal: found.key.principal, permission: found.key.permission,
        resource: found.key.resource)
    differences.append(
      Difference(
        change: change, grant: grant, proof: .witness, witness: found.key, reason: found.reason,
        decisions: found.decisions))
  }
}

/// What one policy gives and the other does not.
struct PolicyDiffSide {
  private let change: PolicyDiff.Change
  private let policy: any PolicyEngine
  private let other: any PolicyEngine
  /// Nanoseconds since the Unix epoch.
  private let times: [Int64]
  private let dialect: PolicyDialect
  private let names: PolicyDiffNames
  /// The other policy's grants, without their places.
  private let texts: Set<StandingGrant>
  private(set) var differences: [PolicyDiff.Difference] = []
  private(set) var asked = 0

  init(
    _ change: PolicyDiff.Change, _ policy: any PolicyEngine, _ other: any PolicyEngine,
    _ times: [Int64], _ dialect: PolicyDialect
  ) {
    self.change = change
    self.policy = policy
    self.other = other
    self.times = times
    self.dialect = dialect
    names = PolicyDiffNames(policy, other)
    texts = Set(other.grants.lazy.map(\.withoutPlace))
  }

  mutating func run() {
    var seen: Set<StandingGrant> = []
    for grant in policy.grants where seen.insert(grant.withoutPlace).inserted { compare(grant) }
  }

  private mutating func compare(_ grant: StandingGrant) {
    var isTried = false
    for question in names.questions(about: grant, dialect) {
      for time in times {
        asked += 1
        guard policy.judge(question, at: time).isAllowed else { continue }
        isTried = true
        let answer = other.judge(question, at: time)
        if !answer.isAllowed {
          note(grant, .witness, question.key, answer.reason)
          return
        }
      }
    }
    if texts.contains(grant.withoutPlace) { return }
    if !isTried {
      note(grant, .text, nil, "")
    } else if let whole = PolicyDiffNames.whole(of: grant, dialect) {
      asked += 1
      if policy.judge(whole, at: times[0]).isAllowed, !other.judge(whole, at: times[0]).isAllowed {
        note(grant, .coverage, whole.key, "nothing covers all of the pattern")
      }
    } else if grant.condition != nil, times.count > 1 {
      // Times between the ends were not tried.
      note(grant, .text, nil, "")
    }
  }

  private mutating func note(
    _ grant: StandingGrant, _ proof: PolicyDiff.Proof, _ witness: PermissionKey?, _ reason: String
  ) {
    differences.append(
      PolicyDiff.Difference(
        change: change, grant: grant, proof: proof, witness: witness, reason: reason,
        decisions: nil))
  }
}

extension StandingGrant {
  /// What it gives, wherever it stands.
  fileprivate var withoutPlace: StandingGrant {
    StandingGrant(
      place: "", principal: principal, permission: permission, resource: resource,
      condition: condition)
  }
}
