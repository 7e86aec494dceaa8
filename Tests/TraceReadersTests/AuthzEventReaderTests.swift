import Testing
import TraceModel
import TraceReaders

@Suite("AuthzEvent reader")
struct AuthzEventReaderTests {
  private static let event = """
    {"schema_version":"1.0","event_type":"authz_check","timestamp":"2026-03-02T09:00:00Z",\
    "actor":{"principal":"user:a"},"target":{"resource":"r"},"action":{"permission":"p.q.r"},\
    "decision":{"outcome":"ALLOW"}}
    """

  private func read(_ text: String) -> RecordBatch {
    TraceReadersTests.read(text, with: AuthzEventReader.self)
  }

  private func changed(_ part: String, to other: String) -> String {
    Self.event.replacing(part, with: other)
  }

  @Test(
    "An event that is not exactly understood is refused as a whole",
    arguments: [
      (#""outcome":"ALLOW""#, #""outcome":"allow""#, "invalid-field decision.outcome"),
      (#""outcome":"ALLOW""#, #""outcome":null"#, "missing-field decision.outcome"),
      (#","decision":{"outcome":"ALLOW"}"#, "", "missing-field decision.outcome"),
      (#""principal":"user:a""#, #""principal":7"#, "invalid-field actor.principal"),
      (#""principal":"user:a""#, "", "missing-field actor.principal"),
      (#""resource":"r""#, #""resource":"""#, "missing-field target.resource"),
      (#""permission":"p.q.r""#, #""permission":["p"]"#, "invalid-field action.permission"),
      (#""permission":"p.q.r""#, #""permission":"""#, "missing-field action.permission"),
      (#""target":{"resource":"r"}"#, #""target":"r""#, "invalid-field target"),
      (#""actor":{"#, #""actor":{"principal":"x","#, "duplicate-field actor.principal"),
      (#""actor":{"#, #""actor":{},"actor":{"#, "duplicate-field actor"),
      (#""schema_version":"1.0","#, "", "missing-field schema_version"),
      (#""1.0""#, #""10.0""#, "unsupported-schema schema_version 10.0"),
      (#""1.0""#, #""1.x""#, "unsupported-schema schema_version 1.x"),
      (#""1.0""#, "true", "unsupported-schema schema_version is no string"),
      ("09:00:00Z", "09:00:00", "invalid-field timestamp is no RFC 3339 time"),
      ("2026-03-02", "2300-03-02", "invalid-field timestamp is out of range"),
      (#""timestamp":"2026-03-02T09:00:00Z","#, "", "missing-field timestamp"),
      (
        #""decision":{"#, #""policy":{"matched_bindings":{}},"decision":{"#,
        "invalid-field policy.matched_bindings"
      ),
      (
        #""decision":{"#, #""policy":{"matched_bindings":[1]},"decision":{"#,
        "invalid-field policy.matched_bindings"
      ),
      (
        #""decision":{"#, #""policy":{"matched_bindings":[{"role":"a","role":"b"}]},"decision":{"#,
        "duplicate-field policy.matched_bindings.role"
      ),
      (#""authz_check""#, #""authz_error""#, "missing-field error.kind"),
    ])
  func refusals(part: String, other: String, diagnostic: String) {
    let batch = read(changed(part, to: other) + "\n" + Self.event)
    #expect(batch.tallies == [diagnostic: 1])
    #expect(batch.rows.count == 1)
    #expect(batch.attributes.elements.isEmpty)
    #expect(batch.artifacts[0].recordsRefused == 1)
  }

  @Test(
    "An optional value that cannot be used costs only itself",
    arguments: [
      (
        #""outcome":"ALLOW""#, #""outcome":"ALLOW","latency_ms":-1"#,
        "replaced-value decision.latency_ms"
      ),
      (
        #""outcome":"ALLOW""#, #""outcome":"ALLOW","latency_ms":9223372036854775807"#,
        "replaced-value decision.latency_ms"
      ),
      (
        #""actor":{"#, #""trace":{"trace_id":5},"actor":{"#,
        "replaced-value a trace id that is no string"
      ),
      (#""1.0""#, #""1.17""#, "newer-schema schema_version 1.17"),
      (#""actor":{"#, #""actor":{"shoe_size":44,"#, "unknown-field actor.shoe_size"),
      (#""p.q.r""#, #""p.q.r\udc00""#, "lone-surrogate "),
    ])
  func losses(part: String, other: String, diagnostic: String) {
    let batch = read(changed(part, to: other))
    #expect(batch.tallies == [diagnostic: 1])
    #expect(batch.outcomes == [.allow])
    #expect(batch.rows[0].duration == 0)
  }

  @Test("Latency is taken in milliseconds, fractions included")
  func latency() {
    let batch = read(changed(#""outcome":"ALLOW""#, to: #""outcome":"DENY","latency_ms":1.5"#))
    #expect(batch.rows.elements.map(\.duration) == [1_500_000])
    #expect(batch.tallies.isEmpty)
  }

  @Test("Keys may be escaped, and come in any order, between any white space")
  func spellings() {
    let batch = read(
      """
      { "decision" : { "\\u006futcome" : "DE\\u004eY" } ,
        "action" : { "permission" : "p.q.r" } , "target":{"resource":"r"},
        "actor" : { "principal" : "user:a" } , "timestamp" : "2026-03-02T09:00:00Z",
        "event_type" : "authz_\\u0063heck" , "schema_version" : "1\\u002e0" }
      """)
    #expect(batch.tallies.isEmpty)
    #expect(batch.outcomes == [.deny])
    #expect(batch.text(batch.rows[0].permission) == "p.q.r")
  }

  @Test("A spliced line costs itself; two events on a line are two")
  func splices() {
    let head = Self.event.prefix(60)
    let batch = read(
      [Self.event, head + Self.event, Self.event + Self.event].joined(separator: "\n"))
    #expect(batch.rows.count == 3)
    #expect(batch.artifacts[0].recordsRefused == 1)
    #expect(batch.diagnostics.kept[0].code == .malformedJSON)
  }

  @Test("A line cut at any byte costs exactly that line")
  func cutLines() {
    for length in 1..<Self.event.utf8.count {
      let lines = [Self.event, String(Self.event.prefix(length)), Self.event, Self.event]
      let batch = read(lines.joined(separator: "\n"))
      #expect(batch.rows.count == 3, "cut at \(length)")
      #expect(batch.artifacts[0].recordsRefused == 1, "cut at \(length)")
    }
  }

  @Test("Bytes that are not UTF-8 cost their line, wherever they are")
  func invalidUTF8() {
    let event = Array(Self.event.utf8)
    for position in event.indices {
      var bad = event
      bad[position] = 0xC0
      let bytes = event + [0x0A] + bad + [0x0A] + event
      let batch = TraceReadersTests.read(bytes, with: AuthzEventReader.self, chunk: bytes.count)
      #expect(batch.rows.count == 2, "at \(position)")
      #expect(batch.artifacts[0].recordsRefused == 1, "at \(position)")
    }
  }

  @Test("A string of any length is read")
  func hugeString() {
    let huge = String(repeating: "reason \u{1F600} ", count: 200_000)
    let text = changed(#""outcome":"ALLOW""#, to: "\"outcome\":\"ALLOW\",\"reason\":\"\(huge)\"")
    let batch = TraceReadersTests.read(
      Array(text.utf8), with: AuthzEventReader.self, chunk: 1 << 19)
    #expect(batch.text(batch.rows[0].reason) == huge)
  }

  @Test("The same fields in another order give the same rows")
  func order() throws {
    let plain = read(String(decoding: try fixture("authz-event.jsonl"), as: UTF8.self))
    let sorted = read(try sortedKeys(of: "authz-event.jsonl"))
    let withoutPlace: (RecordRow) -> [Int64] = {
      [$0.start, $0.duration, Int64($0.outcome.rawValue), Int64(truncatingIfNeeded: $0.trace.low)]
    }
    #expect(sorted.rows.elements.map(withoutPlace) == plain.rows.elements.map(withoutPlace))
    for row in plain.rows.indices {
      for column in [\RecordRow.name, \.principal, \.target, \.reason, \.message, \.run] {
        #expect(
          sorted.text(sorted.rows[row][keyPath: column])
            == plain.text(plain.rows[row][keyPath: column]))
      }
      for key in ["role", "condition.result", "groups", "ci.job", "method"] {
        #expect(sorted.values(.authz, key, row: row) == plain.values(.authz, key, row: row))
      }
    }
  }

  @Test("An unknown field is counted by name, and many names are counted together")
  func unknownFields() {
    var lines: [String] = []
    for number in 0..<1_200 { lines.append(changed("{\"schema", to: "{\"x\(number)\":0,\"schema")) }
    let batch = read(lines.joined(separator: "\n"))
    #expect(batch.rows.count == 1_200)
    #expect(batch.tallies["unknown-field x0"] == 1)
    #expect(batch.tallies["unknown-field and others"] == 200)
  }
}
