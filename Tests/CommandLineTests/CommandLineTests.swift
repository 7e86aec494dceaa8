import Foundation
import TestSupport
import Testing

/// A command with the name of its golden file.
private struct GoldenCase: Sendable, CustomTestStringConvertible {
  let name: String
  let arguments: [String]
  var status: Int32 = 0

  init(_ name: String, _ line: String, status: Int32 = 0) {
    self.name = name
    self.status = status
    // Words in single quotes stay together.
    arguments = line.split(separator: "'", omittingEmptySubsequences: false).enumerated()
      .flatMap { place, part in
        place % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
      }
  }

  var testDescription: String { arguments.joined(separator: " ") }
}

@Suite("Commands on the samples") struct CommandLineTests {
  private static let cases = [
    GoldenCase("help.txt", "--help"),
    GoldenCase("help-policy-generate.txt", "policy generate --help"),
    GoldenCase("summarize.txt", "trace summarize samples"),
    GoldenCase("summarize.json", "trace summarize samples/incident --format json"),
    GoldenCase("summarize.csv", "trace summarize samples/incident --format csv"),
    GoldenCase("summarize.md", "trace summarize samples --format markdown"),
    GoldenCase(
      "summarize-filtered.txt", "trace summarize samples --filter 'service:payments is:error'"),
    GoldenCase("list.txt", "trace list samples --sort errors --limit 3"),
    GoldenCase("list-denied.csv", "trace list samples --filter is:deny --format csv"),
    GoldenCase(
      "list-reverse.json", "trace list samples/baseline --reverse --limit 2 --format json"),
    GoldenCase("show.txt", "trace show samples --trace 4bf92f35"),
    GoldenCase("show.json", "trace show samples --trace 4BF92F35 --format json"),
    GoldenCase("query-rows.txt", "trace query samples is:deny --limit 2"),
    GoldenCase("query-rows.json", "trace query samples is:deny --limit 2 --format json"),
    GoldenCase(
      "query-groups.txt", "trace query samples 'is:error | by(service) | count() | p95(dur)'"),
    GoldenCase(
      "query-groups.csv",
      "trace query samples 'is:decision | by(perm) | count() | avg(dur)' --format csv"),
    GoldenCase(
      "query-relation.txt",
      "trace query samples '{ name=\"POST /checkout\" } >> { is:deny } | by(run) | count()'"),
    GoldenCase("diff.txt", "trace diff samples/baseline samples/incident", status: 1),
    GoldenCase(
      "diff.json", "trace diff samples/baseline samples/incident --format json", status: 1),
    GoldenCase("diff-same.txt", "trace diff samples/incident samples/incident"),
    GoldenCase(
      "policy-orders.yaml",
      "policy generate samples --principal serviceAccount:orders@shop.iam.gserviceaccount.com"),
    GoldenCase(
      "policy-gcp.yaml",
      "policy generate samples --dialect gcp --principal serviceAccount:orders@shop.iam.gserviceaccount.com"
    ),
    GoldenCase(
      "policy.md",
      "policy generate samples --format markdown --principal serviceAccount:notifications@shop.iam.gserviceaccount.com"
    ),
    GoldenCase("artifact.txt", "artifact inspect samples/baseline README.md"),
    GoldenCase(
      "artifact.json", "artifact inspect samples/baseline/payments.authz.jsonl --format json"),
    GoldenCase("artifact-verify.txt", "artifact verify samples/baseline"),
    GoldenCase(
      "artifact-verify.json",
      "artifact verify samples/baseline/policy.yaml samples/README.md --format json"),
    GoldenCase("artifact-verify.csv", "artifact verify samples/incident --format csv"),
    GoldenCase("artifact-verify.md", "artifact verify samples/incident --format markdown"),
    GoldenCase("help-artifact-verify.txt", "artifact verify --help"),
    GoldenCase("index-build.txt", "index build samples"),
    GoldenCase("index-inspect.txt", "index inspect samples/baseline/gateway.otlp.jsonl"),
    GoldenCase("theme-list.txt", "theme list"),
    GoldenCase("theme-check.txt", "theme check"),
  ]

  @Test("print what their golden files hold, on standard output alone", arguments: cases)
  private func golden(_ golden: GoldenCase) throws {
    let home = TemporaryFolder()
    let run = try CommandRun(golden.arguments, home: home)
    #expect(run.status == golden.status)
    expectGolden(
      CommandLineTests.withoutPlaces(run.output, home: home), named: golden.name, in: "Expected")
  }

  /// Text without what depends on where the package and its cache are.
  private static func withoutPlaces(_ text: String, home: TemporaryFolder) -> String {
    text.replacingOccurrences(of: home.path, with: "~")
      .replacingOccurrences(of: CommandRun.packageRoot, with: "PACKAGE")
      .replacing(/-[0-9a-f]{16}\.(\d+)\.vtix/) { "-DIGEST.\($0.1).vtix" }
  }

  @Test("JSON parses, names its schema, and has the documented totals")
  func json() throws {
    let run = try CommandRun(["trace", "summarize", "samples", "--format", "json"])
    let summary = try run.json()
    let totals = try #require(summary["totals"] as? [String: Int])
    #expect(summary["schema"] as? String == "vestige.trace-summary/1")
    #expect(totals["executions"] == 2)
    #expect(totals["traces"] == 482)
    #expect(totals["spans"] == 6_531)
    #expect(totals["decisions"] == 3_170)
    #expect(totals["denied"] == 61)
    #expect(totals["records_read"] == 9_701)
    #expect(totals["records_refused"] == 0)
  }

  @Test("the same bytes in any time zone and locale, from the cache or not")
  func reproducible() throws {
    let commands = [
      ["trace", "summarize", "samples"], ["trace", "diff", "samples/baseline", "samples/incident"],
      ["policy", "generate", "samples"], ["trace", "query", "samples", "is:deny"],
    ]
    let home = TemporaryFolder()
    for command in commands {
      let first = try CommandRun(command, home: home)
      let elsewhere = try CommandRun(
        command, environment: ["TZ": "Asia/Tokyo", "LANG": "C", "LC_ALL": "C"])
      let cached = try CommandRun(
        command, home: home, environment: ["TZ": "America/Lima", "LANG": "de_DE.UTF-8"])
      #expect(first.output == elsewhere.output, "\(command)")
      #expect(first.output == cached.output, "\(command)")
      #expect(!first.output.isEmpty)
    }
  }

  @Test("no artifact is changed, and nothing is written beside one")
  func artifactsStay() throws {
    let folder = TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: CommandRun.packageRoot + "/samples", toPath: folder.file("samples"))
    let before = try CommandLineTests.contents(of: folder.file("samples"))
    for line in [
      "trace summarize samples", "trace diff samples/baseline samples/incident",
      "trace list samples --rebuild", "policy generate samples", "artifact inspect samples",
      "index build samples --rebuild", "index clean",
    ] {
      let status = try CommandRun(
        line.split(separator: " ").map(String.init), folder: folder.path
      ).status
      #expect(status == 0 || status == 1, "\(line)")
    }
    #expect(try CommandLineTests.contents(of: folder.file("samples")) == before)
  }

  private struct FileState: Equatable {
    let bytes: Data?
    let modified: Date?
  }

  /// All files and folders below a folder.
  private static func contents(of folder: String) throws -> [String: FileState] {
    var found: [String: FileState] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
      let file = folder + "/" + path
      let attributes = try FileManager.default.attributesOfItem(atPath: file)
      found[path] = FileState(
        bytes: FileManager.default.contents(atPath: file),
        modified: attributes[.modificationDate] as? Date)
    }
    return found
  }
}
