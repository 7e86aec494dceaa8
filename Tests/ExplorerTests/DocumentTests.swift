import Explorer
import Foundation
import TestSupport
import Testing

@Suite("Documents made from the program") struct DocumentTests {
  @Test("docs/keybindings.md is what vestige keys --format markdown prints")
  func keybindings() {
    expectGolden(
      KeyTable.markdown(.standard), named: "docs/keybindings.md", in: "../..")
  }

  /// In the README, `<!-- screen size: 80x24 keys: w -->` stands before each screen.
  @Test("the screens in the README are the program's own")
  func readme() throws {
    let url = URL(fileURLWithPath: ExplorerHarness.root + "/README.md")
    let readme = try String(contentsOf: url, encoding: .utf8)
    var lines: [String] = []
    var isOld = false
    var screens = 0
    for line in readme.components(separatedBy: "\n") {
      if isOld, line == "```", lines.last != "```" || lines.dropLast().last?.hasPrefix("<!--") == false {
        isOld = false
        lines.append(line)
        continue
      }
      if isOld { continue }
      lines.append(line)
      guard line == "```", let marker = lines.dropLast().last,
        let size = marker.firstMatch(of: /<!-- screen size: (\d+)x(\d+) keys: ?(.*) -->/)
      else { continue }
      let run = try ExplorerHarness.run(
        keys: try KeyScript(String(size.3)), width: Int(size.1) ?? 80, height: Int(size.2) ?? 24)
      lines += run.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        .map(String.init)
      isOld = true
      screens += 1
    }
    #expect(screens >= 5)
    expectGolden(lines.joined(separator: "\n"), named: "README.md", in: "../..")
  }
}
