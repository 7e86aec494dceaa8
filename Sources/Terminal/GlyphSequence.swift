/// Text as the glyphs that are safe to draw; the one place where data becomes cells.
///
/// Whatever could move the cursor, reorder or hide text comes out in a visible form, marked as
/// escaped: control characters as their pictures (`␛`), everything else as `\u{202E}`; without
/// UTF-8 `\x1B` and `\u{E9}`. Marks join the glyph before them; a mark with nothing before it and
/// a fourth mark on one glyph are escaped. Joined emoji are drawn side by side without the joiner,
/// so that their width is the sum of the parts; the joiner and the presentation selectors U+FE0E
/// and U+FE0F are left out only beside emoji and escaped elsewhere, where they would hide.
package struct GlyphSequence: Sequence {
  /// A glyph and whether it is part of an escaped form.
  package struct Drawn: Sendable {
    /// The glyph, never a continuation.
    package let glyph: Glyph
    /// Whether it stands for something that is not drawn as it is.
    package let isEscape: Bool
  }

  private let text: String
  private let charset: Charset

  /// The glyphs of `text` on a terminal that can show `charset`.
  package init(_ text: String, charset: Charset = .utf8) {
    self.text = text
    self.charset = charset
  }

  /// A fresh pass over the glyphs.
  package func makeIterator() -> Iterator {
    Iterator(scalars: text.unicodeScalars.makeIterator(), charset: charset)
  }

  /// Reads scalars two ahead, for a joiner is judged by what follows it.
  package struct Iterator: IteratorProtocol {
    private var scalars: String.UnicodeScalarView.Iterator
    private var next0: Unicode.Scalar?
    private var next1: Unicode.Scalar?
    private var escape = "".unicodeScalars[...]
    private let charset: Charset

    init(scalars: String.UnicodeScalarView.Iterator, charset: Charset) {
      self.scalars = scalars
      self.charset = charset
      next0 = self.scalars.next()
      next1 = self.scalars.next()
    }

    /// The next glyph, nil at the end.
    package mutating func next() -> Drawn? {
      if let scalar = escape.popFirst(), let glyph = Glyph(scalar) {
        return Drawn(glyph: glyph, isEscape: true)
      }
      guard let scalar = take() else { return nil }
      guard var glyph = drawable(scalar) else {
        escape = escapedForm(of: scalar).unicodeScalars[...]
        return next()
      }
      attachFollowing(to: &glyph, base: scalar)
      return Drawn(glyph: glyph, isEscape: false)
    }

    private mutating func take() -> Unicode.Scalar? {
      let taken = next0
      next0 = next1
      next1 = scalars.next()
      return taken
    }

    private func drawable(_ scalar: Unicode.Scalar) -> Glyph? {
      charset == .ascii && !scalar.isASCII ? nil : Glyph(scalar)
    }

    private mutating func attachFollowing(to glyph: inout Glyph, base: Unicode.Scalar) {
      guard charset == .utf8, let first = next0, !first.isASCII else { return }
      let isEmoji = GlyphSequence.isEmoji(base)
      while let following = next0 {
        if isEmoji, GlyphSequence.isPresentationSelector(following) {
          _ = take()
        } else if isEmoji, following == "\u{200D}", next1.map(GlyphSequence.isEmoji) == true {
          _ = take()
        } else if DisplayWidth.scalarClass(of: following) == .mark, glyph.attach(following) {
          _ = take()
        } else {
          return
        }
      }
    }

    private func escapedForm(of scalar: Unicode.Scalar) -> String {
      let value = scalar.value
      let hexadecimal = String(value, radix: 16, uppercase: true)
      if value >= 0x80 { return "\\u{\(hexadecimal)}" }
      if charset == .ascii { return value < 0x10 ? "\\x0\(hexadecimal)" : "\\x\(hexadecimal)" }
      // Control Pictures: U+2400 plus the code, U+2421 for DEL.
      let picture = Unicode.Scalar(value == 0x7F ? 0x2421 : 0x2400 + value)
      return picture.map { String(Character($0)) } ?? "\\u{\(hexadecimal)}"
    }
  }

  // Digits, '#' and '*' have the emoji property too; beside them nothing is left out.
  private static func isEmoji(_ scalar: Unicode.Scalar) -> Bool {
    !scalar.isASCII && scalar.properties.isEmoji
  }

  private static func isPresentationSelector(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{FE0E}" || scalar == "\u{FE0F}"
  }
}
