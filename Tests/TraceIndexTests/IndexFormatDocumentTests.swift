import Foundation
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("docs/index-format.md") struct IndexFormatDocumentTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  private static func document() throws -> String {
    let path = folder.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("docs/index-format.md")
    return try String(contentsOf: path, encoding: .utf8)
  }

  /// The lines of the tables that have this many columns, split into cells.
  private static func rows(columns: Int) throws -> [[String]] {
    try document().split(separator: "\n").filter { $0.hasPrefix("| ") }
      .map { line in
        line.dropFirst().dropLast().split(separator: "|")
          .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
      }
      .filter { $0.count == columns }
  }

  @Test("lists every section with its id, name, element and meaning, and no other")
  func sections() throws {
    let listed = try IndexFormatDocumentTests.rows(columns: 4).filter { UInt32($0[0]) != nil }
    let expected = indexSchema.map {
      ["\($0.section.rawValue)", $0.name, $0.element.rawValue, $0.meaning]
    }
    #expect(Set(listed) == Set(expected))
    #expect(listed.count == expected.count)
  }

  @Test("keeps sections of one group together")
  func groups() throws {
    let ids = try IndexFormatDocumentTests.rows(columns: 4).compactMap { UInt32($0[0]) }
    let groups = ids.compactMap { id in
      indexSchema.first { $0.section.rawValue == id }?.group.rawValue
    }
    var runs: [String] = []
    for group in groups where runs.last != group { runs.append(group) }
    #expect(runs.count == Set(runs).count)
  }

  @Test("lists every diagnostic code with its severity and meaning")
  func diagnosticCodes() throws {
    let listed = try IndexFormatDocumentTests.rows(columns: 3)
    for code in DiagnosticCode.allCases {
      #expect(listed.contains([code.rawValue, "\(code.severity)", code.meaning]))
    }
  }

  @Test("names the version that is written")
  func version() throws {
    let document = try IndexFormatDocumentTests.document()
    #expect(document.hasPrefix("# The index file, format \(IndexFormat.version)\n"))
    #expect(document.contains("this file: \(IndexFormat.oldestReader) |"))
  }

  @Test("gives digests of the program")
  func digests() throws {
    let inputs: [(String, [UInt8])] = [
      ("nothing", []), ("the bytes of `abc`", Array("abc".utf8)),
      ("the 33 bytes 0, 1, … 32", Array(0...32)),
    ]
    let document = try IndexFormatDocumentTests.document()
    for (name, bytes) in inputs {
      let digest = hexadecimal(ContentDigest.of(bytes.span.bytes), digits: 16)
      #expect(document.contains("| \(name) | `\(digest)` |"))
    }
  }

  @Test("is enough for a stranger: a reader in Python written from it reads what the program reads")
  func independentReader() throws {
    var builder = TraceBuilder(artifact: "überblick.jsonl")
    builder.span("root", id: 1, for: 100, attributes: ["http.method": "POST", "code": "500"])
    builder.span("child ✗", id: 2, parent: 1, at: 3, for: 20, status: .error)
    builder.event("exception", at: 4)
    builder.decision(.deny, "user:a", "secrets.access", on: "s", in: 1, span: 2, at: 5)
    builder.span("other", in: 9, id: 3, at: -50, attributes: ["code": "200"])
    builder.decision(.allow, "user:b", "secrets.access", on: "s", at: 1)
    builder.batch.artifacts[0].schemaVersions = ["1.0", "1.1"]
    builder.batch.diagnostics.add(
      Diagnostic(.unknownField, artifact: 0, offset: 7, detail: "colour"), times: 3)
    let folder = TemporaryFolder()
    let path = folder.file("test.vtix")
    try IndexBuilder.write(builder.batch, name: "test", to: path)
    let expected = try IndexFormatDocumentTests.listing(of: TraceIndex.open(path: path))
    guard let output = try IndexFormatDocumentTests.python("read_index.py", path) else { return }
    #expect(output == expected)
  }

  /// What the program reads, in the words of the independent reader.
  private static func listing(of index: TraceIndex) -> String {
    let totals = index.totals
    var lines = [
      "name \(index.name)", "traces \(totals.traces)", "spans \(totals.spans)",
      "decisions \(totals.decisions)", "logs \(totals.logs)", "errors \(totals.errors)",
      "allowed \(totals.allowed)", "denied \(totals.denied)",
      "decision_errors \(totals.decisionErrors)", "records_read \(totals.recordsRead)",
      "records_refused \(totals.recordsRefused)", "records_skipped \(totals.recordsSkipped)",
      "start \(totals.start) end \(totals.end)",
    ]
    for artifact in index.artifacts {
      lines.append(
        "artifact \(artifact.path) \(artifact.size) \(hexadecimal(artifact.digest, digits: 16)) "
          + "\(artifact.format) \(artifact.schemaVersions.joined(separator: ",")) "
          + "\(artifact.recordsRead) \(artifact.recordsRefused) \(artifact.recordsSkipped)")
    }
    for kind in index.diagnostics.kinds {
      guard let tally = index.diagnostics.tallies[kind] else { continue }
      lines.append(
        "diagnostic \(kind.artifact) \(kind.code.rawValue) \(kind.detail) \(tally.count) "
          + "\(tally.firstOffset)")
    }
    for row in 0..<min(index.rowCount, 10) {
      let parent = index.parent(row).map(String.init) ?? "-"
      lines.append(
        "\(row) \(index.kind(row).name) \(index.start(row)) \(index.duration(row)) "
          + "\(index.depth(row)) \(parent) \(index.outcome(row).name) "
          + "\(index.string(index.name(row))) \(index.string(index.principal(row)))")
    }
    for (ordinal, key) in index.attributeKeys.enumerated() {
      let first = index.withPostings(ofKey: ordinal) { StringID($0.values[0]) }
      lines.append(
        "key \(key.scope.rawValue) \(index.string(key.name)) \(key.count) \(index.string(first))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The output of a script beside this file; nil, with a printed reason, without Python.
  private static func python(_ script: String, _ argument: String) throws -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-B", folder.appendingPathComponent("Independent/" + script).path, argument,
    ]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus != 127 else {
      print("skipped: python3 is not installed")
      return nil
    }
    #expect(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
  }
}
