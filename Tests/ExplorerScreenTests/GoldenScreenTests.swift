import Explorer
import ExplorerViews
import Terminal
import TestSupport
import Testing

/// A screen, the keys that lead to it from the start, and the sizes at which it is kept.
struct GoldenScreen: Sendable, CustomTestStringConvertible {
  let name: String
  let keys: KeyScript
  var sizes = [(80, 24)]
  /// Whether it is kept as it is in ASCII and without colours, too.
  var isKeptPlain = false

  var testDescription: String { name }

  private static let allSizes = [(80, 24), (132, 43), (40, 10)]

  static let all: [GoldenScreen] = [
    GoldenScreen(name: "executions", keys: "", sizes: allSizes),
    GoldenScreen(name: "traces", keys: "<Enter>", sizes: allSizes),
    GoldenScreen(name: "waterfall", keys: "w", sizes: allSizes, isKeptPlain: true),
    GoldenScreen(name: "events", keys: "3d", sizes: allSizes),
    GoldenScreen(name: "matrix", keys: "4d", sizes: allSizes, isKeptPlain: true),
    GoldenScreen(name: "matrix-denied", keys: "4x"),
    GoldenScreen(name: "fields", keys: "v", sizes: allSizes),
    GoldenScreen(name: "values", keys: "vj<Enter>e", sizes: allSizes, isKeptPlain: true),
    GoldenScreen(name: "policy", keys: "p", sizes: allSizes),
    GoldenScreen(name: "policy-denied", keys: "pd"),
    GoldenScreen(name: "policy-document", keys: "p<Enter>"),
    GoldenScreen(name: "policy-dropped", keys: "pjjjx", sizes: allSizes),
    GoldenScreen(name: "policy-widened", keys: "pjjjjjj>", sizes: allSizes),
    GoldenScreen(name: "policy-export", keys: "pjjjxX<Enter>", sizes: allSizes),
    GoldenScreen(name: "policy-cedar", keys: "ptttt"),
    GoldenScreen(name: "diff", keys: "=", sizes: allSizes),
    GoldenScreen(name: "summary", keys: "8", sizes: allSizes),
    GoldenScreen(name: "diagnostics", keys: "#"),
    GoldenScreen(name: "raw", keys: "wr"),
    GoldenScreen(name: "help", keys: "w?"),
    GoldenScreen(name: "palette", keys: ":pol"),
    GoldenScreen(name: "filter-summary", keys: "8&is:deny<Enter>"),
    GoldenScreen(name: "filter-policy", keys: "p&is:deny<Enter>"),
    GoldenScreen(name: "filter-valid", keys: "<Enter>&is:deny"),
    GoldenScreen(name: "filter-invalid", keys: "<Enter>&is:denyed"),
    GoldenScreen(name: "filter-hides", keys: "w&service=inventory<Enter>"),
    GoldenScreen(name: "filter-empty", keys: "<Enter>&service=nobody<Enter>"),
  ]
}

@Suite("Screens of the two sample runs")
struct GoldenScreenTests {
  @Test("are as they were reviewed", arguments: GoldenScreen.all)
  func samples(_ screen: GoldenScreen) throws {
    let harness = try ExplorerHarness.samples.get()
    for (width, height) in screen.sizes {
      let session = try harness.play(screen.keys, width: width, height: height)
      let frame = try #require(session.frames.last)
      let size = width == 80 ? "" : "-\(width)x\(height)"
      expectGolden(roleText(frame), named: screen.name + size + ".txt", in: "Screens")
    }
  }

  @Test("need no other characters than those of ASCII where the terminal has no others")
  func ascii() throws {
    let harness = try ExplorerHarness.samples.get()
    for screen in GoldenScreen.all {
      let session = try harness.play(screen.keys, charset: .ascii)
      let text = session.text
      #expect(text.utf8.allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0A }, "\(screen.name)")
      guard screen.isKeptPlain, let frame = session.frames.last else { continue }
      expectGolden(roleText(frame), named: "\(screen.name)-ascii.txt", in: "Screens")
    }
  }

  @Test("say the same without colours: selection is reversed, what is denied has its sign")
  func mono() throws {
    let theme = try ThemeLoader.builtIn(named: "monochrome").theme(at: .mono)
    for screen in GoldenScreen.all where screen.isKeptPlain {
      let session = try ExplorerHarness.samples.get().play(screen.keys, theme: theme)
      let frame = try #require(session.frames.last)
      #expect(frame.cells.allSatisfy { $0.style.foreground == .default })
      expectGolden(screenText(frame), named: "\(screen.name)-mono.txt", in: "Screens")
    }
    for (name, keys) in [("dropped", "pjjjx"), ("export", "pjjjxX<Enter>")] as [(String, KeyScript)]
    {
      let session = try ExplorerHarness.samples.get().play(keys, theme: theme)
      let frame = try #require(session.frames.last)
      expectGolden(screenText(frame), named: "policy-\(name)-mono.txt", in: "Screens")
    }
  }

  @Test("of runs that are not there yet say what is being read, and which failed")
  func indexing() throws {
    let harness = try ExplorerHarness.samples.get()
    var state = harness.waitingState()
    harness.apply(
      .indexing(execution: 0, read: 48, total: 100, rows: 1_200, artifact: "orders.otlp.jsonl"),
      to: &state)
    harness.apply(.indexingFailed(execution: 1, reason: "Permission denied"), to: &state)
    let frame = try #require(try harness.play("", from: state).frames.last)
    expectGolden(roleText(frame), named: "executions-indexing.txt", in: "Screens")
  }
}
