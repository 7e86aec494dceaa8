import TestSupport
import Testing
import TraceIndex
import TraceModel

@testable import TraceQuery

@Suite("Query tables")
struct TableTests {
  let index: TraceIndex

  init() throws { index = try sample.get() }

  /// The table as text: headings, then rows, cells by `|`.
  private func table(_ text: String, in index: TraceIndex) throws -> [String] {
    guard case .table(let table) = try evaluate(try Query(parsing: text), in: index) else {
      return ["not a table"]
    }
    let headings = table.columns.map { "\($0.name):\($0.kind)" }.joined(separator: "|")
    return [headings]
      + table.rows.map { row in
        row.cells.map { cell in
          switch cell {
          case .absent: "-"
          case .duration(let value): DurationText.text(value)
          case .time(let value): TimeLiteral.absolute(value).description
          case .string, .text: cell.string(in: index) ?? "?"
          case .integer(let value): String(value)
          case .double(let value): String(value)
          }
        }.joined(separator: "|")
      }
  }

  @Test(
    "groups, aggregates and stages on tables",
    arguments: [
      (
        "is:span | by(service)",
        [
          "service:text|count:integer", "gateway|2", "orders|2", "inventory|1", "payments|1",
        ]
      ),
      (
        "is:span | by(service) | count() | sum(dur) | sort(-sum)",
        [
          "service:text|count:integer|sum(dur):duration", "gateway|2|413ms", "orders|2|405ms",
          "payments|1|320ms", "inventory|1|50ms",
        ]
      ),
      (
        "is:deny | by(actor, perm) | count() >= 1 | sort(-count) | limit(20)",
        [
          "actor:text|perm:text|count:integer",
          "serviceAccount:payments@shop|secretmanager.versions.access|1",
        ]
      ),
      (
        "| by(actor.type, decision) | count() >= 1 | sort(actor.type)",
        [
          "actor.type:text|decision:text|count:integer", "robot|deny|1", "user|allow|1",
          "user|allowed-then-failed|1", "-|-|7", "-|error|1",
        ]
      ),
      (
        "is:span | count() | min(dur) | max(dur) | avg(dur) | p50(dur) | p90(dur)",
        [
          "count:integer|min(dur):duration|max(dur):duration|avg(dur):duration|p50(dur):duration"
            + "|p90(dur):duration",
          "6|1ms|412ms|198ms|50ms|412ms",
        ]
      ),
      (
        "| by(span.http.status_code) | max(span.ratio) | avg(span.ratio) | select(max, span.http.status_code)",
        [
          "max(span.ratio):number|span.http.status_code:text", "-|-", "0.5|200", "10.0|503",
        ]
      ),
      (
        "is:log | count() | max(dur) | avg(depth)",
        [
          "count:integer|max(dur):duration|avg(depth):number", "1|-|0.0",
        ]
      ),
      ("zzz | count() | sum(dur)", ["count:integer|sum(dur):duration", "0|-"]),
      ("zzz | by(service)", ["service:text|count:integer"]),
      ("is:span | count() > 6", ["count:integer"]),
      (
        "is:span | by(service) | p95(dur) > 100ms | select(service)",
        [
          "service:text", "gateway", "orders", "payments",
        ]
      ),
      (
        "is:span | by(service) | p95(dur) != 50ms | sort(service) | limit(1)",
        [
          "service:text|p95(dur):duration", "gateway|412ms",
        ]
      ),
      (
        "| by(trace) | max(end) | min(start) < 09:00:01",
        [
          "trace:text|max(end):time|min(start):time",
          "00000000000000000000000000000001|2026-03-02T09:00:00.412Z|2026-03-02T09:00:00Z",
        ]
      ),
      (
        "is:span | top(2, dur) | select(name, dur, start, depth, trace, span, kind)",
        [
          "name:text|dur:duration|start:time|depth:integer|trace:text|span:text|kind:text",
          "POST /checkout|412ms|2026-03-02T09:00:00Z|0|00000000000000000000000000000001"
            + "|0000000000000001|server",
          "create order|395ms|2026-03-02T09:00:00.005Z|1|00000000000000000000000000000001"
            + "|0000000000000002|internal",
        ]
      ),
      (
        "is:log | select(name, dur, kind, trace, file, byte, run, actor)",
        [
          "name:text|dur:duration|kind:text|trace:text|file:text|byte:integer|run:text|actor:text",
          "Disk FULL|-|-|-|shop/log.jsonl|10000000|baseline|-",
        ]
      ),
      (
        "is:span | limit(3) | by(service) | count()",
        [
          "service:text|count:integer", "gateway|1", "inventory|1", "orders|1",
        ]
      ),
      ("is:span | by(depth) | top(1, depth)", ["depth:integer|count:integer", "2|2"]),
      (
        "| by(resource.host.name) | sum(children)",
        [
          "resource.host.name:text|sum(children):integer", "-|1", "alpha|1", "beta|2",
        ]
      ),
      (
        "exists(event.name) | by(event.name, span.tags)",
        [
          "event.name:text|span.tags:text|count:integer", "exception|-|1",
        ]
      ),
    ])
  func tables(text: String, expected: [String]) throws {
    #expect(try table(text, in: index) == expected)
  }

  @Test("a row of a table leads back to the index")
  func evidence() throws {
    guard
      case .table(let groups) = try evaluate(
        try Query(parsing: "is:span | by(service)"), in: index),
      case .table(let all) = try evaluate(try Query(parsing: "is:log | count()"), in: index),
      case .table(let none) = try evaluate(try Query(parsing: "zzz | count()"), in: index)
    else {
      Issue.record("no tables")
      return
    }
    #expect(groups.rows.map(\.firstRow) == [0, 1, 2, 3])
    #expect(groups.rows.map(\.count) == [2, 2, 1, 1])
    #expect(groups.columns.map(\.field) == [.known(.service), nil])
    #expect(all.rows.first?.firstRow == 10)
    #expect(none.rows == [.init(cells: [.integer(0)], firstRow: nil, count: 0)])
  }

  @Test("percentiles are by nearest rank", arguments: [1, 2, 3, 10, 99, 100, 101])
  func percentiles(count: Int) throws {
    var builder = TraceBuilder()
    for number in 1...count {
      builder.span("a", id: UInt64(number), for: Int64((number * 37) % count + 1))
    }
    let index = try builder.index()
    let sorted = (1...count).map { Int64(($0 * 37) % count + 1) }.sorted()
    for percentage in [50, 90, 95, 99] {
      let query = try Query(parsing: "| p\(percentage)(dur)")
      guard case .table(let table) = try evaluate(query, in: index) else { continue }
      // The smallest value that is not below so many percent of the values.
      let expected = sorted.first { value in
        sorted.filter { $0 <= value }.count * 100 >= percentage * count
      }
      #expect(table.rows.first?.cells == [.duration((expected ?? 0) * 1_000_000)])
    }
  }

  @Test("sums stop at the end of 64 bits")
  func saturation() throws {
    var builder = TraceBuilder()
    for id in 1...3 {
      builder.span("a", id: UInt64(id))
      builder.batch.rows[id - 1].duration = .max
    }
    let lines = try table("| sum(dur) | avg(dur)", in: try builder.index())
    let longest = DurationText.text(.max)
    #expect(lines.last == "\(longest)|\(longest)")
  }

  @Test("groups agree with counting row by row", arguments: 1...10)
  func grouping(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    var builder = TraceBuilder()
    var expected: [String: (count: Int, sum: Int64)] = [:]
    for id in 1...5_000 {
      let service = "s\(Int.random(in: 0..<90, using: &random))"
      let name = "n\(Int.random(in: 0..<9, using: &random))"
      let duration = Int64.random(in: 0..<1_000, using: &random)
      builder.span(name, in: UInt64(id / 10 + 1), id: UInt64(id), for: duration, service: service)
      let key = service + "|" + name
      let before = expected[key] ?? (0, 0)
      expected[key] = (before.count + 1, before.sum + duration)
    }
    let index = try builder.index()
    let lines = try table("| by(service, name) | count() | sum(dur)", in: index).dropFirst()
    let sorted = expected.sorted { a, b in
      a.value.count != b.value.count
        ? a.value.count > b.value.count
        : a.key.split(separator: "|").lexicographicallyPrecedes(b.key.split(separator: "|"))
    }
    #expect(
      Array(lines)
        == sorted.map {
          "\($0.key)|\($0.value.count)|\(DurationText.text($0.value.sum * 1_000_000))"
        })
  }
}
