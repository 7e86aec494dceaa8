import Foundation
import TestSupport
import Testing

@Suite("Progress") struct ProgressTests {
  /// Runs a line of shell on a terminal of its own; nil, with a printed reason, without `script`.
  private static func onTerminal(_ line: String, in folder: String) throws -> CommandRun? {
    let quoted = line.replacingOccurrences(of: "'", with: "'\\''")
    let run = try CommandRun(
      shell: "TERM=xterm script -qefc '\(quoted)' /dev/null < /dev/null", folder: folder)
    guard run.status != 127 else {
      print("skipped: script is not installed")
      return nil
    }
    return run
  }

  /// An artifact that takes more than half a second to index.
  private static func largeArtifact(in folder: TemporaryFolder) throws {
    let source = CommandRun.packageRoot + "/samples/incident/payments.otlp.jsonl"
    let text = try Data(contentsOf: URL(fileURLWithPath: source))
    var large = Data()
    for _ in 0..<60 { large.append(text) }
    try large.write(to: URL(fileURLWithPath: folder.file("large.jsonl")))
  }

  @Test("is one line on a terminal that says what, how far and how long, and is erased at the end")
  func drawn() throws {
    let folder = TemporaryFolder()
    try ProgressTests.largeArtifact(in: folder)
    guard let run = try ProgressTests.onTerminal("vestige index build .", in: folder.path) else {
      return
    }
    let line = /indexing large\.jsonl \d+ %, [\d.,]+( M)? rows, \d+ s left/
    #expect(run.output.firstMatch(of: line) != nil)
    let last = try #require(run.output.ranges(of: "\r\u{1B}[K").last)
    #expect(!run.output[last.upperBound...].contains("indexing"))
    #expect(run.output[last.upperBound...].contains("ROWS"))
    // Ten a second at most: the whole run takes a few seconds.
    #expect(run.output.ranges(of: "indexing").count < 300)
  }

  @Test("is not drawn where standard error is no terminal, or a terminal that cannot")
  func notDrawn() throws {
    let folder = TemporaryFolder()
    try ProgressTests.largeArtifact(in: folder)
    #expect(try CommandRun(["index", "build", "."], folder: folder.path).errors.isEmpty)
    let dumb = try ProgressTests.onTerminal(
      "TERM=dumb vestige index build . --rebuild", in: folder.path)
    #expect(dumb?.output.contains("indexing") != true)
  }
}
