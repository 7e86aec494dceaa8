import PolicyAnalysis
import TraceModel

extension PolicyState {
  /// Asks where to, with a name that says what it is.
  func export(_ context: ScreenContext) -> ScreenResponse {
    guard shown(context.analyses) != nil else { return .saying("still being worked out") }
    let run = context.executions[shownExecution].name
    let name =
      "\(run.split(separator: "/").last ?? "run")-\(dialect.rawValue)-policy\(dialect.fileEnding)"
    return ScreenResponse(prompt: .file(LineEditor(name), .export))
  }

  /// Shows what would be written; returns what is to be said about it.
  mutating func preview(
    _ content: FileContent, of path: String, _ context: ScreenContext
  ) -> String {
    guard let policy = shown(context.analyses) else {
      return "the policy is still being worked out; X again"
    }
    var replaced: String?
    if case .text(let text) = content { replaced = text }
    let preview = ExportPreview(
      policy, to: path, replacing: replaced, edits: editLines(context.analyses))
    mode = .preview(preview)
    documentTop = 0
    return "nothing is written yet: X writes \(path), q goes back"
  }

  /// What was edited, and what it flips.
  private func editLines(_ analyses: Analyses) -> [ExportPreview.Line] {
    guard let whatIf = whatIf(analyses), let draft = draft(analyses) else {
      return [.init(kind: .fact, text: "Not edited: as it was generated.")]
    }
    var lines: [ExportPreview.Line] = []
    for statement in whatIf.policy.statements {
      if applied.dropped.contains(statement.id) {
        lines.append(.init(kind: .warning, text: "Dropped by hand: \(statement.id)"))
      } else if let step = whatIf.step(of: statement, applied) {
        lines.append(
          .init(
            kind: .warning,
            text: "On \(step.rung.rawValue) by hand: \(statement.id): \(step.pattern.text), "
              + step.price.sentence))
      }
    }
    lines.append(
      .init(
        kind: draft.flips.isEmpty ? .fact : .warning,
        text: "What flips: \(draft.flips.sentence)."))
    lines += draft.flips.flips.map { flip in
      let first = flip.evidence.first
      return .init(
        kind: .warning,
        text: "  \(counted(flip.evidence.decisions, "decision")) "
          + "\(flip.wasAllowed ? "denied" : "allowed"): \(flip.key.principal) "
          + "\(flip.key.permission) on \(flip.key.resource), "
          + "first \(first.artifact) byte \(first.byteOffset)")
    }
    return lines
  }

  private func counted(_ number: Int, _ noun: String) -> String {
    "\(QuantityText.count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// A command while the preview is shown: writing, or not.
  mutating func perform(_ command: Command, in preview: ExportPreview) -> ScreenResponse {
    switch command {
    case .export:
      mode = .statements
      return ScreenResponse(effects: [
        .writeFile(path: preview.path, text: preview.text, replacing: preview.replaced)
      ])
    case .close, .undo:
      mode = .statements
      return .saying("nothing was written")
    case .open, .dropStatement, .widen, .narrow, .switchDialect, .nextPrincipal, .holdAgainst,
      .redo, .why, .nextDenial, .previousDenial, .nextChange, .previousChange, .nextRun:
      return .saying("this is a preview: X writes it, q goes back")
    default: return .ignored
    }
  }
}
