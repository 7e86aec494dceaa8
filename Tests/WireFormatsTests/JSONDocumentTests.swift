import Foundation
import TestSupport
import Testing
import WireFormats

@Suite("Strict JSON documents")
struct JSONDocumentTests {
  private func fault(_ bytes: [UInt8]) -> JSONFault? {
    do throws(JSONFault) {
      try JSONDocument.check(bytes.span.bytes)
      return nil
    } catch {
      return error
    }
  }

  private func fault(_ text: String) -> JSONFault? { fault(Array(text.utf8)) }

  @Test("Every file of the parser suite is accepted or refused as its name says")
  func parserSuite() throws {
    let files = RealArtifacts.files(below: "tricky/JSONTestSuite/test_parsing")
    var verdicts: [String: Int] = [:]
    for file in files {
      let fault = fault(Array(try Data(contentsOf: file)))
      let name = file.lastPathComponent
      if name.hasPrefix("y_") { #expect(fault == nil, "\(name)") }
      if name.hasPrefix("n_") { #expect(fault != nil, "\(name)") }
      verdicts[String(name.prefix(2)), default: 0] += 1
    }
    if !files.isEmpty {
      #expect(verdicts["y_", default: 0] > 90)
      #expect(verdicts["n_", default: 0] > 180)
    }
  }

  @Test(
    "A mistake is found at its byte",
    arguments: [
      ("{\"a\" 1}", JSONFault.Problem.expectedColon, 5),
      ("{\"a\":1 \"b\":2}", .expectedCommaInObject, 7),
      ("[1 2]", .expectedCommaInArray, 3),
      ("[1,]", .expectedValue, 3),
      ("{\"a\":1,}", .expectedKey, 7),
      ("{a:1}", .expectedKey, 1),
      ("[01]", .expectedCommaInArray, 2),
      ("[-]", .badNumber, 2),
      ("[1.]", .badNumber, 3),
      ("[1e+]", .badNumber, 4),
      ("[nul]", .badLiteral, 4),
      ("[\"a\tb\"]", .controlCharacter, 3),
      ("[\"\\x\"]", .badEscape, 3),
      ("[\"\\u12g4\"]", .badEscape, 6),
      ("[1]]", .expectedValue, 3),
      ("[\"abc", .incomplete, 5),
      ("", .incomplete, 0),
      ("[1.5e", .incomplete, 5),
    ] as [(String, JSONFault.Problem, Int)])
  func places(text: String, problem: JSONFault.Problem, offset: Int) {
    #expect(fault(text) == JSONFault(problem, at: offset))
  }

  @Test("A mistake says what was expected and what was found")
  func explanations() {
    let text = "{\"a\" 1}"
    let bytes = Array(text.utf8)
    #expect(fault(text)?.explanation(in: bytes.span.bytes) == "expected a colon, found '1'")
  }

  @Test("Only the UTF-8 of RFC 3629 is taken, at every place in a word")
  func utf8() {
    let good: [[UInt8]] = [
      [0xC2, 0x80], [0xDF, 0xBF], [0xE0, 0xA0, 0x80], [0xED, 0x9F, 0xBF], [0xEE, 0x80, 0x80],
      [0xEF, 0xBF, 0xBF], [0xF0, 0x90, 0x80, 0x80], [0xF4, 0x8F, 0xBF, 0xBF],
    ]
    let bad: [[UInt8]] = [
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x9F, 0xBF],
      [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
      [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xE2, 0x28, 0xA1],
    ]
    for padding in 0..<17 {
      let start = Array("[\"".utf8) + [UInt8](repeating: 0x61, count: padding)
      for sequence in good { #expect(fault(start + sequence + Array("\"]".utf8)) == nil) }
      for sequence in bad {
        let found = fault(start + sequence + Array("\"]".utf8))
        #expect(found == JSONFault(.invalidUTF8, at: start.count), "\(sequence) behind \(padding)")
      }
    }
  }

  @Test("A string's end is found whatever stands before it, at every place in a word")
  func stringEnds() {
    for length in 0..<40 {
      let plain = String(repeating: "x", count: length)
      #expect(fault("\"\(plain)\"") == nil)
      #expect(fault("\"\(plain)\\\"\(plain)\"") == nil)
      #expect(fault("\"\(plain)\u{1}\"") == JSONFault(.controlCharacter, at: length + 1))
      #expect(fault("\"\(plain)\u{7F}é\\u00e9 \"") == nil)
      #expect(fault("\"\(plain)") == JSONFault(.incomplete, at: length + 1))
    }
  }

  @Test("Nesting of any depth is passed without recursion")
  func depth() {
    let depth = 1_000_000
    let arrays = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    #expect(fault(arrays) == nil)
    let objects =
      String(repeating: "{\"a\":[", count: depth) + String(repeating: "]}", count: depth)
    #expect(fault(objects) == nil)
    #expect(fault(String(repeating: "[", count: depth))?.problem == .incomplete)
    #expect(fault(String(repeating: "[{\"\":", count: depth))?.problem == .incomplete)
    #expect(fault(arrays.dropLast() + "}")?.problem == .expectedCommaInArray)
  }

  @Test("The skipper comes to the same end wherever the bytes are cut")
  func resumption() throws {
    let text = """
      {"a":[1,-2.5e+3,{"b":"q\\u00e9\\"x","c":[true,false,null,[],{}]},"é€😀"],"d" : 12345 }
      """
    let bytes = Array(text.utf8)
    for cut in 0...bytes.count {
      var skipper = JSONSkipper()
      var cursor = JSONCursor()
      let head = Array(bytes[..<cut])
      var isDone = try skipper.advance(in: head.span.bytes, at: &cursor, isFinal: false)
      let rest = Array(bytes[cursor.position...])
      cursor.position = 0
      if !isDone { isDone = try skipper.advance(in: rest.span.bytes, at: &cursor, isFinal: true) }
      #expect(isDone && cursor.position == (cut == bytes.count ? 0 : rest.count), "cut at \(cut)")
    }
  }
}
