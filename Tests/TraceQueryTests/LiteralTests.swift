import Testing
import TraceModel

@testable import TraceQuery

@Suite("Literals")
struct LiteralTests {
  @Test(
    "durations are exact",
    arguments: [
      ("0", 0, "0"), ("1ns", 1, "1ns"), ("200ms", 200_000_000, "200ms"),
      ("0.1s", 100_000_000, "100ms"), ("1.5us", 1_500, "1500ns"), ("2µs", 2_000, "2us"),
      ("2μs", 2_000, "2us"), ("1m30s", 90_000_000_000, "90s"), ("60m", 3_600_000_000_000, "1h"),
      ("1d", 86_400_000_000_000, "24h"), ("-5m", -300_000_000_000, "-5m"),
      ("9223372036854775807ns", .max, "9223372036854775807ns"),
    ] as [(String, Int64, String)])
  func durations(text: String, expected: Int64, canonical: String) throws {
    #expect(try DurationText.nanoseconds(text) == expected)
    #expect(DurationText.text(expected) == canonical)
    #expect(try DurationText.nanoseconds(canonical) == expected)
  }

  @Test(
    "what is no duration is refused",
    arguments: [
      "", "5", "ms", "1.2.3s", "1 s", "5 ms", "1,5s", "0.1ns", "9223372036854775808ns", "300y",
      "99999999999999999999s", "1e3s", "--5m", "_5s", "1.0000000000000000001s",
    ])
  func badDurations(text: String) {
    #expect(throws: LiteralError.self) { try DurationText.nanoseconds(text) }
  }

  @Test(
    "sizes and numbers are exact",
    arguments: [
      ("42", 42), ("1_000", 1_000), ("10MB", 10_000_000), ("64KiB", 65_536), ("1.5kb", 1_500),
      ("-1", -1), ("7B", 7), ("9223372036854775807", .max),
    ] as [(String, Int64)])
  func sizes(text: String, expected: Int64) throws {
    #expect(try SizeText.integer(text) == expected)
    #expect(try SizeText.number(text) == .integer(expected))
  }

  @Test(
    "what is no size is refused",
    arguments: ["", "x", "1.5", "10XB", "9223372036854775808", "0x10"])
  func badSizes(text: String) { #expect(throws: LiteralError.self) { try SizeText.integer(text) } }

  @Test("numbers are compared exactly, whole ones with others too")
  func numbers() throws {
    #expect(try SizeText.number("0.5") == .double(0.5))
    #expect(Number("nan") == nil)
    #expect(Number("inf") == nil)
    #expect(Number("0x10") == nil)
    #expect(Number("Infinity").map { $0 > .integer(.max) } == true)
    let big = Number.integer(9_007_199_254_740_993)
    #expect(big > .double(9_007_199_254_740_992))
    #expect(Number.double(9_007_199_254_740_992) < big)
    #expect(Number.integer(.max) < .double(0x1p63))
    #expect(Number.integer(.min) == .double(-0x1p63))
    #expect(Number.integer(-1) > .double(-1.5))
    #expect(Number.double(1.5) > .integer(1))
    #expect(Number.double(-1.5) < .integer(-1))
  }

  @Test(
    "times resolve against the data",
    arguments: [
      ("-5m", "2026-03-02T23:55:00Z"), ("-0", "2026-03-03T00:00:00Z"),
      ("2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"), ("23:50", "2026-03-02T23:50:00Z"),
      ("00:00", "2026-03-03T00:00:00Z"), ("10:30:00.5", "2026-03-03T10:30:00.5Z"),
    ])
  func times(text: String, expected: String) throws {
    // From 23:00 to midnight.
    let end: Int64 = 1_772_496_000_000_000_000
    let start = end - 3_600_000_000_000
    let literal = try TimeLiteral(text)
    let resolved = literal.nanoseconds(from: start, to: end)
    #expect(TimeLiteral.absolute(resolved).description == expected)
    #expect(try TimeLiteral(literal.description) == literal)
  }

  @Test("times at the ends of the range do not trap")
  func extremeTimes() throws {
    for text in ["-200d", "10:00", "23:59:59.999999999"] {
      let literal = try TimeLiteral(text)
      _ = literal.nanoseconds(from: .min, to: .min)
      _ = literal.nanoseconds(from: .min, to: .max)
      _ = literal.nanoseconds(from: 0, to: 0)
    }
    #expect(throws: LiteralError.self) { try TimeLiteral("9999-01-01") }
    #expect(throws: LiteralError.self) { try TimeLiteral("24:00") }
    #expect(throws: LiteralError.self) { try TimeLiteral("10:00Z") }
    #expect(throws: LiteralError.self) { try TimeLiteral("2026-03-02T") }
    #expect(throws: LiteralError.self) { try TimeLiteral("10") }
  }

  @Test("globs speak of the whole text only when they have a wildcard")
  func globs() {
    func matches(_ pieces: [String], _ text: String, ignoresCase: Bool = true) -> Bool {
      CompiledGlob(Glob(pieces: pieces, ignoresCase: ignoresCase))
        .matches(Array(text.utf8).span.bytes)
    }
    #expect(matches(["b"], "abc"))
    #expect(matches([""], ""))
    #expect(!matches(["abcd"], "abc"))
    #expect(matches(["a", "c"], "abc"))
    #expect(!matches(["b", ""], "abc"))
    #expect(!matches(["ab", "bc"], "abc"))
    #expect(matches(["ab", "", "bc"], "abbc"))
    #expect(matches(["a", "b", "b", "c"], "a-b-b-c"))
    #expect(!matches(["a", "b", "b", "c"], "a-b-c"))
    #expect(matches(["GRÖSSE"], "Die größse") == false)
    #expect(matches(["GRÖ"], "Die Größe"))
    #expect(!matches(["grö"], "GRÖ", ignoresCase: false))
    #expect(matches(["ß", ""], "ßx"))
  }

  @Test("the elements of an array are taken apart")
  func arrays() {
    func elements(_ text: String) -> [String]? {
      JSONArray.elements(of: Array(text.utf8).span.bytes)?.map(\.text)
    }
    #expect(elements("[]") == [])
    #expect(elements(#"["a","b,c",3,true,null]"#) == ["a", "b,c", "3", "true", "null"])
    #expect(elements(#"["\"\\\n\u00e4\ud83d\ude00\/"]"#) == ["\"\\\nä😀/"])
    #expect(elements(#"[[1,2],{"k":"]"},"]"]"#) == ["[1,2]", #"{"k":"]"}"#, "]"])
    #expect(elements(#"{"a":1}"#) == nil)
    #expect(elements("[") == nil)
    // Whatever is in an artifact, nothing traps.
    #expect(elements(#"["\"#) == nil)
    #expect(elements(#"["\u1]"#) == [#""\u1"#])
  }
}
