/// How a cell is drawn: two colours and attributes.
package struct Style: Hashable, Sendable {
  /// Attributes a terminal can combine freely.
  package struct Attributes: OptionSet, Hashable, Sendable {
    /// One bit an attribute.
    package let rawValue: UInt8

    /// The attributes whose bits are set.
    package init(rawValue: UInt8) {
      self.rawValue = rawValue
    }

    /// Heavier or brighter.
    package static let bold = Attributes(rawValue: 1 << 0)
    /// Fainter; many terminals ignore it.
    package static let dim = Attributes(rawValue: 1 << 1)
    /// Slanted; many terminals ignore it.
    package static let italic = Attributes(rawValue: 1 << 2)
    /// Underlined.
    package static let underline = Attributes(rawValue: 1 << 3)
    /// Foreground and background exchanged.
    package static let reverse = Attributes(rawValue: 1 << 4)
  }

  /// The colour of the glyph.
  package var foreground: Color
  /// The colour behind the glyph.
  package var background: Color
  /// The attributes in force.
  package var attributes: Attributes

  /// A style; without arguments the terminal's own.
  package init(
    foreground: Color = .default, background: Color = .default, attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// The terminal's own colours, no attributes.
  package static let plain = Style()

  /// This style laid over `base`: its colours win unless they are the default, attributes add up.
  package func over(_ base: Style) -> Style {
    Style(
      foreground: foreground == .default ? base.foreground : foreground,
      background: background == .default ? base.background : background,
      attributes: base.attributes.union(attributes))
  }
}
