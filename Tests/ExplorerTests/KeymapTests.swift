import Explorer
import Testing

@Suite("Keys and commands")
struct KeymapTests {
  private let keymap = Keymap.standard

  @Test("on no screen does a key mean two things", arguments: ScreenKind.allCases)
  func noDuplicates(_ screen: ScreenKind) {
    let here = keymap.bindings.filter { $0.screens?.contains(screen) ?? true }
    for (place, binding) in here.enumerated() {
      let twins = here[..<place].filter {
        $0.keys == binding.keys && ($0.screens == nil) == (binding.screens == nil)
      }
      #expect(twins.isEmpty, "\(binding.notation) on \(screen.title)")
    }
  }

  @Test("no binding hides behind a shorter one", arguments: ScreenKind.allCases)
  func noPrefixes(_ screen: ScreenKind) {
    let here = keymap.bindings.filter { $0.screens?.contains(screen) ?? true }
    for short in here {
      for long in here where long.keys.count > short.keys.count {
        #expect(
          !long.keys.starts(with: short.keys),
          "\(short.notation) hides \(long.notation) on \(screen.title)")
      }
    }
  }

  @Test("every key of a binding but the last waits for more, and the last gives its command")
  func resolution() {
    for binding in keymap.bindings {
      for screen in binding.screens ?? [.executions] {
        for length in 1..<binding.keys.count {
          #expect(keymap.resolve(Array(binding.keys.prefix(length)), on: screen) == .prefix)
        }
      }
      for screen in binding.screens ?? [] {
        #expect(keymap.resolve(binding.keys, on: screen) == .command(binding.command))
      }
    }
  }

  @Test("every command stands in exactly one group of the help")
  func helpGroups() {
    let grouped = HelpText.subjects.flatMap(\.commands)
    for command in Command.allCases {
      #expect(grouped.count { $0 == command } == 1, "\(command.rawValue)")
    }
  }

  @Test("every command has a key, or at least its name in the palette, typed in full, finds it")
  func reachable() throws {
    for command in Command.allCases {
      var palette = ExplorerState(executions: [], isSealed: true)
      _ = palette.update(.key(":"))
      for character in command.rawValue { _ = palette.update(.key(KeyChord(String(character)))) }
      guard case .palette(let open) = palette.layer else {
        Issue.record("typing \(command.rawValue) closed the palette")
        continue
      }
      #expect(open.selected == command, "typing \(command.rawValue)")
    }
  }

  @Test(
    "the help of a screen names every key that has a meaning there", arguments: ScreenKind.allCases)
  func helpIsWhole(_ screen: ScreenKind) {
    let shown = HelpText.lines(for: screen, keymap: keymap).map(\.keys).joined(separator: " ")
    for binding in keymap.bindings where binding.screens?.contains(screen) ?? true {
      guard keymap.resolve(binding.keys, on: screen) == .command(binding.command) else { continue }
      #expect(shown.contains(binding.notation), "\(binding.notation) on \(screen.title)")
    }
  }
}
