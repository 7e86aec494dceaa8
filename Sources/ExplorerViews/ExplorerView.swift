package import Explorer
package import Terminal
import TraceModel

/// The whole screen as a function of the state: nothing here remembers, reads or waits.
package enum ExplorerView {
  package static func render(
    _ state: ExplorerState, size: Size, theme: Theme, charset: Charset
  ) -> Frame {
    var canvas = Canvas(size: size, theme: theme, charset: charset)
    guard size.width >= ScreenLayout.minimumWidth, size.height >= ScreenLayout.minimumHeight else {
      canvas.put(
        "\(ScreenLayout.minimumWidth)x\(ScreenLayout.minimumHeight) needed", row: 0, column: 0)
      return canvas.frame
    }
    let layout = state.layout
    drawScreen(state, layout, on: &canvas)
    drawHeader(state, on: &canvas)
    drawFooter(state, layout, on: &canvas)
    switch state.layer {
    case .prompt(let prompt): drawPrompt(prompt, layout, on: &canvas)
    case .palette(let palette): drawPalette(palette, state, on: &canvas)
    case .help(let top): drawHelp(state, top: top, on: &canvas)
    case nil: break
    }
    return canvas.frame
  }

  private static func drawScreen(
    _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    switch state.screen {
    case .executions(let screen): ExecutionsView.draw(screen, state, layout, on: &canvas)
    case .traces(let screen): TracesView.draw(screen, state, layout, on: &canvas)
    case .waterfall(let screen): WaterfallView.draw(screen, state, layout, on: &canvas)
    case .events(let screen): EventsView.draw(screen, state, layout, on: &canvas)
    case .policy(let screen): PolicyView.draw(screen, state, layout, on: &canvas)
    case .diff(let screen): DiffView.draw(screen, state, layout, on: &canvas)
    case .summary(let screen): SummaryView.draw(screen, state, layout, on: &canvas)
    case .diagnostics(let screen): DiagnosticsView.draw(screen, state, layout, on: &canvas)
    case .raw(let screen): RawView.draw(screen, state, layout, on: &canvas)
    }
  }

  // MARK: Frame

  private static func drawHeader(_ state: ExplorerState, on canvas: inout Canvas) {
    canvas.fill(row: 0, role: .header)
    var right: [String] = []
    right.append(ExplorerFacts.facts(of: state))
    // Where there is no room for all, what changes by itself goes first.
    right.insert(ExplorerFacts.growth(of: state), at: canvas.width < 60 ? 0 : 1)
    if state.filters.isActive && state.screen.kind.obeysFilters { right.append("filtered") }
    // On a narrow screen the place needs the room; the list of runs always says it.
    if state.isSealed && (canvas.width >= 100 || state.screen.kind == .executions) {
      right.append("sealed")
    }
    let facts = right.filter { !$0.isEmpty }.joined(separator: "  ")
    let factsWidth = min(displayWidth(of: facts), canvas.width * 2 / 3)
    let room = canvas.width - factsWidth - 3
    canvas.put(
      ExplorerFacts.path(of: state, glyphs: canvas.glyphs), row: 0, column: 1, role: .header,
      limit: room)
    canvas.put(
      facts, row: 0, column: canvas.width - factsWidth - 1, role: .header, limit: factsWidth)
  }

  private static func drawFooter(
    _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    canvas.fill(row: layout.footer, role: .footer)
    var column = 1
    for hint in ExplorerFacts.hints(for: state) {
      // The last cell of the screen is never written: some terminals scroll.
      let needed = displayWidth(of: hint.key) + displayWidth(of: hint.label) + 3
      if column + needed > canvas.width - 1 { break }
      column = canvas.put(hint.key, row: layout.footer, column: column, role: .footerKey)
      column = canvas.put(" " + hint.label, row: layout.footer, column: column, role: .footer) + 2
    }
    if case .prompt = state.layer { return }
    if let message = state.message {
      drawMessage(visibleText(message), layout, on: &canvas)
    } else if !state.pending.isEmpty {
      canvas.put(
        state.pending.map(\.notation).joined(), row: layout.message, column: 1, role: .message)
    } else if !state.filters.filters.isEmpty {
      drawFilter(state, layout, on: &canvas)
    } else if let notice = ExplorerFacts.notice(for: state) {
      canvas.put(notice, row: layout.message, column: 1, role: .textDim, limit: canvas.width - 2)
    }
  }

  private static func drawFilter(
    _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    let kind = state.screen.kind
    guard kind.obeysFilters || !state.filters.isActive else {
      canvas.put(
        "filters do not apply to \(kind == .policy ? "policy" : "this screen")",
        row: layout.message, column: 1, role: .warning, limit: canvas.width - 2)
      return
    }
    let hint = "zx clears  u undoes"
    let text = state.filters.isOn ? "filter: " : "filter off: "
    let hasHint = canvas.width >= 60
    canvas.put(
      text + visibleText(state.filters.text), row: layout.message, column: 1,
      role: state.filters.isOn ? .filterValid : .textDim,
      limit: canvas.width - (hasHint ? hint.count + 4 : 2))
    if hasHint { canvas.putRight(hint, row: layout.message, end: canvas.width - 1, role: .textDim) }
  }

  /// A message takes the lines it needs, up to four, over what lies above its place.
  private static func drawMessage(
    _ message: String, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    let lines = wrapped(
      message, width: canvas.width - 2, limit: max(1, min(4, canvas.height / 6)))
    for (offset, line) in lines.enumerated() {
      let row = layout.message - lines.count + 1 + offset
      canvas.fill(row: row, role: .text)
      canvas.put(line, row: row, column: 1, role: .message, limit: canvas.width - 2)
    }
  }

  // MARK: Layers

  private static func drawPrompt(
    _ prompt: Prompt, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    let row = layout.message
    canvas.fill(row: row, role: .prompt)
    var label = "/"
    var verdict = ""
    var role = StyleRole.filterValid
    if case .file(_, let purpose) = prompt {
      label = purpose == .export ? "write to: " : "policy in file: "
    }
    if case .filter(_, let preview) = prompt {
      label = "& "
      switch preview {
      case .empty: verdict = "no filter"
      case .valid(let kept, let all): verdict = "keeps \(count(kept)) of \(count(all))"
      case .untried: verdict = "valid"
      case .invalid(let message, _):
        verdict = message
        role = .filterInvalid
      }
    }
    let editor = prompt.editor
    if displayWidth(of: verdict) > canvas.width / 2 {
      // Too long to stand beside what is typed.
      canvas.fill(row: row - 1, role: .prompt)
      canvas.put(verdict, row: row - 1, column: 1, role: role, limit: canvas.width - 2)
      verdict = ""
    }
    let verdictWidth = displayWidth(of: verdict)
    let room = canvas.width - verdictWidth - 4
    let before = String(editor.text.prefix(editor.cursor))
    // A long line is scrolled so that the cursor stays on the screen.
    let hidden = max(0, displayWidth(of: before) + displayWidth(of: label) + 1 - room)
    let shown = String(editor.text.dropFirst(hidden))
    let column = canvas.put(label, row: row, column: 1, role: .prompt)
    canvas.put(shown, row: row, column: column, role: .prompt, limit: room - column + 1)
    canvas.put(
      verdict, row: row, column: canvas.width - verdictWidth - 1, role: role, limit: verdictWidth)
    canvas.placeCursor(
      row: row, column: column + displayWidth(of: String(before.dropFirst(hidden))))
  }

  private static func drawPalette(
    _ palette: Palette, _ state: ExplorerState, on canvas: inout Canvas
  ) {
    let rows = 1..<canvas.height - 2
    for row in rows { canvas.fill(row: row, role: .text) }
    let visible = palette.position.visible(count: palette.matches.count, height: rows.count - 1)
    for (line, place) in visible.enumerated() {
      let command = palette.matches[place]
      let keys = state.keymap.keys(for: command, on: state.screen.kind).joined(separator: " ")
      let row = rows.lowerBound + 1 + line
      canvas.put(command.rawValue, row: row, column: 3, role: .text, limit: 20)
      canvas.put(keys.isEmpty ? "-" : keys, row: row, column: 24, role: .helpKey, limit: 12)
      canvas.put(command.help, row: row, column: 37, role: .textDim)
      if place == palette.position.selected {
        canvas.put(canvas.glyphs.cursor, row: row, column: 1)
        canvas.highlight(row: row, role: .selection)
      }
    }
    if palette.matches.isEmpty {
      canvas.put(
        "no command has these letters", row: rows.lowerBound + 1, column: 3, role: .textDim)
    }
    let column = canvas.put(": ", row: rows.lowerBound, column: 1, role: .prompt)
    canvas.put(palette.editor.text, row: rows.lowerBound, column: column, role: .prompt)
    let before = String(palette.editor.text.prefix(palette.editor.cursor))
    canvas.placeCursor(row: rows.lowerBound, column: column + displayWidth(of: before))
  }

  private static func drawHelp(_ state: ExplorerState, top: Int, on canvas: inout Canvas) {
    let lines = HelpText.lines(for: state.screen.kind, keymap: state.keymap)
    let rows = 1..<canvas.height - 1
    for row in rows { canvas.fill(row: row, role: .text) }
    for (row, line) in zip(rows, lines.dropFirst(top)) {
      if line.keys.isEmpty {
        canvas.put(line.text, row: row, column: 2, role: .headerKey)
      } else {
        let textColumn = canvas.width >= 70 ? 30 : 20
        canvas.put(line.keys, row: row, column: 4, role: .helpKey, limit: textColumn - 5)
        canvas.put(line.text, row: row, column: textColumn, role: .text)
      }
    }
    let rest = lines.count - top - rows.count
    canvas.fill(row: canvas.height - 1, role: .footer)
    canvas.put(
      rest > 0 ? "j k scroll, \(rest) more lines; any other key closes" : "any other key closes",
      row: canvas.height - 1, column: 1, role: .footer, limit: canvas.width - 2)
  }
}
