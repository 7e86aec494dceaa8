import Foundation
import Ingestion
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Compressed artifacts") struct CompressedArtifactTests {
  private static let text = Array(StreamSamples.text.utf8)

  @Test("give their content in pieces of any size", arguments: ["gzip", "zstd"])
  func pieces(name: String) throws {
    let folder = TemporaryFolder()
    try folder.write("x", bytes: StreamSamples.both.first { $0.0 == name }?.1 ?? [])
    for size in [1, 2, 7, 64, 647, 648, 649, 1 << 20] {
      let (text, fault) = try folder.content(of: "x", inPiecesOf: size)
      #expect(text == CompressedArtifactTests.text, "pieces of \(size)")
      #expect(fault == nil, "pieces of \(size)")
    }
  }

  @Test("are read like the files they were, with offsets in their content")
  func likeFiles() throws {
    let folder = TemporaryFolder()
    let lines = StreamSamples.text.split(separator: "\n")
    for (name, bytes) in StreamSamples.both + [("plain", CompressedArtifactTests.text)] {
      try folder.write(name, bytes: bytes)
      let source = try ArtifactFinder.executions(at: [folder.file(name)])[0]
      let index = try folder.indexes(at: name)[0]
      #expect(index.totals.decisions == 3 && index.totals.recordsRefused == 0)
      #expect(index.artifacts[0].size == UInt64(bytes.count))
      for row in 0..<3 {
        let record = try source.record(
          of: index.artifacts[0], at: index.byteOffset(ofRow: row),
          length: Int(index.byteLength(ofRow: row)))
        #expect(String(decoding: record, as: UTF8.self) == lines[row])
      }
    }
  }

  @Test("may be several streams, one behind another, and end in zeros")
  func concatenated() throws {
    let folder = TemporaryFolder()
    let zeros = [UInt8](repeating: 0, count: 1000)
    let skippable: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
    for (name, bytes) in StreamSamples.both {
      try folder.write(name, bytes: bytes + bytes + bytes + zeros)
      let (text, fault) = try folder.content(of: name)
      #expect(
        text == CompressedArtifactTests.text + CompressedArtifactTests.text
          + CompressedArtifactTests.text)
      #expect(fault == nil)
    }
    try folder.write("skippable", bytes: skippable + StreamSamples.zstd + skippable)
    let (text, fault) = try folder.content(of: "skippable")
    #expect(text == CompressedArtifactTests.text && fault == nil)
  }

  @Test("with other bytes behind them say so, and where")
  func garbageBehind() throws {
    let folder = TemporaryFolder()
    for (name, bytes) in StreamSamples.both {
      for garbage in [[0x41], [0, 0, 0x41], Array("{\"schema_version\"".utf8)] as [[UInt8]] {
        try folder.write(name, bytes: bytes + garbage)
        let (text, fault) = try folder.content(of: name)
        #expect(text == CompressedArtifactTests.text)
        let zeros = garbage.prefix { $0 == 0 }.count
        #expect(fault?.code == .damaged)
        #expect(
          fault?.reason
            == "\(name) data, at byte \(bytes.count + zeros): what follows is none")
      }
    }
  }

  @Test("cut off at any byte give what came before, and say where they end")
  func truncated() throws {
    let folder = TemporaryFolder()
    for (name, bytes) in StreamSamples.both {
      for length in 4..<bytes.count {
        try folder.write(name, bytes: Array(bytes[..<length]))
        let (text, fault) = try folder.content(of: name)
        #expect(CompressedArtifactTests.text.starts(with: text), "\(name) \(length)")
        #expect(fault?.code == .truncated, "\(name) \(length)")
        #expect(fault?.reason == "the \(name) data ends at byte \(length)")
      }
    }
  }

  @Test("damaged at any byte never trap, and never pass for whole")
  func damaged() throws {
    let folder = TemporaryFolder()
    for (name, bytes) in StreamSamples.both {
      for place in 4..<bytes.count {
        for flip in [0x01, 0x80, 0xFF] as [UInt8] {
          var damaged = bytes
          damaged[place] ^= flip
          try folder.write(name, bytes: damaged)
          let (text, fault) = try folder.content(of: name)
          // gzip's time, system and flags of no consequence lie in its header, unprotected.
          #expect(
            fault != nil || text == CompressedArtifactTests.text, "\(name) \(place) \(flip)")
        }
      }
    }
  }

  @Test("that end early are read as far as they go, counted, and named with the place")
  func diagnostic() throws {
    let folder = TemporaryFolder()
    try folder.write("cut.gz", bytes: Array(StreamSamples.gzip.dropLast(8)))
    let index = try folder.indexes(at: "cut.gz")[0]
    #expect(index.totals.decisions == 3)
    #expect(index.totals.recordsRefused == 1)
    let diagnostic = try #require(index.diagnostics.kept.first)
    #expect(diagnostic.code == .truncated && diagnostic.offset == 648)
    #expect(diagnostic.detail == "the gzip data ends at byte 194")
  }

  @Test("without content are empty files")
  func empty() throws {
    let folder = TemporaryFolder()
    // `gzip -n </dev/null`, `zstd --no-check </dev/null`
    let gzip: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    let zstd: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0x00, 0x01, 0x00, 0x00]
    for (name, bytes) in [("gzip", gzip), ("zstd", zstd)] {
      try folder.write(name, bytes: bytes)
      let (text, fault) = try folder.content(of: name)
      #expect(text == [] && fault == nil)
      let found = try ArtifactFinder.everything(at: folder.file(name))
      #expect(try found.unread[0].phrase(within: .standard) == "\(name)-compressed: an empty file")
    }
  }

  @Test("that another system wrote are seen through")
  func realFile() throws {
    for file in RealArtifacts.files(below: "cloudtrail/trailscraper")
    where file.pathExtension == "gz" {
      let found = try ArtifactFinder.everything(at: file.path)
      let artifact = try #require(found.executions.first?.artifacts.first ?? found.unread.first)
      var bytes = try ArtifactBytes.open(artifact.place, within: .standard)
      let content = try bytes.next(1 << 20)
      #expect(content.count == 2843 && bytes.fault == nil)
      #expect(ContentDescription(prefix: content).text == "a JSON object with the keys Records")
    }
  }

  @Test("real recordings read the same when they are compressed")
  func realRecordings() throws {
    let files = RealArtifacts.files(below: "otlp", "authz").filter { $0.pathExtension != "yaml" }
    let folder = TemporaryFolder()
    var compared = 0
    for file in files {
      guard let plain = try? ArtifactFinder.everything(at: file.path).executions.first,
        plain.size < 4 << 20
      else { continue }
      try? FileManager.default.removeItem(atPath: folder.file("x"))
      try FileManager.default.copyItem(atPath: file.path, toPath: folder.file("x"))
      guard try folder.shell("gzip -kf x && zstd -qf x", needing: "gzip", "zstd") else { return }
      let names = try ["x", "x.gz", "x.zst"].map { try folder.indexes(at: $0)[0] }
      for index in names.dropFirst() {
        #expect(index.totals == names[0].totals, "\(file.path)")
        #expect(index.artifacts[0].digest == names[0].artifacts[0].digest)
        #expect(
          (0..<index.rowCount).allSatisfy {
            index.byteOffset(ofRow: $0) == names[0].byteOffset(ofRow: $0)
          })
      }
      compared += 1
    }
    #expect(files.isEmpty || compared > 5)
  }
}

@Suite("The bound on expansion") struct ExpansionTests {
  /// One event and 80 MB of line breaks, in about 80 KB.
  private static func bomb(_ program: String, in folder: TemporaryFolder) throws -> Bool {
    try folder.write("start", bytes: Array(StreamSamples.text.utf8))
    return try folder.shell(
      "(cat start; head -c 80000000 /dev/zero | tr '\\0' '\\n') | \(program) > bomb",
      needing: program)
  }

  @Test(
    "stops data that is made to fill a disk, and says how to raise it",
    arguments: ["gzip", "zstd"])
  func stops(program: String) throws {
    let folder = TemporaryFolder()
    guard try ExpansionTests.bomb(program, in: folder) else { return }
    let error = #expect(throws: IngestionError.self) { try folder.indexes(at: "bomb") }
    #expect(error == .expansion(path: folder.file("bomb"), limit: .standard))
    #expect(error.map { "\($0)" }?.contains("--max-expansion") == true)
    let index = try folder.indexes(at: "bomb", within: ExpansionLimit(ratio: 1_000_000))[0]
    #expect(index.totals.decisions == 3)
  }

  @Test("counts only what is beyond the first 32 MB, and never overflows")
  func arithmetic() throws {
    let folder = TemporaryFolder()
    try folder.write("x", bytes: StreamSamples.gzip)
    #expect(try folder.content(of: "x", within: ExpansionLimit(ratio: 0)).text.count == 648)
    guard try ExpansionTests.bomb("gzip", in: folder) else { return }
    #expect(
      try folder.content(of: "bomb", within: ExpansionLimit(ratio: .max)).text.count > 80_000_000)
  }

  @Test("holds in archives, for members that are compressed twice")
  func inArchives() throws {
    let folder = TemporaryFolder()
    guard try ExpansionTests.bomb("gzip", in: folder),
      try folder.shell("tar cf a.tar bomb && gzip -k a.tar", needing: "tar")
    else { return }
    for name in ["a.tar", "a.tar.gz"] {
      let error = #expect(throws: IngestionError.self) { try folder.indexes(at: name) }
      #expect(error == .expansion(path: folder.file(name), limit: .standard), "\(name)")
    }
  }
}
