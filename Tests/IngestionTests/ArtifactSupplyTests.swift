import Foundation
import TestSupport
import Testing

@testable import Ingestion

@Suite("Members of compressed archives") struct ArtifactSupplyTests {
  @Test(
    "are given in the order of their paths, however they lie and however much fits into memory",
    arguments: [0, 1, 700, 2_000, 1 << 20] as [UInt64])
  func order(room: UInt64) throws {
    let folder = TemporaryFolder()
    // Larger and smaller ones, against the order of their names, and one that is compressed.
    let members = (0..<9).reversed().map { number in
      let lines = StreamSamples.text.split(separator: "\n").prefix(number % 3 + 1)
      return StreamSamples.member("\(number).jsonl", Array((lines.joined(separator: "\n")).utf8))
    }
    let archive =
      members.flatMap { $0 } + StreamSamples.member("9.gz", StreamSamples.gzip)
      + StreamSamples.endMark
    try folder.write("a.tar", bytes: archive)
    guard try folder.shell("gzip a.tar", needing: "gzip") else { return }
    let source = try ArtifactFinder.executions(at: [folder.file("a.tar.gz")])[0]
    #expect(source.artifacts.count == 10)
    var supply = ArtifactSupply(source, room: room)
    for number in 0..<9 {
      var bytes = try supply.open(number)
      let content = try bytes.next(1 << 16)
      let lines = StreamSamples.text.split(separator: "\n").prefix(number % 3 + 1)
      #expect(content == Array(lines.joined(separator: "\n").utf8), "\(number) in \(room)")
      #expect(bytes.fault == nil)
    }
    var last = try supply.open(9)
    #expect(try last.next(1 << 16) == Array(StreamSamples.text.utf8))
  }
}
