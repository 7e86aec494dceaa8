import Explorer
import Terminal
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Every key on every screen") struct RobustnessTests {
  static func indexes() throws -> [[TraceIndex?]] {
    let empty = try TraceBuilder().index(name: "empty")
    var one = TraceBuilder()
    one.span("only", id: 1)
    var loose = TraceBuilder()
    for second in 0..<40 {
      loose.decision(
        second % 3 == 0 ? .deny : .allow, "user:\(second % 4)", "a.b.c", on: "projects/p/x/\(second)",
        at: Int64(second))
    }
    var odd = TraceBuilder()
    odd.span("cycle", id: 1, parent: 2)
    odd.span("cycle too", id: 2, parent: 1, status: .error)
    odd.span("twin", id: 2, parent: 9)
    odd.decision(.error, "", "", on: "", in: 1, span: 77)
    return [
      [], [nil], [empty], [try one.index(name: "one")], [try loose.index(name: "loose")],
      [try odd.index(name: "odd"), try loose.index(name: "loose")], [empty, nil, empty],
    ]
  }

  @Test("no command crashes on any screen of any run, however odd")
  func everyCommand() throws {
    let keys = Set(Keymap.standard.bindings.map(\.notation)).sorted().filter { $0 != "Q" }
    for indexes in try RobustnessTests.indexes() {
      for screen in ["", "f", "2", "3", "p", "6", "8", "#", "2r"] {
        for chunk in stride(from: 0, to: keys.count, by: 12) {
          let script = try KeyScript(screen + keys[chunk..<min(chunk + 12, keys.count)].joined())
          let run = try ExplorerHarness.run(indexes: indexes, keys: script, width: 60, height: 16)
          #expect(run.frames.allSatisfy { $0.size.width == 60 && $0.size.height == 16 })
        }
      }
    }
  }

  @Test("thousands of random keys on the samples neither crash nor change the size of the screen")
  func randomKeys() throws {
    let keys = Set(Keymap.standard.bindings.map(\.notation)).sorted()
      .filter { $0 != "Q" && $0 != "<C-c>" && $0 != "<C-z>" }
    var state: UInt64 = 42
    for _ in 0..<12 {
      var script = ""
      for _ in 0..<150 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        script += keys[Int((state >> 33) % UInt64(keys.count))]
        if (state >> 20) % 17 == 0 { script += "<Resize \(20 + (state >> 40) % 120)x\(5 + (state >> 50) % 40)>" }
      }
      let run = try ExplorerHarness.run(keys: try KeyScript(script))
      #expect(run.frames.last?.size.width == run.state.width)
    }
  }

  @Test("no binding is the beginning of another on the same screen, and none is given twice")
  func unambiguous() {
    for screen in ScreenKind.allCases {
      let here = Keymap.standard.bindings.filter { $0.screens?.contains(screen) ?? true }
      for (place, binding) in here.enumerated() {
        for other in here[(place + 1)...] where other.screens == binding.screens {
          #expect(!other.keys.starts(with: binding.keys) && !binding.keys.starts(with: other.keys))
        }
      }
    }
  }

  @Test("every command is explained in exactly one subject of the help")
  func helpIsComplete() {
    let listed = HelpText.subjects.flatMap(\.commands)
    #expect(Set(listed) == Set(Command.allCases))
    #expect(listed.count == Command.allCases.count)
  }
}
