import Explorer
import Terminal
import TraceAnalysis
import TraceModel

/// The differences between two runs above, the selected one side by side below.
enum DiffView {
  static func facts(_ screen: DiffState, _ state: ExplorerState) -> String {
    guard let diff = screen.diff(state.analyses) else { return "" }
    let causes = diff.differences.filter(\.isCause).count
    let total = counted(diff.differences.count, "difference")
    return causes == 0
      ? total : "\(total), \(causes == 1 ? "1 explains" : "\(causes) explain") others"
  }

  static func draw(
    _ screen: DiffState, _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    guard let diff = screen.diff(state.analyses) else {
      let ready = [screen.before, screen.after].allSatisfy {
        ExplorerFacts.index($0, state) != nil
      }
      canvas.put(
        ready ? "comparing …" : "waiting for both runs …", row: layout.list.lowerBound, column: 2,
        role: .textDim)
      return
    }
    if let titles = layout.titles {
      canvas.put(
        diff.headlines.first.map { visibleText($0.text) + "." } ?? "", row: titles,
        column: 1, role: .textStrong, limit: canvas.width - 2)
    }
    if diff.isEmpty {
      canvas.put(
        "Nothing differs beyond noise.", row: layout.list.lowerBound + 1, column: 2, role: .allowed)
      return
    }
    let visible = screen.position.visible(count: diff.differences.count, height: layout.list.count)
    for (row, place) in zip(layout.list, visible) {
      draw(diff.differences[place], number: place + 1, row: row, on: &canvas)
      if place == screen.position.selected {
        canvas.put(canvas.glyphs.cursor, row: row, column: 0)
        canvas.highlight(row: row, role: .selection)
        canvas.placeCursor(row: row, column: 0)
      }
    }
    if let selected = screen.selected(state.analyses), !layout.detail.isEmpty {
      let runs = [screen.before, screen.after].compactMap { ExplorerFacts.index($0, state) }
      drawDetail(
        selected, diff, ClockFormat(runs), number: screen.position.selected + 1, layout.detail,
        on: &canvas)
    }
  }

  private static func draw(
    _ difference: Difference, number: Int, row: Int, on canvas: inout Canvas
  ) {
    canvas.putRight(count(number), row: row, end: 4, role: .textDim)
    let role = role(of: difference.kind.mark)
    let glyph =
      canvas.glyphs.isASCII
      ? difference.kind.mark.asciiGlyph : difference.kind.mark.glyph
    canvas.put(glyph, row: row, column: 5, role: role)
    // A narrow screen has the sign alone: what differs says more than the word for it.
    let first = canvas.width >= 60 ? 21 : 7
    if first > 7 {
      canvas.put(difference.kind.label, row: row, column: 7, role: role, limit: first - 8)
    }
    let change = difference.changes.first.map { first > 7 ? $0.text : $0.values } ?? ""
    let changeWidth = displayWidth(of: change)
    let room = canvas.width - first - changeWidth - 3
    let subject = visibleText(difference.shortSubject)
    let indent = difference.isExplained ? 2 : 0
    canvas.put(
      subject, row: row, column: first + indent, role: difference.isCause ? .textStrong : .text,
      limit: max(0, room - indent))
    canvas.putRight(change, row: row, end: canvas.width - 1, role: .text)
  }

  static func role(of mark: DifferenceMark) -> StyleRole {
    switch mark {
    case .denied: .denied
    case .error: .error
    case .more: .warning
    case .less, .changed: .changed
    case .added: .added
    case .removed: .removed
    }
  }

  // MARK: Detail

  private static func drawDetail(
    _ difference: Difference, _ diff: ExecutionDiff, _ clock: ClockFormat, number: Int,
    _ rows: Range<Int>, on canvas: inout Canvas
  ) {
    canvas.rule(row: rows.lowerBound, title: count(number))
    canvas.putRight(
      " \(visibleText(diff.before)) | \(visibleText(diff.after)) ", row: rows.lowerBound,
      end: canvas.width - 3, role: .border)
    var row = rows.lowerBound + 1
    // Who, what and on what: a long name goes on in the next line where there is room for it.
    let subject = wrapped(
      visibleText(difference.subjectText), width: canvas.width - 3,
      limit: rows.count >= 8 ? 2 : 1)
    for line in subject {
      canvas.put(line, row: row, column: 2, role: .textStrong, limit: canvas.width - 3)
      row += 1
    }
    for change in difference.changes where row < rows.upperBound {
      canvas.put(change.name, row: row, column: 2, role: .textDim)
      canvas.putRight(change.sides, row: row, end: canvas.width - 3)
      row += 1
    }
    let room = max(0, rows.upperBound - row)
    for line in facts(of: difference, diff, clock, room: room) {
      RowDetail.draw(
        .init(label: line.label, text: visibleText(line.text), role: line.role), row: row,
        on: &canvas)
      row += 1
    }
  }

  /// What is known about a difference, in at most `room` lines; what has no room is counted.
  private static func facts(
    of difference: Difference, _ diff: ExecutionDiff, _ clock: ClockFormat, room: Int
  ) -> [RowDetail.Line] {
    var first: [RowDetail.Line] = []
    if !difference.reasonBefore.isEmpty || !difference.reasonAfter.isEmpty {
      let reasons = [difference.reasonBefore, difference.reasonAfter].map { $0.isEmpty ? "-" : $0 }
      first.append(.init(label: "reason", text: reasons.joined(separator: " | ")))
    }
    if !difference.grantedBy.isEmpty {
      first.append(
        .init(
          label: "was granted",
          text: "in \(diff.before) by " + difference.grantedBy.joined(separator: ", ")))
    }
    if let begin = difference.first {
      first.append(.init(label: "begins", text: clock.text(begin)))
    }
    var last: [RowDetail.Line] = []
    if let evidence = difference.evidence {
      let run = evidence.side == .after ? diff.after : diff.before
      last = [
        .init(
          label: "evidence", text: "\(counted(evidence.count, "row")) of \(run); w shows the first")
      ]
    }
    let lists = [
      explained(by: difference, diff), explaining(difference, diff), targets(of: difference, diff),
    ]
    var lines = Array(first.prefix(room))
    for (place, list) in lists.enumerated() where !list.isEmpty {
      // Each list that follows keeps a line at least, and so does the evidence.
      let after = lists[(place + 1)...].count { !$0.isEmpty } * 2 + last.count
      lines += shortened(list, to: max(1, room - lines.count - after))
    }
    return Array((lines + last).prefix(room))
  }

  /// The beginning of a list, with the number of those that have no room.
  private static func shortened(_ list: [RowDetail.Line], to room: Int) -> [RowDetail.Line] {
    guard list.count > room else { return list }
    let shown = room - 1
    let more = shown == 0 ? counted(list.count, "other") : "\(count(list.count - shown)) more"
    return list.prefix(shown) + [.init(label: list[0].label, text: more, role: .textDim)]
  }

  private static func explained(
    by difference: Difference, _ diff: ExecutionDiff
  ) -> [RowDetail.Line] {
    difference.explains.map { explanation in
      let other = diff.differences[explanation.difference]
      return .init(
        label: "explains",
        text: "\(explanation.share) of \(explanation.difference + 1): "
          + "\(other.kind.label) \(other.subjectText)", role: .textStrong)
    }
  }

  private static func explaining(
    _ difference: Difference, _ diff: ExecutionDiff
  ) -> [RowDetail.Line] {
    difference.explainedBy.map { explanation in
      let other = diff.differences[explanation.difference]
      return .init(
        label: "because of",
        text: "\(explanation.difference + 1): \(other.kind.label) "
          + "\(other.subjectText), in \(explanation.share) of the traces", role: .textStrong)
    }
  }

  /// The targets of a difference about several.
  private static func targets(of difference: Difference, _ diff: ExecutionDiff) -> [RowDetail.Line]
  {
    guard case .decision(let principal, let permission, _, let targets) = difference.subject,
      targets > 1
    else { return [] }
    return diff.decisions.lazy
      .filter {
        $0.principal == principal && $0.permission == permission
          && ($0.kind == difference.kind || difference.kind == .otherTargets)
      }
      .map { .init(label: "target", text: $0.target) }
  }
}
