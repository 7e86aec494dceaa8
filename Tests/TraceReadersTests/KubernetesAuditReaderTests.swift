import Testing
import TraceModel

@testable import TraceReaders

@Suite("Kubernetes audit reader")
struct KubernetesAuditReaderTests {
  /// An event with these fields besides.
  private func event(_ fields: String, _ stage: String = "ResponseComplete") -> String {
    """
    {"kind":"Event","auditID":"a","stage":"\(stage)","verb":"get","requestURI":"/x?y=1",\
    "requestReceivedTimestamp":"2026-03-02T09:00:00Z",\(fields)}
    """
  }

  private func read(_ events: String...) -> RecordBatch {
    TraceReadersTests.read(events.joined(separator: "\n"), with: KubernetesAuditReader.self)
  }

  @Test(
    "The annotation decides; the status code tells what became of the request",
    arguments: [
      ("allow", "200", Outcome.allow), ("allow", "101", .allow), ("allow", nil, .allow),
      ("allow", "404", .allowedThenFailed), ("allow", "409", .allowedThenFailed),
      ("allow", "403", .allowedThenFailed), ("allow", "500", .allowedThenFailed),
      ("forbid", "403", .deny), ("forbid", "200", .deny), ("forbid", nil, .deny),
      (nil, "401", .unauthenticated), (nil, "403", .unknown), (nil, "200", .unknown),
      (nil, nil, .unknown), ("Allow", "200", .unknown), ("", "200", .unknown),
      ("allow", "\"200\"", .unknown), ("allow", "-1", .unknown),
    ] as [(String?, String?, Outcome)])
  func outcomes(decision: String?, code: String?, outcome: Outcome) {
    let annotations =
      decision.map { #""annotations":{"authorization.k8s.io/decision":"\#($0)"},"# } ?? ""
    let status = code.map { #""responseStatus":{"code":\#($0)},"# } ?? ""
    let batch = read(event(annotations + status + #""level":"Metadata""#))
    #expect(batch.outcomes == [outcome])
  }

  @Test("The one who was authorized is the principal, with that one's groups")
  func principals() {
    let user = #""user":{"username":"ops","groups":["automation"]}"#
    let other = #","impersonatedUser":{"username":"bob","groups":["dev"]}"#
    let plain = read(event(user))
    #expect(plain.text(plain.rows[0].principal) == "ops")
    #expect(plain.values(.authz, "groups", row: 0) == ["automation"])
    let batch = read(event(user + other))
    #expect(batch.text(batch.rows[0].principal) == "bob")
    #expect(batch.values(.authz, "groups", row: 0) == ["dev"])
    #expect(batch.values(.authz, "impersonator", row: 0) == ["ops"])
    #expect(batch.values(.authz, "impersonator_groups", row: 0) == ["automation"])
  }

  @Test(
    "Permission and target name what RBAC decides about",
    arguments: [
      ("get", #""resource":"pods","namespace":"n","name":"p""#, "get:pods", "namespaces/n/pods/p"),
      (
        "create", #""resource":"pods","namespace":"n","name":"p","subresource":"exec""#,
        "create:pods/exec", "namespaces/n/pods/p"
      ),
      (
        "create", #""resource":"pods","namespace":"n","name":"p""#, "create:pods",
        "namespaces/n/pods"
      ),
      (
        "deletecollection", #""resource":"jobs","apiGroup":"batch","name":"p""#,
        "deletecollection:jobs.batch", "jobs"
      ),
      ("list", #""resource":"nodes""#, "list:nodes", "nodes"),
      (
        "get", #""resource":"namespaces","namespace":"n","name":"n""#, "get:namespaces",
        "namespaces/n"
      ),
      ("get", "", "get:nonResourceURLs", "/x"),
    ])
  func permissions(verb: String, object: String, permission: String, target: String) {
    let text = event("\"objectRef\":{\(object)}").replacing(#""get""#, with: "\"\(verb)\"")
    let batch = read(text)
    #expect(batch.text(batch.rows[0].permission) == permission)
    #expect(batch.text(batch.rows[0].target) == target)
  }

  @Test("Stages become one row in any order, and the latest fills it")
  func stages() {
    let allow = #""annotations":{"authorization.k8s.io/decision":"allow"},"level":"Metadata""#
    let received = event(#""level":"Metadata""#, "RequestReceived")
    let complete = event(allow)
    for events in [[received, complete], [complete, received]] {
      let batch = read(events.joined(separator: "\n"))
      #expect(batch.outcomes == [.allow])
      #expect(batch.artifacts[0].recordsSkipped == 1)
      #expect(
        batch.values(.authz, "stages", row: 0) == ["RequestReceived,ResponseComplete"])
      #expect(batch.rows[0].offset == UInt64(events[0] == complete ? 0 : received.utf8.count + 1))
    }
  }

  @Test("A client that chooses one audit id for all of its requests hides none of them")
  func chosenAuditIDs() {
    let level = #""level":"Metadata""#
    let received = event(level, "RequestReceived")
    let complete = event(level)
    #expect(read(complete, complete, complete).rows.count == 3)
    #expect(read(received, complete.replacing(#""get""#, with: #""delete""#)).rows.count == 2)
    #expect(read(received, complete.replacing("09:00:00Z", with: "09:00:01Z")).rows.count == 2)
  }

  @Test("The memory for requests is bounded, and the younger half of it is always there")
  func memory() {
    var requests = AuditedRequests(generationSize: 10)
    for number in 1...1_000 as ClosedRange<UInt32> {
      requests.remember(
        .init(row: number, stages: AuditStageSet(.requestReceived)), as: StringID(number))
      let remembered = (1...number).filter { requests.request(StringID($0)) != nil }
      #expect(remembered.count <= 20)
      #expect(remembered.suffix(10) == (1...number).suffix(10))
    }
  }

  @Test("Reviews of admission webhooks are said to be no audit events")
  func reviews() {
    let review =
      #"{"kind":"AdmissionReview","request":{"uid":"u","operation":"CREATE","userInfo":{}}}"#
    #expect(sniff(Array(review.utf8), with: KubernetesAuditReader.self))
    let batch = read(review)
    #expect(batch.rows.elements.isEmpty)
    #expect(batch.artifacts[0].recordsSkipped == 1)
    #expect(batch.diagnostics.kept[0].detail.contains("AdmissionReview"))
  }
}
