package import Terminal

/// A frame being drawn, with the theme and the glyphs that the terminal can show.
package struct Canvas {
  package private(set) var frame: Frame
  let theme: Theme
  let glyphs: GlyphSet

  init(size: Size, theme: Theme, charset: Charset) {
    self.theme = theme
    glyphs = GlyphSet(charset)
    frame = Frame(size: size, charset: charset, hiddenStyle: theme.style(.hidden))
    frame.fill(
      rows: 0..<size.height, columns: 0..<size.width, style: theme.style(.text))
  }

  var width: Int { frame.size.width }
  var height: Int { frame.size.height }

  /// Writes text that is cut, with a mark, at `limit` columns or the frame's edge; returns the
  /// column behind it.
  @discardableResult
  mutating func put(
    _ text: String, row: Int, column: Int, role: StyleRole = .text, limit: Int = .max
  ) -> Int {
    guard row >= 0, row < height, column < width, limit > 0 else { return column }
    let room = min(limit, width - column)
    return column
      + frame.putTruncated(
        glyphs.shown(text), row: row, column: column, style: theme.style(role), maxWidth: room)
  }

  /// The same, cut in the middle: for paths, whose ends say most.
  @discardableResult
  mutating func putPath(
    _ text: String, row: Int, column: Int, role: StyleRole = .text, limit: Int = .max
  ) -> Int {
    guard row >= 0, row < height, column < width, limit > 0 else { return column }
    let room = min(limit, width - column)
    return column
      + frame.putMiddleTruncated(
        glyphs.shown(text), row: row, column: column, style: theme.style(role), maxWidth: room)
  }

  /// Writes text that ends before `end`.
  mutating func putRight(_ text: String, row: Int, end: Int, role: StyleRole = .text) {
    let width = displayWidth(of: text)
    put(text, row: row, column: max(0, end - width), role: role, limit: min(width, end))
  }

  /// Paints a whole line in a role, before text is put on it.
  mutating func fill(row: Int, role: StyleRole) {
    frame.fill(rows: row..<row + 1, columns: 0..<width, style: theme.style(role))
  }

  /// Lays a role over a line that has its text already.
  mutating func highlight(row: Int, role: StyleRole) {
    frame.overlay(theme.style(role), row: row, columns: 0..<width)
  }

  mutating func overlay(row: Int, columns: Range<Int>, role: StyleRole) {
    frame.overlay(theme.style(role), row: row, columns: columns)
  }

  /// Fills part of a line with one glyph.
  mutating func bar(row: Int, columns: Range<Int>, role: StyleRole, glyph: Unicode.Scalar) {
    frame.fill(
      rows: row..<row + 1, columns: columns.clamped(to: 0..<width), style: theme.style(role),
      with: glyph)
  }

  /// A line across with a title in it: ` ── title ──────`.
  mutating func rule(row: Int, title: String) {
    guard row >= 0, row < height else { return }
    bar(row: row, columns: 1..<width - 1, role: .border, glyph: glyphs.horizontal)
    if !title.isEmpty { put(" \(title) ", row: row, column: 3, role: .border, limit: width - 6) }
  }

  mutating func placeCursor(row: Int, column: Int) {
    frame.cursor = Position(row: row, column: min(column, width - 1))
  }
}

/// The signs of the screens: one glyph, one meaning, each with an ASCII form.
struct GlyphSet {
  let isASCII: Bool

  init(_ charset: Charset) { isASCII = charset == .ascii }

  var denied: String { isASCII ? "x" : "✗" }
  var error: String { "E" }
  var cursor: String { isASCII ? ">" : "▸" }
  var folded: String { isASCII ? "+" : "▸" }
  var unfolded: String { isASCII ? "-" : "▾" }
  var branch: String { isASCII ? "`" : "└" }
  var more: String { isASCII ? "^" : "▲" }
  var less: String { isASCII ? "v" : "▼" }
  var separator: String { isASCII ? ">" : "▸" }
  var versus: String { isASCII ? "<>" : "⇄" }
  var grant: String { "+" }
  var minus: String { isASCII ? "-" : "−" }
  var ellipsis: String { isASCII ? "~" : "…" }
  var prefix: String { isASCII ? "*" : "◆" }
  var arrow: String { isASCII ? "->" : "→" }
  var horizontal: Unicode.Scalar { isASCII ? "-" : "─" }
  var selfBar: Unicode.Scalar { isASCII ? "#" : "█" }
  var waitBar: Unicode.Scalar { isASCII ? "=" : "▒" }
  var instant: Unicode.Scalar { isASCII ? "|" : "┃" }

  /// The signs that our own sentences use, spelled in ASCII where the terminal has nothing else.
  func shown(_ text: String) -> String {
    guard isASCII, !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
    var result = ""
    for character in text {
      switch character {
      case "…": result += "~"
      case "→": result += "->"
      case "µ": result += "u"
      case "×": result += "x"
      case "−", "–", "—": result += "-"
      case "⇄": result += "<>"
      default: result.append(character)
      }
    }
    return result
  }

  /// Eight heights, from nearly nothing to full; zero is a space.
  func spark(_ value: Int, of largest: Int) -> Character {
    guard value > 0, largest > 0 else { return isASCII ? "." : "▁" }
    let levels = isASCII ? Array(".:-=+*#@") : Array("▁▂▃▄▅▆▇█")
    let level = (value * (levels.count - 1) + largest - 1) / largest
    return levels[max(1, min(levels.count - 1, level))]
  }
}
