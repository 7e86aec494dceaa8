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
  private let interpreter: any DecisionInterpreter

  /// Reads an execution once; with a principal, for that one's policy alone.
  ///
  /// Decisions count for what their columns say, as in dialects without rules of their own.
  ///
  /// - Complexity: O(rows).
  package init(index: TraceIndex, principal: String? = nil) {
    self.init(
      index: index,
      interpreter: RecordedDecisions([index], principal: principal.map { Name($0) }))
  }

  /// The growth of the policy that `request` asks for: decisions count for what they mean in its
  /// dialect.
  ///
  /// - Complexity: O(rows).
  package init(index: TraceIndex, _ request: PolicyRequest) {
    let principal = request.principal.map { Name($0) }
    self.init(
      index: index,
      interpreter: request.dialect.rules.interpreter(of: [index], request)
        ?? RecordedDecisions([index], principal: principal))
  }

  private init(index: TraceIndex, interpreter: any DecisionInterpreter) {
    self.interpreter = interpreter
    var recorder = GrowthRecorder(index: index, interpreter: interpreter)
    steps = index.withTimeOrder { order in
      for step in order.indices { recorder.take(row: Int(order[step]), step: UInt32(step)) }
      return order.count
    }
    grants = recorder.grants
    growthSteps = recorder.growthSteps
    repeatSteps = recorder.repeatSteps
    useSteps = recorder.useSteps
    decisionSteps = recorder.decisionSteps
  }

  /// What a row counts for; nil when it is not a decision.
  package func reading(ofRow row: Int, in index: TraceIndex) -> DecisionReading? {
    interpreter.reading(ofRow: row, in: index)
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

  /// The places in `grants` of those that `step` added: one call may need several permissions.
  package func grants(addedAt step: Int) -> Range<Int> {
    growthSteps.count(upTo: step - 1)..<growthSteps.count(upTo: step)
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
  private struct Witness: Hashable {
    let grant: Int
    let evaluator: StringID
  }

  private let index: TraceIndex
  /// What was granted by the decisions of each class.
  private let keys: [[PermissionKey]]
  /// By row; -1 for what is no decision.
  private let classOfRow: [Int32]
  private var grantOf: [PermissionKey: Int] = [:]
  private var counts: [Witness: Int] = [:]
  /// The most decisions that one evaluator recorded, by grant.
  private var most: [Int] = []
  private(set) var grants: [PermissionKey] = []
  private(set) var growthSteps: [UInt32] = []
  private(set) var repeatSteps: [UInt32] = []
  private(set) var useSteps: [UInt32] = []
  private(set) var decisionSteps: [[UInt32]] = []

  init(index: TraceIndex, interpreter: any DecisionInterpreter) {
    self.index = index
    let decisions = DecisionClasses(of: index, for: interpreter)
    keys = decisions.classes.map { said in
      guard let reading = interpreter.reading(ofRow: said.first, in: index),
        reading.treatment == .granted
      else { return [] }
      return reading.requests.map(\.key)
    }
    var classOfRow = [Int32](repeating: -1, count: index.rowCount)
    decisions.forEachDecision { row, number in classOfRow[row] = Int32(clamping: number) }
    self.classOfRow = classOfRow
  }

  mutating func take(row: Int, step: UInt32) {
    guard classOfRow[row] >= 0 else { return }
    for key in keys[Int(classOfRow[row])] { use(key, row, step: step) }
  }

  private mutating func use(_ key: PermissionKey, _ row: Int, step: UInt32) {
    if let grant = grantOf[key] { return note(grant, row, step: step) }
    grantOf[key] = grants.count
    add(key, step: step)
    note(grants.count - 1, row, step: step)
  }

  private mutating func add(_ key: PermissionKey, step: UInt32) {
    grants.append(key)
    growthSteps.append(step)
    decisionSteps.append([])
    most.append(0)
  }

  private mutating func note(_ grant: Int, _ row: Int, step: UInt32) {
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
