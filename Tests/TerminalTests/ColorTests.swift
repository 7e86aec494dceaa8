import Terminal
import Testing

@Suite struct ColorTests {
  @Test("Palette entries above the sixteen users change map to themselves")
  func identity() {
    for index in UInt8(16)...255 {
      let color = ColorDepth.palette256.nearest(to: RGB(palette: index))
      guard case .palette(let found) = color else {
        Issue.record("no palette entry for \(index)")
        continue
      }
      #expect(RGB(palette: found) == RGB(palette: index))
    }
  }

  @Test(
    "Colours keep their character at fewer colours",
    arguments: [
      (RGB(255, 0, 0), ColorDepth.sixteen, UInt8(9)), (RGB(200, 10, 10), .sixteen, 1),
      (RGB(10, 10, 10), .sixteen, 0), (RGB(250, 250, 250), .eight, 7), (RGB(0, 200, 0), .eight, 2),
      (RGB(0, 0, 0), .palette256, 16), (RGB(255, 175, 0), .palette256, 214),
    ])
  func nearest(color: RGB, depth: ColorDepth, index: UInt8) {
    #expect(depth.nearest(to: color) == .palette(index))
  }

  @Test("No colour is beyond what the terminal has")
  func reduction() {
    for depth in ColorDepth.allCases {
      for index in UInt8.min...UInt8.max {
        switch depth.reduce(.palette(index)) {
        case .default: #expect(depth == .mono)
        case .palette(let reduced): #expect(Int(reduced) < depth.rawValue)
        }
      }
      #expect(depth.reduce(Color.default) == .default)
    }
    #expect(ColorDepth.eight.reduce(.palette(9)) == .palette(1))
  }

  @Test("A style laid over another keeps what it does not say")
  func over() {
    let base = Style(foreground: .palette(1), background: .palette(2), attributes: .bold)
    let top = Style(background: .palette(3), attributes: .underline)
    #expect(
      top.over(base)
        == Style(
          foreground: .palette(1), background: .palette(3), attributes: [.bold, .underline]))
    #expect(Style.plain.over(base) == base)
  }
}
