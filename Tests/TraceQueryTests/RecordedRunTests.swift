import Foundation
import Ingestion
import TestSupport
import Testing
import TraceIndex

@testable import TraceQuery

/// Queries on real artifacts, held against the artifacts' own JSON.
@Suite("Queries on recorded runs")
struct RecordedRunTests {
  private typealias Event = [String: Any]

  private static func index(of folder: URL) throws -> TraceIndex {
    let cacheFolder = TemporaryFolder()
    let cache = try IndexCache(folder: cacheFolder.path, environment: [:])
    let sources = try ArtifactFinder.executions(at: [folder.path])
    return try #require(try sources.flatMap { try cache.executions(of: $0) }.first)
  }

  private static func text(_ event: Event, _ path: String) -> String? {
    path.split(separator: ".").reduce(event as Any?) { ($0 as? Event)?[String($1)] } as? String
  }

  /// A query, and the same condition on the JSON of a line.
  private static let conditions: [(query: String, holds: @Sendable (Event) -> Bool)] = [
    ("is:deny", { text($0, "decision.outcome") == "DENY" }),
    ("is:error", { text($0, "event_type") == "authz_error" }),
    (
      "decision=allow perm:secretmanager.*",
      { event in
        text(event, "decision.outcome") == "ALLOW"
          && text(event, "action.permission")?.hasPrefix("secretmanager.") == true
      }
    ),
    ("actor.type=user", { text($0, "actor.principal")?.hasPrefix("user:") == true }),
    (
      "not actor:serviceAccount:*",
      { text($0, "actor.principal")?.hasPrefix("serviceAccount:") != true }
    ),
    (
      "latency>=2ms",
      { (($0["decision"] as? Event)?["latency_ms"] as? NSNumber)?.intValue ?? 0 >= 2 }
    ),
    (
      "target:*/secrets/prod-db*",
      { text($0, "target.resource")?.contains("/secrets/prod-db") == true }
    ),
    (
      "method=CheckPermission service!=gcp-kms-emulator",
      { event in
        text(event, "action.method") == "CheckPermission"
          && text(event, "environment.component").map { $0 != "gcp-kms-emulator" } == true
      }
    ),
    ("authz.mode=strict", { text($0, "environment.mode") == "strict" }),
    ("not exists(authz.mode)", { text($0, "environment.mode") == nil }),
    (
      "target=~/^projects\\/[^\\/]+\\/secrets\\//",
      { event in
        let parts = text(event, "target.resource")?.split(separator: "/") ?? []
        return parts.count > 3 && parts[0] == "projects" && parts[2] == "secrets"
      }
    ),
  ]

  @Test("decisions of an emulator are found as their JSON says")
  func emulator() throws {
    guard let data = RealArtifacts.folder else { return print("skipped: no shared/data") }
    let folder = data.appending(path: "authz/gcp-iam-emulator/before")
    guard FileManager.default.fileExists(atPath: folder.path) else {
      return print("skipped: \(folder.lastPathComponent) is absent")
    }
    let index = try RecordedRunTests.index(of: folder)
    let events = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      .filter { $0.hasSuffix(".jsonl") }
      .flatMap {
        try String(contentsOf: folder.appending(path: $0), encoding: .utf8).split(separator: "\n")
      }
      .compactMap { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? Event }
      .filter { $0["event_type"] != nil }
    #expect(index.rowCount == events.count && events.count > 9_000)
    for condition in RecordedRunTests.conditions {
      let found = try rows(condition.query, in: index).count
      #expect(found == events.filter(condition.holds).count, "\(condition.query)")
    }
    let pairs = Set(
      events.map {
        [
          RecordedRunTests.text($0, "actor.principal"),
          RecordedRunTests.text($0, "action.permission"),
        ]
      })
    #expect(try rows("| by(actor, perm)", in: index).count == pairs.count)
  }

  @Test("the sample incident tells its story in queries")
  func sampleIncident() throws {
    let folder = RealArtifacts.packageRoot.appending(path: "samples/incident")
    let index = try RecordedRunTests.index(of: folder)
    func count(_ text: String) throws -> Int { try rows(text, in: index).count }
    // The figures are those of samples/README.md.
    #expect(try count("is:span") == 3_401)
    #expect(try count("is:span is:error") == 488)
    #expect(try count("is:deny") == 61)
    #expect(try count("{ name=\"POST /checkout\" } >> { is:deny }") == 61)
    #expect(try count("{ is:deny } << { name=\"POST /checkout\" is:error }") == 61)
    #expect(try count("{ is:error } !>> { is:error name=\"POST /checkout\" }") == 61)
    #expect(try count("is:deny | by(actor, perm, target)") == 1)
    let query = try Query(parsing: "name=\"GET /stock\" kind=server | p95(dur)")
    guard case .table(let table) = try evaluate(query, in: index) else {
      Issue.record("\(query) gives no table")
      return
    }
    // 254 ms in README.md; the exact value was also computed from the JSON, in Python.
    #expect(table.rows.first?.cells == [.duration(253_998_520)])
  }
}
