/// Keys as people write them: `j`, `<Enter>`, `<C-d>`, `<F1>`, `<lt>` for `<`.
package enum KeyNotation {
  /// A key script that cannot be read.
  package struct ParseError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The characters before the mistake.
    package let offset: Int
    /// What stands there, as written.
    package let text: String

    /// A mistake after `offset` characters.
    package init(offset: Int, text: String) {
      self.offset = offset
      self.text = text
    }

    /// What is wrong, where, and what would be right.
    package var description: String {
      "unknown key \(text) after \(offset) characters; write a character, <C-d>, <F1>, <lt> or "
        + "one of \(KeyNotation.names.map { "<\($0.name)>" }.joined(separator: " "))"
    }
  }

  /// The names of keys that are no characters, in a fixed order.
  package static let names: [(name: String, event: KeyEvent)] = [
    ("Up", .up), ("Down", .down), ("Left", .left), ("Right", .right), ("Home", .home),
    ("End", .end), ("PageUp", .pageUp), ("PageDown", .pageDown), ("Enter", .enter),
    ("Esc", .escape), ("Tab", .tab), ("S-Tab", .backTab), ("BS", .backspace), ("Del", .delete),
    ("Ins", .insert), ("Space", .character(" ")), ("lt", .character("<")),
  ]

  /// The keys of a script such as `jj<Enter>/DENY<Enter><Esc><C-d>`.
  ///
  /// - Throws: `ParseError` at the first `<` that begins no known key.
  package static func parse(_ script: String) throws(ParseError) -> [KeyEvent] {
    var events: [KeyEvent] = []
    var rest = script[...]
    while let first = rest.first {
      guard first == "<" else {
        events.append(.character(first))
        rest.removeFirst()
        continue
      }
      let token = rest.prefix(
        through: rest.firstIndex(of: ">") ?? rest.index(before: rest.endIndex))
      guard let event = event(named: token) else {
        throw ParseError(offset: script.count - rest.count, text: String(token))
      }
      events.append(event)
      rest.removeFirst(token.count)
    }
    return events
  }

  /// How `event` is written, or nil for what is no key, such as a resize.
  package static func notation(of event: KeyEvent) -> String? {
    switch event {
    case .character("<"): "<lt>"
    case .character(" "): "<Space>"
    case .character(let character): String(character)
    case .control(let character): "<C-\(character)>"
    case .function(let number): "<F\(number)>"
    default: names.first { $0.event == event }.map { "<\($0.name)>" }
    }
  }

  /// The key a bracketed name such as `<C-d>` stands for, or nil; names are read in any case.
  package static func event(named token: Substring) -> KeyEvent? {
    guard token.hasPrefix("<"), token.hasSuffix(">"), token.count > 2 else { return nil }
    let name = token.dropFirst().dropLast().lowercased()
    if let known = names.first(where: { $0.name.lowercased() == name }) { return known.event }
    if name.hasPrefix("c-"), name.count == 3, let key = name.last,
      "@[\\]^_".contains(key) || key.isLetter && key.isASCII
    {
      return control(key)
    }
    if name.hasPrefix("f"), let number = Int(name.dropFirst()), (1...63).contains(number) {
      return .function(number)
    }
    return nil
  }

  /// The event of Control and `key`, with the codes a terminal cannot tell from named keys as those.
  package static func control(_ key: Character) -> KeyEvent {
    switch key {
    case "h": .backspace
    case "i": .tab
    case "j", "m": .enter
    case "[": .escape
    default: .control(key)
    }
  }
}
