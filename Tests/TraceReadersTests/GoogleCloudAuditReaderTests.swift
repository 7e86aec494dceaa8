import Testing
import TraceModel
import TraceReaders

@Suite("Google Cloud audit log reader")
struct GoogleCloudAuditReaderTests {
  private func read(payload: String, entry: String = "") -> RecordBatch {
    TraceReadersTests.read(
      """
      {"timestamp":"2026-03-02T09:00:00Z"\(entry),"protoPayload":{"methodName":"m",\(payload)}}
      """, with: GoogleCloudAuditReader.self)
  }

  @Test(
    "A check is allowed only where it was granted and the call succeeded",
    arguments: [
      (#","granted":true"#, #""status":{}"#, Outcome.allow),
      (#","granted":true"#, #""status":{"code":0}"#, .allow),
      (#","granted":true"#, #""status":{"code":5}"#, .allowedThenFailed),
      (#","granted":true"#, #""status":{"code":7}"#, .allowedThenFailed),
      (#","granted":true"#, #""status":{"code":16}"#, .unknown),
      (#","granted":true"#, #""status":{"code":"zero"}"#, .unknown),
      (#","granted":false"#, #""status":{}"#, .deny),
      (#","granted":null"#, #""status":{}"#, .deny),
      ("", #""status":{}"#, .deny),
      ("", #""status":{"code":7}"#, .deny),
      ("", #""status":{"code":16}"#, .unauthenticated),
      (#","granted":"true""#, #""status":{}"#, .unknown),
      (#","granted":1"#, #""status":{}"#, .unknown),
      (#","granted":{}"#, #""status":{}"#, .unknown),
    ])
  func outcomes(granted: String, status: String, outcome: Outcome) {
    let batch = read(payload: status + #","authorizationInfo":[{"permission":"p"\#(granted)}]"#)
    #expect(batch.outcomes == [outcome])
    #expect(batch.artifacts[0].recordsRead == 1)
  }

  @Test(
    "An entry that names no permission is one row, never an allowed one",
    arguments: [
      (#""status":{}"#, Outcome.unknown), (#""status":{"code":5}"#, .unknown),
      (#""status":{"code":7},"authorizationInfo":[]"#, .deny),
      (#""status":{"code":16},"authorizationInfo":null"#, .unauthenticated),
    ])
  func uncheckedCalls(payload: String, outcome: Outcome) {
    let batch = read(payload: payload)
    #expect(batch.outcomes == [outcome])
    #expect(batch.text(batch.rows[0].name) == "m")
    #expect(batch.rows[0].permission.isEmpty && batch.rows[0].principal.isEmpty)
  }

  @Test(
    "The principal is named as policies name it",
    arguments: [
      (#""principalEmail":"ann@example.com""#, "user:ann@example.com"),
      (
        #""principalEmail":"a@b.iam.gserviceaccount.com""#,
        "serviceAccount:a@b.iam.gserviceaccount.com"
      ),
      (#""principalEmail":"system:node:n1""#, "system:node:n1"),
      (#""principalEmail":"a@b.c","principalSubject":"principal://x""#, "principal://x"),
      (#""principalEmail":"""#, ""),
    ])
  func principals(authentication: String, principal: String) {
    let batch = read(payload: "\"authenticationInfo\":{\(authentication)}")
    #expect(batch.rows.elements.map { batch.text($0.principal) } == [principal])
  }

  @Test("The resource that was checked is the target, and the call's own when there is none")
  func targets() {
    let batch = read(
      payload: #""resourceName":"r","authorizationInfo":[{"resource":"a"},"#
        + #"{"resourceAttributes":{"name":"b"}},{"permission":"p"}]"#)
    #expect(batch.rows.elements.map { batch.text($0.target) } == ["a", "b", "r"])
    #expect(batch.rows.elements.map { batch.text($0.name) } == ["m", "m", "p"])
  }

  @Test("The trace's name ends in its id, which the span id goes with")
  func traces() throws {
    let id = "0af7651916cd43dd8448eb211c80319c"
    let batch = read(
      payload: #""status":{}"#,
      entry: #","trace":"projects/p/traces/\#(id)","spanId":"b7ad6b7169203331""#)
    #expect(batch.rows[0].trace.description == id)
    #expect(batch.rows[0].span.description == "b7ad6b7169203331")
    #expect(batch.values(.authz, "trace", row: 0) == ["projects/p/traces/\(id)"])
  }
}
