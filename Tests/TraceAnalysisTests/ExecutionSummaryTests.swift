import TestSupport
import Testing
import TraceAnalysis
import TraceIndex
import TraceModel
import TraceQuery

private let ms: Int64 = 1_000_000

/// Two traces of a shop: the second fails because a decision in it is denied.
private func shop() throws -> TraceIndex {
  var builder = TraceBuilder(artifact: "shop.jsonl")
  builder.span("POST /buy", in: 1, id: 1, at: 0, for: 100, service: "web")
  builder.span("charge", in: 1, id: 2, parent: 1, at: 10, for: 40, service: "pay")
  builder.decision(.allow, "sa:pay", "keys.use", on: "k1", in: 1, span: 2, at: 12)
  builder.span("POST /buy", in: 2, id: 3, at: 1_000, for: 300, service: "web", status: .error)
  builder.span(
    "charge", in: 2, id: 4, parent: 3, at: 1_010, for: 200, service: "pay", status: .error,
    message: "no key")
  builder.decision(
    .deny, "sa:pay", "keys.use", on: "k2", in: 2, span: 4, at: 1_012, reason: "no_binding")
  builder.decision(.error, "sa:pay", "keys.use", on: "k2", in: 2, span: 4, at: 1_020)
  builder.decision(.deny, "", "keys.list", on: "", at: 2_000)
  return try builder.index(name: "shop")
}

@Suite("Summary of an execution") struct ExecutionSummaryTests {
  @Test("services and operations are counted, failing ones first")
  func operations() throws {
    let summary = ExecutionSummary(try shop())
    #expect(summary.services.map(\.name) == ["pay", "web"])
    #expect(summary.operations.map(\.name) == ["charge", "POST /buy"])
    let charge = summary.operations[0].spans
    #expect(charge.count == 2 && charge.errors == 1 && charge.errorRate.description == "50.0 %")
    #expect(charge.durations.p50 == 40 * ms && charge.durations.p95 == 200 * ms)
    #expect(charge.durations.total == 240 * ms && charge.durations.maximum == 200 * ms)
    #expect(charge.selfTime == 240 * ms)
    #expect(summary.services[1].selfTimeShare == Share(Int(160 * ms), of: Int(400 * ms)))
  }

  @Test("percentiles are of nearest rank")
  func percentiles() throws {
    var builder = TraceBuilder()
    for number in 1...100 {
      builder.span("x", in: UInt64(number), id: UInt64(number), for: Int64(101 - number))
    }
    let durations = ExecutionSummary(try builder.index()).operations[0].spans.durations
    #expect(durations.p50 == 50 * ms && durations.p95 == 95 * ms && durations.p99 == 99 * ms)
    #expect(durations.maximum == 100 * ms && durations.mean == 50_500_000)
  }

  @Test("spans without an end are counted but have no duration")
  func unfinished() throws {
    var builder = TraceBuilder()
    builder.span("x", id: 1, for: 50)
    builder.span("x", id: 2, for: 0)
    builder.batch.rows[1].marks = .endMissing
    builder.span("x", id: 3, for: 0)
    builder.batch.rows[2].marks = .endBeforeStart
    let summary = ExecutionSummary(try builder.index())
    #expect(summary.operations[0].spans.count == 3)
    #expect(summary.operations[0].spans.durations.count == 1)
    #expect(summary.operations[0].spans.durations.p50 == 50 * ms)
    #expect(summary.durations.buckets.map(\.count) == [1])
    #expect(summary.quality.endMissing == 1 && summary.quality.endBeforeStart == 1)
  }

  @Test("decisions are counted by principal and by permission, errors apart")
  func decisions() throws {
    let summary = ExecutionSummary(try shop())
    #expect(summary.principals.map(\.name) == ["sa:pay", ""])
    #expect(
      summary.principals[0].counts == DecisionCounts(allowed: 1, denied: 1, undecided: 1))
    #expect(summary.permissions.map(\.name) == ["keys.use", "keys.list"])
    #expect(summary.permissions[0].counterparts == 1)
    #expect(summary.distinctPrincipals == 2)
    #expect(summary.distinctPermissions == 2)
    #expect(summary.distinctTargets == 3)
    #expect(summary.blindSpots.withoutPrincipal == 1 && summary.blindSpots.withoutTarget == 1)
    #expect(summary.blindSpots.authorizationErrors == 1)
  }

  @Test("denials are grouped with their first and last time and reason")
  func denials() throws {
    var builder = TraceBuilder()
    for time in [30, 10, 20] as [Int64] {
      builder.decision(.deny, "p", "q", on: "r", at: time, reason: time == 10 ? "first" : "later")
    }
    builder.decision(.unauthenticated, "p", "q", on: "s", at: 5)
    builder.decision(.allow, "p", "q", on: "r", at: 40)
    let denials = ExecutionSummary(try builder.index()).denials
    #expect(denials.map(\.target) == ["r", "s"])
    #expect(denials[0].denied == 3 && denials[0].allowed == 1 && denials[0].reason == "first")
    #expect(denials[0].first == TraceBuilder.epoch + 10 * ms)
    #expect(denials[0].last == TraceBuilder.epoch + 30 * ms)
  }

  @Test("the matrix has a cell for each principal and permission that met")
  func matrix() throws {
    let index = try shop()
    let matrix = DecisionMatrix(index)
    #expect(matrix.principals == ["", "sa:pay"])
    #expect(matrix.permissions == ["keys.list", "keys.use"])
    #expect(matrix.cells.map { [$0.principal, $0.permission] } == [[0, 0], [1, 1]])
    #expect(matrix.cells[1].counts == DecisionCounts(allowed: 1, denied: 1, undecided: 1))
    #expect(matrix.cells[1].targets == 2)
    #expect(index.outcome(matrix.cells[1].row) == .deny)
  }

  @Test("all rows as a set give the same figures as no set")
  func wholeSet() throws {
    let index = try shop()
    let whole = ExecutionSummary(index)
    let filtered = ExecutionSummary(index, rows: RowSet(all: index.rowCount))
    #expect(filtered.isFiltered && !whole.isFiltered)
    #expect(filtered.totals == whole.totals)
    #expect(filtered.operations == whole.operations && filtered.denials == whole.denials)
    #expect(filtered.timeline == whole.timeline && filtered.headlines == whole.headlines)
  }

  @Test("a set of rows restricts every count but what is wrong with the artifacts")
  func restricted() throws {
    let index = try shop()
    let first = index.traceRecord(0).rows
    let summary = ExecutionSummary(index, rows: RowSet(rowCount: index.rowCount, first))
    #expect(summary.totals.spans == 2 && summary.totals.traces == 1)
    #expect(summary.totals.denied == 0 && summary.totals.allowed == 1)
    #expect(summary.totals.recordsRead == 8)
    #expect(summary.denials.isEmpty)
    #expect(summary.quality.decisionsOutsideTraces == 1)
    #expect(summary.headlines.first?.kind == .healthy)
  }

  @Test("an execution of nothing is summarized without figures")
  func empty() throws {
    let summary = ExecutionSummary(try TraceBuilder().index())
    #expect(summary.operations.isEmpty && summary.timeline.buckets.isEmpty)
    #expect(summary.durations.buckets.isEmpty && summary.headlines.isEmpty)
  }
}

@Suite("Headlines of one execution") struct HeadlineTests {
  @Test("the first sentence says what failed and where it ends")
  func failing() throws {
    let headlines = ExecutionSummary(try shop()).headlines.map(\.text)
    #expect(
      headlines[0] == "POST /buy (web) failed 1 of 2 times at 09:00:01; it ends in the same "
        + "call: sa:pay was denied keys.use on k2: no_binding")
    #expect(headlines[1] == "1 of 4 authorization checks came to no decision at 09:00:01")
    #expect(headlines[2] == "60.0 % of all self time is in charge (pay): 2 calls, p95 200 ms")
  }

  @Test("failures below entry points that did not fail are not forgotten")
  func hidden() throws {
    var builder = TraceBuilder()
    builder.span("GET /", in: 1, id: 1, for: 10, service: "web")
    builder.span("cache", in: 1, id: 2, parent: 1, for: 2, service: "web", status: .error)
    builder.span("cache", in: 1, id: 3, parent: 1, at: 3, for: 2, service: "web", status: .error)
    builder.span("db", in: 1, id: 4, parent: 1, at: 6, for: 2, service: "web", status: .error)
    let headlines = ExecutionSummary(try builder.index()).headlines
    #expect(
      headlines[0].text == "cache (web) failed 2 of 2 times below entry points that did not fail; "
        + "so did 1 span of other operations")
  }

  @Test("denials that no failure ends in have their own sentence")
  func deniedAlone() throws {
    var builder = TraceBuilder()
    builder.decision(.deny, "user:a", "p", on: "r", at: 61_000, reason: "why")
    builder.decision(.deny, "user:a", "p", on: "r", at: 62_000, reason: "why")
    builder.decision(.deny, "user:b", "p", on: "r", at: 1_000)
    let headlines = ExecutionSummary(try builder.index()).headlines
    #expect(
      headlines.map(\.text) == [
        "user:a was denied p on r 2 times from 09:01:01 to 09:01:02 (why); 1 denial in "
          + "another group"
      ])
  }

  @Test("denials of one principal and permission are one, on whatever targets")
  func deniedOnTargets() throws {
    var builder = TraceBuilder()
    for number in 0..<4 {
      builder.decision(.deny, "user:a", "p", on: "r\(number / 2)", reason: "why \(number / 2)")
    }
    for _ in 0..<3 { builder.decision(.deny, "user:b", "p", on: "r0", at: 1_000) }
    let headlines = ExecutionSummary(try builder.index()).headlines
    #expect(
      headlines.map(\.text) == [
        "user:a was denied p on 2 targets 4 times at 09:00:00; 3 denials in another group"
      ])
  }

  @Test("checks without a decision come first when most rows show them")
  func outage() throws {
    var builder = TraceBuilder()
    builder.span("POST /buy", in: 1, id: 1, for: 10, service: "web", status: .error)
    builder.decision(.deny, "user:a", "p", on: "r", at: 1_000)
    for number in 0..<2 {
      let row = builder.decision(.error, "", "", on: "", at: 2_000 + Int64(number) * 1_000)
      builder.batch.rows[row].name = builder.batch.strings.intern("unreachable")
    }
    let headlines = ExecutionSummary(try builder.index()).headlines
    #expect(
      headlines.first?.text
        == "2 of 3 authorization checks came to no decision from 09:00:02 to 09:00:03 (unreachable)"
    )
    #expect(headlines.map(\.kind).prefix(3) == [.failing, .failing, .denied])
    builder.span("POST /buy", in: 2, id: 2, for: 10, service: "web", status: .error)
    let both = ExecutionSummary(try builder.index()).headlines.map(\.text)
    #expect(both[0].hasPrefix("POST /buy (web) failed 2 of 2 times"))
    #expect(both[1].hasPrefix("2 of 3 authorization checks came to no decision"))
  }

  @Test("times have dates when the run spans more than one day")
  func dates() throws {
    var builder = TraceBuilder()
    builder.decision(.deny, "user:a", "p", on: "r", at: 61_000)
    builder.decision(.deny, "user:a", "p", on: "r", at: 16 * 3_600_000)
    let text = try #require(ExecutionSummary(try builder.index()).headlines.first?.text)
    #expect(text.hasSuffix("2 times from 2026-03-02 09:01:01 to 2026-03-03 01:00:00"), "\(text)")
  }

  @Test("records that could not be read are said")
  func unread() throws {
    var builder = TraceBuilder()
    builder.span("x", id: 1)
    builder.batch.artifacts[0].recordsRefused = 2
    let headlines = ExecutionSummary(try builder.index()).headlines
    #expect(headlines.first?.text == "No span failed and no decision was denied")
    #expect(
      headlines.last?.text == "2 of 3 records could not be read: every figure lacks them")
  }
}

@Suite("Timeline") struct TimelineTests {
  @Test("buckets have round lengths and begin at round times")
  func buckets() throws {
    var builder = TraceBuilder()
    builder.span("a", in: 1, id: 1, at: 700, for: 100)
    builder.span("b", in: 2, id: 2, at: 31_000, for: 100, status: .error)
    builder.decision(.deny, "p", "q", on: "r", at: 290_000)
    builder.span("c", in: 3, id: 3, at: 299_000, for: 1_500)
    let timeline = Timeline(try builder.index())
    #expect(timeline.width == 15_000 * ms)
    #expect(timeline.start == TraceBuilder.epoch)
    #expect(timeline.buckets.count == 21)
    #expect(timeline.buckets[0] == Timeline.Bucket(spans: 1))
    #expect(timeline.buckets[2] == Timeline.Bucket(spans: 1, errors: 1))
    #expect(timeline.buckets[19] == Timeline.Bucket(spans: 1, decisions: 1, denied: 1))
  }

  @Test("a moment is one bucket, and the ends of time do not overflow")
  func extremes() throws {
    var builder = TraceBuilder()
    builder.span("a", id: 1, for: 0)
    #expect(Timeline(try builder.index()).buckets.count == 1)
    builder.batch.rows[0].start = .min
    builder.span("b", id: 2)
    builder.batch.rows[1].start = .max
    let timeline = Timeline(try builder.index())
    #expect(timeline.buckets.count <= 30)
    #expect(timeline.buckets.reduce(0) { $0 + $1.spans } == 2)
  }
}

@Suite("Duration histogram") struct DurationHistogramTests {
  @Test("steps are 1, 2 and 5 of each power of ten, without gaps")
  func steps() throws {
    var builder = TraceBuilder()
    for (id, duration) in [(1, 1), (2, 1), (3, 2), (4, 9)] as [(UInt64, Int64)] {
      builder.span("x", in: id, id: id, for: duration)
    }
    let buckets = ExecutionSummary(try builder.index()).durations.buckets
    #expect(buckets.map(\.count) == [2, 1, 1])
    #expect(buckets.map(\.lowerBound) == [1 * ms, 2 * ms, 5 * ms])
    #expect(buckets.last?.upperBound == 10 * ms)
  }
}

@Suite("Data quality") struct DataQualityTests {
  @Test("every kind of damage is counted")
  func damage() throws {
    var builder = TraceBuilder()
    builder.span("root a", id: 1, at: 10, for: 10)
    builder.span("root b", id: 2, at: 11)
    builder.span("orphan", id: 3, parent: 99, at: 12)
    builder.span("twin", id: 1, parent: 2, at: 11)
    builder.span("cycle x", id: 10, parent: 11, at: 14)
    builder.span("cycle y", id: 11, parent: 10, at: 14)
    builder.span("early", id: 20, parent: 1, at: 5, for: 7)
    builder.span("late", id: 21, parent: 1, at: 15, for: 50)
    builder.decision(.allow, "p", "q", on: "r", in: 1, span: 77, at: 12)
    builder.decision(.allow, "p", "q", on: "r", at: 12)
    builder.span("no root", in: 2, id: 30, parent: 31, at: 20)
    let quality = DataQuality(try builder.index())
    #expect(quality.orphanSpans == 2 && quality.orphanRecords == 1)
    #expect(quality.duplicates == 1 && quality.cycles == 1)
    #expect(quality.startBeforeParent == 1 && quality.endAfterParent == 1)
    #expect(quality.tracesWithSeveralRoots == 1 && quality.tracesWithoutRoot == 1)
    #expect(quality.decisionsOutsideTraces == 1)
  }

  @Test("what was not understood is listed with its first place")
  func problems() throws {
    var builder = TraceBuilder(artifact: "a.jsonl")
    builder.batch.diagnostics.add(Diagnostic(.malformedJSON, artifact: 0, offset: 17, detail: "x"))
    builder.batch.diagnostics.add(Diagnostic(.malformedJSON, artifact: 0, offset: 99, detail: "x"))
    let problems = DataQuality(try builder.index()).problems
    #expect(
      problems.map { "\($0.artifact) \($0.code.rawValue) \($0.count) \($0.firstOffset)" } == [
        "a.jsonl malformed-json 2 17"
      ])
  }
}
