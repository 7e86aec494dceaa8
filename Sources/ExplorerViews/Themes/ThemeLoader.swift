import BuiltInThemes
import Terminal

/// Reads theme files; docs/decisions/002-theme-format.md describes them.
package enum ThemeLoader {
  /// The names of the built-in themes, the default first.
  package static var builtInNames: [String] {
    BuiltInTheme.all.map(\.name)
  }

  /// The text of a built-in theme, or nil when there is none of that name.
  package static func builtInText(named name: String) -> String? {
    BuiltInTheme.all.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// A built-in theme.
  ///
  /// - Throws: `ThemeError` when there is none of that name.
  package static func builtIn(named name: String) throws(ThemeError) -> ThemeDefinition {
    guard let text = builtInText(named: name) else {
      throw ThemeError(theme: name, line: nil, key: "", problem: .unknownParent(name))
    }
    return try load(text, name: name)
  }

  /// The theme that `text` defines; `parentText` finds the themes it inherits from.
  ///
  /// - Throws: `ThemeError` at the first mistake, in this file or in one it inherits from.
  package static func load(
    _ text: String, name: String, parentText: (String) -> String? = builtInText
  ) throws(ThemeError) -> ThemeDefinition {
    var files = [try ThemeFile(text, name: name)]
    while let child = files.last, let parent = child.parent {
      let chain = files.map(\.name) + [parent.value]
      guard !files.contains(where: { $0.name == parent.value }) else {
        throw child.error(parent.line, "inherits", .inheritanceCycle(chain))
      }
      guard let text = parentText(parent.value) else {
        throw child.error(parent.line, "inherits", .unknownParent(parent.value))
      }
      files.append(try ThemeFile(text, name: parent.value))
    }
    return try combine(files)
  }

  // The first file is the theme itself, the next the one it inherits from, and so on. A palette
  // entry of the child counts in the parent's styles as well.
  private static func combine(_ files: [ThemeFile]) throws(ThemeError) -> ThemeDefinition {
    var palette: [String: ThemeColor] = [:]
    for file in files.reversed() {
      for (name, written) in inFileOrder(file.palette) {
        palette[name] = try color(written.value, palette: [:], written.line, name, file)
      }
    }
    var entries: [ThemeSection: [String: ThemeEntry]] = [:]
    for file in files.reversed() {
      for section in ThemeSection.allCases {
        for (role, written) in inFileOrder(file.entries[section, default: [:]]) {
          func look(_ text: String?) throws(ThemeError) -> ThemeColor? {
            guard let text else { return nil }
            return try color(text, palette: palette, written.line, role, file)
          }
          entries[section, default: [:]][role] = ThemeEntry(
            foreground: try look(written.value.foreground),
            background: try look(written.value.background), modifiers: written.value.modifiers)
        }
      }
    }
    let appearance = files.lazy.compactMap(\.appearance).first ?? .dark
    return ThemeDefinition(name: files[0].name, appearance: appearance, entries: entries)
  }

  // So that the first mistake reported is the first one in the file.
  private static func inFileOrder<Value>(
    _ written: [String: ThemeFile.Written<Value>]
  ) -> [(String, ThemeFile.Written<Value>)] {
    written.sorted { $0.value.line < $1.value.line }
  }

  private static func color(
    _ text: String, palette: [String: ThemeColor], _ line: Int, _ key: String, _ file: ThemeFile
  ) throws(ThemeError) -> ThemeColor {
    if let known = palette[text] ?? named[text] { return known }
    if let index = UInt8(text) { return .index(index) }
    if text.hasPrefix("#") {
      let digits = text.dropFirst()
      let isHexadecimal = digits.utf8.count == 6 && digits.allSatisfy(\.isHexDigit)
      guard isHexadecimal, let value = UInt32(digits, radix: 16) else {
        throw file.error(line, key, .malformedColor(text))
      }
      return .rgb(
        RGB(
          UInt8(value >> 16), UInt8(truncatingIfNeeded: value >> 8),
          UInt8(truncatingIfNeeded: value)))
    }
    let names = Array(palette.keys) + Array(named.keys)
    throw file.error(
      line, key, .unknownColor(text, suggestion: closest(to: text, among: names)))
  }

  // The names of Helix for the first sixteen colours.
  private static let named: [String: ThemeColor] = [
    "default": .terminalDefault,
    "black": .index(0), "red": .index(1), "green": .index(2), "yellow": .index(3),
    "blue": .index(4), "magenta": .index(5), "cyan": .index(6), "light-gray": .index(7),
    "gray": .index(8), "light-red": .index(9), "light-green": .index(10),
    "light-yellow": .index(11), "light-blue": .index(12), "light-magenta": .index(13),
    "light-cyan": .index(14), "white": .index(15),
  ]
}
