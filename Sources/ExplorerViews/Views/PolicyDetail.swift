import Explorer
import PolicyAnalysis
import Terminal
import TraceIndex
import TraceModel

/// The lower part of the policy: what edits flip, then the selected line with its evidence.
enum PolicyDetail {
  static func draw(
    _ whatIf: WhatIf, _ screen: PolicyState, _ state: ExplorerState, _ clock: ClockFormat,
    _ rows: Range<Int>, on canvas: inout Canvas
  ) {
    let policy = whatIf.policy
    var lines = edits(whatIf, screen, state)
    var title = "policy"
    switch screen.selectedLine {
    case .statement(let number):
      if let statement = policy.statement(number) {
        title = "statement \(number)  \(statement.id)"
        lines += self.lines(for: statement, whatIf, screen, clock)
        lines.insert(contentsOf: standing(of: number, screen, state), at: min(1, lines.count))
      }
    case .denied(let number):
      let denied = policy.usage.denied[number]
      title = "not granted  \(denied.key.permission.text)"
      lines += self.lines(for: denied, clock)
    case .unused(let number):
      guard case .comparison(let comparison) = screen.standing(state) else { break }
      title = "granted and never used"
      lines += self.lines(for: comparison.unused[number])
    case nil: lines += [.init(text: "Nothing was allowed, so nothing is granted.", role: .warning)]
    }
    canvas.rule(row: rows.lowerBound, title: visibleText(title))
    lines += summary(of: screen.shown(state.analyses) ?? policy)
    for (row, line) in zip(rows.dropFirst(), lines) {
      RowDetail.draw(
        .init(label: line.label, text: visibleText(line.text), role: line.role), row: row,
        on: &canvas)
    }
  }

  // MARK: Edits

  private static func edits(
    _ whatIf: WhatIf, _ screen: PolicyState, _ state: ExplorerState
  ) -> [RowDetail.Line] {
    guard let (flips, isTried) = screen.flips(state.analyses) else { return [] }
    let by = isTried ? "" : "  (by the grants; being tried by the platform's rules)"
    var lines = [
      RowDetail.Line(
        label: "what if", text: flips.sentence + by, role: flips.isEmpty ? .allowed : .denied)
    ]
    if let admitted = screen.draft(state.analyses)?.admitted, admitted != 0 {
      let more = admitted > 0 ? "more" : "fewer"
      lines.append(
        .init(
          label: "admits",
          text:
            "\(count(Int(clamping: admitted.magnitude))) \(more) combinations of recorded names that "
            + "were never allowed", role: admitted > 0 ? .warning : .text))
    }
    return lines
  }

  /// What the existing policy says of a statement.
  private static func standing(
    of number: Int, _ screen: PolicyState, _ state: ExplorerState
  ) -> [RowDetail.Line] {
    guard let existing = state.existingPolicy, let answer = screen.standing(state) else {
      return []
    }
    switch answer {
    case .impossible(let reason): return [.init(label: "file", text: reason, role: .warning)]
    case .comparison(let comparison):
      guard let standing = comparison.standing(number) else { return [] }
      let all =
        "\(existing.path): \(count(comparison.granted)) of "
        + "\(counted(comparison.statements.count, "statement")) granted"
      let verdict = standing.isGranted ? "granted there: " : "new: "
      return [
        .init(
          label: "file", text: verdict + standing.reason,
          role: standing.isGranted ? .text : .added),
        .init(
          label: "",
          text: all
            + (comparison.opened.isEmpty
              ? "" : ", and \(counted(comparison.opened.count, "denied key")) allowed"),
          role: comparison.opened.isEmpty ? .textDim : .warning),
      ]
    }
  }

  // MARK: The selected line

  private static func lines(
    for statement: Statement, _ whatIf: WhatIf, _ screen: PolicyState, _ clock: ClockFormat
  ) -> [RowDetail.Line] {
    var lines = [
      RowDetail.Line(label: "principal", text: ShortText.named(statement.key.principal.text)),
      RowDetail.Line(label: "permission", text: statement.key.permission.text),
    ]
    lines += reach(of: statement, whatIf, screen)
    lines += evidence(statement.evidence, clock)
    if let inference = statement.inference {
      lines.append(.init(label: "inferred", text: inference.reason, role: .warning))
    }
    if statement.denials > 0 {
      lines.append(
        .init(
          label: "also denied", text: "\(counted(statement.denials, "time")) at other times",
          role: .warning))
    }
    return lines
  }

  private static func lines(for denied: DeniedPermission, _ clock: ClockFormat) -> [RowDetail.Line]
  {
    [
      RowDetail.Line(
        text: "Denied \(counted(denied.evidence.decisions, "time")), never allowed: no statement.",
        role: .denied),
      RowDetail.Line(label: "principal", text: ShortText.named(denied.key.principal.text)),
      RowDetail.Line(label: "permission", text: denied.key.permission.text),
      RowDetail.Line(label: "resource", text: denied.key.resource.text),
    ] + evidence(denied.evidence, clock)
  }

  private static func lines(for unused: PolicyComparison.Unused) -> [RowDetail.Line] {
    let all =
      unused.of == 1
      ? "It gives one thing, and that was not used."
      : "\(count(unused.grants)) of the \(count(unused.of)) things that it gives were not used; the first:"
    return [
      .init(label: "file", text: unused.grant.place),
      .init(text: all, role: .warning),
      .init(label: "principal", text: unused.grant.principal.text),
      .init(label: "permission", text: unused.grant.permission.text),
      .init(label: "resource", text: unused.grant.resource.text),
    ] + (unused.grant.condition.map { [.init(label: "if", text: $0)] } ?? [])
  }

  private static func evidence(_ evidence: Evidence, _ clock: ClockFormat) -> [RowDetail.Line] {
    let times = [evidence.firstSeen, evidence.lastSeen].map(clock.text)
    return [
      .init(
        label: "evidence",
        text: "\(counted(evidence.decisions, "decision"))  first \(times[0])  last \(times[1])"),
      .init(
        label: "first",
        text: "\(evidence.first.artifact)  byte \(count(Int(clamping: evidence.first.byteOffset)))",
        role: .textDim),
    ]
  }

  private static func summary(of policy: GeneratedPolicy) -> [RowDetail.Line] {
    let accounting = policy.usage.accounting
    let left = policy.excluded.map { "\(count($0.decisions)) \($0.reason.rawValue)" }
    var lines = [
      RowDetail.Line(
        label: "replay", text: policy.replay.sentence,
        role: policy.replay.isExact ? .allowed : .error),
      RowDetail.Line(
        label: "decisions",
        text: "\(count(accounting.decisions)) in all: \(count(accounting.granted)) granted"
          + (left.isEmpty ? "" : ", " + left.joined(separator: ", "))),
    ]
    lines += policy.warnings.map {
      .init(
        label: $0.severity.rawValue, text: $0.text, role: $0.severity == .note ? .textDim : .warning
      )
    }
    return lines
  }

  /// The resources of a statement, with the price of where it stands and of the next rung.
  private static func reach(
    of statement: Statement, _ whatIf: WhatIf, _ screen: PolicyState
  ) -> [RowDetail.Line] {
    if screen.applied.dropped.contains(statement.id) {
      return [
        .init(label: "resource", text: statement.key.resource.text + "  (dropped)", role: .removed)
      ]
    }
    var lines: [RowDetail.Line] = []
    if let step = whatIf.step(of: statement, screen.applied) {
      lines = [
        .init(label: "resource", text: "\(step.pattern.text)  (\(step.rung.rawValue))"),
        .init(label: "price", text: step.price.sentence, role: .changed),
      ]
    } else {
      lines = [.init(label: "resource", text: statement.grant.resource.text + "  (exactly)")]
    }
    if let next = screen.nextStep(of: statement, whatIf) {
      lines.append(
        .init(
          label: "> \(next.rung.rawValue)", text: "\(next.pattern.text)  \(next.price.sentence)",
          role: .textDim))
    }
    return lines
  }
}

/// The sign and role of each line: what an edit does to it, or how it stands in an existing policy.
struct PolicyMarks {
  private let flips: [PermissionKey: Bool]
  private let edits: PolicyEdits
  let standing: PolicyComparison?
  private let opened: Set<PermissionKey>
  private let glyphs: GlyphSet

  init(_ screen: PolicyState, _ state: ExplorerState, _ glyphs: GlyphSet) {
    self.glyphs = glyphs
    edits = screen.applied
    let flipped = screen.flips(state.analyses)?.flips.flips ?? []
    flips = Dictionary(flipped.map { ($0.key, $0.wasAllowed) }) { first, _ in first }
    if case .comparison(let comparison) = screen.standing(state) {
      standing = comparison
      opened = Set(comparison.opened.map(\.key))
    } else {
      standing = nil
      opened = []
    }
  }

  func mark(of line: PolicyState.Line, in whatIf: WhatIf) -> (String, StyleRole) {
    switch line {
    case .statement(let number):
      guard let statement = whatIf.policy.statement(number) else { return (" ", .text) }
      if edits.dropped.contains(statement.id) { return (glyphs.minus, .removed) }
      if flips[statement.key] != nil { return (glyphs.denied, .denied) }
      if edits.rungs[statement.id] != nil { return (glyphs.prefix, .changed) }
      if let standing = standing?.standing(number) {
        return standing.isGranted ? ("=", .policyGrant) : (glyphs.grant, .added)
      }
      return (" ", statement.denials > 0 ? .warning : .policyGrant)
    case .denied(let number):
      let key = whatIf.policy.usage.denied[number].key
      return (flips[key] != nil || opened.contains(key) ? "!" : " ", .denied)
    case .unused: return (glyphs.minus, .policyUnused)
    }
  }
}
