import Terminal
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Hostile text") struct HostileTextTests {
  static let texts = [
    "\u{1B}[2J\u{1B}]52;c;ZXZpbA==\u{07}", "a\rb\nc\td", "\u{202E}evil\u{2066}\u{200B}\u{FEFF}",
    "e\u{301}\u{301}\u{301}\u{301}日本語👩‍👩‍👧", String(repeating: "x", count: 1_000_000),
  ]

  private static func index(_ text: String) throws -> TraceIndex {
    var builder = TraceBuilder()
    builder.span("root", id: 1, for: 100)
    builder.span(text, id: 2, parent: 1, at: 10, for: 20, service: text, status: .error, message: text)
    builder.decision(.deny, text, text, on: text, in: 1, span: 2, at: 12, reason: text)
    builder.span("below", id: 3, parent: 1, at: 50, for: 5)
    return try builder.index(name: "run")
  }

  @Test("leaves every line but its own as it would be", arguments: texts)
  func confined(text: String) throws {
    let index = try HostileTextTests.index(text)
    let plain = try HostileTextTests.index("harmless")
    for keys: KeyScript in ["2", "3", "p", "w"] {
      let run = try ExplorerHarness.run(indexes: [index], keys: keys)
      let frame = try #require(run.frames.last)
      #expect(
        frame.text.unicodeScalars.allSatisfy {
          ($0.value >= 0x20 || $0 == "\n") && !(0x7F...0x9F).contains($0.value)
            && !(0x202A...0x202E).contains($0.value) && !(0x2066...0x2069).contains($0.value)
        })
      let expected = try #require(
        try ExplorerHarness.run(indexes: [plain], keys: keys).frames.last)
      #expect(frame.text(ofRow: 23) == expected.text(ofRow: 23))
    }
    // Waterfall: the root and the last span stand where they would stand.
    let hostile = try #require(try ExplorerHarness.run(indexes: [index], keys: "2").frames.last)
    let benign = try #require(try ExplorerHarness.run(indexes: [plain], keys: "2").frames.last)
    for row in [2, 5] { #expect(hostile.text(ofRow: row) == benign.text(ofRow: row)) }
  }
}
