import Terminal

/// One theme file as it is written: names of colours are not looked up, nothing is inherited.
struct ThemeFile {
  /// Something written, and where.
  struct Written<Value> {
    let value: Value
    let line: Int
  }

  /// A style as it is written.
  struct Entry {
    var foreground: String?
    var background: String?
    var modifiers: Style.Attributes?
  }

  let name: String
  private(set) var parent: Written<String>?
  private(set) var appearance: ThemeDefinition.Appearance?
  private(set) var palette: [String: Written<String>] = [:]
  private(set) var entries: [ThemeSection: [String: Written<Entry>]] = [:]

  static let modifierNames = ["bold", "dim", "italic", "underlined", "reversed"]

  init(_ text: String, name: String) throws(ThemeError) {
    self.name = name
    for section in try ThemeFile.sections(of: text, name: name) {
      let title = section.name.joined(separator: ".")
      for entry in section.entries {
        switch ThemeSection(rawValue: title) {
        case .top?: try readTop(entry)
        case let part?: try readStyle(entry, in: part)
        case nil where title == "palette": try readPalette(entry)
        case nil: throw error(entry.line, title, .unknownTable)
        }
      }
    }
  }

  private static func sections(
    of text: String, name: String
  ) throws(ThemeError) -> [TOMLSection] {
    do {
      return try TOMLReader.sections(of: text)
    } catch {
      throw ThemeError(
        theme: name, line: error.line, key: "", problem: .syntax(error.message))
    }
  }

  private mutating func readTop(_ entry: TOMLEntry) throws(ThemeError) {
    switch entry.key {
    case ["inherits"]:
      let name = try string(entry.value, entry, "the name of a theme, in quotes")
      parent = Written(value: name, line: entry.line)
    case ["appearance"]:
      let expected = "\"dark\" or \"light\""
      guard
        let known = ThemeDefinition.Appearance(
          rawValue: try string(entry.value, entry, expected))
      else { throw error(entry, .wrongType(expected: expected)) }
      appearance = known
    case ["palette"], ["16"], ["8"], ["mono"]:
      throw error(entry, .wrongType(expected: "a table, begun by a line [\(key(entry))]"))
    default:
      try readStyle(entry, in: .top)
    }
  }

  private mutating func readPalette(_ entry: TOMLEntry) throws(ThemeError) {
    let color = try string(entry.value, entry, "a colour, in quotes")
    palette[key(entry)] = Written(value: color, line: entry.line)
  }

  private mutating func readStyle(
    _ entry: TOMLEntry, in section: ThemeSection
  ) throws(ThemeError) {
    let role = key(entry)
    guard StyleRole.names.contains(role) else {
      let suggestion = closest(to: role, among: StyleRole.names)
      throw error(entry, .unknownRole(suggestion: suggestion))
    }
    // To TOML, `text.dim` without quotes is a table `text` with a key `dim`.
    guard entry.key.count == 1 else { throw error(entry, .unquotedRole) }
    let style = Written(value: try style(entry), line: entry.line)
    entries[section, default: [:]][role] = style
  }

  private func style(_ entry: TOMLEntry) throws(ThemeError) -> Entry {
    if case .string(let color) = entry.value { return Entry(foreground: color) }
    guard case .table(let properties) = entry.value else {
      throw error(entry, .wrongType(expected: "a colour in quotes or { fg, bg, modifiers }"))
    }
    var style = Entry()
    for property in properties {
      switch property.key {
      case ["fg"]: style.foreground = try string(property.value, entry, "a colour, in quotes")
      case ["bg"]: style.background = try string(property.value, entry, "a colour, in quotes")
      case ["modifiers"]: style.modifiers = try modifiers(property.value, entry)
      default: throw error(entry, .unknownProperty(key(property)))
      }
    }
    return style
  }

  private func modifiers(
    _ value: TOMLValue, _ entry: TOMLEntry
  ) throws(ThemeError) -> Style.Attributes {
    let expected = "a list such as [\"bold\", \"underlined\"]"
    guard case .array(let list) = value else {
      throw error(entry, .wrongType(expected: expected))
    }
    var attributes: Style.Attributes = []
    for element in list {
      let name = try string(element, entry, expected)
      switch name {
      case "bold": attributes.insert(.bold)
      case "dim": attributes.insert(.dim)
      case "italic": attributes.insert(.italic)
      case "underlined": attributes.insert(.underline)
      case "reversed": attributes.insert(.reverse)
      default: throw error(entry, .unknownModifier(name))
      }
    }
    return attributes
  }

  private func string(
    _ value: TOMLValue, _ entry: TOMLEntry, _ expected: String
  ) throws(ThemeError) -> String {
    guard case .string(let string) = value else {
      throw error(entry, .wrongType(expected: expected))
    }
    return string
  }

  private func key(_ entry: TOMLEntry) -> String {
    entry.key.joined(separator: ".")
  }

  private func error(_ entry: TOMLEntry, _ problem: ThemeError.Problem) -> ThemeError {
    error(entry.line, key(entry), problem)
  }

  /// A mistake at `key` in `line`.
  func error(_ line: Int, _ key: String, _ problem: ThemeError.Problem) -> ThemeError {
    ThemeError(theme: name, line: line, key: key, problem: problem)
  }
}
