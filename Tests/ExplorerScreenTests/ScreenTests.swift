import ExplorerViews
import Terminal
import TestSupport
import Testing

/// One screen in one state: keys typed on the sample runs, and the size.
struct ScreenCase: CustomTestStringConvertible, Sendable {
  let name: String
  let keys: KeyScript
  var width = 80
  var height = 24

  var testDescription: String { "\(name) at \(width)x\(height)" }
  var file: String { "\(name).\(width)x\(height).screen" }

  static let all: [ScreenCase] = [
    .init(name: "runs", keys: ""), .init(name: "traces", keys: "<Enter>e"),
    .init(name: "waterfall", keys: "w"), .init(name: "waterfall-folded", keys: "wz2"),
    .init(name: "waterfall-filtered", keys: "<Enter>&is:deny<Enter><Enter>"),
    .init(name: "events", keys: "3d"), .init(name: "events-growth", keys: "3ccc"),
    .init(name: "policy", keys: "p"), .init(name: "policy-denied", keys: "pd"),
    .init(name: "policy-document", keys: "p<Enter>"), .init(name: "diff", keys: "="),
    .init(name: "summary", keys: "8"), .init(name: "diagnostics", keys: "#"),
    .init(name: "record", keys: "wr"), .init(name: "record-hexadecimal", keys: "wrrr"),
    .init(name: "help", keys: "3?"), .init(name: "palette", keys: ":pol"),
    .init(name: "filter-valid", keys: "<Enter>&is:deny"),
    .init(name: "filter-invalid", keys: "<Enter>&durr>4ms"),
    .init(name: "nothing-matches", keys: "<Enter>&name=nothing<Enter>"),
  ]

  static let large: [ScreenCase] = ["runs", "waterfall", "events", "policy", "diff"].flatMap { name in
    all.filter { $0.name == name }.flatMap { screen in
      [(132, 43), (40, 10)].map {
        ScreenCase(name: name, keys: screen.keys, width: $0.0, height: $0.1)
      }
    }
  }
}

@Suite("Golden screens") struct ScreenTests {
  @Test("a screen looks as it was reviewed", arguments: ScreenCase.all + ScreenCase.large)
  func golden(screen: ScreenCase) throws {
    let run = try ExplorerHarness.run(
      keys: screen.keys, width: screen.width, height: screen.height)
    let frame = try #require(run.frames.last)
    expectGolden(roleText(frame), named: screen.file, in: "Screens")
  }

  @Test("without UTF-8 every sign has an ASCII form")
  func ascii() throws {
    for keys: KeyScript in ["", "w", "3d", "p", "="] {
      let run = try ExplorerHarness.run(keys: keys, charset: .ascii)
      #expect(run.text.unicodeScalars.allSatisfy { $0.isASCII })
      #expect(!run.text.contains("?  ") && !run.text.contains("??"))
    }
    let run = try ExplorerHarness.run(keys: "w", charset: .ascii)
    expectGolden(roleText(try #require(run.frames.last)), named: "waterfall.ascii.screen", in: "Screens")
  }

  @Test("without colours the selection, denials and errors can still be told")
  func mono() throws {
    let theme = try ThemeLoader.builtIn(named: "dark").theme(at: .mono)
    let run = try ExplorerHarness.run(keys: "w", depth: .mono, theme: theme)
    let frame = try #require(run.frames.last)
    expectGolden(screenText(frame), named: "waterfall.mono.screen", in: "Screens")
    let colours = (0..<24).flatMap { frame.cells(ofRow: $0) }
      .filter { $0.style.foreground != .default || $0.style.background != .default }
    #expect(colours.isEmpty)
  }

  @Test("with sixteen and with eight colours no cell asks for more", arguments: [
    ColorDepth.sixteen, .eight,
  ])
  func fewColours(depth: ColorDepth) throws {
    let theme = try ThemeLoader.builtIn(named: "dark").theme(at: depth)
    let run = try ExplorerHarness.run(keys: "=", depth: depth, theme: theme)
    for row in 0..<24 {
      for cell in try #require(run.frames.last).cells(ofRow: row) {
        for case .palette(let index) in [cell.style.foreground, cell.style.background] {
          #expect(Int(index) < depth.rawValue)
        }
      }
    }
  }

  @Test("a screen too small for anything says what it needs")
  func tiny() throws {
    #expect(try ExplorerHarness.run(keys: "", width: 19, height: 4).text.contains("20x5 needed"))
    #expect(try ExplorerHarness.run(keys: "w", width: 20, height: 5).frames.count > 0)
  }
}
