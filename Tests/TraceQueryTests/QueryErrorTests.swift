import Testing

@testable import TraceQuery

@Suite("Query errors")
struct QueryErrorTests {
  private func rendered(_ text: String) -> String {
    do {
      return try Query(parsing: text).description
    } catch {
      return error.rendered(in: text)
    }
  }

  @Test("the caret stands under the fault")
  func caret() {
    #expect(
      rendered("größe durr>5ms") == """
        größe durr>5ms
              ^~~~
        unknown field 'durr'; did you mean 'dur'?
        """)
    #expect(
      rendered("a or") == """
        a or
            ^
        expected a condition
        """)
  }

  @Test("control characters of the query do not reach the terminal")
  func controls() {
    #expect(rendered("a\u{1B}[2J\tdurr>5").hasPrefix("a\u{FFFD}[2J\u{FFFD}durr>5\n      ^"))
  }

  @Test("columns count from 1 for people")
  func description() {
    let error = #expect(throws: QueryError.self) { _ = try Query(parsing: "a durr>5ms") }
    #expect(error?.description == "column 3: unknown field 'durr'; did you mean 'dur'?")
    #expect(error?.column == 2)
  }

  @Test("hostile queries are refused, not followed", arguments: ["(", "not ", "-", "{", "!"])
  func depth(piece: String) {
    let text = String(repeating: piece, count: 100_000) + "a"
    #expect(throws: QueryError.self) { _ = try Query(parsing: text) }
  }

  @Test("long but flat queries are no problem")
  func length() throws {
    let text = Array(repeating: "name:a", count: 5_000).joined(separator: " or ")
    #expect(try Query(parsing: text).description == text)
    let chain = Array(repeating: "{ a }", count: 2_000).joined(separator: " > ")
    #expect(try Query(parsing: chain).description == chain)
  }

  @Test("macros that double each other end in an error")
  func doublingMacros() {
    var macros = ["m0": "a"]
    for level in 1...30 { macros["m\(level)"] = "@m\(level - 1) @m\(level - 1)" }
    #expect(throws: QueryError.self) { _ = try Query(parsing: "@m30", macros: macros) }
    #expect(throws: Never.self) { _ = try Query(parsing: "@m5", macros: macros) }
  }

  @Test("random text is parsed or refused, with a place inside it", arguments: 1...20)
  func noise(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let pieces = [
      "is:deny", "name", ":", "=", "=~", "!~", "(", ")", "{", "}", "|", "||", "&&", "by", "count",
      "()", "sort", "-", "not", "in", "and", "or", "@m", "\"", "\\", "/", "/x/", "*", ",", " ",
      ">>",
      "!", "<", "~", "5ms", "span.", "exists", "\u{202E}", "é", "\u{0}", "in (a, b)", "top(3, dur)",
    ]
    for _ in 0..<2_000 {
      let count = Int.random(in: 1...9, using: &random)
      let text = (0..<count).map { _ in
        pieces[Int.random(in: pieces.indices, using: &random)]
      }.joined(separator: random.next() % 2 == 0 ? " " : "")
      do {
        let query = try Query(parsing: text, macros: ["m": "a, b"])
        let canonical = query.description
        #expect(try Query(parsing: canonical).description == canonical, "\(text)")
      } catch {
        let length = text.unicodeScalars.count
        #expect(error.range.lowerBound <= length && error.range.lowerBound >= 0, "\(text)")
        #expect(!error.rendered(in: text).isEmpty)
      }
    }
  }
}
