import Foundation
import TestSupport
import Testing
import TraceModel
import TraceReaders

@Suite("OTLP protobuf")
struct OTLPProtobufReaderTests {
  /// What a row says, whatever its artifact's format: offsets left out, attributes sorted.
  private func facts(_ batch: borrowing RecordBatch) -> [String] {
    var facts: [String] = []
    for (index, row) in batch.rows.elements.enumerated() where row.kind == .span {
      let first = Int(row.firstAttribute)
      var lines = batch.attributes[first..<first + Int(row.attributeCount)].map { attribute in
        let key = batch.keys[Int(attribute.key)]
        return
          "\(key.scope) \(batch.text(key.name)) \(attribute.type) \(batch.text(attribute.value))"
      }
      lines += batch.events.elements.filter { $0.row == UInt32(index) }
        .map { "event \($0.time) \(batch.text($0.name))" }
      lines += batch.links.elements.filter { $0.row == UInt32(index) }
        .map { "link \($0.trace) \($0.span)" }
      let resource = batch.resources[Int(row.resource)]
      let start = Int(resource.firstAttribute)
      let shared = batch.resourceAttributes[start..<start + Int(resource.attributeCount)]
      lines += shared.map { attribute in
        "\(batch.text(batch.keys[Int(attribute.key)].name)) \(batch.text(attribute.value))"
      }
      facts.append(
        "\(row.trace) \(row.span) \(row.parentSpan) \(row.start) \(row.duration) \(row.kind) "
          + "\(row.spanKind) \(row.status) \(row.marks.rawValue) \(batch.text(row.name)) "
          + "\(batch.text(row.service)) \(batch.text(row.message)) \(lines.sorted())")
    }
    return facts
  }

  @Test(
    "A protobuf artifact says what its JSON says, to the last attribute",
    arguments: [
      ("derived/otlp-pb/otel-tui.traces.pb", "otlp/otel-tui/test_data.json", 547),
      ("derived/otlp-pb/otel-tui.delimited.pb", "otlp/otel-tui/test_data.json", 547),
      (
        "derived/otlp-pb/nezha-tt-normal-0850.traces.pb",
        "derived/otlp-nezha/tt-0129-normal-0850.jsonl", 4_890
      ),
      (
        "derived/otlp-pb/nezha-tt-normal-0850.delimited.pb",
        "derived/otlp-nezha/tt-0129-normal-0850.jsonl", 4_890
      ),
      (
        "otlp/otel-flask/baseline/traces.otlp.pb", "otlp/otel-flask/baseline/traces.otlp.jsonl",
        4_325
      ),
      ("otlp/otel-flask/edge/edge.otlp.pb", "otlp/otel-flask/edge/edge.otlp.jsonl", 3),
    ])
  func sameAsJSON(_ pair: (protobuf: String, json: String, spans: Int)) throws {
    guard let protobuf = RealArtifacts.file(pair.protobuf), let json = RealArtifacts.file(pair.json)
    else { return }
    let bytes = Array(try Data(contentsOf: protobuf))
    let found = TraceReaders.reader(sniffing: bytes.span.bytes.extracting(first: 1 << 16))
    let reader = try #require(found)
    #expect(reader.descriptor.name == "otlp-protobuf")
    let batch = read(bytes, with: reader, chunk: 4096)
    #expect(batch.rows.elements.count { $0.kind == .span } == pair.spans)
    #expect(batch.artifacts[0].recordsRefused == 0)
    let text = Array(try Data(contentsOf: json))
    let foundForJSON = TraceReaders.reader(sniffing: text.span.bytes.extracting(first: 1 << 16))
    let jsonReader = try #require(foundForJSON)
    let expected = facts(read(text, with: jsonReader, chunk: 1 << 18))
    // One message has no order among its elements that its source has to keep.
    #expect(facts(batch).sorted() == expected.sorted())
  }

  @Test("Damage inside a frame costs what is in the frame, and the next one is read")
  func damagedFrame() throws {
    let whole = try fixture("otlp-frames.pb")
    let second = 4 + whole.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    let third = second + 4 + whole[second..<second + 4].reduce(0) { $0 << 8 | Int($1) }
    var damaged = whole
    // The length of the second frame's first field claims more than the frame has.
    damaged[second + 5] = 0xFF
    damaged[second + 6] = 0x7F
    let batch = read(damaged, with: OTLPProtobufReader.self, chunk: damaged.count)
    let intact = read(whole, with: OTLPProtobufReader.self, chunk: whole.count)
    let kept = intact.rows.elements.map(\.offset).filter {
      $0 < UInt64(second) || $0 > UInt64(third)
    }
    #expect(batch.rows.elements.map(\.offset) == kept)
    #expect(batch.artifacts[0].recordsRefused == 1)
    #expect(
      batch.tallies == [
        "malformed-protobuf a field claims more bytes than its message has": 1,
        "other-record a log record without a trace id": 1,
      ])
  }

  @Test("Whole numbers are written with all their digits", arguments: [0, 7, -1, .min, .max, -90])
  func integers(_ number: Int64) {
    var digits: [UInt8] = []
    var rest = UInt64(bitPattern: number)
    while rest > 0x7F {
      digits.append(UInt8(rest & 0x7F) | 0x80)
      rest >>= 7
    }
    digits.append(UInt8(rest))
    func message(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
      [number << 3 | 2, UInt8(content.count)] + content
    }
    let attribute = message(1, [0x6E]) + message(2, [0x18] + digits)
    var span: [UInt8] = message(1, [UInt8](repeating: 1, count: 16))
    span += message(2, [UInt8](repeating: 2, count: 8)) + [0x39, 1, 0, 0, 0, 0, 0, 0, 0]
    let bytes = message(1, message(2, message(2, span + message(9, attribute))))
    let batch = read(bytes, with: OTLPProtobufReader.self, chunk: bytes.count)
    #expect(batch.attributes.elements.map { batch.text($0.value) } == [String(number)])
    #expect(batch.attributes.elements.map(\.type) == [.integer])
  }

  @Test("Text that is not UTF-8, unknown fields and groups of any depth cost only themselves")
  func oddities() {
    let depth = 100_000
    // trace id, span id, name "a\xFF", start, field 99 as a group of groups.
    var span: [UInt8] = [0x0A, 16] + [UInt8](repeating: 1, count: 16) + [0x12, 8]
    span += [UInt8](repeating: 2, count: 8) + [0x2A, 2, 0x61, 0xFF]
    span += [0x39, 1, 0, 0, 0, 0, 0, 0, 0]
    for _ in 0..<depth { span += [0x9B, 0x06] }
    for _ in 0..<depth { span += [0x9C, 0x06] }
    func message(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
      var length = content.count
      var bytes = [number << 3 | 2]
      while length > 0x7F {
        bytes.append(UInt8(length & 0x7F) | 0x80)
        length >>= 7
      }
      return bytes + [UInt8(length)] + content
    }
    let bytes = message(1, message(2, message(2, span)))
    for chunk in [1 << 16, bytes.count] {
      let batch = read(bytes, with: OTLPProtobufReader.self, chunk: chunk)
      #expect(batch.rows.count == 1)
      #expect(batch.text(batch.rows[0].name) == "a\u{FFFD}")
      #expect(
        batch.tallies == [
          "replaced-value text that is not UTF-8, shown with U+FFFD": 1,
          "unknown-field span field 99": 1,
        ])
    }
  }

  @Test("What is not OTLP is not taken for it")
  func others() throws {
    let texts = ["", "{}", "\n\n\n\n\n\n", "0123456789", "\u{0A}\u{02}ab\u{0A}\u{02}cd"]
    for text in texts { #expect(!sniff(Array(text.utf8), with: OTLPProtobufReader.self)) }
    for file in RealArtifacts.files(below: "cloudtrail", "junit", "tricky", "jaeger", "zipkin") {
      let bytes = Array(try Data(contentsOf: file).prefix(1 << 16))
      #expect(!sniff(bytes, with: OTLPProtobufReader.self), "\(file.path)")
    }
  }
}
