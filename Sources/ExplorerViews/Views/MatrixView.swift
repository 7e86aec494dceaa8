import Explorer
import Terminal
import TraceAnalysis
import TraceModel

/// Principals down, permissions across; headings and totals stay while the cells scroll.
enum MatrixView {
  static func facts(_ screen: MatrixState, _ state: ExplorerState) -> String {
    guard let matrix = screen.matrix(state.analyses) else { return "" }
    let (rows, columns) = (matrix.principals.count, matrix.permissions.count)
    if state.width < 60 { return "\(count(rows)) × \(count(columns))" }
    let size = "\(counted(rows, "principal")), \(counted(columns, "permission"))"
    return screen.deniedOnly ? "denied only  \(size)" : size
  }

  static func draw(
    _ screen: MatrixState, _ state: ExplorerState, _ layout: ScreenLayout, on canvas: inout Canvas
  ) {
    guard ExplorerFacts.index(screen.shownExecution, state) != nil else { return }
    guard let matrix = screen.matrix(state.analyses) else {
      canvas.put("counting …", row: layout.list.lowerBound, column: 2, role: .textDim)
      return
    }
    if matrix.cells.isEmpty {
      drawEmpty(screen, state, row: layout.titles ?? layout.list.lowerBound, on: &canvas)
      return
    }
    let grid = Grid(screen, matrix, canvas.width)
    drawHeadings(grid, height: state.height, on: &canvas)
    let rows = screen.principal.visible(
      count: matrix.principals.count, height: layout.list.count)
    for (row, principal) in zip(layout.list, rows) {
      drawRow(principal, grid, row: row, on: &canvas)
    }
    drawDetail(
      screen, matrix, isFiltered: state.filters.isActive, layout.detail, on: &canvas)
  }

  private static func drawEmpty(
    _ screen: MatrixState, _ state: ExplorerState, row: Int, on canvas: inout Canvas
  ) {
    if state.filters.isActive && !screen.deniedOnly {
      EmptyView.draw(state, row: row, on: &canvas)
      return
    }
    let (text, role): (String, StyleRole) =
      screen.deniedOnly
      ? ("Nothing was denied. x shows all decisions again.", .allowed)
      : ("This run has no authorization decisions; 3 shows what it has.", .textDim)
    canvas.put(text, row: row + 1, column: 2, role: role, limit: canvas.width - 3)
  }

  /// What is on the screen, and where.
  private struct Grid {
    let screen: MatrixState
    let matrix: AccessMatrix
    let geometry: MatrixGeometry
    /// The permissions that are on the screen.
    let permissions: Range<Int>

    init(_ screen: MatrixState, _ matrix: AccessMatrix, _ width: Int) {
      self.screen = screen
      self.matrix = matrix
      geometry = MatrixGeometry(width: width, permissions: matrix.permissions.count)
      permissions = screen.permission.visible(
        count: matrix.permissions.count, height: geometry.count)
    }

    func end(_ permission: Int) -> Int {
      geometry.column(permission - permissions.lowerBound + 1)
    }
  }

  // MARK: Headings

  private static func drawHeadings(_ grid: Grid, height: Int, on canvas: inout Canvas) {
    let lines = MatrixGeometry.titleLines(height: height)
    guard lines.heading > 0 else { return }
    let width = grid.geometry.pitch - 1
    let headings = ColumnHeadings.headings(
      grid.permissions.map { grid.matrix.permissions[$0].name }, width: width,
      lines: lines.heading)
    for (permission, heading) in zip(grid.permissions, headings) {
      for (line, text) in heading.enumerated() {
        canvas.putRight(
          text, row: 1 + line, end: grid.end(permission),
          role: permission == grid.screen.permission.selected ? .textStrong : .columns)
      }
      if permission == grid.screen.permission.selected {
        let end = grid.end(permission)
        canvas.overlay(row: lines.heading, columns: end - width..<end, role: .selectionInactive)
      }
    }
    let last = lines.heading
    canvas.put("PRINCIPAL", row: last, column: 3, role: .columns, limit: grid.geometry.nameWidth)
    canvas.putRight("TOTAL", row: last, end: grid.geometry.end, role: .columns)
    drawScroll(grid, row: max(1, last - 1), isAlone: last == 1, on: &canvas)
    guard lines.total > 0 else { return }
    canvas.put("all", row: last + 1, column: 3, role: .textDim)
    for permission in grid.permissions {
      draw(
        grid.matrix.permissions[permission].counts, row: last + 1, end: grid.end(permission),
        width: width, on: &canvas)
    }
    draw(
      grid.matrix.total, row: last + 1, end: grid.geometry.end,
      width: grid.geometry.totalWidth - 1, on: &canvas)
  }

  /// How many permissions are beyond the edges.
  private static func drawScroll(_ grid: Grid, row: Int, isAlone: Bool, on canvas: inout Canvas) {
    let (left, right) = (
      grid.permissions.lowerBound, grid.matrix.permissions.count - grid.permissions.upperBound
    )
    guard left + right > 0 else { return }
    // Where the headings have one line, the place of the word PRINCIPAL is the only one.
    let room = grid.geometry.nameWidth - 1
    canvas.put(
      String(repeating: " ", count: isAlone ? room : 0), row: row, column: 3, role: .columns)
    let numbers = [left > 0 ? "< \(count(left))" : "", right > 0 ? "\(count(right)) >" : ""]
      .filter { !$0.isEmpty }.joined(separator: "  ")
    let words =
      left == 0 ? "\(count(right)) more >" : right == 0 ? "< \(count(left)) more" : numbers
    canvas.put(
      words.count > room ? numbers : words, row: row, column: 3, role: .textDim, limit: room)
  }

  // MARK: Cells

  private static func drawRow(
    _ principal: Int, _ grid: Grid, row: Int, on canvas: inout Canvas
  ) {
    let line = grid.matrix.principals[principal]
    let isSelected = principal == grid.screen.principal.selected
    canvas.putPath(
      visibleText(ShortText.principal(line.name)), row: row, column: 3,
      role: line.counts.denied > 0 ? .denied : .text, limit: grid.geometry.nameWidth - 1)
    if isSelected {
      canvas.put(canvas.glyphs.cursor, row: row, column: 1)
      canvas.overlay(row: row, columns: 1..<2 + grid.geometry.nameWidth, role: .selectionInactive)
    }
    let width = grid.geometry.pitch - 1
    for permission in grid.permissions {
      let end = grid.end(permission)
      if let cell = grid.matrix.cell(principal: principal, permission: permission) {
        draw(cell.counts, row: row, end: end, width: width, on: &canvas)
      } else {
        canvas.putRight(canvas.glyphs.isASCII ? "." : "·", row: row, end: end, role: .textDim)
      }
      if isSelected && permission == grid.screen.permission.selected {
        canvas.overlay(row: row, columns: end - width..<end, role: .selection)
        canvas.placeCursor(row: row, column: end - 1)
      }
    }
    draw(
      line.counts, row: row, end: grid.geometry.end, width: grid.geometry.totalWidth - 1,
      on: &canvas)
  }

  /// `240 ✗61 ?2`: allowed, denied, without a decision; what is none is left out.
  private static func draw(
    _ counts: DecisionCounts, row: Int, end: Int, width: Int, on canvas: inout Canvas
  ) {
    let parts = fitting(counts, width: width, canvas.glyphs)
    var column = end - parts.texts.reduce(-parts.gap) { $0 + displayWidth(of: $1.0) + parts.gap }
    for (text, role) in parts.texts {
      column = canvas.put(text, row: row, column: column, role: role) + parts.gap
    }
  }

  /// The counts as texts for at most `width` columns: exact, else short, else without gaps; a `+`
  /// stands for allowed ones that have no room. What was denied is always there.
  private static func fitting(
    _ counts: DecisionCounts, width: Int, _ glyphs: GlyphSet
  ) -> (texts: [(String, StyleRole)], gap: Int) {
    func texts(_ number: (Int) -> String) -> [(String, StyleRole)] {
      [
        (counts.allowed > 0 ? number(counts.allowed) : "", .text),
        (counts.denied > 0 ? glyphs.denied + number(counts.denied) : "", .denied),
        (counts.undecided > 0 ? "?" + number(counts.undecided) : "", .warning),
      ].filter { !$0.0.isEmpty }
    }
    func columns(_ texts: [(String, StyleRole)], gap: Int) -> Int {
      texts.reduce(-gap) { $0 + displayWidth(of: $1.0) + gap }
    }
    let (exact, short) = (texts { count($0) }, texts(shortCount))
    if columns(exact, gap: 1) <= width { return (exact, 1) }
    if columns(short, gap: 1) <= width { return (short, 1) }
    if columns(short, gap: 0) <= width { return (short, 0) }
    return (
      short.filter { $0.1 != .warning }.map { $0.1 == .text ? ("+", .textDim) : $0 }, 0
    )
  }

  // MARK: The selected cell

  private static func drawDetail(
    _ screen: MatrixState, _ matrix: AccessMatrix, isFiltered: Bool, _ rows: Range<Int>,
    on canvas: inout Canvas
  ) {
    guard let first = rows.first else { return }
    let principal = matrix.principals[screen.principal.selected].name
    let permission = matrix.permissions[screen.permission.selected].name
    let cell = matrix.cell(
      principal: screen.principal.selected, permission: screen.permission.selected)
    let who = ShortText.named(visibleText(principal))
    let what = permission.isEmpty ? "no permission named" : visibleText(permission)
    if rows.count < 4 {
      canvas.putPath(who, row: first, column: 1, limit: canvas.width - 2)
      let column = canvas.put(
        verdict(cell, short: true) + "  ", row: first + 1, column: 1, role: role(cell))
      canvas.putPath(what, row: first + 1, column: column, limit: canvas.width - 1 - column)
      return
    }
    canvas.rule(row: first, title: "this cell")
    RowDetail.draw(.init(label: "principal", text: who), row: first + 1, on: &canvas)
    RowDetail.draw(.init(label: "permission", text: what), row: first + 2, on: &canvas)
    RowDetail.draw(
      .init(label: "decisions", text: verdict(cell, short: false), role: role(cell)),
      row: first + 3, on: &canvas)
    let none =
      screen.deniedOnly
      ? "The principal was not denied this."
      : isFiltered
        ? "The filter keeps no such decision." : "The principal never asked for this."
    canvas.put(
      cell == nil ? none : "Enter shows these decisions alone.",
      row: first + 4, column: 2, role: .textDim, limit: canvas.width - 3)
  }

  private static func role(_ cell: AccessMatrix.Cell?) -> StyleRole {
    guard let counts = cell?.counts else { return .textDim }
    return counts.denied > 0 ? .denied : counts.undecided > 0 ? .warning : .text
  }

  private static func verdict(_ cell: AccessMatrix.Cell?, short: Bool) -> String {
    guard let cell else { return "none" }
    let counts = cell.counts
    var words = [
      counts.allowed > 0 ? "\(count(counts.allowed)) allowed" : "",
      counts.denied > 0 ? "\(count(counts.denied)) denied" : "",
      counts.undecided > 0 ? "\(count(counts.undecided)) without a decision" : "",
    ].filter { !$0.isEmpty }
    if !short { words.append("on \(counted(cell.targets, "resource"))") }
    return words.joined(separator: ", ")
  }
}
