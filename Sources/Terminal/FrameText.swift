extension Frame {
  /// Draws `text` from `column` on and returns the columns taken, so that the next text goes to
  /// `column` plus the result.
  ///
  /// The text is cut at the frame's edges and after `maxWidth` columns; a wide glyph that would
  /// straddle an edge leaves a blank. A negative column cuts the text's beginning.
  @discardableResult
  package mutating func put(
    _ text: String, row: Int, column: Int, style: Style = .plain, maxWidth: Int = .max
  ) -> Int {
    guard (0..<size.height).contains(row), column < size.width, maxWidth > 0 else { return 0 }
    let end = maxWidth < size.width - column ? column + maxWidth : size.width
    var at = column
    for drawn in GlyphSequence(text, charset: charset) {
      guard at < end else { break }
      let style = drawn.isEscape ? hiddenStyle.over(style) : style
      let next = at + drawn.glyph.width
      if at >= 0, next <= end {
        place(drawn.glyph, style, row: row, column: at)
      } else {
        for column in max(at, 0)..<max(min(next, end), 0) {
          place(.blank, style, row: row, column: column)
        }
      }
      at = next
    }
    return min(at, end) - column
  }

  /// Draws `text` in at most `maxWidth` columns; when it needs more, its end gives way to `…`
  /// (`~` without UTF-8).
  @discardableResult
  package mutating func putTruncated(
    _ text: String, row: Int, column: Int, style: Style = .plain, maxWidth: Int
  ) -> Int {
    let room = min(maxWidth, size.width - column)
    guard room > 0 else { return 0 }
    guard DisplayWidth.width(of: text, charset: charset, limit: room) > room else {
      return put(text, row: row, column: column, style: style, maxWidth: room)
    }
    let used = put(text, row: row, column: column, style: style, maxWidth: room - 1)
    return used + put(charset.ellipsis, row: row, column: column + used, style: style)
  }

  /// Draws `text` in at most `maxWidth` columns; when it needs more, its middle gives way to `…`,
  /// and the end, which tells paths apart, keeps the larger part.
  ///
  /// - Complexity: O(length), for the end has to be found.
  @discardableResult
  package mutating func putMiddleTruncated(
    _ text: String, row: Int, column: Int, style: Style = .plain, maxWidth: Int
  ) -> Int {
    let room = min(maxWidth, size.width - column)
    guard room > 0 else { return 0 }
    let glyphs = Array(GlyphSequence(text, charset: charset))
    let width = glyphs.reduce(0) { $0 + $1.glyph.width }
    guard width > room else {
      return put(text, row: row, column: column, style: style, maxWidth: room)
    }
    let head = (room - 1) / 3
    var at = put(text, row: row, column: column, style: style, maxWidth: head)
    at += put(charset.ellipsis, row: row, column: column + at, style: style)
    guard (0..<size.height).contains(row) else { return 0 }
    for drawn in tail(of: glyphs, width: room - 1 - head) where column + at >= 0 {
      let style = drawn.isEscape ? hiddenStyle.over(style) : style
      place(drawn.glyph, style, row: row, column: column + at)
      at += drawn.glyph.width
    }
    return at
  }

  private func tail(of glyphs: [GlyphSequence.Drawn], width: Int) -> ArraySlice<GlyphSequence.Drawn>
  {
    var start = glyphs.endIndex
    var room = width
    while start > glyphs.startIndex, glyphs[start - 1].glyph.width <= room {
      start -= 1
      room -= glyphs[start].glyph.width
    }
    return glyphs[start...]
  }
}
