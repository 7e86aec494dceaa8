import Foundation
import TestSupport
import Testing
import TraceIndex
import TraceModel

/// Runs of the emulator stack that were recorded, where they are at hand.
///
/// Read here by Foundation and not by the program's reader, so that these tests stand alone.
enum Recordings {
  static let names = ["before", "after", "outage-permissive", "trace-output-flag-plus-env"]

  static let data = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data").standardizedFileURL.path

  static let folder = data + "/authz/gcp-iam-emulator"

  /// The recording's files of events, ascending; nil, with a printed reason, when there are none.
  static func files(_ name: String) -> [String]? {
    let folder = folder + "/" + name
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let events = files.filter { $0.hasSuffix("authz.jsonl") }.sorted()
    if events.isEmpty { print("skipped: no recording in \(folder)") }
    return events.isEmpty ? nil : events.map { folder + "/" + $0 }
  }

  /// The recording as an execution; nil, with a printed reason, when there is none.
  static func index(_ name: String) throws -> TraceIndex? {
    guard files(name) != nil else { return nil }
    if read[name] == nil { Issue.record("\(name) cannot be read") }
    return read[name]
  }

  /// All recordings that are there; each test reads them, and reading takes a second.
  private static let read: [String: TraceIndex] = Dictionary(
    uniqueKeysWithValues: names.compactMap { name in
      guard let files = files(name), let index = try? index(files: files, name: name)
      else { return nil }
      return (name, index)
    })

  /// The decisions of some files of events, one a line.
  static func index(files: [String], name: String) throws -> TraceIndex {
    var batch = RecordBatch()
    for file in files {
      let data = try Data(contentsOf: URL(filePath: file))
      var artifact = ArtifactRecord(path: URL(filePath: file).lastPathComponent)
      artifact.size = UInt64(data.count)
      artifact.digest = Array(data).withUnsafeBytes { unsafe ContentDigest.of($0.bytes) }
      let number = UInt32(batch.artifacts.count)
      var offset = 0
      for line in data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        defer { offset += line.count + 1 }
        guard var row = try row(of: line, into: &batch) else { continue }
        row.artifact = number
        row.offset = UInt64(offset)
        row.length = UInt32(line.count)
        batch.rows.append(row)
        artifact.recordsRead += 1
      }
      batch.artifacts.append(artifact)
    }
    let folder = TemporaryFolder()
    try IndexBuilder.write(batch, name: name, to: folder.file("index"))
    return try TraceIndex.open(path: folder.file("index"))
  }

  private static func row(of line: Data, into batch: inout RecordBatch) throws -> RecordRow? {
    guard !line.isEmpty,
      let event = try JSONSerialization.jsonObject(with: line) as? [String: Any],
      let kind = event["event_type"] as? String
    else { return nil }
    func text(_ object: String, _ field: String) -> StringID {
      let value = (event[object] as? [String: Any])?[field] as? String
      return batch.strings.intern(value ?? "")
    }
    var row = RecordRow()
    row.kind = .decision
    row.principal = text("actor", "principal")
    row.permission = text("action", "permission")
    row.target = text("target", "resource")
    row.reason = text("decision", "reason")
    row.evaluator = text("decision", "evaluated_by")
    row.message = text("error", "message")
    let outcomes: [StringID: Outcome] = [
      batch.strings.intern("ALLOW"): .allow, batch.strings.intern("DENY"): .deny,
    ]
    row.outcome = kind == "authz_error" ? .error : outcomes[text("decision", "outcome")] ?? .unknown
    row.start = try Timestamp.nanoseconds(
      rfc3339: Array((event["timestamp"] as? String ?? "").utf8).span.bytes)
    let mode = text("environment", "mode")
    if !mode.isEmpty {
      row.firstAttribute = UInt32(batch.attributes.count)
      row.attributeCount = 1
      batch.attributes.append(
        RecordAttribute(
          key: batch.key(.authz, batch.strings.intern("mode")), value: mode, type: .string))
    }
    return row
  }
}

/// Programs written apart from this one, in Python, that say what a policy means.
enum Python {
  /// What a program printed, and its exit status; nil, with a printed reason, when Python or a
  /// module that it needs is not there.
  static func run(_ arguments: [String], input: Data? = nil) throws -> (
    output: Data, status: Int32
  )? {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let output = Pipe()
    process.standardOutput = output
    let folder = TemporaryFolder()
    if let input {
      try input.write(to: URL(filePath: folder.file("input")))
      process.standardInput = try FileHandle(forReadingFrom: URL(filePath: folder.file("input")))
    }
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard ![77, 127].contains(process.terminationStatus) else {
      print("skipped: python3 or one of its modules is missing")
      return nil
    }
    return (data, process.terminationStatus)
  }

  static func program(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Independent/" + name).path
  }
}
