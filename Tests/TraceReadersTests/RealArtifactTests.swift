import Foundation
import TestSupport
import Testing
import TraceModel
import TraceReaders

/// What the independent counter says about one file.
private struct Count: Decodable {
  let format: String
  let spans: Int
  let decisions: Int
  let logs: Int
  let refused: UInt64
  let skipped: UInt64
  let damaged: Int
}

@Suite("Artifacts of other systems")
struct RealArtifactTests {
  @Test("The readers find as many records as an independent counter")
  func counts() throws {
    let files = RealArtifacts.files(
      below: "otlp", "derived/otlp-nezha", "authz", "derived/authz-from-gcp", "jaeger", "zipkin",
      "multirun"
    ).filter { [".json", ".jsonl", ".txt"].contains("." + $0.pathExtension) }
    guard !files.isEmpty, let counts = try runCounter("count_records.py", on: files, as: Count.self)
    else { return }
    var total = 0
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      let expected = try #require(counts[file.path])
      let name = file.lastPathComponent
      guard let reader = TraceReaders.reader(sniffing: bytes.span.bytes.extracting(first: 1 << 16))
      else {
        #expect(expected.spans + expected.decisions + expected.logs == 0, "\(name) is not known")
        continue
      }
      let batch = read(bytes, with: reader, chunk: 1 << 16)
      let artifact = batch.artifacts[0]
      #expect(artifact.format == expected.format, "\(name)")
      #expect(batch.rows.elements.count { $0.kind == .span } == expected.spans, "\(name)")
      #expect(batch.rows.elements.count { $0.kind == .decision } == expected.decisions, "\(name)")
      #expect(batch.rows.elements.count { $0.kind == .log } == expected.logs, "\(name)")
      #expect(artifact.recordsRefused == expected.refused, "\(name)")
      #expect(artifact.recordsSkipped == expected.skipped, "\(name)")
      #expect(expected.damaged == 0, "\(name) is no yardstick")
      total += batch.rows.count
    }
    #expect(total > 44_000)
  }

  @Test("Nothing in them is unknown or ambiguous but what is listed here")
  func diagnostics() throws {
    let files = RealArtifacts.files(below: "otlp", "authz", "jaeger", "zipkin", "multirun").filter {
      $0.pathExtension.hasPrefix("json")
    }
    var found: Set<String> = []
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      guard let reader = TraceReaders.reader(sniffing: bytes.span.bytes.extracting(first: 1 << 16))
      else { continue }
      found.formUnion(read(bytes, with: reader, chunk: 1 << 20).tallies.keys)
    }
    let known: Set<String> = [
      "other-record a log record without a trace id", "other-record a warning about a whole trace",
      "other-record metrics or profiles",
      "replaced-value span.endTimeUnixNano", "replaced-value span.kind",
      "replaced-value span.startTimeUnixNano", "unknown-field document._comment",
      "unknown-field document.id", "unknown-field document.state",
      "unknown-field document.testing",
    ]
    #expect(files.isEmpty || found == known)
  }
}
