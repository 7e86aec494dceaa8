import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Joins") struct RecordJoinTests {
  private static let agent = "serviceAccount:agent@shop.example"

  /// Two traces, a second apart, in each of which the agent is checked once.
  private static func shop() -> TraceBuilder {
    var builder = TraceBuilder()
    for (trace, start) in [(UInt64(1), Int64(0)), (2, 1_000)] {
      builder.span(
        "handle", in: trace, id: 1, at: start, for: 100, service: "web",
        attributes: ["http.request.header.x-request-id": "r-\(trace)"])
      builder.span("store", in: trace, id: 2, parent: 1, at: start + 10, for: 50, service: "web")
      builder.decision(
        .allow, agent, "objects.get", on: "o-\(trace)", in: trace, span: 1, at: start + 80)
    }
    return builder
  }

  /// The decision of the index with this target, and what it stands below.
  private func place(
    of target: String, in index: TraceIndex
  ) -> (join: RowJoin, parent: String?, trace: String?)? {
    let row = (0..<index.rowCount).first { index.text(index.target($0)) == target }
    return row.map { row in
      (
        index.join(row), index.parent(row).map { index.text(index.name($0)) },
        index.trace(ofRow: row).map { index.idText(ofTrace: $0) }
      )
    }
  }

  private func trace(_ number: Int) -> String { String(repeating: "0", count: 31) + "\(number)" }

  @Test("what names a trace and a span, or only a trace, is joined by it with certainty")
  func byIDs() throws {
    var builder = RecordJoinTests.shop()
    builder.decision(.allow, "user:a", "p", on: "lost span", in: 1, span: 99, at: 5)
    RecordJoin.join(&builder.batch)
    let index = try builder.index()
    #expect(place(of: "o-1", in: index)?.join == RowJoin(.span, confidence: 100))
    let lost = place(of: "lost span", in: index)
    #expect(lost?.join == RowJoin(.trace, confidence: 100))
    #expect(lost?.parent == nil && lost?.trace == trace(1))
  }

  @Test("a request id that one trace has leads there, whatever the time and the principal")
  func byRequest() throws {
    var builder = RecordJoinTests.shop()
    builder.decision(
      .deny, "user:b", "p", on: "late", at: 900_000, attributes: ["request_id": "r-2"])
    RecordJoin.join(&builder.batch)
    let found = try #require(place(of: "late", in: try builder.index()))
    #expect(found.join == RowJoin(.request, confidence: 95))
    #expect(found.trace == trace(2) && found.parent == "handle")
  }

  @Test("a request id is found in a header's list, and under other names")
  func requestIDNames() throws {
    var builder = TraceBuilder()
    builder.span("a", in: 1, id: 1, attributes: ["Audit-ID": "x"])
    let row = builder.span("b", in: 2, id: 1, attributes: ["guid:x-request-id": "[\"y\"]"])
    builder.batch.attributes[Int(builder.batch.rows[row].firstAttribute)].type = .structure
    builder.decision(.allow, "", "p", on: "1", attributes: ["request_id": "x"])
    builder.decision(.allow, "", "p", on: "2", attributes: ["request_id": "y"])
    builder.decision(.allow, "", "p", on: "3", attributes: ["request_id": "[\"y\"]"])
    RecordJoin.join(&builder.batch)
    let index = try builder.index()
    #expect(place(of: "1", in: index)?.parent == "a")
    #expect(place(of: "2", in: index)?.parent == "b")
    #expect(place(of: "3", in: index)?.join == RowJoin.none)
  }

  @Test("a request id that many traces have is ambiguous, and is not tried by principal again")
  func ambiguousRequest() throws {
    var builder = RecordJoinTests.shop()
    for trace in UInt64(10)..<14 {
      builder.span("retry", in: trace, id: 1, at: 5_000, attributes: ["request_id": "again"])
    }
    builder.decision(
      .allow, RecordJoinTests.agent, "objects.get", on: "o-1", at: 85,
      attributes: ["request_id": "again"])
    RecordJoin.join(&builder.batch)
    let index = try builder.index()
    let loose = try #require((0..<index.rowCount).first { index.join($0).method == .ambiguous })
    #expect(index.trace(ofRow: loose) == nil && index.join(loose).confidence == 0)
  }

  @Test("the same check a moment later is joined below the span of the other record")
  func sameCheck() throws {
    var builder = RecordJoinTests.shop()
    let row = builder.decision(
      .allow, "agent@shop.example", "objects.get", on: "o-1", at: 83, evaluator: "audit")
    RecordJoin.join(&builder.batch)
    #expect(builder.batch.rows[row].join == RowJoin(.principal, confidence: 90))
    #expect(builder.batch.rows[row].trace == TraceID(high: 0, low: 1))
    #expect(builder.batch.rows[row].span == SpanID(1))
  }

  @Test("another check of the principal stands in the shortest span of its service then open")
  func sameTime() throws {
    var builder = RecordJoinTests.shop()
    builder.decision(.allow, RecordJoinTests.agent, "sql.login", on: "db", at: 1_030)
    RecordJoin.join(&builder.batch)
    let found = try #require(place(of: "db", in: try builder.index()))
    #expect(found.join.method == .principal)
    #expect(found.trace == trace(2) && found.parent == "store")
    // 40, of which the other trace, 950 ms away against 50 ms, has a twentieth; and 50 ms of the
    // window's 2 s cost one in a hundred.
    #expect(found.join.confidence == 37)
  }

  @Test("two engines at odds are in one trace, not each in a trace that agrees with it")
  func atOdds() throws {
    var builder = RecordJoinTests.shop()
    builder.decision(
      .deny, RecordJoinTests.agent, "objects.get", on: "o-1", in: 2, span: 1, at: 1_090)
    let row = builder.decision(.deny, RecordJoinTests.agent, "objects.get", on: "o-1", at: 81)
    RecordJoin.join(&builder.batch)
    #expect(builder.batch.rows[row].trace == TraceID(high: 0, low: 1))
    #expect(builder.batch.rows[row].join.confidence <= 70)
  }

  @Test("of equal traces none is chosen, by request id as little as by principal")
  func ties() throws {
    var builder = TraceBuilder()
    for trace in UInt64(1)...2 {
      builder.span("a", in: trace, id: 1, at: 0, attributes: ["request_id": "same"])
    }
    let row = builder.decision(.allow, "u", "p", on: "t", at: 5, attributes: ["request_id": "same"])
    RecordJoin.join(&builder.batch)
    #expect(builder.batch.rows[row].join == RowJoin(.ambiguous, confidence: 0))
  }

  @Test("what emitters write for nothing is neither an id nor a principal")
  func placeholders() throws {
    var builder = TraceBuilder()
    builder.span(
      "a", in: 1, id: 1, at: 0, attributes: ["request_id": "-", "enduser.id": "unknown"])
    let row = builder.decision(
      .allow, "unknown", "p", on: "t", at: 0, attributes: ["request_id": "-"])
    RecordJoin.join(&builder.batch)
    #expect(builder.batch.rows[row].join == .none)
  }

  @Test("a request id counts at any distance, and what is joined does not move the trace")
  func extent() throws {
    var builder = RecordJoinTests.shop()
    builder.decision(
      .deny, "u", "p", on: "years", at: 400_000_000_000, attributes: ["request_id": "r-1"])
    RecordJoin.join(&builder.batch)
    let index = try builder.index()
    #expect(place(of: "years", in: index)?.join == RowJoin(.request, confidence: 95))
    #expect(index.traceRecord(0).duration == 100_000_000)
  }

  @Test("an allowed and a denied record are not the same check")
  func oppositeOutcomes() throws {
    var builder = RecordJoinTests.shop()
    let row = builder.decision(.deny, RecordJoinTests.agent, "objects.get", on: "o-1", at: 81)
    RecordJoin.join(&builder.batch)
    #expect(builder.batch.rows[row].join.confidence <= 70)
  }

  @Test("between two traces that are equally near nothing is chosen; the nearer one is")
  func ambiguousPrincipal() throws {
    var builder = RecordJoinTests.shop()
    let middle = builder.decision(.allow, RecordJoinTests.agent, "sql.login", on: "db", at: 580)
    let nearer = builder.decision(.allow, RecordJoinTests.agent, "sql.login", on: "db", at: 120)
    RecordJoin.join(&builder.batch)
    #expect(builder.batch.rows[middle].join == RowJoin(.ambiguous, confidence: 0))
    #expect(builder.batch.rows[middle].trace.isNone)
    #expect(builder.batch.rows[nearer].trace == TraceID(high: 0, low: 1))
  }

  @Test("outside the window, of another principal, or without a time nothing is joined")
  func notJoined() throws {
    var builder = RecordJoinTests.shop()
    let late = builder.decision(.allow, RecordJoinTests.agent, "sql.login", on: "db", at: 60_000)
    let other = builder.decision(.allow, "user:z", "sql.login", on: "db", at: 30)
    let unnamed = builder.decision(.allow, "", "sql.login", on: "db", at: 30)
    let timeless = builder.decision(.allow, RecordJoinTests.agent, "sql.login", on: "db", at: 30)
    builder.batch.rows[timeless].marks.insert(.timeMissing)
    RecordJoin.join(&builder.batch)
    for row in [late, other, unnamed, timeless] {
      #expect(builder.batch.rows[row].join == .none)
    }
  }

  @Test("without a window nothing is joined by principal")
  func noWindow() throws {
    var builder = RecordJoinTests.shop()
    let row = builder.decision(.allow, RecordJoinTests.agent, "objects.get", on: "o-1", at: 81)
    RecordJoin.join(&builder.batch, window: 0)
    #expect(builder.batch.rows[row].join == .none)
  }

  @Test("a time that was cut to seconds may be any of the second")
  func wholeSeconds() throws {
    var builder = TraceBuilder()
    builder.span("a", in: 1, id: 1, at: 900, for: 50, attributes: ["enduser.id": "ann"])
    let row = builder.decision(.allow, "user:ann", "p", on: "t", at: 0)
    RecordJoin.join(&builder.batch, window: 1_000_000)
    #expect(builder.batch.rows[row].join == RowJoin(.principal, confidence: 40))
  }

  @Test("joining again after more was read is joining everything at once")
  func again() throws {
    var builder = RecordJoinTests.shop()
    let run = builder.batch.strings.intern("run-7")
    for row in builder.batch.rows.indices { builder.batch.rows[row].run = run }
    builder.decision(.allow, RecordJoinTests.agent, "sql.login", on: "db", at: 1_030)
    RecordJoin.join(&builder.batch)
    let row = builder.batch.rows.count - 1
    #expect(builder.batch.rows[row].run == run && builder.batch.rows[row].join.takesRun)
    // A third trace at the same time makes it ambiguous.
    builder.decision(
      .allow, RecordJoinTests.agent, "objects.get", on: "o-3", in: 3, span: 1, at: 1_030)
    builder.batch.rows[row + 1].run = run
    RecordJoin.join(&builder.batch)
    var whole = RecordJoinTests.shop()
    _ = whole.batch.strings.intern("run-7")
    for place in whole.batch.rows.indices { whole.batch.rows[place].run = run }
    whole.decision(.allow, RecordJoinTests.agent, "sql.login", on: "db", at: 1_030)
    whole.decision(
      .allow, RecordJoinTests.agent, "objects.get", on: "o-3", in: 3, span: 1, at: 1_030)
    whole.batch.rows[row + 1].run = run
    RecordJoin.join(&whole.batch)
    #expect(builder.batch.rows[row].join == whole.batch.rows[row].join)
    #expect(builder.batch.rows[row].trace == whole.batch.rows[row].trace)
    #expect(builder.batch.rows[row].run == whole.batch.rows[row].run)
    // And with the reason gone, the record is as it was read.
    RecordJoin.join(&builder.batch, window: 0)
    #expect(builder.batch.rows[row].join == .none && builder.batch.rows[row].run.isEmpty)
    #expect(builder.batch.rows[row].trace.isNone && builder.batch.rows[row].span.isNone)
  }

  @Test("a joined row keeps its own ids: none")
  func ownIDs() throws {
    var builder = RecordJoinTests.shop()
    builder.decision(.allow, RecordJoinTests.agent, "sql.login", on: "db", at: 1_030)
    RecordJoin.join(&builder.batch)
    let index = try builder.index()
    let row = try #require((0..<index.rowCount).first { index.text(index.target($0)) == "db" })
    #expect(index.spanID(row).isNone)
    #expect(index.marks(row).contains(.joined))
  }

  @Test("times and names at the edges join nothing and break nothing")
  func hostile() throws {
    var builder = RecordJoinTests.shop()
    for time in [Int64.min, .max, .min + 1, .max - 1] {
      let row = builder.decision(.allow, RecordJoinTests.agent, "p", on: "t")
      builder.batch.rows[row].start = time
      builder.batch.rows[row].duration = .max
      builder.span("edge", in: 9, id: 1, attributes: ["enduser.id": "agent@shop.example"])
      builder.batch.rows[row + 1].start = time
      builder.batch.rows[row + 1].duration = .max
    }
    RecordJoin.join(&builder.batch, window: .max)
    _ = try builder.index()
  }

  @Test("many records at one moment take no time that grows with their square")
  func crowd() throws {
    var builder = TraceBuilder()
    for trace in UInt64(1)...20_000 {
      builder.decision(.allow, "a", "p", on: "t", in: trace, span: 1, at: 1)
      builder.decision(.allow, "a", "q", on: "u", at: 1)
    }
    RecordJoin.join(&builder.batch)
    #expect(builder.batch.rows[1].join == RowJoin(.ambiguous, confidence: 0))
  }
}
