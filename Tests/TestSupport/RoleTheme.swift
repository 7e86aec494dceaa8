package import ExplorerViews
package import Terminal

/// A theme for golden screens: every role looks different, so that the screen says roles, not
/// colours, and no change of a theme changes it.
package enum RoleTheme {
  /// The theme; plain text is plain, every other role has a colour of its own.
  package static let theme = Theme(
    name: "roles", depth: .palette256,
    styles: Dictionary(
      uniqueKeysWithValues: colored.map { role, color in
        // An overlay changes the background, so that the role below it can still be told.
        (role, role.isOverlay ? Style(background: color) : Style(foreground: color))
      }))

  /// The role a style stands for, such as `denied` or `denied under selection`.
  package static func name(of style: Style) -> String {
    func role(_ color: Color) -> String? { colored.first { $0.1 == color }?.0.rawValue }
    let base = role(style.foreground) ?? StyleRole.text.rawValue
    return role(style.background).map { "\(base) under \($0)" } ?? base
  }

  private static let colored: [(StyleRole, Color)] = StyleRole.allCases.enumerated()
    .filter { $0.element != .text }.map { ($0.element, .palette(UInt8(16 + $0.offset))) }
}

/// A frame drawn with `RoleTheme`, as a golden screen.
package func roleText(_ frame: Frame) -> String {
  screenText(frame, naming: RoleTheme.name)
}
