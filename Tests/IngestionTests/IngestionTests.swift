import Foundation
import Glibc
import TestSupport
import Testing
import TraceIndex
import TraceModel

@testable import Ingestion

/// One AuthzEvent line.
private func event(
  _ principal: String, at second: Int = 0, outcome: String = "ALLOW", run: String? = nil
) -> String {
  let environment = run.map { ",\"environment\":{\"ci\":{\"run_id\":\"\($0)\"}}" } ?? ""
  let time = "2026-03-02T09:00:\(second < 10 ? "0" : "")\(second)Z"
  return "{\"schema_version\":\"1.0\",\"event_type\":\"authz_check\",\"timestamp\":\"\(time)\","
    + "\"actor\":{\"principal\":\"\(principal)\"},\"target\":{\"resource\":\"projects/p\"},"
    + "\"action\":{\"permission\":\"a.b.c\"},\"decision\":{\"outcome\":\"\(outcome)\"}\(environment)}\n"
}

extension TemporaryFolder {
  fileprivate func write(_ name: String, _ text: String) throws {
    let url = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  fileprivate func cache() throws -> IndexCache {
    try IndexCache(folder: file("cache"), environment: [:])
  }
}

@Suite("Finding artifacts") struct FindingTests {
  @Test("a file is an execution named after it")
  func file() throws {
    let folder = TemporaryFolder()
    try folder.write("run.authz.jsonl", event("user:a"))
    let sources = try ArtifactFinder.executions(at: [folder.file("run.authz.jsonl")])
    #expect(sources.map(\.name) == ["run.authz.jsonl"])
    #expect(sources[0].artifacts.map(\.displayPath) == ["run.authz.jsonl"])
  }

  @Test("a folder is one execution with all its artifacts, wherever they lie in it")
  func folder() throws {
    let folder = TemporaryFolder()
    try folder.write("run/b.jsonl", event("user:b"))
    try folder.write("run/a.jsonl", event("user:a"))
    try folder.write("run/deep/er/c.jsonl", event("user:c"))
    try folder.write("run/policy.yaml", "roles: {}\n")
    try folder.write("run/.hidden.jsonl", event("user:h"))
    let sources = try ArtifactFinder.executions(at: [folder.file("run")])
    #expect(sources.count == 1)
    #expect(sources[0].artifacts.map(\.displayPath) == ["a.jsonl", "b.jsonl", "deep/er/c.jsonl"])
    #expect(sources[0].passedOver == [".hidden.jsonl", "policy.yaml"])
  }

  @Test("a folder of folders of artifacts is a set of executions, by name")
  func set() throws {
    let folder = TemporaryFolder()
    try folder.write("set/two/x.jsonl", event("user:a"))
    try folder.write("set/one/x.jsonl", event("user:a"))
    try folder.write("set/README.md", "# words\n")
    let sources = try ArtifactFinder.executions(at: [folder.file("set")])
    #expect(sources.map(\.name) == ["one", "two"])
  }

  @Test("executions of one name are told apart by their folders")
  func distinctNames() throws {
    let folder = TemporaryFolder()
    try folder.write("x/run/a.jsonl", event("user:a"))
    try folder.write("y/run/a.jsonl", event("user:a"))
    let sources = try ArtifactFinder.executions(at: [folder.file("x/run"), folder.file("y/run")])
    #expect(sources.map(\.name) == ["x/run", "y/run"])
  }

  @Test("a folder without artifacts and a path that is not there are errors that say what to do")
  func nothing() throws {
    let folder = TemporaryFolder()
    try folder.write("empty/notes.txt", "hello\n")
    let none = #expect(throws: IngestionError.self) {
      try ArtifactFinder.executions(at: [folder.file("empty")])
    }
    #expect(none.map { "\($0)".contains("1 file looked at") } == true)
    #expect(throws: IngestionError.self) {
      try ArtifactFinder.executions(at: [folder.file("missing")])
    }
  }

  @Test("folders behind links are read, each once; what is not read is named")
  func links() throws {
    let folder = TemporaryFolder()
    let files = FileManager.default
    try folder.write("elsewhere/a.jsonl", event("user:a"))
    try folder.write("run/own.jsonl", event("user:b"))
    try folder.write("run/real/c.jsonl", event("user:c"))
    for (name, target) in [
      ("run/linked", "../elsewhere"), ("run/again", "real"), ("run/up", ".."), ("run/gone", "x"),
    ] {
      try files.createSymbolicLink(atPath: folder.file(name), withDestinationPath: target)
    }
    #expect(mkfifo(folder.file("run/pipe"), 0o600) == 0)
    let odd = Array("\(folder.path)/run/\u{1}".utf8CString.dropLast(2)) + [-1, 0]
    #expect(mkdir(odd, 0o700) == 0)
    let found = try ArtifactFinder.everything(at: folder.file("run"))
    let source = try #require(found.executions.first)
    #expect(found.executions.count == 1)
    #expect(source.artifacts.map(\.displayPath).contains("linked/a.jsonl"))
    #expect(source.artifacts.map(\.displayPath).contains("real/c.jsonl"))
    #expect(source.artifacts.count == 3)
    let phrases = try found.unread.map { "\($0.displayPath): \(try $0.phrase(within: .standard))" }
    #expect(phrases.contains("again: a link to a folder that is read already, or to one around it"))
    #expect(phrases.contains("up: a link to a folder that is read already, or to one around it"))
    #expect(phrases.contains("gone: a link to what is not there"))
    #expect(phrases.contains("pipe: a pipe or a device"))
    #expect(phrases.contains("\u{FFFD}: a name that is not UTF-8; rename it"))
  }

  @Test("runs that are links in one folder are a set of executions")
  func linkedRuns() throws {
    let folder = TemporaryFolder()
    try folder.write("store/1/a.jsonl", event("user:a"))
    try folder.write("store/2/a.jsonl", event("user:a"))
    try FileManager.default.createDirectory(
      atPath: folder.file("runs"), withIntermediateDirectories: true)
    for name in ["1", "2"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.file("runs/\(name)"), withDestinationPath: "../store/\(name)")
    }
    #expect(try ArtifactFinder.executions(at: [folder.file("runs")]).map(\.name) == ["1", "2"])
  }

  @Test("a symbolic link that leads round in a circle is not followed")
  func circle() throws {
    let folder = TemporaryFolder()
    try folder.write("run/a.jsonl", event("user:a"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("run/again"), withDestinationPath: folder.file("run"))
    let sources = try ArtifactFinder.executions(at: [folder.file("run")])
    #expect(sources[0].artifacts.map(\.displayPath) == ["a.jsonl"])
  }
}

@Suite("Index cache") struct CacheTests {
  @Test("an index is written once and found fresh")
  func fresh() throws {
    let folder = TemporaryFolder()
    try folder.write("run/a.jsonl", event("user:a") + event("user:b", outcome: "DENY"))
    let source = try ArtifactFinder.executions(at: [folder.file("run")])[0]
    let cache = try folder.cache()
    #expect(cache.cached(source) == nil)
    let built = try cache.executions(of: source)
    #expect(built.count == 1 && built[0].totals.decisions == 2 && built[0].totals.denied == 1)
    let found = try #require(cache.cached(source))
    #expect(found[0].path == built[0].path)
    #expect(try cache.files() == [built[0].path])
  }

  @Test("a changed artifact, a new one and a removed one make the index stale")
  func stale() throws {
    let folder = TemporaryFolder()
    try folder.write("run/a.jsonl", event("user:a"))
    let cache = try folder.cache()
    func source() throws -> ExecutionSource {
      try ArtifactFinder.executions(at: [folder.file("run")])[0]
    }
    _ = try cache.executions(of: source())
    try folder.write("run/a.jsonl", event("user:a") + event("user:b"))
    #expect(try cache.cached(source()) == nil)
    #expect(try cache.executions(of: source())[0].totals.decisions == 2)
    try folder.write("run/b.jsonl", event("user:c"))
    #expect(try cache.cached(source()) == nil)
    #expect(try cache.executions(of: source())[0].totals.decisions == 3)
    try FileManager.default.removeItem(atPath: folder.file("run/a.jsonl"))
    #expect(try cache.executions(of: source())[0].totals.decisions == 1)
  }

  @Test("a damaged index is built again, not trusted")
  func damaged() throws {
    let folder = TemporaryFolder()
    try folder.write("run/a.jsonl", event("user:a"))
    let source = try ArtifactFinder.executions(at: [folder.file("run")])[0]
    let cache = try folder.cache()
    let path = try cache.executions(of: source)[0].path
    try Data("VESTIGE\0 and then nothing".utf8).write(to: URL(fileURLWithPath: path))
    #expect(cache.cached(source) == nil)
    #expect(try cache.executions(of: source)[0].totals.decisions == 1)
  }

  @Test("artifacts that name several runs are several executions; nothing is counted twice")
  func runs() throws {
    let folder = TemporaryFolder()
    try folder.write(
      "ci.jsonl",
      event("user:a", run: "17") + event("user:b", run: "18") + event("user:c", run: "17")
        + event("user:d") + "{\"broken\n")
    let source = try ArtifactFinder.executions(at: [folder.file("ci.jsonl")])[0]
    let cache = try folder.cache()
    for indexes in [try cache.executions(of: source), try #require(cache.cached(source))] {
      #expect(indexes.map(\.name) == ["ci.jsonl#17", "ci.jsonl#18", "ci.jsonl"])
      #expect(indexes.map(\.totals.decisions) == [2, 1, 1])
      #expect(indexes.map(\.totals.recordsRead) == [2, 1, 1])
      #expect(indexes.map(\.totals.recordsRefused) == [1, 0, 0])
    }
  }

  @Test("reading stops when it is asked to")
  func cancelled() throws {
    let folder = TemporaryFolder()
    try folder.write("a.jsonl", event("user:a"))
    let source = try ArtifactFinder.executions(at: [folder.file("a.jsonl")])[0]
    #expect(throws: IngestionError.cancelled) {
      try folder.cache().executions(of: source) { _ in false }
    }
  }

  @Test("artifacts are not changed by reading them")
  func unchanged() throws {
    let folder = TemporaryFolder()
    try folder.write("a.jsonl", event("user:a"))
    let path = folder.file("a.jsonl")
    let before = try (
      Data(contentsOf: URL(fileURLWithPath: path)),
      FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    )
    let source = try ArtifactFinder.executions(at: [path])[0]
    _ = try folder.cache().executions(of: source)
    let after = try (
      Data(contentsOf: URL(fileURLWithPath: path)),
      FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    )
    #expect(before.0 == after.0 && before.1 == after.1)
  }

  @Test("a record can be read back by the place that its row names")
  func recordBytes() throws {
    let folder = TemporaryFolder()
    let lines = [event("user:a"), event("user:b", at: 1)]
    try folder.write("a.jsonl", lines.joined())
    let source = try ArtifactFinder.executions(at: [folder.file("a.jsonl")])[0]
    let index = try folder.cache().executions(of: source)[0]
    for row in 0..<2 {
      let bytes = try ArtifactFile(path: folder.file("a.jsonl"))
        .bytes(at: index.byteOffset(ofRow: row), length: Int(index.byteLength(ofRow: row)))
      #expect(String(decoding: bytes, as: UTF8.self) + "\n" == lines[row])
    }
  }
}

@Suite("Artifacts larger than memory") struct LargeArtifactTests {
  private static let samplesPath = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("../../samples").standardized.path

  @Test("every sample gives the same index bytes in memory and in files")
  func samples() throws {
    let folder = TemporaryFolder()
    let sources = try ArtifactFinder.executions(at: [LargeArtifactTests.samplesPath])
    #expect(!sources.isEmpty)
    var spilled = 0
    for source in sources {
      let space = SpillSpace(folder: folder.path, limit: 1_000)
      let large = try ArtifactIngestion.read(source, space: space) { _ in true }
      let small = try ArtifactIngestion.read(source) { _ in true }
      if space.isUsed { spilled += 1 }
      try IndexBuilder.write(large, name: source.name, to: folder.file("large"))
      try IndexBuilder.write(small, name: source.name, to: folder.file("small"))
      let files = try ["large", "small"].map {
        try Data(contentsOf: URL(fileURLWithPath: folder.file($0)))
      }
      #expect(files[0] == files[1], "\(source.name)")
    }
    #expect(spilled > 0)
  }

  @Test("a disk that is full while artifacts are read is an error")
  func fullDisk() throws {
    let folder = TemporaryFolder()
    let source = try #require(ArtifactFinder.executions(at: [LargeArtifactTests.samplesPath]).first)
    let space = SpillSpace(folder: folder.path, limit: 1_000) { _, _ in ENOSPC }
    #expect(
      throws: IngestionError.index(
        .system(
          path: folder.path, operation: "make room for what does not fit in memory",
          reason: "No space left on device"))
    ) {
      _ = try ArtifactIngestion.read(source, space: space) { _ in true }.rows.count
    }
  }
}
