package import PolicyAnalysis
import TraceIndex
import TraceModel
import TraceQuery

/// The least-privilege policy of one run, statement by statement.
package struct PolicyState: Screen {
  /// A line of the list.
  package enum Line: Sendable, Equatable {
    /// The number of a statement, from 1.
    case statement(Int)
    /// The number of a denied key in the policy's usage, from 0.
    case denied(Int)
    /// The number of what the existing policy gives and nobody used, from 0.
    case unused(Int)
  }

  let execution: Int?
  /// Nil for all principals.
  package private(set) var principal: String?
  package private(set) var dialect: PolicyDialect
  package private(set) var lines: [Line] = []
  package internal(set) var position = ListPosition()
  /// What is shown in the place of the statements.
  package enum Mode: Sendable {
    case statements
    /// The policy as its dialect writes it.
    case document
    /// What would be written to a file.
    case preview(ExportPreview)
  }

  package internal(set) var mode = Mode.statements
  /// The first line of the document or preview that is shown.
  package internal(set) var documentTop = 0
  /// What a person changed of the policy, whatever is shown of it.
  package internal(set) var edits = PolicyEdits()
  /// The edits that are about statements of the policy that is shown.
  package internal(set) var applied = PolicyEdits()
  var past: [PolicyEdits] = []
  var future: [PolicyEdits] = []
  /// What the selected line is called: numbers change when a run grows, and names do not.
  private var selectedName: String?
  private var hasGrown = false

  init(execution: Int, dialect: PolicyDialect = .emulator) {
    self.execution = execution
    self.dialect = dialect
  }

  package var shownExecution: Int { execution ?? 0 }

  /// The policy that the screen is about; nil while it is being worked out.
  package func answer(_ analyses: Analyses) -> PolicyAnswer? {
    analyses.policy(shownExecution, principal: principal, dialect)
  }

  /// The generated policy and what can be made of it; nil while it is being worked out.
  package func whatIf(_ analyses: Analyses) -> WhatIf? {
    if case .policy(let policy) = answer(analyses) { policy } else { nil }
  }

  /// The policy as it was generated.
  package func policy(_ analyses: Analyses) -> GeneratedPolicy? { whatIf(analyses)?.policy }

  package var selectedLine: Line? {
    lines.indices.contains(position.selected) ? lines[position.selected] : nil
  }

  var place: [Int] { [position.selected, documentTop] }

  mutating func translate(by rows: RowTranslation) {
    guard rows.concerns(execution) else { return }
    lines = []
    hasGrown = true
  }

  mutating func refresh(_ context: ScreenContext) {
    guard let whatIf = whatIf(context.analyses) else {
      lines = []
      return
    }
    let policy = whatIf.policy
    applied = whatIf.applicable(edits)
    lines =
      policy.statements.map { .statement($0.number) }
      + policy.usage.denied.indices.map { .denied($0) }
      + (comparison(context)?.unused.indices.map { .unused($0) } ?? [])
    if hasGrown, let line = lines.firstIndex(where: { name(of: $0, policy) == selectedName }) {
      position.follow(to: line, count: lines.count, height: context.height)
    } else {
      position.select(position.selected, count: lines.count, height: context.height)
    }
    hasGrown = false
    selectedName = selectedLine.flatMap { name(of: $0, policy) }
  }

  private func name(of line: Line, _ policy: GeneratedPolicy) -> String? {
    switch line {
    case .statement(let number): return policy.statement(number)?.id
    case .denied(let number):
      guard policy.usage.denied.indices.contains(number) else { return nil }
      return PolicyState.texts(policy.usage.denied[number].key).joined(separator: " ")
    case .unused: return nil
    }
  }

  func selectedRow(_ context: ScreenContext) -> Int? {
    guard let policy = policy(context.analyses) else { return nil }
    switch selectedLine {
    case .statement(let number): return policy.statement(number)?.evidence.first.reference.row
    case .denied(let number): return policy.usage.denied[number].evidence.first.reference.row
    case .unused, nil: return nil
    }
  }

  mutating func perform(_ command: Command, _ context: ScreenContext) -> ScreenResponse {
    let response = carryOut(command, context)
    if !hasGrown, let policy = policy(context.analyses) {
      selectedName = selectedLine.flatMap { name(of: $0, policy) }
    }
    return response
  }

  private mutating func carryOut(
    _ command: Command, _ context: ScreenContext
  ) -> ScreenResponse {
    if let count = textLines(context.analyses), scroll(command, count, context) { return .handled }
    if case .preview(let preview) = mode { return perform(command, in: preview) }
    if position.move(command, count: lines.count, height: context.height) { return .handled }
    switch command {
    case .switchDialect:
      let all = PolicyDialect.allCases
      dialect = all[((all.firstIndex(of: dialect) ?? 0) + 1) % all.count]
      mode = .statements
      refresh(context)
      return .saying("dialect: \(dialect.title)")
    case .nextPrincipal: return showNextPrincipal(context)
    case .why: return openEvidence(context)
    case .open:
      if case .document = mode { mode = .statements } else { mode = .document }
      documentTop = 0
      return .handled
    case .nextDenial, .previousDenial: return jumpToDenied(forward: command.isForward, context)
    case .dropStatement, .widen, .narrow, .undo, .redo: return edit(command, context)
    case .nextChange, .previousChange: return jumpToFlip(forward: command.isForward, context)
    case .holdAgainst:
      return ScreenResponse(
        prompt: .file(LineEditor(context.existing?.path ?? ""), .existingPolicy))
    case .export: return export(context)
    case .close:
      guard case .document = mode else { return .ignored }
      mode = .statements
      return .handled
    default: return .ignored
    }
  }

  /// Lines of the text that is shown in the place of the statements; nil when these are shown.
  private func textLines(_ analyses: Analyses) -> Int? {
    switch mode {
    case .statements: nil
    case .document: shown(analyses).map { $0.document.utf8.count { $0 == UInt8(ascii: "\n") } }
    case .preview(let preview): preview.lines.count
    }
  }

  private mutating func scroll(_ command: Command, _ count: Int, _ context: ScreenContext) -> Bool {
    let last = max(0, count - context.height)
    switch command {
    case .down: documentTop += 1
    case .up: documentTop -= 1
    case .pageDown: documentTop += context.height
    case .pageUp: documentTop -= context.height
    case .halfPageDown: documentTop += context.height / 2
    case .halfPageUp: documentTop -= context.height / 2
    case .first: documentTop = 0
    case .last: documentTop = last
    case .centre: break
    default: return false
    }
    documentTop = max(0, min(documentTop, last))
    return true
  }

  private mutating func showNextPrincipal(_ context: ScreenContext) -> ScreenResponse {
    let all = context.analyses.policy(shownExecution, principal: nil, dialect)
    guard case .policy(let whole) = all else { return .saying("still being worked out") }
    let names: [String?] = [nil] + whole.policy.usage.principals.map(\.principal.text)
    let next = ((names.firstIndex(of: principal) ?? 0) + 1) % names.count
    principal = names[next]
    position = ListPosition()
    refresh(context)
    return .saying(principal ?? "all principals")
  }

  private func openEvidence(_ context: ScreenContext) -> ScreenResponse {
    guard let execution, let index = context.index(execution),
      let policy = policy(context.analyses), let line = selectedLine
    else { return .saying("no statement is selected") }
    let rows: [Int]
    let title: String
    switch line {
    case .statement(let number):
      guard let statement = policy.statement(number) else { return .handled }
      rows = policy.rows(behind: statement, in: index)
      title = "evidence of statement \(number)"
    case .denied(let number):
      let denied = policy.usage.denied[number]
      rows = policy.rows(denying: denied.key, in: index)
      title = "denied: \(denied.key.permission.text)"
    case .unused: return .saying("nobody used it: there is no event to show")
    }
    return .opening(
      .events(
        EventsState(
          execution: execution, row: rows.first,
          subset: .init(title: title, rows: RowSet(rowCount: index.rowCount, rows)))))
  }

  private mutating func jumpToDenied(forward: Bool, _ context: ScreenContext) -> ScreenResponse {
    var line = position.selected + (forward ? 1 : -1)
    while lines.indices.contains(line) {
      if case .denied = lines[line] {
        position.jump(to: line, count: lines.count, height: context.height)
        return .handled
      }
      line += forward ? 1 : -1
    }
    return .saying("no \(forward ? "further" : "earlier") denied key")
  }

  mutating func find(_ search: TextSearch, forward: Bool, _ context: ScreenContext) -> Bool {
    guard let policy = policy(context.analyses) else { return false }
    var line = position.selected + (forward ? 1 : -1)
    while lines.indices.contains(line) {
      let texts: [String] =
        switch lines[line] {
        case .statement(let number): policy.statement(number).map(PolicyState.texts) ?? []
        case .denied(let number): PolicyState.texts(policy.usage.denied[number].key)
        case .unused(let number):
          comparison(context).map { PolicyState.texts($0.unused[number]) } ?? []
        }
      if texts.contains(where: search.matches) {
        position.jump(to: line, count: lines.count, height: context.height)
        return true
      }
      line += forward ? 1 : -1
    }
    return false
  }

  private static func texts(_ statement: Statement) -> [String] {
    [
      statement.grant.principal.text, statement.grant.permission.text,
      statement.grant.resource.text,
    ]
  }

  private static func texts(_ unused: PolicyComparison.Unused) -> [String] {
    [unused.grant.principal.text, unused.grant.permission.text, unused.grant.resource.text]
  }

  private static func texts(_ key: PermissionKey) -> [String] {
    [key.principal.text, key.permission.text, key.resource.text]
  }
}
