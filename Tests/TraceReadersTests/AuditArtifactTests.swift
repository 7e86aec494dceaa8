import Foundation
import TestSupport
import Testing
import TraceModel
import TraceReaders

/// What the independent counter says about one file.
private struct Count: Decodable {
  let format: String
  let decisions: Int
  let refused: UInt64
  let skipped: UInt64
  let outcomes: [String: Int]
  let principals: Int
}

@Suite("Audit logs of other systems")
struct AuditArtifactTests {
  private static func files() -> [URL] {
    RealArtifacts.files(below: "cloudtrail", "k8s", "gcp", "derived/k8s-hkerma").filter {
      !["gz", "yaml"].contains($0.pathExtension)
    }
  }

  private func reader(of bytes: [UInt8]) -> (any TraceReader.Type)? {
    TraceReaders.reader(sniffing: bytes.span.bytes.extracting(first: 1 << 16))
  }

  @Test("The readers find the decisions that an independent counter finds, with their outcomes")
  func counts() throws {
    let files = Self.files()
    guard !files.isEmpty,
      let counts = try runCounter("count_audit_records.py", on: files, as: Count.self)
    else { return }
    var total = 0
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      let expected = try #require(counts[file.path])
      let name = Comment(rawValue: file.lastPathComponent)
      guard let reader = reader(of: bytes) else {
        #expect(expected.format == "", name)
        continue
      }
      let batch = read(bytes, with: reader, chunk: 1 << 16)
      let artifact = batch.artifacts[0]
      #expect(artifact.format == expected.format, name)
      #expect(artifact.recordsRead == UInt64(expected.decisions), name)
      #expect(batch.rows.count == expected.decisions, name)
      #expect(artifact.recordsRefused == expected.refused, name)
      #expect(artifact.recordsSkipped == expected.skipped, name)
      let outcomes = Dictionary(grouping: batch.rows.elements, by: \.outcome.name).mapValues(
        \.count)
      #expect(outcomes == expected.outcomes, name)
      #expect(Set(batch.rows.elements.map(\.principal)).count == expected.principals, name)
      total += batch.rows.count
    }
    #expect(total > 13_000)
  }

  @Test("Nothing in them is unknown or ambiguous but what is listed here")
  func diagnostics() throws {
    let files = Self.files()
    var found: Set<String> = []
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      guard let reader = reader(of: bytes) else { continue }
      found.formUnion(read(bytes, with: reader, chunk: 1 << 20).tallies.keys)
    }
    let known: Set<String> = [
      "other-record another stage of a request that is one decision",
      "other-record an object without protoPayload", "unknown-field debug",
    ]
    #expect(files.isEmpty || found == known, "\(found.sorted())")
  }

  @Test("Every row of them has a time, a service and a name; every allowed one a permission")
  func columns() throws {
    for file in Self.files() {
      let bytes = Array(try Data(contentsOf: file))
      guard let reader = reader(of: bytes) else { continue }
      let batch = read(bytes, with: reader, chunk: 1 << 20)
      for row in batch.rows.elements {
        let place = Comment(rawValue: "\(file.lastPathComponent) at \(row.offset)")
        #expect(!row.service.isEmpty && !row.name.isEmpty, place)
        #expect(row.outcome != .none, place)
        if row.outcome == .allow { #expect(!row.permission.isEmpty, place) }
      }
    }
  }
}
