import TraceQuery

/// A line of text being typed, with the place of the cursor.
package struct LineEditor: Sendable, Equatable {
  package private(set) var text: String
  /// Characters before the cursor.
  package private(set) var cursor: Int

  init(_ text: String = "") {
    self.text = text
    cursor = text.count
  }

  /// Changes the line as a key says; false when the key does not edit.
  mutating func edit(_ key: KeyChord) -> Bool {
    switch key.notation {
    case "<Left>": cursor = max(0, cursor - 1)
    case "<Right>": cursor = min(text.count, cursor + 1)
    case "<Home>", "<C-a>": cursor = 0
    case "<End>", "<C-e>": cursor = text.count
    case "<BS>":
      guard cursor > 0 else { return true }
      cursor -= 1
      remove(at: cursor)
    case "<Del>": if cursor < text.count { remove(at: cursor) }
    case "<C-u>":
      text.removeFirst(cursor)
      cursor = 0
    case "<C-k>": text.removeLast(text.count - cursor)
    case "<C-w>":
      let kept = text.prefix(cursor).trimmingLastWord()
      text = kept + text.dropFirst(cursor)
      cursor = kept.count
    default:
      guard let character = key.character else { return false }
      text.insert(character, at: text.index(text.startIndex, offsetBy: cursor))
      cursor += 1
    }
    return true
  }

  private mutating func remove(at offset: Int) {
    text.remove(at: text.index(text.startIndex, offsetBy: offset))
  }
}

extension Substring {
  fileprivate func trimmingLastWord() -> String {
    var rest = self
    while rest.last == " " { rest.removeLast() }
    while let last = rest.last, last != " " { rest.removeLast() }
    return String(rest)
  }
}

/// The line at the bottom while a person types into it.
package enum Prompt: Sendable {
  case filter(LineEditor, FilterPreview)
  case search(LineEditor)
  /// The name of a file.
  case file(LineEditor, FilePurpose)

  package var editor: LineEditor {
    switch self {
    case .filter(let editor, _): editor
    case .search(let editor), .file(let editor, _): editor
    }
  }
}

/// What a filter would do, found out at every key.
package enum FilterPreview: Sendable, Equatable {
  /// No filter: everything is shown.
  case empty
  /// Rows kept and rows in all.
  case valid(kept: Int, of: Int)
  /// Why it cannot be a filter, and the columns the reason is about.
  case invalid(message: String, columns: Range<Int>)
  /// It can be read; there is no run to try it on yet.
  case untried
}

/// The list of all commands, narrowed down by what is typed.
package struct Palette: Sendable {
  package private(set) var editor = LineEditor()
  package private(set) var matches: [Command] = Command.allCases
  package private(set) var position = ListPosition()

  package var selected: Command? {
    matches.indices.contains(position.selected) ? matches[position.selected] : nil
  }

  /// Changes what is typed or selected; false for keys that do neither.
  mutating func handle(_ key: KeyChord, height: Int) -> Bool {
    switch key.notation {
    case "<Down>", "<C-n>", "<Tab>":
      position.select(position.selected + 1, count: matches.count, height: height)
    case "<Up>", "<C-p>", "<S-Tab>":
      position.select(position.selected - 1, count: matches.count, height: height)
    default:
      guard editor.edit(key) else { return false }
      let typed = editor.text.lowercased()
      matches = Command.allCases
        .compactMap { command in Palette.score(command, typed).map { (command, $0) } }
        .sorted { $0.1 < $1.1 }
        .map(\.0)
      position = ListPosition()
    }
    return true
  }

  /// Where the typed letters occur in order, in the name or else in the help: lower is better.
  private static func score(_ command: Command, _ typed: String) -> Int? {
    if typed.isEmpty { return 0 }
    let place = Command.allCases.firstIndex(of: command) ?? 0
    if command.rawValue.hasPrefix(typed) { return place }
    if command.rawValue.contains(typed) { return 1_000 + place }
    if command.help.contains(typed) { return 2_000 + place }
    var rest = typed[...]
    for character in command.rawValue where character == rest.first { rest.removeFirst() }
    return rest.isEmpty ? 3_000 + place : nil
  }
}
