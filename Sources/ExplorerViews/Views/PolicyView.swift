import Explorer
import PolicyAnalysis
import Terminal
import TraceIndex
import TraceModel

/// The policy statement by statement, what was denied, and the evidence of the selected line.
enum PolicyView {
  static func facts(_ screen: PolicyState, _ state: ExplorerState) -> String {
    let who = screen.principal.map { visibleText(ShortText.principal($0)) } ?? "all principals"
    guard let policy = screen.policy(state.analyses) else {
      return "\(who)  \(screen.dialect.title)"
    }
    let dialect = screen.dialect.rawValue
    let all = counted(policy.statements.count, "statement")
    if let (flips, isTried) = screen.flips(state.analyses) {
      // On a narrow screen there is no other place for what an edit breaks.
      let flipped = flips.deniedDecisions + flips.allowedDecisions
      let verdict = "\(count(flipped)) flip\(isTried ? "" : "?")"
      if state.width < 60 { return "\(verdict), \(count(screen.applied.count)) edited" }
      guard state.width >= 100 else {
        return "\(dialect)  \(count(screen.applied.count)) edited, \(verdict)"
      }
      return "\(who)  \(dialect)  \(all), \(count(screen.applied.count)) edited: \(verdict)"
    }
    guard state.width >= 60 else {
      return
        "\(dialect) \(count(policy.statements.count)) \(policy.replay.isExact ? "exact" : "INEXACT")"
    }
    let isWide = state.width >= 100
    let verdict =
      policy.replay.isExact
      ? (isWide ? "replays exactly" : "exact") : (isWide ? "replay differs" : "NOT exact")
    return "\(who)  \(dialect)  \(all), \(verdict)"
  }

  static func draw(
    _ screen: PolicyState, _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    switch (screen.answer(state.analyses), screen.mode) {
    case (nil, _):
      canvas.put("working it out …", row: layout.list.lowerBound, column: 2, role: .textDim)
    case (.impossible(let reason), _):
      canvas.put("No policy can be made.", row: layout.list.lowerBound, column: 2, role: .warning)
      let rows = layout.list.lowerBound + 1..<layout.message
      let lines = wrapped(visibleText(reason), width: canvas.width - 3, limit: rows.count)
      for (row, line) in zip(rows, lines) {
        canvas.put(line, row: row, column: 2, limit: canvas.width - 3)
      }
    case (.policy, .document):
      PolicyDocumentView.draw(screen, state, layout, on: &canvas)
    case (.policy, .preview(let preview)):
      PolicyDocumentView.draw(preview, top: screen.documentTop, layout, on: &canvas)
    case (.policy(let whatIf), .statements):
      let runs = [ExplorerFacts.index(screen.shownExecution, state)].compactMap { $0 }
      let clock = ClockFormat(runs, digits: 0)
      drawStatements(whatIf, screen, state, clock, layout, on: &canvas)
      if !layout.detail.isEmpty {
        PolicyDetail.draw(whatIf, screen, state, clock, layout.detail, on: &canvas)
      }
    }
  }

  // MARK: Statements

  private static func drawStatements(
    _ whatIf: WhatIf, _ screen: PolicyState, _ state: ExplorerState, _ clock: ClockFormat,
    _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    let columns = Columns(
      width: canvas.width, showsPrincipal: screen.principal == nil, timeWidth: clock.width)
    if let titles = layout.titles {
      columns.draw(
        ["#", "PRINCIPAL", "PERMISSION", "RESOURCE", "USED", "LAST"], row: titles,
        role: .headerKey, on: &canvas)
    }
    let marks = PolicyMarks(screen, state, canvas.glyphs)
    let visible = screen.position.visible(count: screen.lines.count, height: layout.list.count)
    for (row, place) in zip(layout.list, visible) {
      draw(screen.lines[place], whatIf, screen, marks, clock, columns, row: row, on: &canvas)
      if place == screen.position.selected {
        canvas.highlight(row: row, role: .selection)
        canvas.put(canvas.glyphs.cursor, row: row, column: 0, role: .selection)
        canvas.placeCursor(row: row, column: 0)
      }
    }
  }

  private static func draw(
    _ line: PolicyState.Line, _ whatIf: WhatIf, _ screen: PolicyState, _ marks: PolicyMarks,
    _ clock: ClockFormat, _ columns: Columns, row: Int, on canvas: inout Canvas
  ) {
    let number: String
    let key: PermissionKey
    let evidence: Evidence
    let resource: String
    switch line {
    case .statement(let place):
      guard let statement = whatIf.policy.statement(place) else { return }
      (number, key, evidence) = (count(place), statement.key, statement.evidence)
      resource = whatIf.grant(of: statement, screen.applied).resource.text
    case .denied(let place):
      let denied = whatIf.policy.usage.denied[place]
      (number, key, evidence) = (canvas.glyphs.denied, denied.key, denied.evidence)
      resource = denied.key.resource.text
    case .unused(let place):
      guard let unused = marks.standing?.unused[place] else { return }
      columns.draw(
        [
          canvas.glyphs.minus, ShortText.principal(unused.grant.principal.text),
          unused.grant.permission.text, unused.grant.resource.text, "0", "never",
        ], row: row, role: .policyUnused, on: &canvas)
      return
    }
    let (mark, role) = marks.mark(of: line, in: whatIf)
    canvas.put(mark, row: row, column: 5, role: role)
    columns.draw(
      [
        number, ShortText.principal(key.principal.text), key.permission.text,
        ShortText.resource(resource), count(evidence.decisions), clock.text(evidence.lastSeen),
      ], row: row, role: role, on: &canvas)
  }

  /// The columns that fit: number, permission and resource always; the principal where all are
  /// shown; count and time where there is room.
  private struct Columns {
    /// Where each column begins and how wide it is; nil for one that has no room.
    let places: [(start: Int, width: Int)?]

    init(width: Int, showsPrincipal: Bool, timeWidth: Int) {
      let numbers = width >= 60
      // Of date and time a narrow screen has the date; the detail has both.
      let timeWidth = width < 100 ? min(timeWidth, 10) : timeWidth
      let end = width - 1 - (numbers ? timeWidth + 8 : 0)
      let start = 7
      let room = end - start
      let principal = showsPrincipal && width >= 60 ? room * 3 / 10 : 0
      let permission = (room - principal) * 9 / 20
      let resource = room - principal - permission
      places = [
        (1, 4), principal > 0 ? (start, principal - 1) : nil,
        (start + principal, permission - 1),
        (start + principal + permission, resource - 1),
        numbers ? (end, 6) : nil, numbers ? (end + 7, timeWidth) : nil,
      ]
    }

    func draw(_ texts: [String], row: Int, role: StyleRole, on canvas: inout Canvas) {
      for (number, place) in places.enumerated() {
        guard let place else { continue }
        let text = visibleText(texts[number])
        switch number {
        case 5:
          canvas.put(
            String(text.prefix(place.width)), row: row, column: place.start, role: role,
            limit: place.width)
        case 0, 4: canvas.putRight(text, row: row, end: place.start + place.width, role: role)
        case 3:
          canvas.putPath(text, row: row, column: place.start, role: role, limit: place.width)
        default: canvas.put(text, row: row, column: place.start, role: role, limit: place.width)
        }
      }
    }
  }
}
