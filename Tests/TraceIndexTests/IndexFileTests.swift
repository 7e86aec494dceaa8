import Foundation
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Index files") struct IndexFileTests {
  /// The bytes of a small index with every kind of section in use.
  private static func sample(in folder: TemporaryFolder) throws -> [UInt8] {
    var builder = TraceBuilder()
    builder.span("root", id: 1, attributes: ["k": "v", "n": "12"])
    builder.event("moment", at: 1)
    builder.span("child", id: 2, parent: 1, at: 1)
    builder.decision(.deny, "user:a", "perm", on: "target", in: 1, span: 2)
    builder.batch.diagnostics.add(
      Diagnostic(.malformedJSON, artifact: 0, offset: 7, detail: "expected ','"))
    let path = folder.file("sample.vtix")
    try IndexBuilder.write(builder.batch, name: "sample", to: path)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// Opens damaged bytes and, if they open, touches everything.
  private static func read(_ bytes: [UInt8], in folder: TemporaryFolder) throws {
    let path = folder.file("damaged.vtix")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let index = try TraceIndex.open(path: path)
    for row in 0..<index.rowCount {
      _ = index.text(index.name(row)) + index.text(index.principal(row))
      _ = index.subtree(row).count + index.depth(row) + (index.parent(row) ?? 0)
      _ = index.attributes(ofRow: row).count + index.events(ofRow: row).count
      _ = index.artifact(ofRow: row) + Int(index.byteLength(ofRow: row))
      _ = index.end(row)
      index.forEachChild(of: row) { _ = index.kind($0) }
    }
    for trace in 0..<index.traceCount { _ = index.traceRecord(trace).rows.count }
  }

  @Test("diagnostics, totals and artifacts survive the way to disk and back")
  func roundTrip() throws {
    let folder = TemporaryFolder()
    _ = try IndexFileTests.sample(in: folder)
    let index = try TraceIndex.open(path: folder.file("sample.vtix"))
    #expect(index.name == "sample")
    #expect(index.artifacts.map(\.path) == ["test.jsonl"])
    #expect(index.diagnostics.kept.first?.detail == "expected ','")
    #expect(index.diagnostics.kept.first?.offset == 7)
    #expect(index.totals.recordsRead == 3)
    try index.verify()
  }

  @Test("the same records give the same bytes")
  func deterministic() throws {
    let folder = TemporaryFolder()
    #expect(try IndexFileTests.sample(in: folder) == IndexFileTests.sample(in: folder))
  }

  @Test("a file cut off anywhere is an error that says to rebuild, never a trap")
  func truncated() throws {
    let folder = TemporaryFolder()
    let bytes = try IndexFileTests.sample(in: folder)
    for length in stride(from: 0, to: bytes.count, by: 61) {
      let error = #expect(throws: TraceIndexError.self) {
        try IndexFileTests.read(Array(bytes[..<length]), in: folder)
      }
      #expect(error.map { "\($0)".contains("build") } == true)
    }
  }

  @Test("a flipped byte in the header or the section table is noticed at once")
  func damagedHeader() throws {
    let folder = TemporaryFolder()
    let bytes = try IndexFileTests.sample(in: folder)
    let table = 64 + indexSchema.count * 32
    for position in (0..<48).filter({ !(48..<56).contains($0) }) + Array(64..<table) {
      var damaged = bytes
      damaged[position] ^= 0x41
      #expect(throws: TraceIndexError.self) { try IndexFileTests.read(damaged, in: folder) }
    }
  }

  @Test("a flipped byte anywhere else never traps, and verify names its section")
  func damagedData() throws {
    let folder = TemporaryFolder()
    let bytes = try IndexFileTests.sample(in: folder)
    let whole = try TraceIndex.open(path: folder.file("sample.vtix"))
    for section in whole.sections where section.byteCount > 0 {
      for position in section.offset..<section.offset + section.byteCount {
        var damaged = bytes
        damaged[position] ^= 0xFF
        do {
          try IndexFileTests.read(damaged, in: folder)
          let index = try TraceIndex.open(path: folder.file("damaged.vtix"))
          #expect(throws: TraceIndexError.self) { try index.verify() }
        } catch is TraceIndexError {
          continue
        }
      }
    }
  }

  @Test("a foreign file and a newer format are told apart from damage")
  func foreign() throws {
    let folder = TemporaryFolder()
    #expect(throws: TraceIndexError.notAnIndex(path: folder.file("damaged.vtix"))) {
      try IndexFileTests.read(Array("{\"resourceSpans\":[]}".utf8), in: folder)
    }
    var bytes = try IndexFileTests.sample(in: folder)
    bytes[12] = 9
    #expect(
      throws: TraceIndexError.unsupportedVersion(
        path: folder.file("damaged.vtix"), found: 2, supported: 2)
    ) {
      try IndexFileTests.read(bytes, in: folder)
    }
  }

  @Test("an index is readable by its owner alone, and nothing is left beside it")
  func permissions() throws {
    let folder = TemporaryFolder()
    _ = try IndexFileTests.sample(in: folder)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("sample.vtix"))
    #expect((attributes[.posixPermissions] as? Int) == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["sample.vtix"])
  }

  @Test("two that write the same index at once leave a whole one")
  func concurrentWriters() async throws {
    let folder = TemporaryFolder()
    let path = folder.file("shared.vtix")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          for _ in 0..<5 {
            var builder = TraceBuilder()
            for id in 1...500 { builder.span("span", id: UInt64(id)) }
            try IndexBuilder.write(builder.batch, name: "shared", to: path)
            try TraceIndex.open(path: path).verify()
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["shared.vtix"])
  }

  @Test("a folder that cannot be written is an error with its reason")
  func unwritable() {
    #expect(throws: TraceIndexError.self) {
      try IndexBuilder.write(RecordBatch(), name: "x", to: "/proc/none/x.vtix")
    }
  }
}
