import Explorer
import PolicyAnalysis
import Terminal
import TraceIndex
import TraceModel

/// Rows in order of time above; what the selected step adds to the policy, and the policy so far,
/// below.
enum EventsView {
  static func draw(
    _ screen: EventsState, _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    guard let index = ExplorerFacts.index(screen.shownExecution, state) else { return }
    if screen.count == 0 {
      EmptyView.draw(state, row: layout.list.lowerBound, on: &canvas)
      return
    }
    let growth = state.growth(screen.shownExecution)
    let wide = canvas.width >= 60
    let clock = ClockFormat([index], digits: wide ? 3 : 0, short: canvas.width < 100)
    let visible = screen.position.visible(count: screen.count, height: layout.list.count)
    for (line, place) in zip(layout.list, visible) {
      guard let row = screen.row(at: place, in: index) else { continue }
      let grows =
        growth.map { !$0.grants(addedAt: index.timePosition(ofRow: row)).isEmpty } ?? false
      draw(row, index, clock, grows: grows, line: line, on: &canvas)
      if place == screen.position.selected {
        canvas.put(canvas.glyphs.cursor, row: line, column: 1)
        canvas.highlight(row: line, role: .selection)
        canvas.placeCursor(row: line, column: 1)
      }
    }
    guard layout.detail.count >= 4, let row = screen.row(at: screen.position.selected, in: index)
    else { return }
    drawStep(
      row, index, growth, state.executions[screen.shownExecution].dialect, layout.detail,
      on: &canvas)
  }

  private static func draw(
    _ row: Int, _ index: TraceIndex, _ clock: ClockFormat, grows: Bool, line: Int,
    on canvas: inout Canvas
  ) {
    let wide = canvas.width >= 60
    var column = wide ? 3 : 2
    // A narrow screen has no room for the year.
    let time = clock.text(index.knownStart(row))
    let cut = !wide && clock.showsDate ? 5 : 0
    canvas.put(
      String(time.dropFirst(time.count > cut ? cut : 0)), row: line, column: column, role: .textDim)
    column += clock.width - cut + (wide ? 2 : 1)
    let isDecision = index.kind(row) == .decision
    if wide {
      let (who, role) = actor(row, index)
      canvas.put(who, row: line, column: column, role: role, limit: 13)
      column += 14
    }
    let (word, role) = verdict(row, index, canvas.glyphs)
    canvas.put(word, row: line, column: column, role: role)
    canvas.put(grows ? canvas.glyphs.grant : " ", row: line, column: column + 8, role: .policyNew)
    column += 10
    let name = index.text(index.name(row))
    let (join, joinRole) = RowDetail.joinMark(row, index, width: canvas.width)
    canvas.putRight(join, row: line, end: canvas.width - 1, role: joinRole)
    let rest = canvas.width - 1 - column - (join.isEmpty ? 0 : join.count + 2)
    column = canvas.put(
      name.isEmpty ? "(no name)" : name, row: line, column: column,
      role: index.status(row) == .error ? .error : .text,
      limit: isDecision ? rest * 3 / 5 : rest - 10)
    if isDecision {
      canvas.putPath(
        ShortText.resource(index.text(index.target(row)), parts: 3), row: line, column: column + 2,
        role: .textDim, limit: canvas.width - 3 - column - (join.isEmpty ? 0 : join.count + 2))
    } else if index.kind(row) == .span {
      canvas.putRight(
        durationText(index.duration(row)), row: line, end: canvas.width - 1, role: .textDim)
    }
  }

  /// Who acted: the service, or for a decision the principal that asked.
  private static func actor(_ row: Int, _ index: TraceIndex) -> (String, StyleRole) {
    let principal = index.principal(row)
    if index.kind(row) == .decision {
      return (ShortText.principal(index.text(principal)), serviceRole(principal))
    }
    return (index.text(index.service(row)), serviceRole(index.service(row)))
  }

  private static func verdict(
    _ row: Int, _ index: TraceIndex, _ glyphs: GlyphSet
  ) -> (String, StyleRole) {
    switch index.outcome(row) {
    case .allow, .allowedThenFailed: ("  allow", .allowed)
    case .deny, .unauthenticated: ("\(glyphs.denied) DENY", .denied)
    case .error, .unknown: ("? error", .warning)
    case .none:
      index.status(row) == .error ? ("E error", .error) : ("  " + index.kind(row).name, .textDim)
    }
  }

  // MARK: The step

  private static func drawStep(
    _ row: Int, _ index: TraceIndex, _ growth: PolicyGrowth?, _ dialect: PolicyDialect,
    _ rows: Range<Int>, on canvas: inout Canvas
  ) {
    canvas.rule(row: rows.lowerBound, title: "this step")
    var line = rows.lowerBound + 1
    for text in stepLines(row, index, growth) where line < rows.upperBound {
      RowDetail.draw(text, row: line, on: &canvas)
      line += 1
    }
    guard let growth, rows.upperBound - line >= 2 else { return }
    let step = index.timePosition(ofRow: row)
    let now = growth.state(after: step)
    let dialect = canvas.width >= 100 ? ", \(dialect.title)" : ""
    canvas.rule(row: line, title: "policy so far" + dialect)
    let seen = QuantityText.percent(Int64(now.grants), of: Int64(max(1, now.eventualGrants)))
    let quiet =
      now.grants > 0 && now.stepsSinceGrowth > 0
      ? "  nothing new for \(counted(now.stepsSinceGrowth, "step"))" : ""
    canvas.putRight(
      " \(count(now.grants)) of \(counted(now.eventualGrants, "grant")), \(seen)\(quiet) ",
      row: line, end: canvas.width - 3, role: .border)
    line += 1
    // The newest grant is last: it is the one that the person looks for.
    let added = growth.grants(addedAt: step)
    for grant in growth.grants.indices.prefix(now.grants).suffix(rows.upperBound - line) {
      draw(
        growth.grants[grant], uses: growth.decisions(behind: grant, after: step),
        isNew: added.contains(grant), line: line, on: &canvas)
      line += 1
    }
  }

  private static func draw(
    _ key: PermissionKey, uses: Int, isNew: Bool, line: Int, on canvas: inout Canvas
  ) {
    let role: StyleRole = isNew ? .policyNew : .policyGrant
    let third = (canvas.width - 12) / 3
    canvas.put(isNew ? canvas.glyphs.grant : " ", row: line, column: 1, role: .policyNew)
    canvas.put(
      visibleText(ShortText.principal(key.principal.text)), row: line, column: 3, role: role,
      limit: third)
    canvas.put(
      visibleText(key.permission.text), row: line, column: 4 + third, role: role, limit: third)
    canvas.putPath(
      ShortText.resource(visibleText(key.resource.text)), row: line,
      column: 5 + 2 * third, role: role, limit: third)
    canvas.putRight(count(uses), row: line, end: canvas.width - 1, role: .textDim)
  }

  private static func stepLines(
    _ row: Int, _ index: TraceIndex, _ growth: PolicyGrowth?
  ) -> [RowDetail.Line] {
    guard index.kind(row) == .decision else {
      return [
        RowDetail.Line(text: "Policy: no change. A \(index.kind(row).name) asks for nothing.")
      ]
        + RowDetail.lines(for: row, index).prefix(1)
    }
    var lines = policyLines(row, index, growth)
    lines.append(
      .init(label: "principal", text: ShortText.named(index.text(index.principal(row)))))
    let reason = [index.text(index.reason(row)), index.text(index.message(row))]
      .filter { !$0.isEmpty }.joined(separator: "  ")
    if !reason.isEmpty { lines.append(.init(label: "reason", text: reason)) }
    return lines
  }

  /// What the step does to the policy, and what a denied call would have needed.
  private static func policyLines(
    _ row: Int, _ index: TraceIndex, _ growth: PolicyGrowth?
  ) -> [RowDetail.Line] {
    guard let growth, let reading = growth.reading(ofRow: row, in: index) else {
      return [.init(text: "Policy: still being worked out.", role: .textDim)]
    }
    let needed = reading.requests.map {
      RowDetail.Line(
        label: "needed",
        text: visibleText(
          "\($0.key.permission) on \($0.key.resource)"
            + ($0.inference.map { "  (inferred: \($0.rawValue))" } ?? "")))
    }
    switch reading.treatment {
    case .granted:
      let added = growth.grants(addedAt: index.timePosition(ofRow: row)).count
      guard added > 0 else {
        return [.init(text: "Policy: no change. It is granted already.")]
      }
      return [.init(text: "Policy: \(counted(added, "grant")) more.", role: .policyNew)] + needed
    case .excluded(.denied):
      return [.init(text: "Policy: no change. A denied call grants nothing.", role: .denied)]
        + needed
    case .excluded(let reason):
      let role: StyleRole = reason == .error ? .warning : .text
      return [.init(text: "Policy: no change: \(reason.meaning).", role: role)]
    }
  }
}
