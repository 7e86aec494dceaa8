package import PolicyAnalysis

extension PolicyState {
  var draftSubject: AnalysisRequest.Subject {
    .draft(shownExecution, principal: principal, dialect, applied)
  }

  func standingSubject(_ existing: ExistingPolicy) -> AnalysisRequest.Subject {
    .standing(shownExecution, principal: principal, dialect, version: existing.version)
  }

  /// The policy as edited; nil while it is worked out, and when nothing is edited.
  package func draft(_ analyses: Analyses) -> PolicyDraft? {
    applied.isEmpty ? nil : analyses.draft(draftSubject)
  }

  /// The policy that would be written; nil while it is worked out.
  package func shown(_ analyses: Analyses) -> GeneratedPolicy? {
    applied.isEmpty ? policy(analyses) : draft(analyses)?.policy
  }

  /// How the policy stands against the existing one; nil when there is none, or not yet an answer.
  package func standing(_ state: ExplorerState) -> StandingAnswer? {
    state.existingPolicy.flatMap { state.analyses.standing(standingSubject($0)) }
  }

  /// The same, once it is there.
  func comparison(_ context: ScreenContext) -> PolicyComparison? {
    let answer = context.existing.flatMap { context.analyses.standing(standingSubject($0)) }
    if case .comparison(let comparison) = answer { return comparison }
    return nil
  }

  /// What the edits flip, and whether the rules of the platform said so or, before they did, the
  /// grants alone; nil when nothing is edited.
  package func flips(_ analyses: Analyses) -> (flips: PolicyFlips, isTried: Bool)? {
    guard !applied.isEmpty, let whatIf = whatIf(analyses) else { return nil }
    if let draft = draft(analyses) { return (draft.flips, true) }
    return (whatIf.flips(of: applied), false)
  }

  // MARK: Commands

  mutating func edit(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    guard let whatIf = whatIf(context.analyses) else { return .saying("still being worked out") }
    mode = .statements
    if command == .undo || command == .redo { return retrace(command, whatIf) }
    guard case .statement(let number) = selectedLine,
      let statement = whatIf.policy.statement(number)
    else {
      return .saying(
        lines.isEmpty
          ? "there is no statement to change"
          : "this line has no statement: only what is granted can be changed")
    }
    switch command {
    case .dropStatement:
      var next = edits
      next.toggle(statement.id)
      apply(next, whatIf)
      let verb = edits.dropped.contains(statement.id) ? "dropped" : "taken back"
      return .saying("\(number) \(verb): \(whatIf.flips(of: applied).sentence); u undoes")
    default:
      return climb(statement, up: command == .widen, whatIf)
    }
  }

  private mutating func apply(_ next: PolicyEdits, _ whatIf: WhatIf) {
    past.append(edits)
    future = []
    edits = next
    applied = whatIf.applicable(edits)
  }

  private mutating func retrace(_ command: Command, _ whatIf: WhatIf) -> ScreenResponse {
    let last = command == .undo ? past.popLast() : future.popLast()
    guard let last else {
      return .saying("no change of the policy to \(command == .undo ? "undo" : "redo")")
    }
    if command == .undo { future.append(edits) } else { past.append(edits) }
    edits = last
    applied = whatIf.applicable(edits)
    return .saying(
      applied.isEmpty
        ? "the policy is as it was generated" : whatIf.flips(of: applied).sentence)
  }

  /// Takes a statement, and others that it then covers, one rung up or down the ladder.
  private mutating func climb(
    _ statement: Statement, up: Bool, _ whatIf: WhatIf
  ) -> ScreenResponse {
    guard !edits.dropped.contains(statement.id) else {
      return .saying("\(statement.number) is dropped; x takes it back")
    }
    let rung = edits.rungs[statement.id] ?? .exact
    var objection: RungObjection?
    for next in up
      ? Rung.allCases.filter({ $0 > rung }) : Rung.allCases.filter({ $0 < rung }).reversed()
    {
      do throws(RungObjection) {
        let step = try whatIf.ladder.step(of: statement, to: next)
        apply(edits.putting(statement, on: step, in: whatIf.policy, from: rung), whatIf)
        return .saying("\(statement.number) \(step.rung.rawValue): \(step.price.sentence)")
      } catch { objection = objection ?? error }
    }
    if !up { return .saying("\(statement.number) is exact: nothing narrower was recorded") }
    return .saying(
      "\(statement.number) stays \(rung.rawValue): \(objection?.reason ?? "it has no wider rung")")
  }

  /// The rung after the one on which a statement is, with its price; nil where there is none.
  package func nextStep(of statement: Statement, _ whatIf: WhatIf) -> GeneralizationStep? {
    let rung = applied.rungs[statement.id] ?? .exact
    return whatIf.ladder.steps(of: statement).first { $0.rung > rung }
  }

  /// The next line that the edits flip.
  mutating func jumpToFlip(forward: Bool, _ context: ScreenContext) -> ScreenResponse {
    guard let (flips, _) = flips(context.analyses), let policy = policy(context.analyses) else {
      return .saying("nothing is edited; x drops a statement, > widens it")
    }
    let keys = Set(flips.flips.map(\.key))
    var line = position.selected + (forward ? 1 : -1)
    while lines.indices.contains(line) {
      if let key = key(of: lines[line], in: policy), keys.contains(key) {
        position.jump(to: line, count: lines.count, height: context.height)
        return .handled
      }
      line += forward ? 1 : -1
    }
    return .saying("no \(forward ? "further" : "earlier") flip; \(flips.sentence)")
  }

  /// What a line is about.
  package func key(of line: Line, in policy: GeneratedPolicy) -> PermissionKey? {
    switch line {
    case .statement(let number): policy.statement(number)?.key
    case .denied(let number):
      policy.usage.denied.indices.contains(number) ? policy.usage.denied[number].key : nil
    case .unused: nil
    }
  }
}

extension PolicyEdits {
  /// The edits with a statement on another rung, and with it those of the same principal and
  /// permission that it covers there, or covered before.
  fileprivate func putting(
    _ statement: Statement, on step: GeneralizationStep, in policy: GeneratedPolicy, from rung: Rung
  ) -> PolicyEdits {
    let wide = statement.key
    var next = self
    for other in policy.statements
    where other.key.principal == wide.principal && other.key.permission == wide.permission {
      let isCovered =
        step.rung == .exact
        ? rungs[other.id] == rung : step.pattern.matches(other.key.resource)
      if other.id == statement.id || isCovered { next.put(other.id, on: step.rung) }
    }
    return next
  }
}
