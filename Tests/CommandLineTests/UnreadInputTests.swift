import Foundation
import TestSupport
import Testing

@Suite("What could not be read is said") struct UnreadInputTests {
  private static let decision = """
    {"schema_version":"1.0","event_type":"authz_check","timestamp":"2026-03-02T09:00:00Z",\
    "actor":{"principal":"user:a"},"target":{"resource":"projects/p"},\
    "action":{"permission":"p.q.r"},"environment":{"component":"c","mode":"strict"},\
    "decision":{"outcome":"ALLOW","reason":"binding_match","evaluated_by":"engine","latency_ms":1}}
    """

  /// A folder with runs of five records, two of them damaged where the name says so, and a file
  /// that no reader knows in one of them.
  private static func stage() throws -> TemporaryFolder {
    let folder = TemporaryFolder()
    for (name, isDamaged) in [("a", true), ("b", true), ("c", false), ("d", false)] {
      try FileManager.default.createDirectory(
        atPath: folder.file(name), withIntermediateDirectories: true)
      let lines = (0..<5).map { isDamaged && $0 % 2 == 1 ? "{\"schema_version\":" : decision }
      try lines.map { $0 + "\n" }.joined()
        .write(toFile: folder.file("\(name)/e.jsonl"), atomically: false, encoding: .utf8)
    }
    try "{\"time\":1,\"msg\":\"allowed\"}\n{\"time\":2,\"msg\":\"x\"}\n"
      .write(toFile: folder.file("d/slog.jsonl"), atomically: false, encoding: .utf8)
    return folder
  }

  private func vestige(_ line: String, in folder: TemporaryFolder) throws -> CommandRun {
    try CommandRun(shell: "vestige " + line, folder: folder.path)
  }

  @Test("a comparison of damaged runs is not called clean")
  func damagedDiff() throws {
    let folder = try Self.stage()
    let text = try vestige("trace diff a b", in: folder)
    #expect(text.status == 1)
    #expect(text.output.contains("Nothing differs beyond noise in what could be read.\n"))
    #expect(
      text.output.contains(
        "4 records could not be read (2 of a, 2 of b): what they show was not compared.\n"))
    let object = try vestige("trace diff a b --format json", in: folder).json()
    let totals = try #require(object["totals"] as? [String: Any])
    #expect(totals["refused_before"] as? Int == 2 && totals["refused_after"] as? Int == 2)
    #expect(totals["differences"] as? Int == 0)
    #expect((object["diagnostics"] as? [Any])?.isEmpty == false)

    let clean = try vestige("trace diff c d", in: folder)
    #expect(clean.status == 0 && clean.output.contains("Nothing differs beyond noise.\n"))
    #expect(clean.output.contains("slog.jsonl  unknown-format"))
  }

  @Test("a folder of exactly two runs is compared")
  func folderOfTwo() throws {
    let folder = try Self.stage()
    let three = try vestige("trace diff .", in: folder)
    #expect(three.status == 2 && three.errors.contains("holds 4; name two of: a, b, c, d"))
    let one = try vestige("trace diff c", in: folder)
    #expect(one.status == 2 && one.errors.contains("it is one; name the other, too"))
    let samples = try CommandRun(["trace", "diff", "samples"])
    let named = try CommandRun(["trace", "diff", "samples/baseline", "samples/incident"])
    #expect(samples.status == 1 && samples.output == named.output)
  }

  @Test("files of no known format beside the artifacts are counted and named, in every form")
  func passedOver() throws {
    let folder = try Self.stage()
    for command in ["trace summarize d", "trace diff c d", "policy generate d"] {
      for format in ["text", "json", "markdown"] {
        let run = try vestige("\(command) --format \(format)", in: folder)
        #expect(run.status == 0, "\(command)")
        #expect(run.output.contains("slog.jsonl"), "\(command) \(format)")
        #expect(run.output.contains("unknown-format"), "\(command) \(format)")
      }
    }
    let totals = try #require(
      try vestige("trace summarize d --format json", in: folder).json()["totals"] as? [String: Any])
    #expect(totals["files_passed_over"] as? Int == 1)
    let policy = try vestige("policy generate d", in: folder)
    #expect(policy.output.contains("# note: 1 file of d of no known format not read: slog.jsonl."))
  }

  @Test("an artifact that is there twice is said to count twice")
  func twice() throws {
    let folder = try Self.stage()
    _ = try CommandRun(
      shell:
        "cp c/e.jsonl p1.jsonl; cp p1.jsonl p2.jsonl; ln -s p1.jsonl p3.jsonl; cp c/e.jsonl c/f.jsonl",
      folder: folder.path)
    let one = try vestige("trace summarize c --format json", in: folder).json()
    let findings = try #require(one["data_quality"] as? [[String: Any]])
    #expect(
      findings.contains {
        $0["finding"] as? String
          == "f.jsonl has the same content as e.jsonl: its records count twice"
          && $0["count"] as? Int == 5
      })
    for command in ["trace summarize p1.jsonl p2.jsonl", "artifact inspect p1.jsonl p2.jsonl"] {
      #expect(
        try vestige(command, in: folder).output.contains(
          "p2.jsonl has the same content as p1.jsonl: its records count twice"))
    }
    #expect(
      try vestige("trace summarize p1.jsonl p3.jsonl", in: folder).output.contains(
        "p1.jsonl is read twice: its records count twice"))
    #expect(
      try vestige("artifact inspect d p1.jsonl", in: folder).output.contains(
        "p1.jsonl has the same content as e.jsonl of d"))
    #expect(!(try vestige("artifact inspect a c/e.jsonl", in: folder).output.contains("same")))
  }

  @Test("inspection names the run of each finding, and its status tells of refused records")
  func inspect() throws {
    let folder = try Self.stage()
    let both = try vestige("artifact inspect a b --format json", in: folder)
    #expect(both.status == 1)
    for key in ["diagnostics", "places"] {
      let rows = try #require(try both.json()[key] as? [[String: Any]])
      #expect(Set(rows.compactMap { $0["execution"] as? String }) == ["a", "b"], "\(key)")
    }
    #expect(try vestige("artifact inspect c d", in: folder).status == 0)
  }

  @Test("inspection goes on after a path that cannot be looked at")
  func unreadable() throws {
    let folder = try Self.stage()
    let run = try vestige("artifact inspect nowhere c pipe empty --format json", in: folder)
    #expect(run.status == 1)
    _ = try CommandRun(shell: "mkfifo pipe; mkdir empty", folder: folder.path)
    let mixed = try vestige("artifact inspect nowhere c pipe empty --format json", in: folder)
    #expect(mixed.status == 1)
    let object = try mixed.json()
    let failures = try #require(object["failures"] as? [String])
    #expect(failures.count == 3 && failures[0].contains("nowhere: cannot be read: No such file"))
    #expect(failures[1].contains("it is a pipe") && failures[2].contains("no file found"))
    #expect((object["artifacts"] as? [Any])?.count == 1)
    let csv = try vestige("artifact inspect nowhere c pipe empty --format csv", in: folder)
    for words in failures { #expect(csv.errors.contains("vestige: \(words)\n")) }
    let nothing = try vestige("artifact inspect nowhere pipe empty", in: folder)
    #expect(nothing.status == 2 && nothing.output.isEmpty && !nothing.errors.isEmpty)
  }
}
