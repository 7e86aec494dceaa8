package import Terminal

/// How every role looks on a terminal of one colour depth.
package struct Theme: Sendable {
  /// The theme's name, without `.toml`.
  package let name: String
  /// The colour depth the styles are made for.
  package let depth: ColorDepth
  private let styles: [StyleRole: Style]

  /// A theme with the given styles; a role without one looks plain.
  package init(name: String, depth: ColorDepth, styles: [StyleRole: Style]) {
    self.name = name
    self.depth = depth
    self.styles = styles
  }

  /// The style of `role`.
  package func style(_ role: StyleRole) -> Style {
    styles[role, default: .plain]
  }
}

/// A colour as a theme names it.
enum ThemeColor: Hashable, Sendable {
  case terminalDefault
  case index(UInt8)
  case rgb(RGB)

  func color(at depth: ColorDepth) -> Color {
    switch self {
    case .terminalDefault: .default
    case .index(let index): depth.reduce(.palette(index))
    case .rgb(let rgb): depth.nearest(to: rgb)
    }
  }
}

/// What a theme says about one name; nil where it says nothing.
struct ThemeEntry: Hashable, Sendable {
  var foreground: ThemeColor?
  var background: ThemeColor?
  var modifiers: Style.Attributes?

  /// This entry, with `other` for what it does not say.
  func completed(by other: ThemeEntry) -> ThemeEntry {
    ThemeEntry(
      foreground: foreground ?? other.foreground, background: background ?? other.background,
      modifiers: modifiers ?? other.modifiers)
  }
}

/// A part of a theme file: the top, or a table for terminals with fewer colours.
enum ThemeSection: String, CaseIterable, Hashable, Sendable {
  case top = ""
  case sixteen = "16"
  case eight = "8"
  case mono

  /// The sections that count at `depth`, the one that wins first.
  static func inForce(at depth: ColorDepth) -> [ThemeSection] {
    switch depth {
    case .palette256: [.top]
    case .sixteen: [.sixteen, .top]
    case .eight: [.eight, .sixteen, .top]
    case .mono: [.mono, .top]
    }
  }
}

/// A theme as its file and the files it inherits from define it, for every colour depth.
package struct ThemeDefinition: Sendable {
  /// The background the theme's colours are chosen for, where it leaves it to the terminal.
  package enum Appearance: String, CaseIterable, Sendable {
    /// Light text on dark.
    case dark
    /// Dark text on light.
    case light
  }

  /// The theme's name, without `.toml`.
  package let name: String
  /// The background it is made for.
  package let appearance: Appearance
  let entries: [ThemeSection: [String: ThemeEntry]]

  /// The theme on a terminal of `depth`.
  package func theme(at depth: ColorDepth) -> Theme {
    let sections = ThemeSection.inForce(at: depth)
    var styles: [StyleRole: Style] = [:]
    for role in StyleRole.allCases {
      let entry = entry(for: role, in: sections)
      styles[role] = Style(
        foreground: entry.foreground?.color(at: depth) ?? .default,
        background: entry.background?.color(at: depth) ?? .default,
        attributes: entry.modifiers ?? [])
    }
    return Theme(name: name, depth: depth, styles: styles)
  }

  // The role's own entry, then its family's, then that of plain text.
  private func entry(for role: StyleRole, in sections: [ThemeSection]) -> ThemeEntry {
    func stated(_ name: String) -> ThemeEntry {
      sections.lazy.compactMap { entries[$0]?[name] }.first ?? ThemeEntry()
    }
    var entry = stated(role.rawValue)
    if let dot = role.rawValue.firstIndex(of: ".") {
      entry = entry.completed(by: stated(String(role.rawValue[..<dot])))
    }
    return role.isOverlay ? entry : entry.completed(by: stated(StyleRole.text.rawValue))
  }
}
