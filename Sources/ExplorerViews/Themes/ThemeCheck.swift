import Glibc
package import Terminal

/// What makes a theme hard to use though its file is right.
package enum ThemeCheck {
  /// One weakness.
  package struct Finding: Hashable, Sendable, CustomStringConvertible {
    /// The theme, without `.toml`.
    package let theme: String
    /// The colour depth at which it shows.
    package let depth: ColorDepth
    /// The role concerned, and the role laid over it where that matters.
    package let roles: [StyleRole]
    /// What is wrong and what would be right.
    package let explanation: String

    /// The finding as one line.
    package var description: String {
      let depth = depth == .mono ? "without colour" : "with \(depth.rawValue) colours"
      let names = roles.map(\.rawValue).joined(separator: " under ")
      return "\(theme), \(depth): \(names): \(explanation)"
    }
  }

  /// The contrast text needs: level AA of WCAG 2.1, success criterion 1.4.3.
  package static let textContrast = 4.5
  /// The contrast of text that may be faint and of bars: success criterion 1.4.11.
  package static let faintContrast = 3.0

  /// Every weakness of `definition`, by falling colour depth, then in the order of the roles.
  package static func findings(in definition: ThemeDefinition) -> [Finding] {
    ColorDepth.allCases.sorted(by: >).flatMap { depth -> [Finding] in
      let theme = definition.theme(at: depth)
      let contrast = depth == .palette256 ? lowContrast(theme, definition.appearance) : []
      let pairs = hasColors(theme) ? mustDiffer + telling : mustDiffer
      return contrast + invisible(theme) + sameLooks(theme, pairs)
    }
  }

  private static func hasColors(_ theme: Theme) -> Bool {
    StyleRole.allCases.contains {
      theme.style($0).foreground != .default || theme.style($0).background != .default
    }
  }

  // Roles that say something no glyph says as well, so they differ at every depth.
  private static let mustDiffer: [(StyleRole, StyleRole)] = [
    (.selection, .text), (.selectionInactive, .text), (.selection, .selectionInactive),
    (.searchMatch, .text), (.hidden, .text), (.hidden, .selection),
    (.footerKey, .footer), (.helpKey, .text), (.barSelf, .barWait), (.filterInvalid, .filterValid),
  ]

  // Roles that have a glyph or a word besides, and should differ where there are colours.
  private static let telling: [(StyleRole, StyleRole)] = [
    (.denied, .allowed), (.denied, .error), (.error, .warning), (.added, .removed),
    (.added, .changed), (.removed, .changed), (.barCritical, .barSelf), (.policyNew, .policyGrant),
  ]

  private static let faint: Set<StyleRole> = [
    .textDim, .source, .policyUnused, .barSelf, .barWait, .barCritical, .sparkline,
  ]

  private static func sameLooks(
    _ theme: Theme, _ pairs: [(StyleRole, StyleRole)]
  ) -> [Finding] {
    pairs.filter { theme.style($0) == theme.style($1) }.map { left, right in
      Finding(
        theme: theme.name, depth: theme.depth, roles: [left],
        explanation: "looks like \(right.rawValue); give it another colour or modifier")
    }
  }

  private static func invisible(_ theme: Theme) -> [Finding] {
    StyleRole.allCases.filter { role in
      let style = theme.style(role)
      return style.foreground != .default && style.foreground == style.background
    }.map {
      Finding(
        theme: theme.name, depth: theme.depth, roles: [$0],
        explanation: "its text has the colour of its background")
    }
  }

  private static func lowContrast(
    _ theme: Theme, _ appearance: ThemeDefinition.Appearance
  ) -> [Finding] {
    // Rules only divide, and may be faint.
    let plain = StyleRole.allCases.filter { !$0.isOverlay && $0 != .border }
    let overlays: [StyleRole?] = [nil] + StyleRole.allCases.filter(\.isOverlay)
    return overlays.flatMap { overlay in
      plain.compactMap { role -> Finding? in
        var style = theme.style(role)
        if let overlay { style = theme.style(overlay).over(style) }
        let needed = overlay != nil || faint.contains(role) ? faintContrast : textContrast
        guard let ratio = contrast(of: style, appearance), ratio < needed else { return nil }
        return Finding(
          theme: theme.name, depth: theme.depth, roles: [role] + (overlay.map { [$0] } ?? []),
          explanation: "contrast \(oneDecimal(ratio)):1, needs \(oneDecimal(needed)):1")
      }
    }
  }

  // Rounded down, so that 4.49 is never shown as the 4.5 it misses.
  private static func oneDecimal(_ ratio: Double) -> String {
    let tenths = Int(ratio * 10)
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// The contrast of a style's two colours, from 1 to 21, as WCAG 2.1 defines it.
  ///
  /// The terminal's own colours count as light grey on black, or black on white; nil when a colour
  /// is one of the first sixteen, which look different on every terminal.
  package static func contrast(
    of style: Style, _ appearance: ThemeDefinition.Appearance
  ) -> Double? {
    let dark = appearance == .dark
    guard let text = rgb(style.foreground, ifDefault: dark ? RGB(229, 229, 229) : RGB(0, 0, 0)),
      let ground = rgb(style.background, ifDefault: dark ? RGB(0, 0, 0) : RGB(255, 255, 255))
    else { return nil }
    // Exchanging the two, as `reversed` does, changes nothing.
    let both = [luminance(text), luminance(ground)].sorted()
    return (both[1] + 0.05) / (both[0] + 0.05)
  }

  private static func rgb(_ color: Color, ifDefault other: RGB) -> RGB? {
    switch color {
    case .default: other
    case .palette(let index): index < 16 ? nil : RGB(palette: index)
    }
  }

  // https://www.w3.org/TR/WCAG21/#dfn-relative-luminance
  private static func luminance(_ color: RGB) -> Double {
    func linear(_ value: UInt8) -> Double {
      let share = Double(value) / 255
      return share <= 0.03928 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(color.red) + 0.7152 * linear(color.green) + 0.0722 * linear(color.blue)
  }
}
