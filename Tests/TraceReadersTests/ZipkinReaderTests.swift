import Testing
import TraceModel
import TraceReaders

@Suite("Zipkin reader")
struct ZipkinReaderTests {
  private func read(_ text: String) -> RecordBatch {
    TraceReadersTests.read(text, with: ZipkinReader.self)
  }

  /// A span that has these fields.
  private func read(span fields: String) -> RecordBatch {
    read("[{\"traceId\":\"1\",\"id\":\"2\",\(fields)}]")
  }

  @Test("Spans stand alone, in lists, and in lists of lists")
  func shapes() {
    let span = #"{"traceId":"1","id":"2"}"#
    for text in [
      "\(span)\n\(span)", "[\(span),\(span)]", "[[\(span)],[],[\(span)]]", "[\(span)]\n[[\(span)]]",
      "\(span)\(span)", "[[\(span)],\(span)]",
    ] {
      let batch = read(text)
      #expect(batch.rows.count == 2, "\(text)")
      #expect(batch.tallies.isEmpty, "\(text)")
    }
  }

  @Test("Times are microseconds; zero stands for nothing, and what is missing is marked")
  func times() {
    let cases: [(fields: String, start: Int64, duration: Int64, marks: RowMarks)] = [
      (#""timestamp":1000,"duration":5"#, 1_000_000, 5_000, []),
      (#""timestamp":"1000","duration":"5""#, 1_000_000, 5_000, []),
      (#""timestamp":0,"duration":0"#, 0, 0, [.timeMissing, .endMissing]),
      (#""duration":5"#, 0, 5_000, .timeMissing),
      (#""timestamp":7,"duration":null"#, 7_000, 0, .endMissing),
      (#""timestamp":9223372036854775,"duration":9e18"#, 9_223_372_036_854_775_000, 807, []),
    ]
    for (fields, start, duration, marks) in cases {
      let batch = read(span: fields)
      #expect(batch.rows.elements.map(\.start) == [start], "\(fields)")
      #expect(batch.rows.elements.map(\.duration) == [duration], "\(fields)")
      #expect(batch.rows.elements.map(\.marks) == [marks], "\(fields)")
    }
  }

  @Test("A version 1 span without times has those of its annotations")
  func annotatedTimes() {
    let cases: [(annotations: [(String, Int)], start: Int64, duration: Int64, marks: RowMarks)] = [
      ([("cs", 10), ("sr", 12), ("ss", 17), ("cr", 20)], 10_000, 10_000, []),
      ([("ss", 17), ("sr", 12)], 12_000, 5_000, []),
      ([("cs", 20), ("cr", 10)], 20_000, 0, .endBeforeStart),
      ([("cs", 10), ("ss", 17)], 10_000, 0, .endMissing),
      ([("ms", 10)], 10_000, 0, .endMissing),
      ([("cache.miss", 10)], 0, 0, [.timeMissing, .endMissing]),
    ]
    for (annotations, start, duration, marks) in cases {
      let json = annotations.map { "{\"timestamp\":\($0.1),\"value\":\"\($0.0)\"}" }
      let batch = read(span: "\"annotations\":[\(json.joined(separator: ","))]")
      #expect(batch.rows.elements.map(\.start) == [start], "\(annotations)")
      #expect(batch.rows.elements.map(\.duration) == [duration], "\(annotations)")
      #expect(batch.rows.elements.map(\.marks) == [marks], "\(annotations)")
      #expect(batch.events.count == annotations.count)
    }
  }

  @Test(
    "The kind is the field's, or that of the annotations; a span of both sides is the server's",
    arguments: [
      (#""kind":"SERVER""#, SpanKind.server), (#""kind":"CLIENT""#, .client),
      (#""kind":"PRODUCER""#, .producer), (#""kind":"CONSUMER""#, .consumer),
      (#""kind":null"#, .unspecified),
      (#""annotations":[{"value":"cs"}]"#, .client), (#""annotations":[{"value":"ss"}]"#, .server),
      (#""annotations":[{"value":"cs"},{"value":"sr"}]"#, .server),
      (#""annotations":[{"value":"ms"}]"#, .producer),
      (#""annotations":[{"value":"mr"}]"#, .consumer),
      (#""kind":"CLIENT","annotations":[{"value":"sr"}]"#, .client),
    ])
  func kinds(fields: String, kind: SpanKind) {
    let batch = read(span: fields)
    #expect(batch.rows.elements.map(\.spanKind) == [kind])
    #expect(batch.tallies.isEmpty)
  }

  @Test(
    "The tag error is a failure whatever it says; otel.status_code counts first",
    arguments: [
      (#"{"error":""}"#, SpanStatus.error, ""), (#"{"error":"true"}"#, .error, ""),
      (#"{"error":"no route"}"#, .error, "no route"), (#"{"Error":"x"}"#, .unset, ""),
      (#"{"error":"x","otel.status_code":"OK"}"#, .ok, ""),
      (#"{"otel.status_code":"ERROR","error":"x","otel.status_description":"y"}"#, .error, "y"),
    ])
  func status(tags: String, status: SpanStatus, message: String) {
    let batch = read(span: "\"tags\":\(tags)")
    #expect(batch.rows.elements.map(\.status) == [status])
    #expect(batch.text(batch.rows[0].message) == message)
  }

  @Test("Spans of one host share a resource; hosts that differ in a port do not")
  func hosts() {
    let span = { (port: Int) in
      """
      {"traceId":"1","id":"2","localEndpoint":{"serviceName":"s","ipv4":"10.0.0.1","port":\(port)}}
      """
    }
    let batch = read("[\(span(1)),\(span(2)),\(span(1))]")
    #expect(batch.rows.elements.map(\.resource) == [0, 1, 0])
    #expect(batch.rows.elements.map { batch.text($0.service) } == ["s", "s", "s"])
    #expect(batch.resources.elements.map(\.attributeCount) == [3, 3])
  }

  @Test("A list of any length needs a buffer of one span")
  func boundedBuffer() {
    let span = #"{"traceId":"abcdef","id":"1","tags":{"a":"b"}}"#
    let text = "[[" + Array(repeating: span, count: 5_000).joined(separator: ",") + "]]"
    let bytes = Array(text.utf8)
    var batch = RecordBatch()
    batch.artifacts.append(ArtifactRecord(path: "document"))
    var reader = ZipkinReader(artifact: 0)
    var start = 0
    while start < bytes.count {
      let buffer = Array(bytes[start..<min(start + 2 * span.utf8.count, bytes.count)])
      let isFinal = start + buffer.count == bytes.count
      let consumed = reader.read(buffer.span.bytes, isFinal: isFinal, into: &batch)
      #expect(consumed > 0)
      if consumed == 0 { return }
      start += consumed
    }
    #expect(batch.rows.count == 5_000)
  }

  @Test("The keys of objects in any order give the same rows", arguments: ["zipkin-v1.json"])
  func order(name: String) throws {
    let plain = read(String(decoding: try fixture(name), as: UTF8.self))
    expectSameRows(read(try sortedKeys(of: name)), plain)
  }

  @Test("A string of any length is read, and bytes that are not UTF-8 cost their value")
  func strings() {
    let huge = String(repeating: "name \u{1F600} ", count: 200_000)
    let batch = read(span: "\"tags\":{\"a\":\"\(huge)\"}")
    #expect(batch.values(.span, "a", row: 0) == [huge])
    let good = Array("[{\"traceId\":\"1\",\"id\":\"2\",\"tags\":{\"?\":\"?\"}}]\n".utf8)
    let bad = good.map { $0 == 0x3F ? 0xC0 : $0 }
    let mixed = TraceReadersTests.read(good + bad + good, with: ZipkinReader.self, chunk: 64)
    #expect(mixed.rows.count == 2)
    #expect(mixed.artifacts[0].recordsRefused == 1)
  }

  @Test("Log lines that carry a trace id are not taken for spans")
  func sniffing() {
    let log = #"{"traceId":"1","id":"2","level":"INFO","message":"m"}"#
    #expect(!sniff(Array(log.utf8), with: ZipkinReader.self))
    let cut = #"[[{"traceId":"1","id":"2","localEndpoint":{"serv"#
    #expect(sniff(Array(cut.utf8), with: ZipkinReader.self))
  }
}
