/// Columns and rows of a screen.
package struct Size: Hashable, Sendable {
  /// The number of columns.
  package var width: Int
  /// The number of rows.
  package var height: Int

  /// A size; negative numbers count as zero.
  package init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
  }
}

/// A place on the screen, counted from the upper left corner, which is row 0, column 0.
package struct Position: Hashable, Sendable {
  /// The row, from the top.
  package var row: Int
  /// The column, from the left.
  package var column: Int

  /// The place in `row` and `column`.
  package init(row: Int, column: Int) {
    self.row = row
    self.column = column
  }
}

/// One picture of the screen: what a view draws and a device shows.
///
/// Every cell holds a glyph that is safe to send to a terminal, whatever was put in. A wide glyph
/// is always followed by its continuation: overwriting one half blanks the other.
package struct Frame: Hashable, Sendable {
  /// Columns and rows.
  package let size: Size
  /// What the terminal can show.
  package let charset: Charset
  /// Laid over the style of escaped characters, so that they are not taken for the text itself.
  package let hiddenStyle: Style
  /// Where the terminal's cursor stands; hidden when nil.
  package var cursor: Position?
  /// All cells, row after row.
  package private(set) var cells: [Cell]

  /// An empty frame.
  package init(
    size: Size, charset: Charset = .utf8, hiddenStyle: Style = Style(attributes: .reverse)
  ) {
    self.size = size
    self.charset = charset
    self.hiddenStyle = hiddenStyle
    cells = [Cell](repeating: Cell(.blank), count: size.width * size.height)
  }

  /// The cells of one row; empty when there is no such row.
  package func cells(ofRow row: Int) -> ArraySlice<Cell> {
    guard (0..<size.height).contains(row) else { return [] }
    return cells[row * size.width..<(row + 1) * size.width]
  }

  /// The text of one row, as many columns as the frame; empty when there is no such row.
  package func text(ofRow row: Int) -> String {
    var text = ""
    for cell in cells(ofRow: row) {
      text.unicodeScalars.append(contentsOf: cell.glyph.scalars)
    }
    return text
  }

  /// The text of all rows without the spaces at their ends, each followed by a line feed.
  package var text: String {
    (0..<size.height).map { row in
      var line = text(ofRow: row)[...]
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// Fills a rectangle, clipped at the frame, with `scalar`; one that takes no single column, or
  /// that the terminal cannot show, gives a question mark.
  package mutating func fill(
    rows: Range<Int>, columns: Range<Int>, style: Style = .plain, with scalar: Unicode.Scalar = " "
  ) {
    var glyph = Glyph(scalar) ?? Glyph.unknown
    if glyph.width != 1 || charset == .ascii && !scalar.isASCII { glyph = .unknown }
    let columns = columns.clamped(to: 0..<size.width)
    for row in rows.clamped(to: 0..<size.height) {
      for column in columns { place(glyph, style, row: row, column: column) }
    }
  }

  /// Replaces the style of part of a row; the glyphs stay.
  package mutating func setStyle(_ style: Style, row: Int, columns: Range<Int>) {
    restyle(row: row, columns: columns) { _ in style }
  }

  /// Lays `style` over the styles of part of a row; the glyphs stay.
  package mutating func overlay(_ style: Style, row: Int, columns: Range<Int>) {
    restyle(row: row, columns: columns) { style.over($0) }
  }

  private mutating func restyle(row: Int, columns: Range<Int>, _ change: (Style) -> Style) {
    guard (0..<size.height).contains(row) else { return }
    let columns = columns.clamped(to: 0..<size.width)
    guard !columns.isEmpty else { return }
    var first = row * size.width + columns.lowerBound
    var last = row * size.width + columns.upperBound - 1
    // Both halves of a wide glyph have one style.
    if cells[first].glyph == .continuation { first -= 1 }
    if cells[last].glyph.width == 2 { last += 1 }
    for index in first...last { cells[index].style = change(cells[index].style) }
  }

  /// Writes a glyph that lies wholly inside the frame.
  mutating func place(_ glyph: Glyph, _ style: Style, row: Int, column: Int) {
    let index = row * size.width + column
    separate(at: index)
    if glyph.width == 2 { separate(at: index + 1) }
    cells[index] = Cell(glyph, style)
    if glyph.width == 2 { cells[index + 1] = Cell(.continuation, style) }
  }

  // Blanks both halves of a wide glyph of which one is about to be overwritten.
  private mutating func separate(at index: Int) {
    if cells[index].glyph == .continuation {
      cells[index - 1].glyph = .blank
      cells[index].glyph = .blank
    } else if cells[index].glyph.width == 2 {
      cells[index].glyph = .blank
      cells[index + 1].glyph = .blank
    }
  }
}

extension Glyph {
  /// Stands for what cannot be shown.
  static let unknown = Glyph("?") ?? .blank
}
