import Terminal
import TestSupport
import Testing

@Suite struct KeyNotationTests {
  @Test("A script reads as the keys it names")
  func script() throws {
    #expect(
      try KeyNotation.parse("j<Enter>/D<C-d><lt><F1><S-Tab>é") == [
        .character("j"), .enter, .character("/"), .character("D"), .control("d"),
        .character("<"), .function(1), .backTab, .character("é"),
      ])
    #expect(try KeyNotation.parse("<esc><C-I><C-[>") == [.escape, .tab, .escape])
  }

  @Test("Every key survives being written and read again")
  func roundTrip() throws {
    var events = KeyNotation.names.map(\.event)
    events += [.control("z"), .control("\\"), .function(12), .character("日")]
    for event in events {
      let written = try #require(KeyNotation.notation(of: event))
      #expect(try KeyNotation.parse(written) == [event])
    }
    #expect(KeyNotation.notation(of: .resize) == nil)
  }

  @Test(
    "A name that is none is an error that says where",
    arguments: [("ab<Nope>", 2, "<Nope>"), ("<", 0, "<"), ("x<Esc", 1, "<Esc"), ("<>", 0, "<>")])
  func unknown(script: String, offset: Int, text: String) {
    #expect(throws: KeyNotation.ParseError(offset: offset, text: text)) {
      try KeyNotation.parse(script)
    }
  }
}
