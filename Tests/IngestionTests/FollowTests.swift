import Foundation
import Glibc
import Ingestion
import TestSupport
import Testing
import TraceIndex
import TraceModel

/// A folder in which files grow, and the index that a fresh reading of it gives.
private struct GrowingFolder {
  let folder = TemporaryFolder()

  func path(_ name: String) -> String { folder.file("run/" + name) }

  init() throws {
    try FileManager.default.createDirectory(
      atPath: folder.file("run"), withIntermediateDirectories: true)
  }

  func append(_ bytes: some Sequence<UInt8>, to name: String) throws {
    if !FileManager.default.fileExists(atPath: path(name)) {
      try Data().write(to: URL(fileURLWithPath: path(name)))
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path(name)))
    defer { try? handle.close() }
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(bytes))
  }

  func append(_ text: String, to name: String) throws { try append(Array(text.utf8), to: name) }

  /// Cuts a file, as copytruncate does.
  func truncate(_ name: String, to size: off_t = 0) throws {
    #expect(Glibc.truncate(path(name), size) == 0)
  }

  func rename(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
  }

  func follower(_ name: String? = nil) throws -> ExecutionFollower {
    let sources = try ArtifactFinder.growingExecutions(at: [name.map(path) ?? folder.file("run")])
    #expect(sources.count == 1)
    return ExecutionFollower(sources[0])
  }

  /// The bytes of the index files that a fresh reading gives.
  func fresh(_ name: String? = nil) throws -> [Data] {
    let cache = try IndexCache(folder: folder.file("cache"), environment: [:])
    let source = try ArtifactFinder.executions(at: [name.map(path) ?? folder.file("run")])[0]
    return try cache.executions(of: source, rebuild: true).map {
      try Data(contentsOf: URL(fileURLWithPath: $0.path))
    }
  }
}

extension ExecutionFollower {
  /// The bytes of the index files of what was followed.
  fileprivate mutating func files() throws -> [Data] {
    let folder = TemporaryFolder()
    let count = try write { folder.file("\($0).vtix") }
    return try (0..<count).map {
      try Data(contentsOf: URL(fileURLWithPath: folder.file("\($0).vtix")))
    }
  }

  fileprivate mutating func notices() throws -> [FollowNotice] { try poll().notices }
}

private func event(_ principal: String, at second: Int = 0, run: String? = nil) -> String {
  let environment = run.map { ",\"environment\":{\"ci\":{\"run_id\":\"\($0)\"}}" } ?? ""
  let time = "2026-03-02T09:00:\(second < 10 ? "0" : "")\(second)Z"
  return "{\"schema_version\":\"1.0\",\"event_type\":\"authz_check\",\"timestamp\":\"\(time)\","
    + "\"actor\":{\"principal\":\"\(principal)\"},\"target\":{\"resource\":\"projects/p\"},"
    + "\"action\":{\"permission\":\"a.b.c\"},\"decision\":{\"outcome\":\"ALLOW\"}\(environment)}\n"
}

/// Lines of every format that is written a record a line.
private let fixtures =
  ["samples/incident/payments.authz.jsonl", "samples/incident/payments.otlp.jsonl"]
  + [
    "authz-event-damaged", "authz-event", "cloudtrail-damaged", "gcp-audit-damaged", "gcp-audit",
    "jaeger-damaged", "kubernetes-audit-damaged", "kubernetes-audit-stages", "kubernetes-audit",
    "otlp-damaged", "otlp-lines", "zipkin-damaged", "zipkin-lines",
  ].map { "Tests/TraceReadersTests/Fixtures/\($0).jsonl" }

@Suite("Following one file") struct FollowFileTests {
  @Test(
    "gives, byte for byte, the index of the whole file, however the file grew",
    arguments: [1, 7, 4_096])
  func growth(step: Int) throws {
    for fixture in fixtures {
      let path = RealArtifacts.packageRoot.appending(path: fixture)
      guard let whole = try? Data(contentsOf: path) else {
        Issue.record("\(fixture) is absent")
        continue
      }
      let bytes = Array(whole.prefix(step < 4_096 ? 6_000 * step : whole.count))
      let growing = try GrowingFolder()
      var follower = try growing.follower("a.jsonl")
      var start = 0
      while start < bytes.count {
        let end = min(start + step, bytes.count)
        try growing.append(bytes[start..<end], to: "a.jsonl")
        let read = try follower.poll()
        #expect(read.notices.count { $0 == .appeared("a.jsonl") } <= 1)
        start = end
      }
      _ = follower.finish()
      // A byte is given to the reader once; one that it could not use yet, once more.
      #expect(follower.bytesParsed >= UInt64(bytes.count))
      #expect(follower.bytesParsed <= UInt64(bytes.count) + 8, "\(fixture)")
      #expect(try follower.files() == growing.fresh("a.jsonl"), "\(fixture) by \(step)")
    }
  }

  @Test("a last line waits for its end, and a last line that never ends is counted")
  func partialLine() throws {
    let growing = try GrowingFolder()
    let line = event("user:b", at: 1)
    try growing.append(event("user:a") + line.prefix(80), to: "a.jsonl")
    var follower = try growing.follower("a.jsonl")
    #expect(try follower.poll().hasNews)
    #expect(follower.rowCount == 1)
    #expect(follower.bytesParsed == UInt64(event("user:a").utf8.count))
    try growing.append(line.dropFirst(80).prefix(40).description, to: "a.jsonl")
    #expect(try follower.poll().hasNews == false)
    #expect(follower.rowCount == 1)
    try growing.append(String(line.dropFirst(120)) + "{\"schema_version\":", to: "a.jsonl")
    #expect(try follower.poll().hasNews)
    #expect(follower.rowCount == 2)
    #expect(follower.recordsRefused == 0)
    _ = follower.finish()
    #expect(follower.recordsRefused == 1)
    #expect(try follower.files() == growing.fresh("a.jsonl"))
  }

  @Test("a record with all of its brackets need not wait for the end of its line")
  func noNewline() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a").dropLast().description, to: "a.jsonl")
    var follower = try growing.follower("a.jsonl")
    _ = try follower.poll()
    #expect(follower.rowCount == 1)
    try growing.append("\n" + event("user:b", at: 1).dropLast().description, to: "a.jsonl")
    _ = try follower.poll()
    #expect(follower.rowCount == 2)
  }

  @Test("when nothing was written, nothing is read and nothing is new")
  func quiet() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a"), to: "a.jsonl")
    var follower = try growing.follower("a.jsonl")
    _ = try follower.poll()
    let parsed = follower.bytesParsed
    for _ in 0..<3 { #expect(try follower.poll() == FollowStep()) }
    #expect(follower.bytesParsed == parsed)
  }

  @Test("a file that becomes shorter is read anew, and its rows so far are no more")
  func truncation() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a") + event("user:b", at: 1) + "garbage\n", to: "a.jsonl")
    var follower = try growing.follower("a.jsonl")
    _ = try follower.poll()
    try growing.truncate("a.jsonl")
    try growing.append(event("user:c", at: 2), to: "a.jsonl")
    #expect(try follower.notices() == [.truncated("a.jsonl", rows: 2)])
    #expect(follower.rowCount == 1 && follower.recordsRefused == 0)
    let index = try #require(try follower.indexes().first)
    #expect(index.rowCount == 1)
    #expect(index.string(index.principal(0)) == "user:c")
    #expect(index.totals.decisions == 1 && index.diagnostics.kinds.isEmpty)
    #expect(index.artifacts.map(\.size) == [UInt64(event("user:c").utf8.count)])
    try index.verify()
  }

  @Test("a file that was written anew at least as long is noticed, too")
  func rewriting() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a"), to: "a.jsonl")
    var follower = try growing.follower("a.jsonl")
    _ = try follower.poll()
    try growing.truncate("a.jsonl")
    try growing.append(event("user:z") + event("user:y", run: "x"), to: "a.jsonl")
    #expect(try follower.notices() == [.rewritten("a.jsonl", rows: 1)])
    #expect(follower.rowCount == 2)
  }

  @Test("a rotated file is read to its end, and its rows stay beside those of the new one")
  func rotation() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a"), to: "a.jsonl")
    var follower = try growing.follower("a.jsonl")
    _ = try follower.poll()
    // What was written between the last look and the renaming, and to the renamed file.
    try growing.append(event("user:b", at: 1), to: "a.jsonl")
    try growing.rename("a.jsonl", to: "a.jsonl.1")
    try growing.append(event("user:c", at: 2), to: "a.jsonl.1")
    #expect(try follower.notices() == [.renamed("a.jsonl", to: "a.jsonl.1")])
    #expect(follower.rowCount == 3)
    try growing.append(event("user:d", at: 3), to: "a.jsonl")
    #expect(try follower.notices() == [.appeared("a.jsonl")])
    #expect(follower.rowCount == 4)
    let index = try #require(try follower.indexes().first)
    #expect(index.artifacts.map(\.path) == ["a.jsonl.1", "a.jsonl"])
    let source = follower.source
    for row in 0..<index.rowCount {
      let artifact = index.artifacts[index.artifact(ofRow: row)]
      let bytes = try source.record(
        of: artifact, at: index.byteOffset(ofRow: row), length: Int(index.byteLength(ofRow: row)))
      #expect(String(decoding: bytes, as: UTF8.self).contains(index.string(index.principal(row))))
    }
  }

  @Test("a file that another one was moved over is told apart by its name")
  func replacement() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a"), to: "a.jsonl")
    var follower = try growing.follower("a.jsonl")
    _ = try follower.poll()
    try growing.append(event("user:b", at: 1), to: "next")
    #expect(Glibc.rename(growing.path("next"), growing.path("a.jsonl")) == 0)
    #expect(
      try follower.notices() == [
        .appeared("a.jsonl"), .replaced("a.jsonl", as: "a.jsonl (rotated)"),
      ])
    let index = try #require(try follower.indexes().first)
    #expect(index.rowCount == 2)
    #expect(index.artifacts.map(\.path) == ["a.jsonl (rotated)", "a.jsonl"])
  }

  @Test("a file that is not there yet is waited for, and one that goes is missed once")
  func appearsAndVanishes() throws {
    let growing = try GrowingFolder()
    var follower = try growing.follower("a.jsonl")
    #expect(try follower.notices() == [.waiting(growing.path("a.jsonl"))])
    #expect(try follower.notices().isEmpty)
    try growing.append(event("user:a"), to: "a.jsonl")
    #expect(try follower.notices() == [.appeared("a.jsonl")])
    try FileManager.default.removeItem(atPath: growing.path("a.jsonl"))
    #expect(try follower.notices() == [.vanished("a.jsonl")])
    #expect(try follower.notices().isEmpty)
    #expect(follower.rowCount == 1)
    try growing.append(event("user:b", at: 1), to: "a.jsonl")
    #expect(try follower.notices().contains(.appeared("a.jsonl")))
    #expect(follower.rowCount == 2)
  }

  @Test("garbage between records costs itself alone, as in a file that is whole")
  func garbage() throws {
    let growing = try GrowingFolder()
    var follower = try growing.follower("a.jsonl")
    for part in [
      event("user:a"), event("user:b", at: 1), "not json at all\n", "{\"half\":\n", "\u{0}\u{1}\n",
      "}}}{{{\"\n", event("user:c", at: 2),
    ] {
      try growing.append(part, to: "a.jsonl")
      _ = try follower.poll()
    }
    _ = follower.finish()
    #expect(follower.rowCount == 3 && follower.recordsRefused > 0)
    #expect(try follower.files() == growing.fresh("a.jsonl"))
  }

  @Test("a record that a later one completes is one row, before and after")
  func stages() throws {
    let fixture = RealArtifacts.packageRoot.appending(
      path: "Tests/TraceReadersTests/Fixtures/kubernetes-audit-stages.jsonl")
    let lines = try String(contentsOf: fixture, encoding: .utf8).split(separator: "\n")
      .filter { $0.contains("0000-4000-8000-000000000002") }.prefix(2)
    let growing = try GrowingFolder()
    var follower = try growing.follower("a.jsonl")
    var outcomes: [Outcome] = []
    var offsets: Set<UInt64> = []
    for line in lines {
      try growing.append(line + "\n", to: "a.jsonl")
      #expect(try follower.poll().hasNews)
      let index = try #require(try follower.indexes().first)
      #expect(index.rowCount == 1 && follower.rowCount == 1)
      outcomes.append(index.outcome(0))
      offsets.insert(index.byteOffset(ofRow: 0))
    }
    #expect(outcomes.count == 2 && outcomes.first == .unknown && outcomes.last != .unknown)
    #expect(offsets.count == 2, "it is told again from where it was completed")
    #expect(try follower.files() == growing.fresh("a.jsonl"))
  }

  @Test("a line that is longer than a record may be is given up, and counted")
  func longLine() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a"), to: "a.jsonl")
    let source = try ArtifactFinder.executions(at: [growing.path("a.jsonl")])[0]
    var follower = ExecutionFollower(source, recordLimit: 1 << 12)
    _ = try follower.poll()
    try growing.append("{\"x\":\"" + String(repeating: "y", count: 1 << 13), to: "a.jsonl")
    _ = try follower.poll()
    #expect(follower.rowCount == 1 && follower.recordsRefused == 1)
    _ = follower.finish()
    #expect(follower.recordsRefused == 1)
  }

  @Test("a run that is named only later becomes an execution of its own")
  func runs() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a", run: "one"), to: "a.jsonl")
    var follower = try growing.follower("a.jsonl")
    _ = try follower.poll()
    #expect(try follower.indexes().map(\.name) == ["a.jsonl"])
    try growing.append(event("user:b", at: 1, run: "two"), to: "a.jsonl")
    _ = try follower.poll()
    #expect(try follower.indexes().map(\.name) == ["a.jsonl#one", "a.jsonl#two"])
    #expect(try follower.files() == growing.fresh("a.jsonl"))
  }
}

@Suite("Following a folder") struct FollowFolderTests {
  @Test("picks up files that come, and knows renamed ones")
  func newFiles() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a"), to: "a.jsonl")
    var follower = try growing.follower()
    #expect(try follower.notices().isEmpty)
    try growing.append(event("user:b", at: 1).prefix(30).description, to: "b.jsonl")
    #expect(try follower.notices().isEmpty, "nobody knows yet what it is")
    try growing.append(event("user:b", at: 1).dropFirst(30).description, to: "b.jsonl")
    #expect(try follower.notices() == [.appeared("b.jsonl")])
    try growing.rename("a.jsonl", to: "a.jsonl.1")
    try growing.append(event("user:c", at: 2), to: "a.jsonl")
    #expect(
      try follower.notices() == [.appeared("a.jsonl"), .renamed("a.jsonl", to: "a.jsonl.1")])
    #expect(follower.rowCount == 3)
    let index = try #require(try follower.indexes().first)
    #expect(index.artifacts.map(\.path) == ["a.jsonl.1", "b.jsonl", "a.jsonl"])
  }

  @Test("copying a file and cutting it counts nothing twice")
  func copyTruncate() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a") + event("user:b", at: 1), to: "a.jsonl")
    var follower = try growing.follower()
    _ = try follower.poll()
    try FileManager.default.copyItem(
      atPath: growing.path("a.jsonl"), toPath: growing.path("a.jsonl.1"))
    try growing.truncate("a.jsonl")
    try growing.append(event("user:c", at: 2), to: "a.jsonl")
    let notices = try follower.notices()
    #expect(notices == [.appeared("a.jsonl.1"), .truncated("a.jsonl", rows: 2)])
    let index = try #require(try follower.indexes().first)
    #expect(index.rowCount == 3)
    #expect(index.totals.recordsRead == 3)
  }

  @Test("says what it does not follow, and reads it once")
  func notFollowed() throws {
    let growing = try GrowingFolder()
    try growing.append(event("user:a"), to: "a.jsonl")
    try growing.append(event("user:b", at: 1), to: "b.jsonl")
    #expect(try Process.status("gzip", growing.path("b.jsonl")) == 0)
    try growing.append(
      "<testsuite name=\"s\"><testcase name=\"c\" time=\"1\"/></testsuite>\n", to: "t.xml")
    var follower = try growing.follower()
    #expect(
      try follower.notices() == [
        .readOnce("b.jsonl.gz", reason: "gzip-compressed"), .readOnce("t.xml", reason: "XML"),
      ])
    #expect(try follower.files() == growing.fresh())
    try growing.append(event("user:c", at: 2), to: "c.jsonl")
    #expect(try Process.status("gzip", growing.path("c.jsonl")) == 0)
    #expect(
      try follower.notices() == [.notRead("c.jsonl.gz", reason: "gzip-compressed")])
    #expect(try follower.notices().isEmpty)
  }

  @Test("gives the rows of a fresh reading, whichever file grew first")
  func manyFiles() throws {
    let samples = RealArtifacts.packageRoot.appending(path: "samples/incident")
    let names = try FileManager.default.contentsOfDirectory(atPath: samples.path)
      .filter { $0.hasSuffix(".jsonl") }.sorted()
    let growing = try GrowingFolder()
    var rest = try names.map { Array(try Data(contentsOf: samples.appending(path: $0))) }
    for (name, bytes) in zip(names, rest) { try growing.append(bytes.prefix(5_000), to: name) }
    rest = rest.map { Array($0.dropFirst(5_000)) }
    var follower = try growing.follower()
    _ = try follower.poll()
    while rest.contains(where: { !$0.isEmpty }) {
      for number in rest.indices {
        try growing.append(rest[number].prefix(20_000 * (number + 1)), to: names[number])
        rest[number] = Array(rest[number].dropFirst(20_000 * (number + 1)))
        _ = try follower.poll()
      }
    }
    _ = follower.finish()
    let followed = try #require(try follower.indexes().first)
    let cache = try IndexCache(folder: growing.folder.file("cache"), environment: [:])
    let source = try ArtifactFinder.executions(at: [growing.folder.file("run")])[0]
    let fresh = try cache.executions(of: source)[0]
    #expect(followed.totals == fresh.totals)
    #expect(followed.artifacts == fresh.artifacts)
    #expect(rows(of: followed) == rows(of: fresh))
    #expect(followed.traceCount == fresh.traceCount)
  }

  /// Every row with what it says, by its place in the artifacts.
  private func rows(of index: TraceIndex) -> [String] {
    (0..<index.rowCount).map { row in
      let attributes = index.attributes(ofRow: row).map {
        "\($0.scope.name).\(index.string($0.key))=\(index.string($0.value))"
      }.sorted()
      return [
        index.artifacts[index.artifact(ofRow: row)].path, "\(index.byteOffset(ofRow: row))",
        index.string(index.name(row)), "\(index.start(row)) \(index.duration(row))",
        "\(index.depth(row)) \(index.marks(row).rawValue) \(index.subtree(row).count)",
        index.trace(ofRow: row).map { index.idText(ofTrace: $0) } ?? "-",
        attributes.joined(separator: ","),
      ].joined(separator: " ")
    }.sorted()
  }
}

@Suite("The pace of following") struct FollowPaceTests {
  @Test("an index is due a quarter of a second after the last, or five times what it took")
  func pace() {
    var pace = FollowPace()
    #expect(pace.isDue(at: .zero))
    pace.built(from: .seconds(1), to: .milliseconds(1_010))
    #expect(!pace.isDue(at: .milliseconds(1_259)))
    #expect(pace.isDue(at: .milliseconds(1_260)))
    pace.built(from: .seconds(2), to: .seconds(3))
    #expect(!pace.isDue(at: .milliseconds(7_999)))
    #expect(pace.isDue(at: .seconds(8)))
  }
}

extension Process {
  fileprivate static func status(_ words: String...) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
