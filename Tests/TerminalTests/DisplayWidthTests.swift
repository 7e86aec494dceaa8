import Foundation
import Terminal
import Testing

@Suite struct DisplayWidthTests {
  @Test(
    "Text takes as many columns as it is drawn in",
    arguments: [
      ("", 0), ("plain", 5), ("日本", 4), ("é", 1), ("e\u{301}", 1), ("│✓█⣿", 4), ("한", 2),
      ("\u{1112}\u{1161}\u{11AB}", 2), ("👍", 2), ("👍🏽", 4), ("🇩🇪", 2), ("❤\u{FE0F}", 1),
      ("👩\u{200D}👩\u{200D}👦", 6), ("a\u{1B}b", 3), ("a\u{202E}b", 10), ("\u{0}\u{7F}", 2),
      ("\u{FFFD}", 1), ("ﾊﾝ", 2), ("\u{3000}", 2), ("a\u{A0}b", 8),
    ])
  func width(text: String, columns: Int) {
    #expect(DisplayWidth.width(of: text) == columns)
  }

  @Test("Counting stops soon after the limit")
  func limit() {
    #expect(DisplayWidth.width(of: String(repeating: "日", count: 1_000_000), limit: 9) == 10)
  }

  @Test("The table agrees with the wcwidth package, but for spacing marks and flags")
  func independentTable() throws {
    var width = 0
    var next = 0
    let starts = try wcwidthRuns()
    var drawn = 0
    for value in UInt32(0)..<0x110000 {
      if next < starts.count, starts[next].first == value {
        width = starts[next].width
        next += 1
      }
      guard let scalar = Unicode.Scalar(value) else { continue }
      let expected: DisplayWidth.ScalarClass
      switch DisplayWidth.scalarClass(of: scalar) {
      case .hidden: continue
      case _ where scalar.properties.generalCategory == .spacingMark: continue
      // A flag is two of these, one column each; wcwidth counts one alone as two.
      case _ where (0x1F1E6...0x1F1FF).contains(value): expected = .narrow
      default: expected = width == 0 ? .mark : width == 2 ? .wide : .narrow
      }
      drawn += 1
      #expect(
        DisplayWidth.scalarClass(of: scalar) == expected, "U+\(String(value, radix: 16))")
    }
    #expect(next == starts.count)
    #expect(drawn > 150_000)
  }

  @Test("Nothing that could deceive is drawn as it is")
  func hiddenScalars() {
    let ranges: [ClosedRange<UInt32>] = [
      0...0x1F, 0x7F...0xA0, 0xAD...0xAD, 0x34F...0x34F, 0x61C...0x61C, 0x115F...0x1160,
      0x180B...0x180F, 0x2000...0x200F, 0x2028...0x202F, 0x205F...0x206F, 0x2800...0x2800,
      0x3164...0x3164, 0xE000...0xF8FF, 0xFE00...0xFE0F, 0xFEFF...0xFEFF, 0xFFF0...0xFFFB,
      0x1FFFE...0x1FFFF, 0xE0000...0xE0FFF, 0xF0000...0x10FFFF,
    ]
    for value in ranges.joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      #expect(Glyph(scalar) == nil, "U+\(String(value, radix: 16))")
    }
  }

  private func wcwidthRuns() throws -> [(first: UInt32, width: Int)] {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Independent/wcwidth_runs.txt")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").dropFirst().map {
      let words = $0.split(separator: " ")
      return (try #require(UInt32(words[0], radix: 16)), try #require(Int(words[1])))
    }
  }
}
