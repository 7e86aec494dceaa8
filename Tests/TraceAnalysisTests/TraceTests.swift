import TestSupport
import Testing
import TraceAnalysis
import TraceIndex
import TraceModel
import TraceQuery

@Suite("List of traces") struct TraceListTests {
  private func index() throws -> TraceIndex {
    var builder = TraceBuilder()
    builder.span("a", in: 0xA, id: 1, at: 0, for: 10, service: "s")
    builder.span("b", in: 0xB, id: 1, at: 5, for: 30, status: .error)
    builder.span("c", in: 0xC, id: 1, at: 9, for: 30)
    builder.decision(.deny, "p", "q", on: "r", in: 0xC, span: 1, at: 10)
    builder.decision(.deny, "p", "q", on: "r", at: 10)
    return try builder.index()
  }

  @Test(
    "orders hold ties by start",
    arguments: [
      (.start, false, [0, 1, 2]), (.start, true, [2, 1, 0]), (.duration, true, [1, 2, 0]),
      (.duration, false, [0, 1, 2]), (.errors, true, [1, 0, 2]), (.denied, true, [2, 0, 1]),
      (.spans, true, [0, 1, 2]),
    ] as [(TraceList.Order, Bool, [Int])])
  func orders(order: TraceList.Order, isDescending: Bool, expected: [Int]) throws {
    let list = TraceList(try index(), by: order, isDescending: isDescending)
    #expect(list.ordinals == expected)
  }

  @Test("a set of rows selects the traces that have one of them")
  func filtered() throws {
    let index = try index()
    let denied = RowSet(
      rowCount: index.rowCount,
      (0..<index.rowCount).filter {
        index.outcome($0) == .deny
      })
    let list = TraceList(index, rows: denied)
    #expect(list.ordinals == [2])
    #expect(list.looseRows == 1 && list.looseDenied == 1)
    #expect(TraceList(index, rows: RowSet(rowCount: index.rowCount)).ordinals.isEmpty)
  }

  @Test("a trace is shown by its earliest root")
  func row() throws {
    let row = TraceList.Row(try index(), ordinal: 2)
    #expect(row.id == "0000000000000000000000000000000c")
    #expect(row.name == "c" && row.service == "service" && row.duration == 30_000_000)
    #expect(row.spans == 1 && row.decisions == 1 && row.denied == 1 && row.errors == 0)
  }
}

@Suite("One trace") struct TraceDetailTests {
  @Test("rows are the tree with offsets, self times and places")
  func rows() throws {
    var builder = TraceBuilder(artifact: "t.jsonl")
    builder.span("root", in: 7, id: 1, at: 100, for: 100, service: "web", status: .error)
    builder.span("child", in: 7, id: 2, parent: 1, at: 120, for: 30, service: "db")
    builder.decision(
      .deny, "user:a", "p.q", on: "r", in: 7, span: 2, at: 125, reason: "no_binding")
    let index = try builder.index(name: "run")
    let detail = try #require(TraceDetail(index, trace: 0))
    #expect(detail.rows.map(\.depth) == [0, 1, 2])
    #expect(detail.rows.map(\.offset) == [0, 20_000_000, 25_000_000])
    #expect(detail.rows[0].selfTime == 70_000_000)
    #expect(detail.rows[2].principal == "user:a" && detail.rows[2].message == "no_binding")
    #expect(detail.rows[2].artifact == "t.jsonl" && detail.rows[2].byteOffset == 200)
    #expect(detail.criticalServices.map(\.service) == ["web", "db"])
    #expect(detail.criticalServices.map(\.time) == [70_000_000, 30_000_000])
    #expect(
      detail.cause == "root (web) failed: user:a was denied p.q on r: no_binding, in child (db)")
    #expect(TraceDetail(index, trace: 1) == nil && TraceDetail(index, trace: -1) == nil)
  }
}

@Suite("Cause") struct CauseTests {
  private func row(_ name: String, in index: TraceIndex) throws -> Int {
    try #require((0..<index.rowCount).first { index.string(index.name($0)) == name })
  }

  private func names(_ cause: Cause, in index: TraceIndex) -> [String] {
    cause.chain.map { index.string(index.name($0.row)) }
  }

  @Test("a denied decision is preferred to a deeper error")
  func denial() throws {
    var builder = TraceBuilder()
    builder.span("root", id: 1, for: 100, status: .error)
    builder.span("left", id: 2, parent: 1, at: 1, for: 50, status: .error)
    builder.span("deep", id: 3, parent: 2, at: 2, for: 40, status: .error)
    builder.span("right", id: 4, parent: 1, at: 60, for: 30, status: .error)
    builder.decision(.deny, "user:a", "p.q", on: "r", in: 1, span: 4, at: 61)
    let index = try builder.index()
    let cause = try #require(Cause(of: try row("root", in: index), in: index))
    #expect(names(cause, in: index) == ["root", "right", "p.q"])
    #expect(
      cause.sentence(in: index)
        == "root (service) failed: user:a was denied p.q on r, in right (service)")
    // Asked from the middle, the way down to it is part of the answer.
    let left = try #require(Cause(of: try row("left", in: index), in: index))
    #expect(names(left, in: index) == ["root", "left", "deep"])
    #expect(left.asked == left.chain[1].row)
  }

  @Test("an error under spans that did not fail is no better than one right below")
  func handled() throws {
    var builder = TraceBuilder()
    builder.span("root", id: 1, for: 100, status: .error)
    builder.span("handled", id: 2, parent: 1, at: 1, for: 50)
    builder.span("inside", id: 3, parent: 2, at: 2, for: 40, status: .error)
    builder.span("real", id: 4, parent: 1, at: 60, for: 30, status: .error, message: "boom")
    let index = try builder.index()
    let cause = try #require(Cause(of: 0, in: index))
    #expect(names(cause, in: index) == ["root", "real"])
    #expect(
      cause.sentence(in: index)
        == "root (service) failed; the deepest error is real (service): boom")
  }

  @Test("of equally deep errors the latest is taken")
  func latest() throws {
    var builder = TraceBuilder()
    builder.span("root", id: 1, for: 100, status: .error)
    builder.span("try 1", id: 2, parent: 1, at: 1, for: 5, status: .error)
    builder.span("try 2", id: 3, parent: 1, at: 50, for: 5, status: .error)
    let index = try builder.index()
    #expect(names(try #require(Cause(of: 0, in: index)), in: index) == ["root", "try 2"])
  }

  @Test("links are followed when nothing below went wrong, and never in a circle")
  func links() throws {
    var builder = TraceBuilder()
    builder.span("consume", in: 1, id: 1, at: 100, for: 10, status: .error)
    builder.span("produce", in: 2, id: 2, at: 0, for: 10)
    builder.span("store", in: 2, id: 3, parent: 2, at: 1, for: 5, status: .error, message: "full")
    builder.batch.links.append(contentsOf: [
      RecordLink(row: 0, trace: TraceID(high: 0, low: 2), span: SpanID(2)),
      RecordLink(row: 1, trace: TraceID(high: 0, low: 1), span: SpanID(1)),
      RecordLink(row: 0, trace: TraceID(high: 0, low: 9), span: SpanID(9)),
    ])
    let index = try builder.index()
    let cause = try #require(Cause(of: try row("consume", in: index), in: index))
    #expect(names(cause, in: index) == ["consume", "produce", "store"])
    #expect(cause.chain.map(\.relation) == [.top, .link, .child])
    #expect(
      cause.sentence(in: index) == "consume (service) failed; the deepest error, behind a link is "
        + "store (service): full")
  }

  @Test("a denial's cause is itself, with the failures above it")
  func fromDenial() throws {
    var builder = TraceBuilder()
    builder.span("root", id: 1, for: 100, status: .error)
    builder.span("child", id: 2, parent: 1, at: 1, for: 50, status: .error)
    builder.decision(.deny, "", "p.q", on: "r", in: 1, span: 2, at: 2)
    let index = try builder.index()
    let cause = try #require(Cause(of: 2, in: index))
    #expect(cause.deepest == 2)
    #expect(
      cause.sentence(in: index) == "an unnamed principal was denied p.q on r, in child (service); "
        + "2 above it failed, up to root (service)")
  }

  @Test("an exception's message stands in for a missing status message")
  func exception() throws {
    var builder = TraceBuilder()
    builder.span("root", id: 1, for: 100, status: .error)
    builder.event("exception", at: 1)
    let key = builder.batch.key(.event, builder.batch.strings.intern("exception.message"))
    builder.batch.rows[0].firstAttribute = 0
    builder.batch.rows[0].attributeCount = 1
    builder.batch.attributes.append(
      RecordAttribute(
        key: key, value: builder.batch.strings.intern("disk on fire"), type: .string, item: 0))
    let index = try builder.index()
    #expect(
      try #require(Cause(of: 0, in: index)).sentence(in: index)
        == "root (service) failed: disk on fire; nothing below it failed")
  }

  @Test("what is well has no cause, and rows outside the execution neither")
  func none() throws {
    var builder = TraceBuilder()
    builder.span("root", id: 1)
    let index = try builder.index()
    #expect(Cause(of: 0, in: index) == nil)
    #expect(Cause(of: 5, in: index) == nil && Cause(of: -1, in: index) == nil)
  }
}
