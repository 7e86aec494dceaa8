import TraceIndex
import TraceModel

/// Puts recorded decisions to a policy, as what they asked for in its dialect.
struct PolicyReplay {
  /// One question of a decision, with what the policy says.
  struct Answer {
    let question: PolicyQuestion
    /// Nil when the decision was recorded for it.
    let inference: Inference?
    let judgement: PolicyJudgement
  }

  enum Trial {
    /// Never without an answer.
    case tried(wasAllowed: Bool, [Answer])
    case untried(ExclusionReason)
  }

  private struct IDs: Hashable {
    let principal: StringID
    let permission: StringID
    let target: StringID
  }

  private let engine: any PolicyEngine
  private let dialect: PolicyDialect
  private let interpreter: (any DecisionInterpreter)?
  private let dependsOnTime: Bool
  /// The same question gets the same answer, unless time matters.
  private var answers: [PolicyQuestion: PolicyJudgement] = [:]
  /// The same for decisions that are just what their columns say, of the execution at hand.
  private var trials: [IDs: Trial] = [:]
  private var rules: DecisionRules?

  init(_ engine: any PolicyEngine, on indexes: [TraceIndex], _ request: PolicyRequest) {
    self.engine = engine
    dialect = request.dialect
    dependsOnTime = engine.dependsOnTime
    interpreter = request.dialect.rules.interpreter(of: indexes, request)
  }

  /// Calls `body` with every decision of an execution, in the order of its rows.
  mutating func forEachDecision(of index: TraceIndex, _ body: (Int, Trial) -> Void) {
    rules = DecisionRules(index: index)
    trials = [:]
    for row in 0..<index.rowCount where index.kind(row) == .decision {
      body(row, trial(row, index))
    }
  }

  private mutating func trial(_ row: Int, _ index: TraceIndex) -> Trial {
    if let interpreter { return interpreted(row, index, interpreter) }
    let wasAllowed: Bool
    switch PolicyReplay.answer(rules?.treatment(ofRow: row)) {
    case .success(let answer): wasAllowed = answer
    case .failure(let untried): return .untried(untried.reason)
    }
    let ids = IDs(
      principal: index.principal(row), permission: index.permission(row), target: index.target(row))
    if !dependsOnTime, case .tried(_, let answers)? = trials[ids] {
      return .tried(wasAllowed: wasAllowed, answers)
    }
    let trial = trial(
      [PermissionRequest(key: index.permissionKey(ofRow: row), inference: nil)], row, index,
      wasAllowed: wasAllowed)
    if !dependsOnTime, case .tried = trial { trials[ids] = trial }
    return trial
  }

  private struct Untried: Error { let reason: ExclusionReason }

  /// Whether a decision allowed; else why it is not tried.
  private static func answer(_ treatment: DecisionTreatment?) -> Result<Bool, Untried> {
    switch treatment {
    case .excluded(.denied): .success(false)
    // A policy answers for nobody and for everybody, too, though it cannot be made from them.
    case .granted, .excluded(.noPrincipal), .excluded(.everyone), .excluded(.noPermission),
      .excluded(.noResource), .excluded(.damagedName):
      .success(true)
    case .excluded(let reason): .failure(Untried(reason: reason))
    case nil: .failure(Untried(reason: .unknownOutcome))
    }
  }

  private mutating func interpreted(
    _ row: Int, _ index: TraceIndex, _ interpreter: any DecisionInterpreter
  ) -> Trial {
    guard let reading = interpreter.reading(ofRow: row, in: index) else {
      return .untried(.unknownOutcome)
    }
    switch PolicyReplay.answer(reading.treatment) {
    case .success(false) where reading.requests.isEmpty: return .untried(.unnamedDenial)
    case .success(let wasAllowed):
      return trial(reading.requests, row, index, wasAllowed: wasAllowed)
    case .failure(let untried): return .untried(untried.reason)
    }
  }

  private mutating func trial(
    _ requests: [PermissionRequest], _ row: Int, _ index: TraceIndex, wasAllowed: Bool
  ) -> Trial {
    let rules = dialect.rules
    // One request of another form makes the whole decision one of another platform.
    guard requests.allSatisfy({ rules.hasForm($0.key) }) else { return .untried(.otherPlatform) }
    guard requests.allSatisfy({ engine.isAbout($0.key) }) else { return .untried(.policyNotGiven) }
    let answers = requests.map { request in
      let groups = interpreter?.groups(of: request, row: row, in: index) ?? []
      let question = PolicyQuestion(key: request.key, groups: groups)
      return Answer(
        question: question, inference: request.inference,
        judgement: judgement(question, at: index.start(row)))
    }
    return .tried(wasAllowed: wasAllowed, answers)
  }

  private mutating func judgement(
    _ question: PolicyQuestion, at time: Int64
  ) -> PolicyJudgement {
    if dependsOnTime { return engine.judge(question, at: time) }
    if let known = answers[question] { return known }
    let judgement = engine.judge(question, at: time)
    answers[question] = judgement
    return judgement
  }
}
