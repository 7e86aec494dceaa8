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
    let verdict = policy.replay.isExact ? "replays exactly" : "replay differs"
    return "\(who)  \(screen.dialect.rawValue)  \(verdict)"
  }

  static func draw(
    _ screen: PolicyState, _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    switch screen.answer(state.analyses) {
    case nil:
      canvas.put("working it out …", row: layout.list.lowerBound, column: 2, role: .textDim)
    case .impossible(let reason):
      canvas.put("No policy can be made.", row: layout.list.lowerBound, column: 2, role: .warning)
      let rows = layout.list.lowerBound + 1..<layout.message
      let lines = wrapped(visibleText(reason), width: canvas.width - 3, limit: rows.count)
      for (row, line) in zip(rows, lines) {
        canvas.put(line, row: row, column: 2, limit: canvas.width - 3)
      }
    case .policy(let policy) where screen.showsDocument:
      drawDocument(policy, top: screen.documentTop, layout, on: &canvas)
    case .policy(let policy):
      let runs = [ExplorerFacts.index(screen.shownExecution, state)].compactMap { $0 }
      let clock = ClockFormat(runs, digits: 0)
      drawStatements(policy, screen, clock, layout, on: &canvas)
      if !layout.detail.isEmpty { drawDetail(policy, screen, clock, layout.detail, on: &canvas) }
    }
  }

  private static func drawDocument(
    _ policy: GeneratedPolicy, top: Int, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    let rows = (layout.titles ?? layout.list.lowerBound)..<layout.detail.upperBound
    let lines = policy.document.split(separator: "\n", omittingEmptySubsequences: false)
    for (row, line) in zip(rows, lines.dropFirst(top)) {
      let isComment = line.drop { $0 == " " }.hasPrefix("#")
      canvas.put(
        visibleText(String(line)), row: row, column: 1, role: isComment ? .textDim : .text,
        limit: canvas.width - 2)
    }
  }

  // MARK: Statements

  private static func drawStatements(
    _ policy: GeneratedPolicy, _ screen: PolicyState, _ clock: ClockFormat,
    _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    let columns = Columns(
      width: canvas.width, showsPrincipal: screen.principal == nil, timeWidth: clock.width)
    if let titles = layout.titles {
      columns.draw(
        ["#", "PRINCIPAL", "PERMISSION", "RESOURCE", "USED", "LAST"], row: titles,
        role: .headerKey, on: &canvas)
    }
    let visible = screen.position.visible(count: screen.lines.count, height: layout.list.count)
    for (row, place) in zip(layout.list, visible) {
      switch screen.lines[place] {
      case .statement(let number):
        guard let statement = policy.statement(number) else { continue }
        draw(statement, clock, columns, row: row, on: &canvas)
      case .denied(let number):
        draw(policy.usage.denied[number], clock, columns, row: row, on: &canvas)
      }
      if place == screen.position.selected {
        canvas.highlight(row: row, role: .selection)
        canvas.put(canvas.glyphs.cursor, row: row, column: 0, role: .selection)
        canvas.placeCursor(row: row, column: 0)
      }
    }
  }

  private static func draw(
    _ statement: Statement, _ clock: ClockFormat, _ columns: Columns, row: Int,
    on canvas: inout Canvas
  ) {
    let grant = statement.grant
    columns.draw(
      [
        count(statement.number), ShortText.principal(grant.principal.text), grant.permission.text,
        ShortText.resource(grant.resource.text), count(statement.evidence.decisions),
        clock.text(statement.evidence.lastSeen),
      ], row: row, role: statement.denials > 0 ? .warning : .policyGrant, on: &canvas)
  }

  private static func draw(
    _ denied: DeniedPermission, _ clock: ClockFormat, _ columns: Columns, row: Int,
    on canvas: inout Canvas
  ) {
    columns.draw(
      [
        canvas.glyphs.denied, ShortText.principal(denied.key.principal.text),
        denied.key.permission.text, ShortText.resource(denied.key.resource.text),
        count(denied.evidence.decisions),
        clock.text(denied.evidence.lastSeen),
      ], row: row, role: .denied, on: &canvas)
  }

  // MARK: Detail

  private static func drawDetail(
    _ policy: GeneratedPolicy, _ screen: PolicyState, _ clock: ClockFormat, _ rows: Range<Int>,
    on canvas: inout Canvas
  ) {
    var lines: [RowDetail.Line] = []
    var title = "policy"
    switch screen.selectedLine {
    case .statement(let number):
      if let statement = policy.statement(number) {
        title = "statement \(number)  \(statement.id)"
        lines = self.lines(for: statement, clock)
      }
    case .denied(let number):
      let denied = policy.usage.denied[number]
      title = "not granted  \(denied.key.permission.text)"
      lines = self.lines(for: denied, clock)
    case nil: lines = [.init(text: "Nothing was allowed, so nothing is granted.", role: .warning)]
    }
    canvas.rule(row: rows.lowerBound, title: visibleText(title))
    lines += summary(of: policy)
    for (row, line) in zip(rows.dropFirst(), lines) {
      RowDetail.draw(
        .init(label: line.label, text: visibleText(line.text), role: line.role), row: row,
        on: &canvas)
    }
  }

  private static func lines(for statement: Statement, _ clock: ClockFormat) -> [RowDetail.Line] {
    var lines = [
      RowDetail.Line(label: "principal", text: ShortText.named(statement.grant.principal.text)),
      RowDetail.Line(label: "permission", text: statement.grant.permission.text),
      RowDetail.Line(label: "resource", text: statement.grant.resource.text + "  (exactly)"),
    ]
    lines += evidence(statement.evidence, clock)
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
      let start = 6
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
