import Terminal
import TestSupport
import Testing

@Suite struct FrameTests {
  private func row(_ frame: Frame) -> String { frame.text(ofRow: 0) }

  @Test("Text is cut at the edges of the frame and says how much room it took")
  func clipping() {
    var frame = Frame(size: Size(width: 6, height: 1))
    #expect(frame.put("abcdefgh", row: 0, column: 4) == 2)
    #expect(row(frame) == "    ab")
    #expect(frame.put("xyz", row: 0, column: 0, maxWidth: 2) == 2)
    #expect(row(frame) == "xy  ab")
    #expect(frame.put("a", row: 1, column: 0) == 0)
    #expect(frame.put("a", row: -1, column: 0) == 0)
    #expect(frame.put("a", row: 0, column: 6) == 0)
    #expect(frame.put("a", row: 0, column: 0, maxWidth: 0) == 0)
    #expect(frame.put("12345", row: 0, column: -3) == 5)
    #expect(row(frame) == "45  ab")
  }

  @Test("A wide glyph that would straddle an edge leaves a blank")
  func wideAtEdges() {
    var frame = Frame(size: Size(width: 5, height: 1))
    #expect(frame.put("日本語", row: 0, column: 0) == 5)
    #expect(row(frame) == "日本 ")
    #expect(frame.put("日本", row: 0, column: -1) == 4)
    #expect(row(frame) == " 本  ")
  }

  @Test("Overwriting one half of a wide glyph blanks the other")
  func halves() {
    var frame = Frame(size: Size(width: 4, height: 1))
    frame.put("日本", row: 0, column: 0)
    frame.put("x", row: 0, column: 1)
    #expect(row(frame) == " x本")
    frame.put("語", row: 0, column: 1)
    #expect(row(frame) == " 語 ")
    frame.put("y", row: 0, column: 1)
    #expect(row(frame) == " y  ")
  }

  @Test(
    "Text too long for its room ends in a marker",
    arguments: [
      ("short", 5, "short "), ("longer", 5, "long… "), ("日本語", 5, "日本… "), ("日本語", 4, "日 … "),
      ("ab", 1, "… "), ("ab", 0, " "),
    ])
  func truncation(text: String, room: Int, expected: String) {
    var frame = Frame(size: Size(width: 20, height: 1))
    let used = frame.putTruncated(text, row: 0, column: 0, maxWidth: room)
    #expect(row(frame).hasPrefix(expected))
    #expect(used <= room)
  }

  @Test("A path keeps its end, and its beginning as far as there is room")
  func middleTruncation() {
    var frame = Frame(size: Size(width: 20, height: 1))
    let used = frame.putMiddleTruncated(
      "projects/shop/secrets/prod-db-password", row: 0, column: 0, maxWidth: 16)
    #expect(used == 16)
    #expect(frame.text == "proje…b-password\n")
    frame = Frame(size: Size(width: 20, height: 1), charset: .ascii)
    frame.putMiddleTruncated("/a/very/long/path", row: 0, column: 0, maxWidth: 8)
    #expect(frame.text == "/a~/path\n")
  }

  @Test("Escaped characters carry the hidden style over the text's own")
  func hiddenStyle() {
    let hidden = Style(foreground: .palette(1))
    var frame = Frame(size: Size(width: 4, height: 1), hiddenStyle: hidden)
    frame.put("a\u{1B}b", row: 0, column: 0, style: Style(background: .palette(4)))
    #expect(
      frame.cells.map(\.style) == [
        Style(background: .palette(4)), Style(foreground: .palette(1), background: .palette(4)),
        Style(background: .palette(4)), .plain,
      ])
  }

  @Test("Both halves of a wide glyph keep one style")
  func restyle() {
    var frame = Frame(size: Size(width: 6, height: 1))
    frame.put("日本語", row: 0, column: 0)
    frame.overlay(Style(attributes: .reverse), row: 0, columns: 1..<3)
    #expect(frame.cells.map { $0.style != .plain } == [true, true, true, true, false, false])
    frame.setStyle(.plain, row: 0, columns: -5..<99)
    #expect(frame.cells.allSatisfy { $0.style == .plain })
  }

  @Test("Rectangles are clipped and never filled with what a cell cannot hold")
  func fill() {
    var frame = Frame(size: Size(width: 3, height: 2))
    frame.fill(rows: 1..<9, columns: -1..<2, with: "─")
    #expect(frame.text == "\n──\n")
    frame.fill(rows: 0..<1, columns: 0..<1, with: "\u{1B}")
    frame.fill(rows: 0..<1, columns: 1..<2, with: "日")
    #expect(frame.text(ofRow: 0) == "?? ")
  }

  @Test("Hostile text of any kind keeps every cell safe and every wide glyph whole")
  func hostileText() throws {
    var random = SplitMix(state: 42)
    var frame = Frame(size: Size(width: 17, height: 3))
    for _ in 0..<3_000 {
      let text = String(
        String.UnicodeScalarView(
          (0..<8).compactMap { _ in Unicode.Scalar(UInt32.random(in: 0..<0x3100, using: &random)) })
      )
      let row = Int.random(in: -1...3, using: &random)
      let column = Int.random(in: -4...18, using: &random)
      let width = Int.random(in: 0...20, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: frame.put(text, row: row, column: column, maxWidth: width)
      case 1: frame.putTruncated(text, row: row, column: column, maxWidth: width)
      default: frame.putMiddleTruncated(text, row: row, column: column, maxWidth: width)
      }
      checkInvariants(frame)
    }
  }

  private func checkInvariants(_ frame: Frame) {
    for row in 0..<frame.size.height {
      let cells = Array(frame.cells(ofRow: row))
      for (column, cell) in cells.enumerated() {
        let follows = column > 0 && cells[column - 1].glyph.width == 2
        #expect((cell.glyph == .continuation) == follows)
        #expect(cell.glyph.width != 2 || column + 1 < cells.count)
        for (index, scalar) in cell.glyph.scalars.enumerated() {
          let kind = DisplayWidth.scalarClass(of: scalar)
          #expect(index == 0 ? kind == .narrow || kind == .wide : kind == .mark)
        }
      }
    }
  }
}

/// https://prng.di.unimi.it/splitmix64.c: the same numbers in every run.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
