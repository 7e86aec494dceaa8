import Testing
import TraceModel
import TraceReaders

@Suite("Jaeger reader")
struct JaegerReaderTests {
  private func read(_ text: String) -> RecordBatch {
    TraceReadersTests.read(text, with: JaegerReader.self)
  }

  /// A trace with one span that has these fields.
  private func read(span fields: String) -> RecordBatch {
    read(
      """
      {"traceID":"1","spans":[{"traceID":"1","spanID":"2","processID":"p",\(fields)}],\
      "processes":{"p":{"serviceName":"s"}}}
      """)
  }

  @Test(
    "A tag keeps its type and its text",
    arguments: [
      (#""type":"string","value":"x\u00e9""#, ValueType.string, "xé"),
      (#""type":"int64","value":-5"#, .integer, "-5"),
      (#""type":"int64","value":"9223372036854775807""#, .integer, "9223372036854775807"),
      (#""type":"int64","value":1e3"#, .integer, "1000"),
      (#""type":"float64","value":72.5"#, .double, "72.5"),
      (#""type":"float64","value":"72.5""#, .double, "72.5"),
      (#""type":"bool","value":true"#, .boolean, "true"),
      (#""type":"bool","value":"false""#, .boolean, "false"),
      (#""type":"binary","value":"AAAwOQ==""#, .bytes, "AAAwOQ=="),
      (#""type":"string","value":null"#, .empty, ""),
      (#""value":{"a":[1]}"#, .structure, #"{"a":[1]}"#),
      (#""value":1.5"#, .double, "1.5"),
    ])
  func tags(json: String, type: ValueType, text: String) {
    let batch = read(span: "\"duration\":1,\"tags\":[{\"key\":\"a\",\(json)}]")
    #expect(batch.attributes.elements.map(\.type) == [type])
    #expect(batch.values(.span, "a", row: 0) == [text])
    #expect(batch.tallies.isEmpty)
  }

  @Test(
    "A tag that is not of its type is kept as it is, and reported",
    arguments: [
      (#""type":"string","value":7"#, ValueType.integer, "7"),
      (#""type":"int64","value":"9223372036854775808""#, .string, "9223372036854775808"),
      (#""type":"bool","value":"maybe""#, .string, "maybe"),
      (#""type":"float64","value":[]"#, .structure, "[]"),
    ])
  func wrongTags(json: String, type: ValueType, text: String) {
    let batch = read(span: "\"tags\":[{\"key\":\"a\",\(json)}]")
    #expect(batch.attributes.elements.map(\.type) == [type])
    #expect(batch.values(.span, "a", row: 0) == [text])
    #expect(batch.tallies == ["replaced-value tag.value": 1])
  }

  @Test("Times are microseconds; a zero is a time, and what is missing is marked")
  func times() {
    let cases: [(fields: String, start: Int64, duration: Int64, marks: RowMarks)] = [
      (#""startTime":1000,"duration":5"#, 1_000_000, 5_000, []),
      (#""startTime":"1000","duration":0.25"#, 1_000_000, 250, []),
      (#""startTime":0,"duration":0"#, 0, 0, []),
      (#""startTime":7"#, 7_000, 0, .endMissing),
      (#""duration":7"#, 0, 7_000, .timeMissing),
      (#""startTime":null,"duration":-7"#, 0, 0, [.timeMissing, .endMissing]),
      (#""startTime":9223372036854775,"duration":9e18"#, 9_223_372_036_854_775_000, 807, []),
      (#""startTime":1e300,"duration":1"#, .max, 0, []),
    ]
    for (fields, start, duration, marks) in cases {
      let batch = read(span: fields)
      #expect(batch.rows.elements.map(\.start) == [start], "\(fields)")
      #expect(batch.rows.elements.map(\.duration) == [duration], "\(fields)")
      #expect(batch.rows.elements.map(\.marks) == [marks], "\(fields)")
    }
  }

  @Test(
    "The tags error and otel.status_code give the status, the latter first",
    arguments: [
      (#"{"key":"error","type":"bool","value":true}"#, SpanStatus.error, ""),
      (#"{"key":"error","type":"string","value":"true"}"#, .error, ""),
      (#"{"key":"error","type":"bool","value":false}"#, .unset, ""),
      (#"{"key":"error","type":"string","value":""}"#, .unset, ""),
      (#"{"key":"error","type":"string","value":"timeout"}"#, .error, "timeout"),
      (
        #"{"key":"error","type":"bool","value":true},{"key":"otel.status_code","value":"OK"}"#, .ok,
        ""
      ),
      (
        #"{"key":"otel.status_description","value":"no"},{"key":"otel.status_code","value":"ERROR"}"#,
        .error, "no"
      ),
      (#"{"key":"otel.status_code","value":"UNSET"}"#, .unset, ""),
    ])
  func status(tags: String, status: SpanStatus, message: String) {
    let batch = read(span: "\"tags\":[\(tags)]")
    #expect(batch.rows.elements.map(\.status) == [status])
    #expect(batch.text(batch.rows[0].message) == message)
  }

  @Test("The tag span.kind gives the kind, and stays an attribute")
  func kinds() {
    for kind in SpanKind.allCases where kind != .unspecified {
      let batch = read(span: "\"tags\":[{\"key\":\"span.kind\",\"value\":\"\(kind.name)\"}]")
      #expect(batch.rows.elements.map(\.spanKind) == [kind])
      #expect(batch.values(.span, "span.kind", row: 0) == [kind.name])
    }
    let odd = read(span: "\"tags\":[{\"key\":\"span.kind\",\"value\":\"sidecar\"}]")
    #expect(odd.rows.elements.map(\.spanKind) == [.unspecified])
  }

  @Test(
    "The first CHILD_OF inside the trace is the parent, whichever field comes first",
    arguments: [
      (#""references":[{"refType":"CHILD_OF","traceID":"1","spanID":"a"}]"#, UInt64(10), 0),
      (#""references":[{"refType":"CHILD_OF","traceID":"0001","spanID":"0a"}]"#, 10, 0),
      (#""references":[{"refType":"CHILD_OF","traceID":"2","spanID":"a"}]"#, 0, 1),
      (#""references":[{"refType":"FOLLOWS_FROM","traceID":"1","spanID":"a"}]"#, 0, 1),
      (#""references":[{"refType":"CHILD_OF","spanID":"a"},{"spanID":"b"}]"#, 10, 1),
      (#""parentSpanID":"a""#, 10, 0),
      (#""parentSpanID":"a","references":[{"refType":"CHILD_OF","spanID":"0a"}]"#, 10, 0),
      (#""parentSpanID":"b","references":[{"refType":"CHILD_OF","spanID":"a"}]"#, 10, 1),
      (#""references":[{"refType":"FOLLOWS_FROM","spanID":"b"}],"parentSpanID":"a""#, 10, 1),
    ])
  func references(fields: String, parent: UInt64, links: Int) {
    let batch = read(span: fields)
    #expect(batch.rows.elements.map(\.parentSpan) == [SpanID(parent)])
    #expect(batch.links.count == links)
    #expect(batch.tallies.isEmpty)
  }

  @Test("Processes give their spans service and resource, before them or behind them")
  func processes() {
    let processes = #""processes":{"p":{"serviceName":"s","tags":[{"key":"k","value":"v"}]}}"#
    let spans = #""spans":[{"spanID":"1","processID":"p"},{"spanID":"2","processID":"p"}]"#
    for text in ["{\(processes),\(spans)}", "{\(spans),\(processes)}"] {
      let batch = read("{\"data\":[\(text),\(text)]}")
      #expect(batch.rows.elements.map { batch.text($0.service) } == ["s", "s", "s", "s"])
      #expect(batch.rows.elements.map(\.resource) == [0, 0, 1, 1])
      #expect(batch.resources.elements.map(\.attributeCount) == [2, 2])
      #expect(
        batch.resourceAttributes.elements.map { batch.text($0.value) } == ["v", "s", "v", "s"])
      #expect(batch.tallies.isEmpty)
    }
  }

  @Test("A trace whose end is cut off keeps its spans, without the services that were to come")
  func cutProcesses() {
    let batch = read(#"{"spans":[{"spanID":"1","processID":"p"}],"processes":{"p":{"serviceNa"#)
    #expect(batch.rows.count == 1)
    #expect(
      batch.tallies == [
        "truncated the artifact ends inside a value": 1,
        "replaced-value span.processID names no process": 1,
      ])
  }

  @Test("A trace of any size needs a buffer of one span, or of its processes")
  func boundedBuffer() {
    let span = "{\"traceID\":\"abcdef\",\"spanID\":\"1\",\"processID\":\"p1\"}"
    let text =
      "{\"data\":[{\"spans\":[" + Array(repeating: span, count: 5_000).joined(separator: ",")
      + "],\"processes\":{\"p1\":{\"serviceName\":\"shop\",\"tags\":[]}}}]}"
    let bytes = Array(text.utf8)
    var batch = RecordBatch()
    batch.artifacts.append(ArtifactRecord(path: "document"))
    var reader = JaegerReader(artifact: 0)
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
    #expect(batch.rows.elements.allSatisfy { batch.text($0.service) == "shop" })
  }

  @Test("The keys of objects in any order give the same rows")
  func order() throws {
    let plain = read(String(decoding: try fixture("jaeger-query.json"), as: UTF8.self))
    let sorted = read(try sortedKeys(of: "jaeger-query.json"))
    expectSameRows(sorted, plain)
  }

  @Test("A string of any length is read, and bytes that are not UTF-8 cost their value")
  func strings() {
    let huge = String(repeating: "name \u{1F600} ", count: 200_000)
    let batch = read(span: "\"operationName\":\"\(huge)\"")
    #expect(batch.text(batch.rows[0].name) == huge)
    let line = #"{"spans":[{"spanID":"1","operationName":"?"}],"processes":{}}"#
    let bad = Array((line + "\n" + line + "\n" + line).utf8).map { $0 == 0x3F ? 0xC0 : $0 }
    let good = Array((line + "\n").utf8)
    let mixed = TraceReadersTests.read(
      good + bad + [0x0A] + good, with: JaegerReader.self, chunk: 64)
    #expect(mixed.rows.count == 2)
    #expect(mixed.artifacts[0].recordsRefused == 3)
  }

  @Test("Formats that are like Jaeger's are not taken for it")
  func sniffing() {
    let foreign = [
      #"{"traceID":"1","spanID":"2","operationName":"o","process":{"serviceName":"s"}}"#,
      #"{"spans":[{"traceId":"AA==","spanId":"AA==","operationName":"o"}],"processMap":[]}"#,
      #"{"traces":[{"traceID":"1","spanSets":[{"spans":[{"spanID":"2"}]}]}]}"#,
      #"{"data":[],"total":0}"#,
    ]
    for text in foreign { #expect(!sniff(Array(text.utf8), with: JaegerReader.self), "\(text)") }
    let cut = #"{"data":[{"spans":[{"traceID":"1","operationName":"o","references":[{"ref"#
    #expect(sniff(Array(cut.utf8), with: JaegerReader.self))
  }
}
