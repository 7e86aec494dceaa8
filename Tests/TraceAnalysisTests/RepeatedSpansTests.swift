import TestSupport
import Testing
import TraceAnalysis
import TraceModel

@Suite("Spans that two artifacts have") struct RepeatedSpansTests {
  @Test("are told in a sentence, unless they differ")
  func repeated() throws {
    var builder = TraceBuilder(artifact: "a.jsonl")
    builder.span("one", id: 1, at: 0, for: 10)
    builder.span("two", id: 2, parent: 1, at: 1, for: 5)
    builder.span("three", id: 3, parent: 1, at: 2, for: 5)
    builder.batch.artifacts.append(ArtifactRecord(path: "b.pb"))
    for row in [
      builder.span("one", id: 1, at: 0, for: 10),
      builder.span("two", id: 2, parent: 1, at: 1, for: 5),
      builder.span("three", id: 3, parent: 1, at: 2, for: 6),
    ] { builder.batch.rows[row].artifact = 1 }
    let index = try builder.index()
    let found = RepeatedSpans.all(index)
    #expect(found.map(\.spans) == [2])
    let sentence = "2 spans of b.pb are in a.jsonl as well: every count has them twice"
    #expect(found.first?.text == sentence)
    #expect(ExecutionSummary(index).headlines.contains { $0.text == sentence })
  }

  @Test("within one artifact, or as the two sides of a call, they are something else")
  func others() throws {
    var builder = TraceBuilder()
    builder.span("call", id: 1, at: 0, for: 10, kind: .client)
    let server = builder.span("call", id: 1, at: 0, for: 10, kind: .server)
    builder.span("again", id: 2, at: 0)
    builder.span("again", id: 2, at: 0)
    builder.batch.artifacts.append(ArtifactRecord(path: "b.pb"))
    builder.batch.rows[server].artifact = 1
    #expect(RepeatedSpans.all(try builder.index()).isEmpty)
  }
}
