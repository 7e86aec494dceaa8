import Explorer
import ExplorerViews
import Terminal
import TestSupport
import Testing
import TraceModel

/// Keys that nobody would press, always the same ones.
private struct RandomKeys {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  private mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) ^ (state >> 12 & 0xFFFF)
  }

  private mutating func number(below limit: Int) -> Int { Int(next() % UInt64(limit)) }

  private static let tokens: [String] =
    Keymap.standard.bindings.filter { $0.command != .quit }.map(\.notation)
    + [
      "abc", "is:deny", "name=x", "not ", "(", "\"", "é", "日", "<BS>", "<Del>", "<Left>", "<Right>",
    ]
    + ["<C-a>", "<C-w>", "<C-k>", "<F5>", "<Enter>", "<Enter>", "<Esc>", "<Esc>"]
    + ["<Resize 80x24>", "<Resize 20x5>", "<Resize 10x3>", "<Resize 1x1>", "<Resize 150x50>"]

  mutating func script(_ count: Int) throws -> KeyScript {
    var text = ""
    for _ in 0..<count { text += RandomKeys.tokens[number(below: RandomKeys.tokens.count)] }
    return try KeyScript(text)
  }
}

@Suite("Random keys")
struct RandomKeyTests {
  @Test(
    "never stop the explorer, and each frame is as large as the terminal",
    arguments: 1...4 as ClosedRange<UInt64>)
  func samples(_ seed: UInt64) throws {
    try play(try ExplorerHarness.samples.get(), seed: seed, count: 500)
  }

  @Test("the same on runs without rows and without traces", arguments: 5...8 as ClosedRange<UInt64>)
  func oddRuns(_ seed: UInt64) throws {
    var loose = TraceBuilder()
    loose.decision(.allow, "user:ann", "read", on: "a")
    loose.decision(.deny, "user:ann", "write", on: "a", at: 1)
    try play(
      ExplorerHarness(try TraceBuilder().index(name: "empty"), try loose.index(name: "loose")),
      seed: seed, count: 500)
  }

  private func play(_ harness: ExplorerHarness, seed: UInt64, count: Int) throws {
    var keys = RandomKeys(seed: seed)
    let script = try keys.script(count)
    let session = try harness.play(script)
    var size = Size(width: 80, height: 24)
    for (step, frame) in zip(script.steps, session.frames.dropFirst()) {
      if case .resize(let newSize) = step { size = newSize }
      guard frame.size == size else {
        Issue.record("\(frame.size) instead of \(size) with seed \(seed)")
        return
      }
    }
    // A command of the palette may quit; all other frames are there.
    #expect(session.frames.count > 1)
  }
}
