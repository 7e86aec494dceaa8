/// One key as it is written: `j`, `<C-d>`, `<Enter>`.
package struct KeyChord: Hashable, Sendable, ExpressibleByStringLiteral {
  package let notation: String

  package init(_ notation: String) { self.notation = notation }

  package init(stringLiteral notation: String) { self.notation = notation }

  /// The character the key types; nil for keys that type none.
  package var character: Character? {
    if notation == "<Space>" { return " " }
    if notation == "<lt>" { return "<" }
    return notation.count == 1 ? notation.first : nil
  }
}

/// Keys in a row and what they do, on the screens where they do it.
package struct KeyBinding: Sendable {
  package let keys: [KeyChord]
  package let command: Command
  /// Nil for every screen.
  package let screens: Set<ScreenKind>?

  init(_ keys: String, _ command: Command, on screens: Set<ScreenKind>? = nil) {
    self.keys = KeyBinding.chords(keys)
    self.command = command
    self.screens = screens
  }

  /// The keys as people write them, such as `]c` or `<C-d>`.
  package var notation: String { keys.map(\.notation).joined() }

  private static func chords(_ text: String) -> [KeyChord] {
    var chords: [KeyChord] = []
    var rest = text[...]
    while let first = rest.first {
      if first == "<", let end = rest.firstIndex(of: ">") {
        chords.append(KeyChord(String(rest[...end])))
        rest = rest[rest.index(after: end)...]
      } else {
        chords.append(KeyChord(String(first)))
        rest.removeFirst()
      }
    }
    return chords
  }
}

/// What keys mean: a table, from which help, `vestige keys` and the documentation are made.
package struct Keymap: Sendable {
  package let bindings: [KeyBinding]

  /// What a row of keys comes to so far.
  package enum Resolution: Equatable, Sendable {
    case command(Command)
    /// More keys are needed.
    case prefix
    case unbound
  }

  /// The command of `keys` on a screen; a binding for that screen goes before one for all.
  package func resolve(_ keys: [KeyChord], on screen: ScreenKind) -> Resolution {
    let here = bindings.filter { $0.screens?.contains(screen) ?? true }
    let exact = here.filter { $0.keys == keys }
    if let found = exact.first(where: { $0.screens != nil }) ?? exact.first {
      return .command(found.command)
    }
    return here.contains { $0.keys.starts(with: keys) } ? .prefix : .unbound
  }

  /// The keys of a command on a screen, in the order of the table.
  package func keys(for command: Command, on screen: ScreenKind) -> [String] {
    bindings.filter { $0.command == command && ($0.screens?.contains(screen) ?? true) }
      .map(\.notation)
  }

  /// What every installation begins with.
  package static let standard = Keymap(bindings: [
    KeyBinding("j", .down), KeyBinding("<Down>", .down),
    KeyBinding("k", .up), KeyBinding("<Up>", .up),
    KeyBinding("<Space>", .play, on: [.events]),
    KeyBinding("<Space>", .pageDown), KeyBinding("<C-f>", .pageDown),
    KeyBinding("<PageDown>", .pageDown),
    KeyBinding("b", .pageUp), KeyBinding("<C-b>", .pageUp), KeyBinding("<PageUp>", .pageUp),
    KeyBinding("<C-d>", .halfPageDown), KeyBinding("<C-u>", .halfPageUp),
    KeyBinding("g", .first), KeyBinding("<Home>", .first),
    KeyBinding("G", .last), KeyBinding("<End>", .last),
    KeyBinding("zz", .centre),
    KeyBinding("l", .expand, on: [.waterfall]), KeyBinding("<Right>", .expand, on: [.waterfall]),
    KeyBinding("h", .collapse, on: [.waterfall]), KeyBinding("<Left>", .collapse, on: [.waterfall]),
    KeyBinding("za", .toggleFold, on: [.waterfall]),
    KeyBinding("zM", .foldAll, on: [.waterfall]), KeyBinding("zR", .unfoldAll, on: [.waterfall]),
    KeyBinding("z1", .foldToDepth1, on: [.waterfall]),
    KeyBinding("z2", .foldToDepth2, on: [.waterfall]),
    KeyBinding("z3", .foldToDepth3, on: [.waterfall]),
    KeyBinding("}", .nextSibling, on: [.waterfall]),
    KeyBinding("{", .previousSibling, on: [.waterfall]),
    KeyBinding(")", .nextTrace, on: [.waterfall]),
    KeyBinding("(", .previousTrace, on: [.waterfall]),
    KeyBinding("L", .longestChild, on: [.waterfall]),
    KeyBinding("e", .nextError), KeyBinding("E", .previousError),
    KeyBinding("d", .nextDenial), KeyBinding("D", .previousDenial),
    KeyBinding("]s", .nextSlow, on: [.waterfall]),
    KeyBinding("[s", .previousSlow, on: [.waterfall]),
    KeyBinding("]c", .nextChange, on: [.diff, .policy]),
    KeyBinding("[c", .previousChange, on: [.diff, .policy]),
    KeyBinding("]p", .nextChange, on: [.events]), KeyBinding("[p", .previousChange, on: [.events]),
    KeyBinding("w", .why),
    KeyBinding("<C-o>", .back),
    KeyBinding("/", .search), KeyBinding("n", .nextMatch), KeyBinding("N", .previousMatch),
    KeyBinding("*", .searchValue),
    KeyBinding("&", .editFilter),
    KeyBinding("+", .includeValue, on: [.traces, .waterfall, .events]),
    KeyBinding("-", .excludeValue, on: [.traces, .waterfall, .events]),
    KeyBinding("\\", .toggleFilters), KeyBinding("zx", .clearFilters),
    KeyBinding("u", .undo), KeyBinding("<C-r>", .redo),
    KeyBinding("s", .step, on: [.events]), KeyBinding("S", .stepBack, on: [.events]),
    KeyBinding("c", .stepToChange, on: [.events]), KeyBinding("x", .stepReset, on: [.events]),
    KeyBinding(">", .faster, on: [.events]), KeyBinding("<lt>", .slower, on: [.events]),
    KeyBinding("A", .setBefore, on: [.executions]), KeyBinding("B", .setAfter, on: [.executions]),
    KeyBinding("=", .compare),
    KeyBinding("F", .followEnd),
    KeyBinding("<Tab>", .nextRun),
    KeyBinding("<Enter>", .open),
    KeyBinding("q", .close), KeyBinding("<Esc>", .close), KeyBinding("Q", .quit),
    KeyBinding("1", .showExecutions), KeyBinding("f", .showTraces),
    KeyBinding("2", .showWaterfall), KeyBinding("3", .showEvents),
    KeyBinding("5", .showPolicy), KeyBinding("p", .showPolicy),
    KeyBinding("6", .showDiff), KeyBinding("8", .showSummary),
    KeyBinding("#", .showDiagnostics),
    KeyBinding("0", .showRaw), KeyBinding("r", .showRaw),
    KeyBinding("o", .sort, on: [.traces]),
    KeyBinding("t", .switchDialect, on: [.policy]),
    KeyBinding("a", .nextPrincipal, on: [.policy]),
    KeyBinding("x", .dropStatement, on: [.policy]),
    KeyBinding(">", .widen, on: [.policy]), KeyBinding("<lt>", .narrow, on: [.policy]),
    KeyBinding("v", .holdAgainst, on: [.policy]),
    KeyBinding("X", .export, on: [.policy]),
    KeyBinding(":", .palette), KeyBinding("?", .help), KeyBinding("<F1>", .help),
    KeyBinding("!", .showCommand), KeyBinding("P", .saveScreen),
    KeyBinding("<C-l>", .redraw), KeyBinding("<C-g>", .cancel), KeyBinding("<C-c>", .cancel),
    KeyBinding("<C-z>", .suspend),
  ])
}
