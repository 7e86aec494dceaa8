import Terminal
import Testing

@Suite struct UTF8InputTests {
  private func keys(_ bytes: [UInt8]) -> [KeyEvent] {
    var input = UTF8Input()
    return bytes.compactMap { input.key(afterByte: $0) }
  }

  @Test("Bytes become the characters they encode, however they are split")
  func characters() {
    #expect(
      keys(Array("jé日👍".utf8)) == [
        .character("j"), .character("é"), .character("日"), .character("👍"),
      ])
  }

  @Test("Control codes become keys, and those that stand for named keys become these")
  func controls() {
    #expect(keys([0x00, 0x03, 0x1A, 0x1C, 0x1F]) == "@cz\\_".map { .control($0) })
    #expect(
      keys([0x08, 0x7F, 0x09, 0x0A, 0x0D, 0x1B]) == [
        .backspace, .backspace, .tab, .enter, .enter, .escape,
      ])
  }

  @Test("What is no UTF-8 is no key, and what follows is read as it is")
  func invalid() {
    #expect(keys([0x80, 0x6A]) == [.character("j")])
    #expect(keys([0xE6, 0x97, 0x6A]) == [.character("j")])
    #expect(keys([0xC0, 0x80, 0xED, 0xA0, 0x80, 0xF8, 0x6A]) == [.character("j")])
    #expect(keys([0xE6, 0xC3, 0xA9]) == [.character("é")])
  }

  @Test("Terminals agree about lines, blocks and ideographs, not about emoji and marks")
  func disputed() {
    func isDisputed(_ text: String) -> Bool {
      GlyphSequence(text).contains { $0.glyph.isDisputed }
    }
    for text in ["abc", "é…→│█▸✗", "日本한국", "⣿"] { #expect(!isDisputed(text), "\(text)") }
    for text in ["👍", "❤", "🇩", "e\u{301}", "नि", "ش", "𝌀"] { #expect(isDisputed(text), "\(text)") }
  }
}
