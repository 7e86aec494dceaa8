import Foundation
import PolicyAnalysis
import TestSupport
import Testing

/// The document is the same whatever order files are given and events are written in; only the
/// digests of files whose events are in another order differ, which the document names.
@Suite("Documents do not depend on the order of what is read") struct OrderTests {
  private static let data = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data").standardizedFileURL.path

  private struct Recording {
    let dialect: PolicyDialect
    let folder: String
    /// Whether files are given one by one, or as the folder that they are in.
    let isFolder: Bool
  }

  private static let recordings: [(PolicyDialect, String, Bool)] = [
    (.emulator, "authz/gcp-iam-emulator/outage-permissive", false),
    (.emulator, "authz/gcp-iam-emulator/before", true),
    (.gcp, "authz/gcp-iam-emulator/outage-permissive", false),
    (.gcp, "authz/gcp-iam-emulator/after", true),
    (.cedar, "authz/gcp-iam-emulator/trace-output-flag-plus-env", false),
    (.cedar, "authz/gcp-iam-emulator/before", true),
    (.aws, "cloudtrail/stratus-red-team", false), (.aws, "cloudtrail/cloud-custodian", true),
    (.aws, "cloudtrail/trailscraper", true), (.aws, "cloudtrail/plaso", true),
    (.kubernetes, "k8s/kube-apiserver/before", true), (.kubernetes, "k8s/falco", false),
  ]

  @Test("files and events in another order give the same bytes", arguments: recordings)
  func order(dialect: PolicyDialect, folder: String, isFolder: Bool) throws {
    let source = OrderTests.data + "/" + folder
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: source)) ?? []).sorted()
      .filter { $0.hasSuffix(".json") || $0.hasSuffix(".jsonl") || $0.hasSuffix(".log") }
    guard !names.isEmpty else {
      print("skipped: no recording in \(source)")
      return
    }
    var dice = Dice(seed: 0x0DDE)
    var expected: [Rung: GeneratedPolicy] = [:]
    for round in 0..<3 {
      let copy = TemporaryFolder()
      var differ = 0
      for name in names {
        let data = try Data(contentsOf: URL(filePath: source + "/" + name))
        let same = try OrderTests.reordered(data) { $0 }
        let new = round == 0 ? same : try OrderTests.reordered(data) { $0.shuffled(using: &dice) }
        if new != same { differ += 1 }
        try new.write(to: URL(filePath: copy.file(name)))
      }
      // Files with one event each can only change places.
      #expect(round == 0 || differ > 0 || names.count > 1)
      let files = round == 0 ? names : names.shuffled(using: &dice)
      let given = isFolder ? [copy.path] : files.map { copy.file($0) }
      let indexes = try given.flatMap { try Trail.ingest($0) }
      for rung in [Rung.exact, dialect.rungs.last ?? .exact] {
        var request = PolicyRequest(dialect: dialect, paths: isFolder ? ["run"] : files)
        request.generalization = Generalization(rung)
        request.generalization.includesSensitive = rung != .exact
        let policy = try PolicyGenerator.generate(from: indexes, request)
        guard let first = expected[rung] else {
          expected[rung] = policy
          #expect(!policy.statements.isEmpty)
          continue
        }
        #expect(OrderTests.plain(policy.document) == OrderTests.plain(first.document))
        #expect(policy.files.map(\.name) == first.files.map(\.name))
        #expect(
          policy.files.map { OrderTests.plain($0.text) }
            == first.files.map { OrderTests.plain($0.text) })
      }
    }
  }

  /// The events of a file, one a line or in a list named `Records`, in another order.
  private static func reordered(_ data: Data, _ order: ([Data]) -> [Data]) throws -> Data {
    if let tree = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
      let records = tree["Records"] as? [Any]
    {
      let texts = try records.map {
        try JSONSerialization.data(withJSONObject: $0, options: [.sortedKeys])
      }
      return Data("{\"Records\":[".utf8) + Data(order(texts).joined(separator: Data(",".utf8)))
        + Data("]}".utf8)
    }
    // Several lines that are one document stay as they are.
    let lines = data.split(separator: UInt8(ascii: "\n")).map { Data($0) }
    let areEvents = lines.allSatisfy {
      $0.first == UInt8(ascii: "{") && $0.last == UInt8(ascii: "}")
    }
    return areEvents
      ? Data(order(lines).joined(separator: Data("\n".utf8))) + Data("\n".utf8) : data
  }

  /// A document without the digests of files and the folder that they were in.
  private static func plain(_ text: String) -> String {
    text.replacing(/(digest"?:? "?)[0-9a-f]{16}/) { $0.output.1 + "…" }
      .replacing(/From \S+,/) { _ in "From run," }
      .replacing(/"name": "[^"]*"/) { _ in "" }
  }
}
