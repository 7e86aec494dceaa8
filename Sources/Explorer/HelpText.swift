/// The help of a screen, made from the live keymap.
package enum HelpText {
  package struct Line: Sendable, Equatable {
    /// Empty for headings and blank lines.
    package let keys: String
    package let text: String
  }

  private static let groups: [(String, [Command])] = [
    (
      "Moving",
      [
        .down, .up, .pageDown, .pageUp, .halfPageDown, .halfPageUp, .first, .last, .centre,
      ]
    ),
    (
      "The tree",
      [
        .expand, .collapse, .toggleFold, .foldAll, .unfoldAll, .foldToDepth1, .foldToDepth2,
        .foldToDepth3, .nextSibling, .previousSibling, .nextTrace, .previousTrace, .longestChild,
      ]
    ),
    (
      "Jumps",
      [
        .nextError, .previousError, .nextDenial, .previousDenial, .nextSlow, .previousSlow,
        .nextChange, .previousChange, .why, .back,
      ]
    ),
    ("Stepping", [.step, .stepBack, .stepToChange, .stepReset, .play, .faster, .slower]),
    (
      "Search and filter",
      [
        .search, .nextMatch, .previousMatch, .searchValue, .editFilter, .includeValue,
        .excludeValue, .toggleFilters, .clearFilters, .undo, .redo,
      ]
    ),
    ("Runs", [.setBefore, .setAfter, .compare, .nextRun, .followEnd]),
    (
      "Policy",
      [
        .switchDialect, .nextPrincipal, .dropStatement, .widen, .narrow, .holdAgainst, .export,
      ]
    ),
    (
      "Views",
      [
        .open, .close, .showExecutions, .showTraces, .showWaterfall, .showEvents, .showPolicy,
        .showDiff, .showSummary, .showDiagnostics, .showRaw, .sort,
      ]
    ),
    (
      "The program",
      [
        .palette, .help, .showCommand, .saveScreen, .redraw, .cancel, .suspend, .quit,
      ]
    ),
  ]

  /// The commands by subject; each command stands in exactly one group.
  package static var subjects: [(title: String, commands: [Command])] { groups }

  /// The lines of a screen's help: its question, then the keys that have a meaning on it.
  package static func lines(for screen: ScreenKind, keymap: Keymap) -> [Line] {
    var lines = [Line(keys: "", text: screen.question)]
    for (title, commands) in groups {
      let bound = commands.filter { !keymap.keys(for: $0, on: screen).isEmpty }
      if bound.isEmpty { continue }
      lines.append(Line(keys: "", text: ""))
      lines.append(Line(keys: "", text: title))
      for command in bound {
        lines.append(
          Line(
            keys: keymap.keys(for: command, on: screen).joined(separator: " "),
            text: command.help))
      }
    }
    return lines
  }
}
