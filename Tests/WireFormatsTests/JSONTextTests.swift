import Testing
import WireFormats

@Suite("Text of JSON strings") struct JSONTextTests {
  @Test(
    "Escapes are decoded, and half of a surrogate pair becomes U+FFFD",
    arguments: [
      (#"plain é"#, "plain é", 0),
      (#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{C}\n\r\t", 0),
      (#"\u0041\u00e9\u20AC\u0000"#, "Aé€\u{0}", 0),
      (#"\uD83D\uDE00"#, "😀", 0),
      (#"\uDBFF\uDFFF"#, "\u{10FFFF}", 0),
      (#"\uD83D"#, "\u{FFFD}", 1),
      (#"\uDE00"#, "\u{FFFD}", 1),
      (#"\uDE00\uD83D"#, "\u{FFFD}\u{FFFD}", 2),
      (#"\uD83D\uD83D\uDE00"#, "\u{FFFD}😀", 1),
      (#"\uD83Dx\uDE00"#, "\u{FFFD}x\u{FFFD}", 2),
      (#"\uD83D\n"#, "\u{FFFD}\n", 1),
      (#"\uD83D\u0041"#, "\u{FFFD}A", 1),
    ])
  func escapes(json: String, text: String, loneSurrogates: Int) {
    let bytes = Array(json.utf8)
    var decoded: [UInt8] = []
    let lone = JSONText.decode(bytes.span.bytes, 0..<bytes.count, into: &decoded)
    #expect(Array(text.utf8) == decoded)
    #expect(lone == loneSurrogates)
  }
}
