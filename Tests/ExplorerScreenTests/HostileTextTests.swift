import Explorer
import ExplorerViews
import Terminal
import TestSupport
import Testing
import TraceIndex
import TraceModel

/// Names that would like to be more than names.
@Suite("Hostile text")
struct HostileTextTests {
  static let texts: [String] = [
    "\u{1B}[31mred\u{1B}[0m", "\u{1B}]0;title\u{7}", "\u{1B}[2J\u{1B}[H", "\u{9B}31m",
    "a\r\nb\tc\u{8}\u{0}\u{7F}", "\u{202E}evil\u{2066}", "\u{200B}\u{200D}\u{FEFF}x",
    "e\u{301}\u{301}\u{301}\u{301}\u{301}", "日本語👩‍👩‍👧‍👦", "\u{E000}\u{10FFFF}\u{FFFD}",
    "\u{2028}\u{2029}\u{85}",
  ]

  /// A trace of four rows; the names of the second one, and of its decision, are `text`.
  private static func harness(_ text: String) throws -> ExplorerHarness {
    var builder = TraceBuilder()
    builder.span("GET /", id: 1, for: 100, service: "gateway")
    builder.span(
      text, id: 2, parent: 1, at: 10, for: 50, service: text, status: .error, message: text,
      attributes: ["key": text])
    builder.decision(
      .deny, text, text, on: text, in: 1, span: 2, at: 20, reason: text, evaluator: text)
    builder.span("SELECT", id: 4, parent: 1, at: 70, for: 20, service: "store")
    return ExplorerHarness(try builder.index(name: "run"))
  }

  private static let screens: [String] = [
    "", "8", "f", "2", "3", "5", "3G", "2jj", "w", "5d", "f+", "2j+", "2j*", "4", "4l", "v",
    "v<Enter>", "vj<Enter>j",
  ]

  @Test("puts no control character and no reordering mark into any frame", arguments: texts)
  func noControls(_ text: String) throws {
    let harness = try HostileTextTests.harness(text)
    for keys in HostileTextTests.screens {
      for charset in [Charset.utf8, .ascii] {
        let session = try harness.play(try KeyScript(keys), charset: charset)
        let screen = session.frames.last?.text ?? ""
        for scalar in screen.unicodeScalars where !scalar.isASCII || scalar.value < 0x20 {
          if scalar == "\n" { continue }
          let category = scalar.properties.generalCategory
          let isUnsafe =
            category == .control || category == .lineSeparator
            || category == .paragraphSeparator || HostileTextTests.reorders(scalar)
          #expect(!isUnsafe, "U+\(String(scalar.value, radix: 16)) after \(keys)")
        }
      }
    }
  }

  private static func reorders(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F: true
    default: false
    }
  }

  @Test("changes no cell outside the lines that it is shown on", arguments: texts)
  func staysOnItsLine(_ text: String) throws {
    func frame(_ text: String) throws -> Frame {
      let session = try HostileTextTests.harness(text).play("2", width: 80, height: 24)
      return try #require(session.frames.last)
    }
    let hostile = try frame(text)
    let benign = try frame("benign")
    // The axis, the root above and the span below are the same; lines 3 and 4 are its own.
    for row in [1, 2, 5, 23] {
      #expect(Array(hostile.cells(ofRow: row)) == Array(benign.cells(ofRow: row)), "row \(row)")
    }
    // The bars stand where they stood.
    for row in [3] {
      let columns = 40..<80
      let (a, b) = (Array(hostile.cells(ofRow: row)), Array(benign.cells(ofRow: row)))
      #expect(Array(a[columns]) == Array(b[columns]), "row \(row)")
    }
  }

  @Test("of a megabyte is cut, with a mark, on every screen")
  func long() throws {
    let harness = try HostileTextTests.harness(String(repeating: "long ", count: 1 << 13))
    for keys in HostileTextTests.screens {
      let session = try harness.play(try KeyScript(keys))
      #expect(session.frames.allSatisfy { $0.size.width == 80 && $0.size.height == 24 })
    }
    #expect(try harness.play("2").text.contains("…"))
  }
}
