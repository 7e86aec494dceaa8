/// The whole keymap as a document, by subject.
package enum KeyTable {
  package static func text(_ keymap: Keymap) -> String {
    var text = ""
    for (title, rows) in sections(keymap) {
      text += (text.isEmpty ? "" : "\n") + title + "\n"
      for row in rows {
        let keys = row.keys + String(repeating: " ", count: max(1, 22 - row.keys.count))
        let scope = row.screens.isEmpty ? "" : "  (\(row.screens))"
        text += "  " + keys + row.command.help + scope + "\n"
      }
    }
    return text
  }

  package static func markdown(_ keymap: Keymap) -> String {
    var text = """
      # Keys

      The keys of the explorer, printed by `vestige keys --format markdown`. On a screen, `?` shows
      those that have a meaning there, and `:` finds every command by name.

      """
    for (title, rows) in sections(keymap) {
      text += "\n## \(title)\n\n| keys | command | what it does | screens |\n|---|---|---|---|\n"
      for row in rows {
        let keys = row.keys.split(separator: " ").map { key in
          "`` \(key == "|" ? "\\|" : String(key)) ``"
        }.joined(separator: " ")
        text +=
          "| \(keys) | \(row.command.rawValue) | \(row.command.help) | "
          + "\(row.screens.isEmpty ? "all" : row.screens) |\n"
      }
    }
    return text
  }

  private struct Row {
    let keys: String
    let command: Command
    let screens: String
  }

  private static func sections(_ keymap: Keymap) -> [(String, [Row])] {
    HelpText.subjects.map { title, commands in
      (title, commands.flatMap { rows(of: $0, keymap) })
    }
  }

  /// A row for each set of screens on which the command has keys.
  private static func rows(of command: Command, _ keymap: Keymap) -> [Row] {
    var rows: [Row] = []
    var rest = keymap.bindings.filter { $0.command == command }
    while let first = rest.first {
      let same = rest.filter { $0.screens == first.screens }
      rest.removeAll { $0.screens == first.screens }
      let screens = ScreenKind.allCases.filter { first.screens?.contains($0) ?? false }
        .map(\.title).joined(separator: ", ")
      rows.append(
        Row(keys: same.map(\.notation).joined(separator: " "), command: command, screens: screens))
    }
    return rows
  }
}
