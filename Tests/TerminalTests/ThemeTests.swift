import BuiltInThemes
import ExplorerViews
import Foundation
import Terminal
import TestSupport
import Testing

@Suite struct ThemeTests {
  @Test(
    "Every theme file is built in, loads, and has no weakness", arguments: ThemeLoader.builtInNames)
  func builtIn(name: String) throws {
    let definition = try ThemeLoader.builtIn(named: name)
    #expect(definition.name == name)
    let findings = ThemeCheck.findings(in: definition)
    #expect(findings.isEmpty, "\(findings.map(\.description).joined(separator: "\n"))")
  }

  @Test("The folder of themes and the built-in ones are the same")
  func folder() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("themes")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".toml") }
    #expect(Set(files) == Set(ThemeLoader.builtInNames.map { $0 + ".toml" }))
    for theme in BuiltInTheme.all {
      let file = folder.appendingPathComponent(theme.name + ".toml")
      #expect(try Data(contentsOf: file) == Data(theme.bytes))
    }
  }

  @Test("Without colours no theme uses one", arguments: ThemeLoader.builtInNames)
  func mono(name: String) throws {
    let theme = try ThemeLoader.builtIn(named: name).theme(at: .mono)
    for role in StyleRole.allCases {
      #expect(theme.style(role).foreground == .default, "\(role)")
      #expect(theme.style(role).background == .default, "\(role)")
    }
  }

  @Test("The theme for sixteen colours needs no more, the one for none needs none")
  func limits() throws {
    for role in StyleRole.allCases {
      let sixteen = try ThemeLoader.builtIn(named: "sixteen")
      #expect(sixteen.theme(at: .palette256).style(role) == sixteen.theme(at: .sixteen).style(role))
      let none = try ThemeLoader.builtIn(named: "monochrome")
      #expect(none.theme(at: .palette256).style(role) == none.theme(at: .mono).style(role))
    }
  }

  @Test("The high-contrast theme keeps the strictest contrast")
  func highContrast() throws {
    let theme = try ThemeLoader.builtIn(named: "high-contrast").theme(at: .palette256)
    let bars: Set<StyleRole> = [.barSelf, .barWait, .barCritical, .sparkline, .border]
    for role in StyleRole.allCases where !bars.contains(role) {
      var style = theme.style(role)
      if role.isOverlay { style = style.over(theme.style(.text)) }
      #expect(try #require(ThemeCheck.contrast(of: style, .dark)) >= 7, "\(role)")
    }
  }

  @Test(
    "People who tell no red from green can tell apart what matters",
    arguments: [ColorBlindness.protanopia, .deuteranopia])
  func colorBlind(kind: ColorBlindness) throws {
    let pairs: [(StyleRole, StyleRole)] = [
      (.denied, .allowed), (.error, .allowed), (.added, .removed), (.added, .changed),
      (.removed, .changed), (.filterValid, .filterInvalid), (.barCritical, .barSelf),
    ]
    func distance(_ theme: Theme, _ pair: (StyleRole, StyleRole)) throws -> Int {
      let left = try #require(rgb(theme.style(pair.0).foreground))
      let right = try #require(rgb(theme.style(pair.1).foreground))
      return kind.seen(left).distance(to: kind.seen(right))
    }
    let safe = try ThemeLoader.builtIn(named: "colour-blind-safe").theme(at: .palette256)
    for pair in pairs { #expect(try distance(safe, pair) > 20_000, "\(pair)") }
    // The default is not made for this; that it falls short shows that the test can.
    let usual = try ThemeLoader.builtIn(named: "dark").theme(at: .palette256)
    #expect(try distance(usual, (.denied, .allowed)) < 20_000)
  }

  private func rgb(_ color: Color) -> RGB? {
    if case .palette(let index) = color { RGB(palette: index) } else { nil }
  }

  @Test("A role takes what its theme does not say from its family, then from text")
  func inheritanceOfRoles() throws {
    let definition = try ThemeLoader.load(
      """
      text = { fg = "#d0d0d0", bg = "#1c1c1c" }
      header = { bg = "#303030", modifiers = ["bold"] }
      "header.key" = "#ffd787"
      selection = { bg = "#444444" }
      """, name: "test")
    let theme = definition.theme(at: .palette256)
    let expected = Style(
      foreground: .palette(222), background: .palette(236), attributes: .bold)
    #expect(theme.style(.headerKey) == expected)
    #expect(theme.style(.denied) == theme.style(.text))
    #expect(theme.style(.selection) == Style(background: .palette(238)))
  }

  @Test("Sections for fewer colours win over the top, and the palette of a child over its parent's")
  func sections() throws {
    let parent = """
      error = "alarm"
      warning = "alarm"
      [palette]
      alarm = "#ff0000"
      [16]
      error = "yellow"
      [8]
      warning = "blue"
      [mono]
      error = { modifiers = ["bold"] }
      """
    let definition = try ThemeLoader.load(
      """
      inherits = "parent"
      [palette]
      alarm = "#0000ff"
      """, name: "child", parentText: { $0 == "parent" ? parent : nil })
    func style(_ depth: ColorDepth, _ role: StyleRole) -> Style {
      definition.theme(at: depth).style(role)
    }
    #expect(style(.palette256, .error).foreground == .palette(21))
    #expect(style(.sixteen, .error).foreground == .palette(3))
    #expect(style(.sixteen, .warning).foreground == .palette(4))
    #expect(style(.eight, .error).foreground == .palette(3))
    #expect(style(.eight, .warning).foreground == .palette(4))
    #expect(style(.mono, .error) == Style(attributes: .bold))
    #expect(style(.mono, .warning) == .plain)
  }

  @Test("A theme that hides what it should show is found out")
  func weaknesses() throws {
    let definition = try ThemeLoader.load(
      """
      text = { fg = "#303030", bg = "#1c1c1c" }
      [16]
      error = { fg = "red", bg = "red" }
      """, name: "bad")
    let findings = ThemeCheck.findings(in: definition).map(\.description)
    #expect(findings.contains("bad, with 256 colours: text: contrast 1.2:1, needs 4.5:1"))
    #expect(
      findings.contains("bad, with 16 colours: error: its text has the colour of its background"))
    #expect(
      findings.contains(
        "bad, without colour: hidden: looks like text; give it another colour or modifier"))
  }
}

/// Dichromacy after Machado, Oliveira and Fernandes 2009, severity 1.0, in linear RGB.
enum ColorBlindness {
  case protanopia
  case deuteranopia

  private var matrix: [[Double]] {
    switch self {
    case .protanopia:
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    case .deuteranopia:
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    }
  }

  func seen(_ color: RGB) -> RGB {
    let linear = [color.red, color.green, color.blue].map { value -> Double in
      let share = Double(value) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    let parts = matrix.map { row -> UInt8 in
      let sum = min(1, max(0, zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 }))
      let share = sum <= 0.0031308 ? sum * 12.92 : 1.055 * pow(sum, 1 / 2.4) - 0.055
      return UInt8(share * 255)
    }
    return RGB(parts[0], parts[1], parts[2])
  }
}
