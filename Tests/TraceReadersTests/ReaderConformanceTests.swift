import Foundation
import TestSupport
import Testing
import TraceModel
import TraceReaders

/// The fixtures that every reader is held to.
///
/// A new reader joins by a line here, and by a golden file `Fixtures/NAME.txt` that says what its
/// fixture's records are.
private let textFixtures: [Fixture] = [
  Fixture("authz-event", "authz-event.jsonl"),
  Fixture("authz-event", "authz-event-damaged.jsonl"),
  Fixture("cloudtrail", "cloudtrail-log.json"),
  Fixture("cloudtrail", "cloudtrail-compact.json"),
  Fixture("cloudtrail", "cloudtrail-damaged.jsonl"),
  Fixture("kubernetes-audit", "kubernetes-audit.jsonl"),
  Fixture("kubernetes-audit", "kubernetes-audit-list.json"),
  Fixture("kubernetes-audit", "kubernetes-audit-damaged.jsonl"),
  Fixture("kubernetes-audit", "kubernetes-audit-stages.jsonl", mergesRecords: true),
  Fixture("gcp-audit", "gcp-audit.jsonl"),
  Fixture("gcp-audit", "gcp-audit-entries.json"),
  Fixture("gcp-audit", "gcp-audit-damaged.jsonl"),
  Fixture("otlp-json", "otlp-lines.jsonl"),
  Fixture("otlp-json", "otlp-pretty.json"),
  Fixture("otlp-json", "otlp-snake-late.json"),
  Fixture("otlp-json", "otlp-old-names.json"),
  Fixture("otlp-json", "otlp-element.json"),
  Fixture("otlp-json", "otlp-damaged.jsonl"),
  Fixture("jaeger-json", "jaeger-query.json"),
  Fixture("jaeger-json", "jaeger-page.json"),
  Fixture("jaeger-json", "jaeger-damaged.jsonl"),
  Fixture("zipkin-json", "zipkin-v2.json"),
  Fixture("zipkin-json", "zipkin-v1.json"),
  Fixture("zipkin-json", "zipkin-lines.jsonl"),
  Fixture("zipkin-json", "zipkin-damaged.jsonl"),
  Fixture("junit-xml", "junit.xml"),
  Fixture("junit-xml", "junit-entities.xml"),
]

/// Fixtures that are no text: a byte-order mark and JSON mean nothing in them.
private let binaryFixtures: [Fixture] = [
  Fixture("otlp-protobuf", "otlp-message.pb"),
  Fixture("otlp-protobuf", "otlp-delimited.pb"),
  Fixture("otlp-protobuf", "otlp-frames.pb"),
]

private let fixtures = textFixtures + binaryFixtures

struct Fixture: Sendable, CustomTestStringConvertible {
  let format: String
  let name: String
  /// Later records of the artifact take the place of earlier ones in their rows.
  let mergesRecords: Bool

  init(_ format: String, _ name: String, mergesRecords: Bool = false) {
    self.format = format
    self.name = name
    self.mergesRecords = mergesRecords
  }

  var testDescription: String { name }

  func reader() throws -> any TraceReader.Type {
    try #require(TraceReaders.all.first { $0.descriptor.name == format })
  }
}

@Suite("Every reader")
struct ReaderConformanceTests {
  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  @Test("Every reader has a fixture, and names are unique")
  func registry() {
    let names = TraceReaders.all.map { $0.descriptor.name }
    #expect(Set(names).count == names.count)
    #expect(Set(fixtures.map(\.format)) == Set(names))
  }

  @Test("An artifact is recognised by its own reader alone", arguments: fixtures)
  func sniffing(_ fixture: Fixture) throws {
    let bytes = try TraceReadersTests.fixture(fixture.name)
    let takers = TraceReaders.all.filter { sniff(bytes, with: $0) }
    #expect(takers.map { $0.descriptor.name } == [fixture.format])
    let taker = TraceReaders.reader(sniffing: bytes.span.bytes)
    #expect(taker?.descriptor.name == fixture.format)
  }

  @Test("The records are these", arguments: fixtures)
  func golden(_ fixture: Fixture) throws {
    let bytes = try TraceReadersTests.fixture(fixture.name)
    let batch = read(bytes, with: try fixture.reader(), chunk: bytes.count)
    expectGolden(BatchText(batch).text, named: fixture.name + ".txt", in: "Fixtures")
  }

  @Test("The records do not depend on where the bytes are cut", arguments: fixtures)
  func chunks(_ fixture: Fixture) throws {
    let bytes = try TraceReadersTests.fixture(fixture.name)
    let reader = try fixture.reader()
    let whole = BatchText(read(bytes, with: reader, chunk: bytes.count)).lines
    for chunk in [1, 7, 100, 4096] {
      let pieces = BatchText(read(bytes, with: reader, chunk: chunk)).lines
      #expect(pieces == whole, "chunks of \(chunk) bytes")
    }
  }

  @Test("A byte-order mark is passed over", arguments: textFixtures)
  func byteOrderMark(_ fixture: Fixture) throws {
    let bytes = try TraceReadersTests.fixture(fixture.name)
    let bare = bytes.starts(with: Self.mark) ? Array(bytes.dropFirst(3)) : bytes
    let reader = try fixture.reader()
    #expect(sniff(Self.mark + bare, with: reader))
    let without = read(bare, with: reader, chunk: bytes.count)
    for chunk in [1, 4096] {
      let with = read(Self.mark + bare, with: reader, chunk: chunk)
      #expect(with.rows.elements.map(\.offset) == without.rows.elements.map { $0.offset + 3 })
      #expect(with.artifacts == without.artifacts)
    }
  }

  /// Every place in a small fixture, some 400 places in a large one.
  private func samples(of bytes: [UInt8]) -> StrideTo<Int> {
    stride(from: 0, to: bytes.count, by: bytes.count / 400 + 1)
  }

  @Test("Cut at any byte, what comes before the cut record stays", arguments: fixtures)
  func truncation(_ fixture: Fixture) throws {
    let bytes = try TraceReadersTests.fixture(fixture.name)
    let reader = try fixture.reader()
    let whole = read(bytes, with: reader, chunk: bytes.count)
    for length in samples(of: bytes) {
      let cut = read(Array(bytes[..<length]), with: reader, chunk: length + 1)
      let kept = whole.rows.elements.filter { $0.offset + UInt64($0.length) <= UInt64(length) }
      if fixture.mergesRecords {
        let offsets = Set(cut.rows.elements.map(\.offset))
        #expect(offsets.isSuperset(of: kept.map(\.offset)), "cut at \(length)")
      } else {
        #expect(cut.rows.elements.map(\.offset) == kept.map(\.offset), "cut at \(length)")
        #expect(cut.artifacts[0].recordsRead == UInt64(kept.count))
      }
      checkRanges(cut)
    }
  }

  @Test("No changed byte makes a reader trap or point beyond its batch", arguments: fixtures)
  func mutation(_ fixture: Fixture) throws {
    let bytes = try TraceReadersTests.fixture(fixture.name)
    let reader = try fixture.reader()
    let bad: [UInt8] = [0x00, 0x22, 0x5C, 0x7B, 0x7D, 0x2C, 0x0A, 0x39, 0xFF, 0x5D, 0x2D]
    for position in samples(of: bytes) {
      var changed = bytes
      changed[position] = bad[position % bad.count]
      checkRanges(read(changed, with: reader, chunk: bytes.count))
    }
  }

  @Test("Nesting of any depth is passed over where it is not wanted", arguments: textFixtures)
  func depth(_ fixture: Fixture) throws {
    let bytes = try TraceReadersTests.fixture(fixture.name)
    let depth = 100_000
    let nested =
      "\n{\"event_type\":" + String(repeating: "[", count: depth)
      + String(repeating: "]", count: depth) + ",\"surprise\":"
      + String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
      + "}\n"
    let reader = try fixture.reader()
    let batch = read(bytes + Array(nested.utf8), with: reader, chunk: 1 << 20)
    let plain = read(bytes, with: reader, chunk: 1 << 20)
    #expect(batch.rows.count == plain.rows.count)
    let open = read(
      Array(String(repeating: "[{\"a\":", count: depth).utf8), with: reader, chunk: 1 << 18)
    #expect(open.artifacts[0].recordsRefused == 1)
  }

  private func checkRanges(_ batch: borrowing RecordBatch) {
    let artifact = batch.artifacts[0]
    var next = 0
    for row in batch.rows.elements.sorted(by: { $0.firstAttribute < $1.firstAttribute }) {
      if Int(row.firstAttribute) < next { Issue.record("attributes overlap") }
      next = Int(row.firstAttribute) + Int(row.attributeCount)
      let hasResource = row.resource != RecordBatch.noResource
      if hasResource && Int(row.resource) >= batch.resources.elements.count {
        Issue.record("resource beyond the batch")
      }
      if row.duration < 0 { Issue.record("negative duration") }
    }
    if next > batch.attributes.elements.count { Issue.record("attributes beyond the batch") }
    for attribute in batch.attributes.elements + batch.resourceAttributes.elements
    where Int(attribute.key) >= batch.keys.count
      || Int(attribute.value.value) >= batch.strings.count
    {
      Issue.record("key or value beyond the batch")
    }
    for event in batch.events.elements where Int(event.row) >= batch.rows.elements.count {
      Issue.record("event of no row")
    }
    for link in batch.links.elements where Int(link.row) >= batch.rows.elements.count {
      Issue.record("link of no row")
    }
    if artifact.recordsRead != UInt64(batch.rows.count) { Issue.record("rows miscounted") }
  }
}
