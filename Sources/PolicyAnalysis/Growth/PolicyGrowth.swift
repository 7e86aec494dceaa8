package import TraceIndex
import TraceModel

/// How the policy of one execution grows while one steps through its rows in order of time.
///
/// A step is a position in the execution's time order, from 0; every row is a step, whatever it is.
/// What the policy was after any step is found by searching, so that stepping back is exact and as
/// fast as stepping on.
package struct PolicyGrowth: Sendable {
  /// What the policy was after a step.
  package struct State: Sendable, Equatable {
    /// Grants so far: the first of `PolicyGrowth.grants`.
    package let grants: Int
    /// Grants at the end of the execution.
    package let eventualGrants: Int
    /// The last step that added a grant, or nil.
    package let lastGrowth: Int?
    /// Steps since that one, or since the beginning.
    package let stepsSinceGrowth: Int
    /// Uses so far, and how many grants were used once, both counted as `coverage` counts them.
    package let uses: Int
    package let usedOnce: Int

    /// The share of eventual grants that were there, from 0 to 1; 1 when there will be none.
    package var saturation: Double {
      eventualGrants == 0 ? 1 : Double(grants) / Double(eventualGrants)
    }

    /// Good and Turing's estimate of how likely the next use is of a grant already seen.
    ///
    /// 1 - (grants used once) / uses; nil before the first use.
    package var coverage: Double? {
      uses == 0 ? nil : 1 - Double(usedOnce) / Double(uses)
    }
  }

  /// The keys in the order in which they were first allowed.
  package let grants: [PermissionKey]
  /// The number of steps.
  package let steps: Int
  /// The step that added each of `grants`, ascending.
  private let growthSteps: [UInt32]
  /// The step at which some grant was used for the second time, ascending.
  private let repeatSteps: [UInt32]
  /// Steps that count as uses for `coverage`, ascending.
  private let useSteps: [UInt32]
  /// The steps of each grant's decisions, ascending.
  private let decisionSteps: [[UInt32]]

  /// Reads an execution once; with a principal, for that one's policy alone.
  ///
  /// - Complexity: O(rows).
  package init(index: TraceIndex, principal: String? = nil) {
    var recorder = GrowthRecorder(index: index, principal: principal.map { Name($0) })
    let steps = index.withTimeOrder { order in
      for step in order.indices { recorder.take(row: Int(order[step]), step: UInt32(step)) }
      return order.count
    }
    self.steps = steps
    grants = recorder.firstRows.map(index.permissionKey(ofRow:))
    growthSteps = recorder.growthSteps
    repeatSteps = recorder.repeatSteps
    useSteps = recorder.useSteps
    decisionSteps = recorder.decisionSteps
  }

  /// The policy after `step`; a step before the first is the empty policy.
  ///
  /// - Complexity: O(log(steps)).
  package func state(after step: Int) -> State {
    let count = growthSteps.count(upTo: step)
    let lastGrowth = count == 0 ? nil : Int(growthSteps[count - 1])
    return State(
      grants: count, eventualGrants: grants.count, lastGrowth: lastGrowth,
      stepsSinceGrowth: max(0, min(step, steps - 1) - (lastGrowth ?? -1)),
      uses: useSteps.count(upTo: step), usedOnce: count - repeatSteps.count(upTo: step))
  }

  /// The place in `grants` of the grant that `step` added; nil when it added none.
  package func grant(addedAt step: Int) -> Int? {
    let count = growthSteps.count(upTo: step)
    return count > 0 && Int(growthSteps[count - 1]) == step ? count - 1 : nil
  }

  /// The first step after `step` that adds a grant.
  package func growth(after step: Int) -> Int? {
    let count = growthSteps.count(upTo: step)
    return count < growthSteps.count ? Int(growthSteps[count]) : nil
  }

  /// The last step before `step` that added a grant.
  package func growth(before step: Int) -> Int? {
    let count = growthSteps.count(upTo: step - 1)
    return count > 0 ? Int(growthSteps[count - 1]) : nil
  }

  /// How many decisions were behind a grant after `step`.
  package func decisions(behind grant: Int, after step: Int) -> Int {
    decisionSteps.indices.contains(grant) ? decisionSteps[grant].count(upTo: step) : 0
  }
}

/// Notes what each row adds.
private struct GrowthRecorder {
  private struct Key: Hashable {
    let principal: StringID
    let permission: StringID
    let resource: StringID
  }

  private struct Witness: Hashable {
    let grant: Int
    let evaluator: StringID
  }

  private let index: TraceIndex
  private let rules: DecisionRules
  private var grantOf: [Key: Int] = [:]
  private var counts: [Witness: Int] = [:]
  /// The most decisions that one evaluator recorded, by grant.
  private var most: [Int] = []
  private(set) var firstRows: [Int] = []
  private(set) var growthSteps: [UInt32] = []
  private(set) var repeatSteps: [UInt32] = []
  private(set) var useSteps: [UInt32] = []
  private(set) var decisionSteps: [[UInt32]] = []

  init(index: TraceIndex, principal: Name?) {
    self.index = index
    rules = DecisionRules(index: index, principal: principal)
  }

  mutating func take(row: Int, step: UInt32) {
    guard rules.treatment(ofRow: row) == .granted else { return }
    let key = Key(
      principal: index.principal(row), permission: index.permission(row),
      resource: index.target(row))
    let grant = grantOf[key] ?? firstRows.count
    if grant == firstRows.count {
      grantOf[key] = grant
      firstRows.append(row)
      growthSteps.append(step)
      decisionSteps.append([])
      most.append(0)
    }
    decisionSteps[grant].append(step)
    countUse(of: grant, by: index.evaluator(row), step: step)
  }

  /// Counts a use when it is one more than any evaluator recorded of the grant so far.
  ///
  /// Client and server may both record the same check; that must not look like a repetition.
  private mutating func countUse(of grant: Int, by evaluator: StringID, step: UInt32) {
    let count = counts[Witness(grant: grant, evaluator: evaluator), default: 0] + 1
    counts[Witness(grant: grant, evaluator: evaluator)] = count
    guard count > most[grant] else { return }
    most[grant] = count
    useSteps.append(step)
    if count == 2 { repeatSteps.append(step) }
  }
}

extension [UInt32] {
  /// How many elements of an ascending array are at most `limit`.
  fileprivate func count(upTo limit: Int) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if Int(self[middle]) <= limit { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
