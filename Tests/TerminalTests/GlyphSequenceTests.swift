import Terminal
import Testing

@Suite struct GlyphSequenceTests {
  private func drawn(_ text: String, _ charset: Charset = .utf8) -> String {
    GlyphSequence(text, charset: charset).map { drawn in
      drawn.glyph.scalars.map { String(Character($0)) }.joined()
    }.joined()
  }

  @Test(
    "Hidden characters come out in a visible form",
    arguments: [
      ("a\u{1B}[31mb", "a␛[31mb"), ("x\r\ny\tz", "x␍␊y␉z"), ("\u{7F}", "␡"),
      ("\u{85}\u{9B}", "\\u{85}\\u{9B}"), ("a\u{202E}b", "a\\u{202E}b"),
      ("\u{2066}\u{200F}\u{61C}", "\\u{2066}\\u{200F}\\u{61C}"),
      ("pay\u{200B}ments", "pay\\u{200B}ments"), ("\u{FEFF}", "\\u{FEFF}"),
      ("so\u{AD}ft", "so\\u{AD}ft"), ("\u{E0041}", "\\u{E0041}"), ("a\u{FE0F}", "a\\u{FE0F}"),
      ("a\u{200D}b", "a\\u{200D}b"), ("\u{E000}", "\\u{E000}"), ("a\u{3164}", "a\\u{3164}"),
      ("\u{301}a", "\\u{301}a"), ("\u{10FFFF}", "\\u{10FFFF}"),
    ])
  func escapes(text: String, expected: String) {
    #expect(drawn(text) == expected)
  }

  @Test("Escaped characters are told apart from the same characters as text")
  func escapesAreMarked() {
    let real = GlyphSequence("\u{202E}").map(\.isEscape)
    let written = GlyphSequence("\\u{202E}").map(\.isEscape)
    #expect(real == [Bool](repeating: true, count: 8))
    #expect(written == [Bool](repeating: false, count: 8))
  }

  @Test("Marks join the glyph before them, up to three; the rest are shown")
  func marks() {
    let glyphs = Array(GlyphSequence("e\u{301}\u{302}\u{303}\u{304}\u{305}"))
    #expect(glyphs[0].glyph.markCount == Glyph.markLimit)
    #expect(drawn("e\u{301}\u{302}\u{303}\u{304}") == "e\u{301}\u{302}\u{303}\\u{304}")
  }

  @Test("Joined emoji are drawn side by side without joiner and selectors")
  func joinedEmoji() {
    #expect(drawn("👩\u{200D}❤\u{FE0F}\u{200D}👦") == "👩❤👦")
    #expect(drawn("👩\u{200D}x") == "👩\\u{200D}x")
    #expect(drawn("1\u{FE0F}\u{20E3}") == "1\\u{FE0F}\\u{20E3}")
  }

  @Test("Without UTF-8 only printable ASCII is drawn")
  func ascii() {
    #expect(drawn("é\u{1B}\n…", .ascii) == "\\u{E9}\\x1B\\x0A\\u{2026}")
  }
}
