import Foundation
import TestSupport
import Testing

@Suite("Counts that Python makes independently") struct IndependentCountTests {
  private static let recordings = "authz/gcp-iam-emulator/"

  private static func totals(_ run: CommandRun) throws -> [String: Int] {
    try #require(try run.json()["totals"] as? [String: Int])
  }

  @Test(
    "of decisions agree on recordings of a real emulator",
    arguments: ["before", "after", "outage-permissive", "trace-output-flag-plus-env"])
  func decisions(folder: String) throws {
    guard let root = RealArtifacts.folder else { return print("skipped: no folder shared/data") }
    let path = root.appending(path: IndependentCountTests.recordings + folder).path
    guard let counts = try independent("summarize_authz.py", [path])?[path] as? [String: Int]
    else { return }
    let run = try CommandRun(["trace", "summarize", path, "--format", "json"])
    let totals = try IndependentCountTests.totals(run)
    #expect(totals["decisions"] == counts["decisions", default: -1] + counts["errors", default: 0])
    #expect(totals["allowed"] == counts["allowed"])
    #expect(totals["denied"] == counts["denied"])
    #expect(totals["decision_errors"] == counts["errors"])
    #expect(
      totals["records_refused"] == counts["refused", default: 0] + counts["unparseable", default: 0]
    )
  }

  @Test("of the difference between two runs agree: exactly the flipped keys, none else")
  func flips() throws {
    guard let root = RealArtifacts.folder else { return print("skipped: no folder shared/data") }
    let paths = ["before", "after"].map {
      root.appending(path: IndependentCountTests.recordings + $0).path
    }
    guard let counted = try independent("decision_diff.py", paths) else { return }
    let transitions = try #require(counted["flips"] as? [String: [[String: String]]])
    let expected = transitions.flatMap { transition, keys in
      keys.map { IndependentCountTests.line($0, transition.lowercased()) }
    }
    let run = try CommandRun(["trace", "diff"] + paths + ["--format", "json"])
    #expect(run.status == 1)
    let flips = try #require(try run.json()["flips"] as? [[String: Any]])
    let found = flips.map { flip in
      let texts = flip.compactMapValues { $0 as? String }
      return IndependentCountTests.line(
        texts, "\(texts["before", default: "?"])->\(texts["after", default: "?"])")
    }
    #expect(Set(found) == Set(expected))
    #expect(found.count == expected.count)
    #expect(!found.isEmpty)
  }

  private static func line(_ key: [String: String], _ transition: String) -> String {
    [key["principal"], key["permission"], key["resource"], transition].map { $0 ?? "?" }
      .joined(separator: " ")
  }

  @Test("of records agree on every artifact that other systems wrote")
  func records() throws {
    let files = RealArtifacts.files(below: "otlp", "authz", "jaeger", "zipkin", "derived/otlp-pb")
      .filter { $0.pathExtension != "yaml" }
    guard !files.isEmpty else { return }
    guard let counted = try independent("count_records.py", files.map(\.path)) else { return }
    let home = TemporaryFolder()
    var compared = 0
    for file in files {
      let counts = try #require(counted[file.path] as? [String: Any])
      let run = try CommandRun(
        ["trace", "summarize", file.path, "--format", "json"], home: home)
      if run.status == 2 {
        // A file of another kind: nothing in it may be a record.
        let names =
          ["spans", "decisions", "logs"] + (counts["damaged"] as? Int == 0 ? ["refused"] : [])
        for name in names {
          #expect(counts[name] as? Int == 0, "\(name) of \(file.path)")
        }
        continue
      }
      #expect(run.status == 0, "\(file.path): \(run.errors)")
      let totals = try IndependentCountTests.totals(run)
      let refused = totals["records_refused", default: 0]
      #expect((counts["refused"] as? Int ?? 0) == 0 || refused > 0, "\(file.path)")
      guard counts["damaged"] as? Int == 0 else { continue }
      for name in ["spans", "decisions", "logs"] {
        #expect(totals[name] == counts[name] as? Int, "\(name) of \(file.path)")
      }
      #expect(refused == counts["refused"] as? Int, "\(file.path)")
      compared += 1
    }
    #expect(compared > 80)
  }
}
