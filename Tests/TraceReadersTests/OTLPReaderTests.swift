import Testing
import TraceModel
import TraceReaders

@Suite("OTLP/JSON reader")
struct OTLPReaderTests {
  private func read(_ text: String) -> RecordBatch {
    TraceReadersTests.read(text, with: OTLPReader.self)
  }

  /// A request with one span that has these fields.
  private func read(span fields: String) -> RecordBatch {
    read("{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\(fields)}]}]}]}")
  }

  /// A request with one span that has one attribute `a` of this value.
  private func read(value: String) -> RecordBatch {
    read(span: "\"attributes\":[{\"key\":\"a\",\"value\":\(value)}]")
  }

  @Test(
    "An attribute keeps its type and its text",
    arguments: [
      (#"{"stringValue":"x\u00e9\ny"}"#, ValueType.string, "xé\ny"),
      (#"{"intValue":"-9223372036854775808"}"#, .integer, "-9223372036854775808"),
      (#"{"intValue":9223372036854775807}"#, .integer, "9223372036854775807"),
      (#"{"intValue":"1e3"}"#, .integer, "1000"),
      (#"{"doubleValue":5e-324}"#, .double, "5e-324"),
      (#"{"doubleValue":"-Infinity"}"#, .double, "-Infinity"),
      (#"{"doubleValue":"0.5"}"#, .double, "0.5"),
      (#"{"boolValue":true}"#, .boolean, "true"),
      (#"{"bytesValue":"AP/+"}"#, .bytes, "AP/+"),
      (#"{"arrayValue":{}}"#, .structure, "[]"),
      (
        #"{"array_value":{"values":[{"int_value":"1"},{"double_value":1.5},null,{}]}}"#,
        .structure, "[1,1.5,null,null]"
      ),
      (
        #"{"kvlistValue":{"values":[{"value":{"boolValue":true},"key":"late"},{"key":"\"q\""},{}]}}"#,
        .structure, #"{"late":true,"\"q\"":null,"":null}"#
      ),
      (#"{"kvlistValue":{"values":[]}}"#, .structure, "{}"),
      ("{}", .empty, ""),
      ("null", .empty, ""),
      (#"{"stringValue":""}"#, .string, ""),
    ])
  func values(json: String, type: ValueType, text: String) {
    let batch = read(value: json)
    #expect(batch.attributes.elements.map(\.type) == [type])
    #expect(batch.values(.span, "a", row: 0) == [text])
    #expect(batch.tallies.isEmpty)
  }

  @Test(
    "A value of the wrong type is kept as it is, and reported",
    arguments: [
      (#"{"stringValue":7}"#, ValueType.integer, "7"),
      (#"{"intValue":"9223372036854775808"}"#, .string, "9223372036854775808"),
      (#"{"intValue":1.5}"#, .double, "1.5"),
      (#"{"boolValue":"true"}"#, .string, "true"),
      (#"{"doubleValue":"fast"}"#, .string, "fast"),
    ])
  func wrongValues(json: String, type: ValueType, text: String) {
    let batch = read(value: json)
    #expect(batch.attributes.elements.map(\.type) == [type])
    #expect(batch.values(.span, "a", row: 0) == [text])
    #expect(batch.tallies == ["replaced-value attribute.value": 1])
  }

  @Test("Times are read from strings and numbers of every form")
  func times() {
    let cases: [(start: String, end: String, at: Int64, duration: Int64, marks: RowMarks)] = [
      ("\"1000\"", "\"1500\"", 1000, 500, []),
      ("1000", "1.5e3", 1000, 500, []),
      ("1772442000000000000.0", "1772442000000000001", 1_772_442_000_000_000_000, 1, []),
      ("\"10\"", "\"5\"", 10, 0, .endBeforeStart),
      ("\"10\"", "\"0\"", 10, 0, .endMissing),
      ("\"10\"", "null", 10, 0, .endMissing),
      ("\"\(Int64.max)\"", "\"\(UInt64.max)\"", .max, 0, []),
      ("null", "\"5\"", 0, 0, .timeMissing),
      ("\"0\"", "0", 0, 0, [.timeMissing, .endMissing]),
      ("\"-5\"", "\"soon\"", 0, 0, [.timeMissing, .endMissing]),
      ("1e999999", "[]", .max, 0, .endMissing),
    ]
    for (start, end, at, duration, marks) in cases {
      let batch = read(span: "\"startTimeUnixNano\":\(start),\"endTimeUnixNano\":\(end)")
      #expect(batch.rows.elements.map(\.start) == [at], "\(start) to \(end)")
      #expect(batch.rows.elements.map(\.duration) == [duration], "\(start) to \(end)")
      #expect(batch.rows.elements.map(\.marks) == [marks], "\(start) to \(end)")
    }
  }

  @Test("Kinds and status codes are read as numbers and as names")
  func enumerations() {
    for (number, kind) in SpanKind.allCases.enumerated() {
      #expect(read(span: "\"kind\":\(number)").rows[0].spanKind == kind)
      let name = "SPAN_KIND_" + kind.name.uppercased()
      #expect(read(span: "\"kind\":\"\(name)\"").rows[0].spanKind == kind)
    }
    for (number, status) in SpanStatus.allCases.enumerated() {
      #expect(read(span: "\"status\":{\"code\":\(number)}").rows[0].status == status)
      let name = "STATUS_CODE_" + status.name.uppercased()
      #expect(read(span: "\"status\":{\"code\":\"\(name)\"}").rows[0].status == status)
    }
    let odd = read(span: "\"kind\":6,\"status\":{\"code\":-1}")
    #expect(odd.tallies == ["replaced-value span.kind": 1, "replaced-value span.status.code": 1])
  }

  @Test("The first of two equal fields counts, and it is said")
  func duplicates() {
    let batch = read(
      span: "\"name\":\"first\",\"name\":\"second\",\"attributes\":[],\"attributes\":[1]")
    #expect(batch.text(batch.rows[0].name) == "first")
    #expect(
      batch.tallies == ["duplicate-field span.name": 1, "duplicate-field span.attributes": 1])
  }

  @Test("One document of any size needs a buffer of one span")
  func boundedBuffer() {
    let span = "{\"traceId\":\"\(String(repeating: "ab", count: 16))\",\"name\":\"x\"}"
    let text =
      "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":["
      + Array(repeating: span, count: 5_000).joined(separator: ",") + "]}]}]}"
    let bytes = Array(text.utf8)
    var batch = RecordBatch()
    batch.artifacts.append(ArtifactRecord(path: "document"))
    var reader = OTLPReader(artifact: 0)
    let room = 2 * span.utf8.count
    var start = 0
    while start < bytes.count {
      let buffer = Array(bytes[start..<min(start + room, bytes.count)])
      let isFinal = start + buffer.count == bytes.count
      let consumed = reader.read(buffer.span.bytes, isFinal: isFinal, into: &batch)
      #expect(consumed > 0)
      if consumed == 0 { return }
      start += consumed
    }
    #expect(batch.rows.count == 5_000)
  }

  @Test("The keys of objects in any order give the same rows")
  func order() throws {
    let plain = read(String(decoding: try fixture("otlp-lines.jsonl"), as: UTF8.self))
    let sorted = read(try sortedKeys(of: "otlp-lines.jsonl"))
    #expect(sorted.rows.count == plain.rows.count)
    for (a, b) in zip(sorted.rows.elements, plain.rows.elements) {
      #expect(sorted.text(a.name) == plain.text(b.name))
      #expect(sorted.text(a.service) == plain.text(b.service))
      #expect(a.trace == b.trace && a.span == b.span && a.start == b.start)
      #expect(a.duration == b.duration && a.status == b.status)
      #expect(a.attributeCount == b.attributeCount)
    }
    #expect(sorted.values(.span, "map", row: 0) == plain.values(.span, "map", row: 0))
    #expect(
      sorted.resources.elements.map(\.attributeCount)
        == plain.resources.elements.map(\.attributeCount))
    #expect(sorted.artifacts == plain.artifacts)
  }

  @Test("Values nested 100,000 deep become text without recursion")
  func deepValues() {
    let depth = 100_000
    let value =
      String(repeating: #"{"arrayValue":{"values":["#, count: depth) + #"{"intValue":"1"}"#
      + String(repeating: "]}}", count: depth)
    let batch = read(value: value)
    let expected = String(repeating: "[", count: depth) + "1" + String(repeating: "]", count: depth)
    #expect(batch.values(.span, "a", row: 0) == [expected])
  }

  @Test("A broken pretty document is reported once, and the next one is read")
  func brokenDocument() throws {
    let text = String(decoding: try fixture("otlp-pretty.json"), as: UTF8.self)
    let broken = text.replacing("\"kind\": 2,", with: "\"kind\": oops,", maxReplacements: 1)
    let batch = read(broken + text)
    #expect(batch.artifacts[0].recordsRefused == 1)
    #expect(batch.rows.count == 1 + 3)
    #expect(batch.tallies == ["malformed-json expected a value, found 'o'": 1])
  }

  @Test("A pretty document behind a compact line is read")
  func mixedLayout() throws {
    let pretty = String(decoding: try fixture("otlp-pretty.json"), as: UTF8.self)
    let batch = read("{}\n{\"resourceSpans\":[]}\n" + pretty)
    #expect(batch.rows.count == 3)
    #expect(batch.artifacts[0].recordsRefused == 0)
  }
}
