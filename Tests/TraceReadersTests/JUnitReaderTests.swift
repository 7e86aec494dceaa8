import Foundation
import TestSupport
import Testing
import TraceModel
import TraceReaders

@Suite("JUnit XML")
struct JUnitReaderTests {
  @Test("No entity is ever resolved: a document that declares one is refused, and opens no file")
  func entities() throws {
    let secret = TemporaryFolder()
    try Data("the secret".utf8).write(to: URL(filePath: secret.file("secret.txt")))
    let probes = [
      "<!DOCTYPE t [<!ENTITY x SYSTEM \"file://\(secret.file("secret.txt"))\">]>",
      "<!DOCTYPE t [<!ENTITY % x SYSTEM \"file://\(secret.file("secret.txt"))\"> %x;]>",
      "<!DOCTYPE t [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\">]>",
    ]
    for probe in probes {
      let text = probe + "<testsuite name=\"s\"><testcase name=\"&x;\">&x;</testcase></testsuite>"
      #expect(sniff(Array(text.utf8), with: JUnitReader.self))
      let batch = read(text, with: JUnitReader.self)
      #expect(batch.rows.elements.isEmpty)
      #expect(batch.artifacts[0].recordsRefused == 1)
      #expect(
        batch.tallies.keys.sorted() == [
          "malformed-xml the document declares entities, which are never resolved"
        ])
    }
    // A reference to an external subset is not followed; the report itself is read.
    let external =
      "<!DOCTYPE testsuite SYSTEM \"file://\(secret.file("secret.txt"))\">"
      + "<testsuite name=\"s\"><testcase name=\"c\"/></testsuite>"
    #expect(read(external, with: JUnitReader.self).rows.count == 2)
  }

  @Test("Times without a zone are UTC, and cases without a time follow each other")
  func times() throws {
    let batch = read(
      try String(decoding: fixture("junit.xml"), as: UTF8.self), with: JUnitReader.self)
    let names = batch.rows.elements.map { batch.text($0.name) }
    let base = 1_772_442_000_000_000_000  // 2026-03-02T09:00:00Z
    let starts = Dictionary(zip(names, batch.rows.elements.map { Int($0.start) - base })) {
      first, _ in first
    }
    #expect(starts["orders"] == 0)
    #expect(starts["pays"] == 0)
    #expect(starts["refuses <bad> cards"] == 500_000_000)
    #expect(starts["times out"] == 1_000_750_000_000)
    // 10:00:00.5+01:00
    #expect(starts["flaky"] == 500_000_000)
    #expect(batch.rows.elements.filter { $0.marks.contains(.endMissing) }.count == 2)
  }

  @Test("Real reports have as many cases and suites as Python's parser finds")
  func realReports() throws {
    let files = RealArtifacts.files(below: "junit").filter { $0.pathExtension == "xml" }
    guard !files.isEmpty else { return }
    let script = RealArtifacts.packageRoot
      .appending(path: "Tests/CommandLineTests/Independent/count_junit.py")
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", script.path] + files.map(\.path)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      print("skipped: no python3")
      return
    }
    let counts = try JSONDecoder().decode([String: [String: Int]].self, from: output)
    var cases = 0
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      let expected = try #require(counts[file.path])
      let isReport = sniff(bytes, with: JUnitReader.self)
      #expect(isReport == (expected["is_report"] == 1), "\(file.path)")
      guard isReport else { continue }
      let batch = read(bytes, with: JUnitReader.self, chunk: bytes.count)
      #expect(batch.artifacts[0].recordsRefused == UInt64(expected["damaged", default: 0]))
      #expect(batch.rows.count == expected["records"], "\(file.path)")
      #expect(
        batch.rows.elements.count { $0.status == .error } == expected["failed"], "\(file.path)")
      cases += batch.rows.count
    }
    #expect(cases > 500)
  }
}
