import Foundation
import Ingestion
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("docs/formats/coverage.md") struct CoverageTests {
  @Test("says what becomes of every artifact that other systems wrote")
  func table() throws {
    guard let root = RealArtifacts.folder else {
      print("skipped: no folder shared/data beside the package")
      return
    }
    let home = TemporaryFolder()
    let cache = try IndexCache(folder: home.file("cache"), environment: [:])
    var rows: [Row] = []
    var others: [String: Int] = [:]
    for file in RealArtifacts.files(below: ".") {
      let path = String(file.path.dropFirst(root.path.count + 1))
        .replacing(/^\.\//, with: "")
      let found = try ArtifactFinder.everything(at: file.path)
      guard let source = found.executions.first else {
        let folder = path.split(separator: "/").prefix(2).joined(separator: "/")
        others[folder, default: 0] += 1
        continue
      }
      let indexes = try cache.executions(of: source)
      let artifacts = indexes.flatMap(\.artifacts)
      let reasons = indexes.flatMap { $0.diagnostics.kinds.map(\.code.rawValue) }
      rows.append(
        Row(
          path: path, format: artifacts.first?.format ?? "",
          read: indexes.reduce(0) { $0 + $1.totals.recordsRead },
          refused: indexes.reduce(0) { $0 + $1.totals.recordsRefused },
          skipped: indexes.reduce(0) { $0 + $1.totals.recordsSkipped },
          reasons: Set(reasons).sorted()))
    }
    #expect(rows.count > 250)
    try expectDocument(CoverageTests.document(rows, others), at: "docs/formats/coverage.md")
  }

  private struct Row {
    let path: String
    let format: String
    let read: UInt64
    let refused: UInt64
    let skipped: UInt64
    let reasons: [String]
  }

  private static func document(_ rows: [Row], _ others: [String: Int]) -> String {
    var text = """
      # Coverage

      What becomes of every file of a collection of artifacts that other systems wrote. A test writes this page, and fails when it is
      stale; the files are not part of the project. What the codes mean is in [index-format.md](../index-format.md).

      | format | files | records read | refused | skipped |
      |---|---:|---:|---:|---:|

      """
    for (format, group) in Dictionary(grouping: rows, by: \.format).sorted(by: { $0.key < $1.key })
    {
      let sums = [\Row.read, \Row.refused, \Row.skipped].map { column in
        String(group.reduce(0) { $0 + $1[keyPath: column] })
      }
      text += "| \(format) | \(group.count) | \(sums.joined(separator: " | ")) |\n"
    }
    text += "\n## Files\n\n| file | format | read | refused | skipped | noted |\n"
    text += "|---|---|---:|---:|---:|---|\n"
    for row in rows {
      let name = row.path.replacing("_", with: "\\_")
      text += "| \(name) | \(row.format) | \(row.read) | \(row.refused) | \(row.skipped) | "
      text += "\(row.reasons.joined(separator: ", ")) |\n"
    }
    text +=
      "\n## Files of no known format\n\nPolicies, sources, build files, inputs of parsers, tables; and one "
    text +=
      "log in an older shape of the emulator (`slog-legacy.jsonl`).\n\n| folder | files |\n|---|---:|\n"
    for (folder, count) in others.sorted(by: { $0.key < $1.key }) {
      text += "| \(folder.replacing("_", with: "\\_")) | \(count) |\n"
    }
    return text
  }

  /// Compares with the committed page, or writes it when golden files are recorded.
  private func expectDocument(_ text: String, at path: String) throws {
    let url = RealArtifacts.packageRoot.appending(path: path)
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
      try Data(text.utf8).write(to: url)
      return
    }
    let committed = try String(contentsOf: url, encoding: .utf8)
    #expect(
      committed == text, "stale: RECORD_GOLDEN=1 swift test --filter CoverageTests writes it anew")
  }
}
