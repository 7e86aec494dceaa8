import Explorer
import Terminal
import TestSupport
import Testing

@Suite("Every command on every screen of every odd run")
struct EveryCommandTests {
  @Test("is harmless: the screen can be drawn, the stack is not empty", arguments: OddRuns.allCases)
  func isHarmless(_ odd: OddRuns) throws {
    let harness = try odd.harness
    let start = odd.state(harness)
    for screen in ScreenKind.allCases {
      var open = start
      try harness.press(":\(screen.rawValue)<Enter>", in: &open)
      odd.disturb(&open, harness)
      for command in Command.allCases {
        var state = open
        // Twice, and then a search: the second press meets what the first one left.
        try harness.press(":\(command.rawValue)<Enter>", in: &state)
        try harness.press("jk/e<Enter>nN<Esc>:\(command.rawValue)<Enter>", in: &state)
        #expect(!state.screens.isEmpty)
        #expect(try harness.play("", from: state, width: 60, height: 14).frames.count == 1)
      }
    }
  }

  @Test("a resize to anything leaves a screen of that size", arguments: OddRuns.allCases)
  func resizes(_ odd: OddRuns) throws {
    let harness = try odd.harness
    for screen in ScreenKind.allCases {
      var state = odd.state(harness)
      try harness.press(":\(screen.rawValue)<Enter>", in: &state)
      for (width, height) in [(1, 1), (19, 4), (20, 5), (21, 6), (59, 9), (300, 90)] {
        let session = try harness.play("jG?<Esc>", from: state, width: width, height: height)
        #expect(session.frames.allSatisfy { $0.size.width == width && $0.size.height == height })
      }
    }
  }
}
