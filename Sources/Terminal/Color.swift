/// A colour a terminal cell can have.
package enum Color: Hashable, Sendable {
  /// Whatever the terminal draws by itself.
  case `default`
  /// An entry of the terminal's palette: 0-7 plain, 8-15 bright, 16-231 a 6×6×6 cube, 232-255 greys.
  case palette(UInt8)
}

/// A colour as red, green and blue, 0 to 255 each.
package struct RGB: Hashable, Sendable {
  /// Red, 0 to 255.
  package var red: UInt8
  /// Green, 0 to 255.
  package var green: UInt8
  /// Blue, 0 to 255.
  package var blue: UInt8

  /// A colour from its three parts.
  package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// What xterm shows for a palette index; the user may have changed the first sixteen.
  package init(palette index: UInt8) {
    switch index {
    case 0..<16:
      self = RGB.named[Int(index)]
    case 16..<232:
      let cube = Int(index) - 16
      self.init(
        RGB.cubeLevels[cube / 36], RGB.cubeLevels[cube / 6 % 6], RGB.cubeLevels[cube % 6])
    default:
      let grey = 8 + 10 * (index - 232)
      self.init(grey, grey, grey)
    }
  }

  // https://invisible-island.net/xterm/xterm.faq.html: XTerm-col.ad and 256colres.h.
  private static let named: [RGB] = [
    RGB(0, 0, 0), RGB(205, 0, 0), RGB(0, 205, 0), RGB(205, 205, 0),
    RGB(0, 0, 238), RGB(205, 0, 205), RGB(0, 205, 205), RGB(229, 229, 229),
    RGB(127, 127, 127), RGB(255, 0, 0), RGB(0, 255, 0), RGB(255, 255, 0),
    RGB(92, 92, 255), RGB(255, 0, 255), RGB(0, 255, 255), RGB(255, 255, 255),
  ]
  private static let cubeLevels: [UInt8] = [0, 95, 135, 175, 215, 255]

  /// A measure of how different two colours look; 0 when equal, comparable, without a unit.
  ///
  /// The weighted Euclidean distance of https://www.compuphase.com/cmetric.htm, in whole numbers
  /// so that it is the same on every machine.
  package func distance(to other: RGB) -> Int {
    let meanRed = (Int(red) + Int(other.red)) / 2
    let red = Int(red) - Int(other.red)
    let green = Int(green) - Int(other.green)
    let blue = Int(blue) - Int(other.blue)
    return ((512 + meanRed) * red * red) >> 8 + 4 * green * green
      + ((767 - meanRed) * blue * blue) >> 8
  }
}

/// How many colours a terminal can show.
package enum ColorDepth: Int, CaseIterable, Comparable, Sendable {
  /// No colour: attributes alone.
  case mono = 1
  /// The eight plain colours.
  case eight = 8
  /// Plain and bright colours.
  case sixteen = 16
  /// The whole palette.
  case palette256 = 256

  /// Fewer colours come first.
  package static func < (left: ColorDepth, right: ColorDepth) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The entry of this depth's palette that looks most like `color`; ties go to the lower index.
  ///
  /// At 256 colours the first sixteen entries are never chosen, for users change them.
  package func nearest(to color: RGB) -> Color {
    let candidates: Range<Int>
    switch self {
    case .mono: return .default
    case .eight: candidates = 0..<8
    case .sixteen: candidates = 0..<16
    case .palette256: candidates = 16..<256
    }
    var best = UInt8(candidates.lowerBound)
    var bestDistance = Int.max
    for index in candidates {
      let distance = RGB(palette: UInt8(index)).distance(to: color)
      if distance < bestDistance {
        best = UInt8(index)
        bestDistance = distance
      }
    }
    return .palette(best)
  }

  /// `color` as this depth can show it.
  package func reduce(_ color: Color) -> Color {
    guard case .palette(let index) = color, self != .mono else { return .default }
    if Int(index) < rawValue { return color }
    // A bright colour keeps its hue where only the plain ones exist.
    return index < 16 ? .palette(index % 8) : nearest(to: RGB(palette: index))
  }

  /// `style` as this depth can show it; attributes stay.
  package func reduce(_ style: Style) -> Style {
    Style(
      foreground: reduce(style.foreground), background: reduce(style.background),
      attributes: style.attributes)
  }
}
