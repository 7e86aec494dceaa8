import Foundation
import TestSupport
import Testing
import TraceIndex
import TraceModel

@testable import Ingestion

@Suite("Archives") struct ArchiveTests {
  private typealias Samples = StreamSamples

  private static let event = Array(StreamSamples.text.utf8)

  private static func names(_ bytes: [UInt8]) throws -> [String] {
    let folder = TemporaryFolder()
    try folder.write("a.tar", bytes: bytes)
    return try ArtifactFinder.executions(at: [folder.file("a.tar")])
      .flatMap { source in source.artifacts.map { "\(source.name) \($0.displayPath)" } }
  }

  @Test("hold the same executions as when they are unpacked, whatever the order of members")
  func asUnpacked() throws {
    let folder = TemporaryFolder()
    for name in [
      "set/two/b.jsonl", "set/two/a.jsonl", "set/two/deep/c.jsonl", "set/one/x.jsonl",
      "set/two/.hidden.jsonl", "set/README.md",
    ] {
      try folder.write(name, bytes: name.hasSuffix("md") ? [0x23] : ArchiveTests.event)
    }
    try folder.write("set/one/z.jsonl.gz", bytes: Samples.gzip)
    guard
      try folder.shell(
        """
        tar cf a.tar --sort=name set; tar cf b.tar set/two/deep set/one set/two set/README.md
        tar cf c.tar --format=pax set; tar cf d.tar --format=v7 set; tar czf e.tar set
        tar -C set -cf f.tar .
        """, needing: "tar")
    else { return }
    let expected = try ArtifactFinder.executions(at: [folder.file("set")])
    #expect(expected.map(\.name) == ["one", "two"])
    for name in ["a", "b", "c", "d", "e", "f"] {
      let found = try ArtifactFinder.executions(at: [folder.file(name + ".tar")])
      #expect(found.map(\.name) == expected.map(\.name), "\(name)")
      #expect(
        found.map { $0.artifacts.map(\.displayPath) }
          == expected.map { $0.artifacts.map(\.displayPath) }, "\(name)")
      let indexes = try folder.indexes(at: name + ".tar")
      #expect(indexes.map(\.totals) == (try folder.indexes(at: "set").map(\.totals)), "\(name)")
    }
    // One run inside an archive can be named by a path that leads into it.
    let one = try ArtifactFinder.executions(at: [folder.file("b.tar/set/one")])
    #expect(one.map(\.name) == ["one"])
    let file = try ArtifactFinder.executions(at: [folder.file("e.tar/set/one/x.jsonl")])
    #expect(file.map(\.name) == ["x.jsonl"])
    #expect(throws: IngestionError.self) {
      try ArtifactFinder.executions(at: [folder.file("b.tar/set/three")])
    }
  }

  @Test("of archives are opened, three deep")
  func nested() throws {
    let folder = TemporaryFolder()
    let inner = Samples.member("run/x.jsonl", ArchiveTests.event) + Samples.endMark
    let middle = Samples.member("inner.tar", inner) + Samples.endMark
    let outer = Samples.member("middle.tar", middle) + Samples.endMark
    try folder.write("outer.tar", bytes: Samples.member("outer.tar", outer) + Samples.endMark)
    try folder.write("middle.tar", bytes: outer)
    #expect(try folder.indexes(at: "middle.tar").map(\.name) == ["run"])
    #expect(try folder.indexes(at: "middle.tar")[0].totals.decisions == 3)
    let found = try ArtifactFinder.everything(at: folder.file("outer.tar"))
    #expect(found.executions.isEmpty)
    #expect(
      try found.unread.map { try $0.phrase(within: .standard) }
        == ["an archive inside three others; unpack it"])
  }

  @Test("name members in every way there is")
  func longNames() throws {
    let long = (0..<30).map { "folder-\($0)" }.joined(separator: "/") + "/x.jsonl"
    let gnu =
      Samples.member("././@LongLink", Array((long + "\0").utf8), kind: "L", magic: "ustar  \0")
      + Samples.member(long, ArchiveTests.event, magic: "ustar  \0") + Samples.endMark
    #expect(try ArchiveTests.names(gnu) == ["folder-29 x.jsonl"])
    let pax =
      Samples.attributes([("mtime", "1.5"), ("path", long)])
      + Samples.member("cut", ArchiveTests.event) + Samples.endMark
    #expect(try ArchiveTests.names(pax) == ["folder-29 x.jsonl"])
    let prefix =
      Samples.member("x.jsonl", ArchiveTests.event, prefix: "some/run") + Samples.endMark
    #expect(try ArchiveTests.names(prefix) == ["run x.jsonl"])
    // GNU has times where POSIX has the prefix.
    let times =
      Samples.member("run/x.jsonl", ArchiveTests.event, magic: "ustar  \0", prefix: "0123")
      + Samples.endMark
    #expect(try ArchiveTests.names(times) == ["run x.jsonl"])
    let old = Samples.member("run/x.jsonl", ArchiveTests.event, magic: "") + Samples.endMark
    #expect(try ArchiveTests.names(old) == ["run x.jsonl"])
  }

  @Test("name sizes in octal, in binary and in an extended header")
  func sizes() throws {
    let binary =
      Samples.member("x.jsonl", ArchiveTests.event, size: "\u{0}")
    var block = Array(binary[..<512])
    block.replaceSubrange(124..<136, with: [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x88])
    let pax =
      Samples.attributes([("size", "648")])
      + Samples.member("y.jsonl", ArchiveTests.event, size: "00000000000")
    let folder = TemporaryFolder()
    try folder.write(
      "a.tar", bytes: Samples.withChecksum(block) + binary[512...] + pax + Samples.endMark)
    let index = try folder.indexes(at: "a.tar")[0]
    #expect(index.totals.decisions == 6 && index.totals.recordsRefused == 0)
  }

  @Test("are never unpacked: hostile names are only names")
  func hostileNames() throws {
    let archive =
      Samples.member("../../../etc/x.jsonl", ArchiveTests.event)
      + Samples.member("/abs//./y.jsonl", ArchiveTests.event)
      + Samples.member("..", ArchiveTests.event) + Samples.member("/", ArchiveTests.event)
      + Samples.member(String(repeating: "d/", count: 40) + "z.jsonl", ArchiveTests.event)
      + Samples.endMark
    let folder = TemporaryFolder()
    try folder.write("in/a.tar", bytes: archive)
    let found = try ArtifactFinder.everything(at: folder.file("in/a.tar"))
    #expect(found.executions.map(\.name) == ["a.tar"])
    #expect(
      found.executions[0].artifacts.map(\.displayPath) == [
        "..", "../../../etc/x.jsonl", "abs/y.jsonl",
      ])
    #expect(
      try found.unread.map { try $0.phrase(within: .standard) } == ["more than 32 folders deep"])
    _ = try folder.indexes(at: "in/a.tar")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("in")) == ["a.tar"])
  }

  @Test("pass over and name what is no file: links, devices, pipes, files with holes")
  func others() throws {
    var sparse = Array(Samples.member("s.jsonl", kind: "S", magic: "ustar  \0"))
    sparse[482] = 1
    sparse = Samples.withChecksum(Array(sparse[..<512]))
    let archive =
      Samples.member("run/link", kind: "1") + Samples.member("run/symbolic", kind: "2")
      + Samples.member("run/tty", kind: "3") + Samples.member("run/disk", kind: "4")
      + Samples.member("run/pipe", kind: "6") + Samples.member("run/", kind: "5")
      + sparse + [UInt8](repeating: 0, count: 512) + Samples.member("run/odd", [1, 2], kind: "V")
      + Samples.attributes([("GNU.sparse.major", "1")]) + Samples.member("run/holes", [1])
      + Samples.member("run/x.jsonl", ArchiveTests.event) + Samples.endMark
    let folder = TemporaryFolder()
    try folder.write("a.tar", bytes: archive)
    let found = try ArtifactFinder.everything(at: folder.file("a.tar"))
    #expect(found.executions.map { $0.artifacts.map(\.displayPath) } == [["x.jsonl"]])
    #expect(
      try found.unread.map { "\($0.displayPath): \(try $0.phrase(within: .standard))" } == [
        "s.jsonl: a file with holes in an archive; unpack it", "run/disk: a device",
        "run/holes: a file with holes in an archive; unpack it",
        "run/link: a link to a member that is not there",
        "run/odd: a member of the kind 86 in an archive",
        "run/pipe: a pipe", "run/symbolic: a symbolic link in an archive", "run/tty: a device",
      ])
  }

  @Test("see a hard link as the file that it is one with")
  func hardLinks() throws {
    let folder = TemporaryFolder()
    try folder.write("run/a.jsonl", bytes: ArchiveTests.event)
    guard
      try folder.shell("ln run/a.jsonl run/b.jsonl; tar cf a.tar run run/a.jsonl", needing: "tar")
    else { return }
    let source = try ArtifactFinder.executions(at: [folder.file("a.tar")])[0]
    #expect(
      source.artifacts.map(\.displayPath) == ["a.jsonl", "b.jsonl"] && source.passedOver == [])
    #expect(try folder.indexes(at: "a.tar")[0].totals.decisions == 6)
  }

  @Test("of two members with one name the later one counts, as when they are unpacked")
  func replaced() throws {
    let folder = TemporaryFolder()
    let two = ArchiveTests.event + ArchiveTests.event
    try folder.write(
      "a.tar",
      bytes: Samples.member("x.jsonl", two) + Samples.member("x.jsonl", ArchiveTests.event)
        + Samples.endMark)
    #expect(try folder.indexes(at: "a.tar")[0].totals.decisions == 3)
  }

  @Test("that are damaged are so for a path that leads into one, with the same index")
  func damagedInside() throws {
    let folder = TemporaryFolder()
    try folder.write("a.tar", bytes: Samples.member("one/x.jsonl", ArchiveTests.event))
    let cache = try IndexCache(folder: folder.file("cache"), environment: [:])
    let whole = try ArtifactFinder.executions(at: [folder.file("a.tar")])[0]
    #expect(try cache.executions(of: whole)[0].totals.recordsRefused == 1)
    let inside = try ArtifactFinder.executions(at: [folder.file("a.tar/one")])[0]
    #expect(inside.artifacts.map(\.displayPath) == ["x.jsonl", "a.tar"])
    #expect(cache.cached(inside) != nil)
  }

  @Test("put one behind another are one")
  func concatenated() throws {
    let folder = TemporaryFolder()
    let archives = ["x.jsonl", "y.jsonl"].map {
      Samples.member($0, ArchiveTests.event) + Samples.endMark
    }
    try folder.write("a.tar", bytes: archives.flatMap { $0 })
    #expect(try folder.indexes(at: "a.tar")[0].totals.decisions == 6)
    #expect(try folder.indexes(at: "a.tar")[0].totals.recordsRefused == 0)
  }

  @Test("that end too soon or are damaged give what came before, and say so in every run")
  func damaged() throws {
    let folder = TemporaryFolder()
    let two =
      Samples.member("one/x.jsonl", ArchiveTests.event)
      + Samples.member("two/y.jsonl", ArchiveTests.event)
    var checksum = two + Samples.endMark
    checksum[1536 + 3] ^= 1
    let huge = Samples.member("z.jsonl", ArchiveTests.event, size: "77777777777")
    var binary = Array(huge[..<512])
    binary.replaceSubrange(124..<136, with: [0x80] + [UInt8](repeating: 0xFF, count: 11))
    var negative = binary
    negative[124] = 0xFF
    let cases: [(String, [UInt8], [String])] = [
      ("no end mark", two, ["the archive ends without its end mark at byte 3072"]),
      ("checksum", checksum, ["the archive, at byte 1536: no header is here"]),
      (
        "absurd size", two + huge, ["the archive ends without its end mark"]
      ),
      (
        "binary size", two + Samples.withChecksum(binary) + Samples.endMark,
        ["the archive, at byte 3072: an impossible size"]
      ),
      (
        "negative size", two + Samples.withChecksum(negative) + Samples.endMark,
        ["the archive, at byte 3072: an impossible size"]
      ),
      (
        "bad attributes",
        two + Samples.member("x", Array("99 path=a\n".utf8), kind: "x") + Samples.endMark,
        ["a bad extended header"]
      ),
      (
        "large attributes",
        two + Samples.member("x", kind: "x", size: "00010000001")
          + Samples.endMark,
        ["an extended header larger than 1 MB"]
      ),
    ]
    for (name, bytes, reasons) in cases {
      try folder.write("a.tar", bytes: bytes)
      let indexes = try folder.indexes(at: "a.tar")
      #expect(indexes.reduce(0) { $0 + $1.totals.decisions } >= 3, "\(name)")
      for index in indexes {
        #expect(index.totals.recordsRefused > 0, "\(name)")
        for reason in reasons {
          #expect(
            index.diagnostics.kept.contains { $0.detail.contains(reason) },
            "\(name): \(index.diagnostics.kept.map(\.detail))")
        }
      }
    }
  }

  @Test("with more members than the limit are read up to it, and say so")
  func members() throws {
    let folder = TemporaryFolder()
    let archive = (0..<5).flatMap { StreamSamples.member("\($0)") } + StreamSamples.endMark
    let place = ArtifactPlace(file: try folder.write("a.tar", bytes: archive))
    for (limit, count) in [(4, 4), (5, 5)] {
      var scan = try TarScan(place, prefixLength: 1, memberLimit: limit, within: .standard)
      var found = 0
      while try scan.next() != nil { found += 1 }
      #expect(found == count)
      #expect((scan.fault == nil) == (limit == 5))
    }
  }

  @Test("cut off or damaged at any byte never trap, and never pass for whole")
  func everyByte() throws {
    let folder = TemporaryFolder()
    let archive =
      Samples.attributes([("path", "run/long.jsonl")])
      + Samples.member("x", ArchiveTests.event)
      + Samples.member("run/y.jsonl.gz", Samples.gzip) + Samples.endMark
    // Without writing an index each time.
    func refused(_ bytes: [UInt8]) throws -> [UInt64] {
      try folder.write("a.tar", bytes: bytes)
      return try ArtifactFinder.executions(at: [folder.file("a.tar")]).map { source in
        let batch = try ArtifactIngestion.read(source) { _ in true }
        return batch.artifacts.reduce(0) { $0 + $1.recordsRefused }
      }
    }
    #expect(try refused(archive) == [0])
    for length in 1..<(archive.count - 1024) {
      guard let refused = try? refused(Array(archive[..<length])) else { continue }
      #expect(refused.allSatisfy { $0 > 0 }, "cut at \(length)")
    }
    for place in archive.indices {
      var damaged = archive
      damaged[place] ^= 0x15
      _ = try? refused(damaged)
    }
  }
}
