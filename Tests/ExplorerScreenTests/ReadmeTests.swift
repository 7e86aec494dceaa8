import Foundation
import Terminal
import TestSupport
import Testing

@Suite("The README")
struct ReadmeTests {
  /// `<!-- screen size: 80x24 keys: w -->` stands before the fence of each screen.
  @Test("shows the program's own screens; RECORD_GOLDEN=1 writes them")
  func screens() throws {
    let url = RealArtifacts.packageRoot.appending(path: "README.md")
    let harness = try ExplorerHarness.samples.get()
    var blocks = try String(contentsOf: url, encoding: .utf8).components(
      separatedBy: "<!-- screen ")
    var made = blocks.removeFirst()
    #expect(blocks.count >= 5)
    for block in blocks {
      let parts = block.components(separatedBy: "```")
      let marker = try #require(parts.first?.firstMatch(of: /size: (\d+)x(\d+) keys: ?(.*) -->/))
      let session = try harness.play(
        try KeyScript(String(marker.3)), width: Int(marker.1) ?? 80, height: Int(marker.2) ?? 24)
      made += "<!-- screen " + parts[0] + "```\n" + session.text + "```"
      made += parts.dropFirst(2).joined(separator: "```")
    }
    expectGolden(made, named: "README.md", in: ".", filePath: url.path)
  }
}
