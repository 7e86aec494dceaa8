import TestSupport
import Testing
import TraceAnalysis
import TraceIndex
import TraceModel

@Suite("Clocks and joins") struct ClockSkewTests {
  /// Calls from `web` to `db`, each waiting 100 ms; `db` answers in 40 ms, its clock `offset` ahead.
  private func calls(_ offsets: [Int64], kind: SpanKind = .server) throws -> TraceIndex {
    var builder = TraceBuilder()
    for (number, offset) in offsets.enumerated() {
      let (trace, start) = (UInt64(number + 1), Int64(number) * 1_000)
      builder.span("wait", in: trace, id: 1, at: start, for: 100, service: "web", kind: .client)
      builder.span(
        "answer", in: trace, id: 2, parent: 1, at: start + 30 + offset, for: 40, service: "db",
        kind: kind)
    }
    return try builder.index()
  }

  private let millisecond: Int64 = 1_000_000

  @Test("clocks that agree are not mentioned")
  func agreement() throws {
    #expect(ClockSkew.all(try calls([0, 10, -20, 30])).isEmpty)
  }

  @Test("a clock ahead is estimated with bounds from all calls, and no time is changed")
  func ahead() throws {
    let index = try calls([500, 510, 490])
    let skew = try #require(ClockSkew.all(index).first)
    #expect(skew.caller == "web" && skew.service == "db")
    #expect(skew.calls == 3 && skew.contradictions == 3)
    // Each call alone allows 60 ms; together 30 + 510 = 540 at least is too far, and so on.
    #expect(skew.bounds == -520 * millisecond ... -480 * millisecond)
    #expect(skew.estimate == -500 * millisecond)
    #expect(index.start(1) == TraceBuilder.epoch + 530 * millisecond)
  }

  @Test("a clock that was set in between has no bounds, and the median as an estimate")
  func torn() throws {
    let skew = try #require(ClockSkew.all(try calls([0, 900, 900, 900, 0])).first)
    #expect(skew.bounds == nil)
    #expect(skew.estimate == -900 * millisecond)
    #expect(skew.contradictions == 3)
  }

  @Test("messages, and answers that took longer than the caller waited, say nothing of clocks")
  func notCompared() throws {
    #expect(ClockSkew.all(try calls([500], kind: .consumer)).isEmpty)
    var builder = TraceBuilder()
    builder.span("wait", id: 1, at: 0, for: 10, service: "web", kind: .client)
    builder.span("work", id: 2, parent: 1, at: 5, for: 40, service: "db", kind: .server)
    #expect(ClockSkew.all(try builder.index()).isEmpty)
  }

  @Test("joins are counted by their ways, with the range of their confidence")
  func joins() throws {
    var builder = TraceBuilder()
    builder.span("a", in: 1, id: 1, at: 0, for: 10, attributes: ["request_id": "r"])
    builder.decision(.allow, "user:a", "p", on: "t", in: 1, span: 1, at: 1)
    builder.decision(.allow, "user:b", "p", on: "t", attributes: ["request_id": "r"])
    builder.decision(.allow, "user:a", "q", on: "u", at: 3)
    builder.decision(.allow, "user:c", "q", on: "u", at: 3)
    RecordJoin.join(&builder.batch)
    let summary = JoinSummary(try builder.index())
    #expect(summary.ways.map(\.method) == [.none, .span, .request, .principal])
    #expect(summary.ways.map(\.decisions) == [1, 1, 1, 1])
    #expect(summary.ways.map(\.confidence) == [0...0, 100...100, 95...95, 40...40])
    #expect(summary.hasInferences)
  }

  @Test("what its own ids put below a span is its cause before what was concluded")
  func certainFirst() throws {
    var builder = TraceBuilder()
    builder.span("a", in: 1, id: 1, at: 0, for: 10, status: .error)
    builder.decision(.deny, "user:a", "q", on: "u", in: 1, span: 1, at: 1, reason: "certain")
    builder.decision(.deny, "user:a", "q", on: "u", at: 3, reason: "guessed")
    RecordJoin.join(&builder.batch)
    let index = try builder.index()
    #expect(Cause(of: 0, in: index)?.sentence(in: index).contains(": certain") == true)
  }

  @Test("a cause that rests on a join by principal says so")
  func sentence() throws {
    var builder = TraceBuilder()
    builder.span("a", in: 1, id: 1, at: 0, for: 10, status: .error)
    builder.decision(.allow, "user:a", "p", on: "t", in: 1, span: 1, at: 1)
    builder.decision(.deny, "user:a", "q", on: "u", at: 3, reason: "no")
    RecordJoin.join(&builder.batch)
    let index = try builder.index()
    let text = Cause(of: 0, in: index)?.sentence(in: index) ?? ""
    #expect(text.contains("denied q on u: no (joined by principal and time, confidence 40 of 100)"))
  }
}
