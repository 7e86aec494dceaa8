import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("Trees") struct TreeTests {
  @Test("rows lie in pre-order, children by start, subtrees are ranges")
  func preOrder() throws {
    var builder = TraceBuilder()
    builder.span("late child", id: 3, parent: 1, at: 50, for: 10)
    builder.span("root", id: 1, at: 0, for: 100)
    builder.span("early child", id: 2, parent: 1, at: 10, for: 20)
    builder.span("grandchild", id: 4, parent: 2, at: 12, for: 5)
    let index = try builder.index()
    #expect(
      (0..<4).map { index.text(index.name($0)) } == [
        "root", "early child", "grandchild", "late child",
      ])
    #expect(index.subtree(0) == 0..<4)
    #expect(index.subtree(1) == 1..<3)
    #expect(index.parent(3) == 0)
    #expect(index.depth(2) == 2)
    #expect(index.selfTime(0) == 70_000_000)
  }

  @Test("orphans, duplicates, cycles and several roots are all present and marked")
  func dirty() throws {
    var builder = TraceBuilder()
    builder.span("root a", id: 1)
    builder.span("root b", id: 2, at: 1)
    builder.span("orphan", id: 3, parent: 99, at: 2)
    builder.span("twin", id: 1, parent: 2, at: 3)
    builder.span("cycle x", id: 10, parent: 11, at: 4)
    builder.span("cycle y", id: 11, parent: 10, at: 5)
    builder.span("self", id: 12, parent: 12, at: 6)
    let index = try builder.index()
    #expect(index.rowCount == 7)
    func marks(_ name: String) -> RowMarks? {
      (0..<7).first { index.text(index.name($0)) == name }.map(index.marks)
    }
    #expect(marks("orphan")?.contains(.orphan) == true)
    #expect(marks("twin")?.contains(.duplicate) == true)
    #expect(marks("cycle x")?.contains(.cycle) == true)
    #expect(marks("cycle y")?.contains(.cycle) == false)
    #expect(marks("self")?.contains([.cycle, .root]) == true)
    #expect(marks("root b")?.contains(.root) == true)
  }

  @Test(
    "the server of a call stands below the client with the same id, in any order of records",
    arguments: [true, false])
  func sharedSpan(clientFirst: Bool) throws {
    var builder = TraceBuilder()
    if !clientFirst { builder.span("server", id: 2, parent: 1, at: 11, for: 8, kind: .server) }
    builder.span("child", id: 3, parent: 2, at: 12, for: 5)
    builder.span("client", id: 2, parent: 1, at: 10, for: 10, kind: .client)
    if clientFirst { builder.span("server", id: 2, parent: 1, at: 11, for: 8, kind: .server) }
    builder.span("retry", id: 2, parent: 1, at: 15, for: 1, kind: .server)
    builder.span("root", id: 1, for: 30, kind: .server)
    let index = try builder.index()
    let names = (0..<5).map { index.text(index.name($0)) }
    #expect(names == ["root", "client", "server", "child", "retry"])
    #expect((0..<5).map { index.parent($0) } == [nil, 0, 1, 2, 0])
    #expect(
      (0..<5).map { index.marks($0).contains(.duplicate) } == [false, false, true, false, true])
  }

  @Test("a client that names its own server as its parent is a cycle, and both stay")
  func sharedCycle() throws {
    var builder = TraceBuilder()
    builder.span("client", id: 2, parent: 2, kind: .client)
    builder.span("server", id: 2, parent: 2, at: 1, kind: .server)
    let index = try builder.index()
    #expect(index.rowCount == 2)
    #expect(index.marks(0).contains(.cycle))
    #expect(index.parent(1) == 0)
  }

  @Test("a decision nests under the span it was made in; errors and denials bubble up")
  func decisions() throws {
    var builder = TraceBuilder()
    builder.span("root", id: 1, for: 100)
    builder.span("charge", id: 2, parent: 1, at: 10, for: 50, status: .error)
    builder.decision(.deny, "user:a", "secrets.access", on: "s", in: 1, span: 2, at: 20)
    builder.decision(.allow, "user:a", "secrets.access", on: "s", in: 1, span: 77, at: 30)
    builder.decision(.allow, "user:b", "secrets.access", on: "s", at: 5)
    let index = try builder.index()
    let denied = try #require((0..<5).first { index.outcome($0) == .deny })
    #expect(index.parent(denied).map { index.text(index.name($0)) } == "charge")
    #expect(index.marks(denied).contains(.joined))
    #expect(index.marks(0).contains([.errorBelow, .denyBelow]))
    let lost = try #require((0..<5).first { index.marks($0).contains(.orphan) })
    #expect(index.kind(lost) == .decision)
    #expect(index.looseRows == 4..<5)
    #expect(index.trace(ofRow: 4) == nil)
    #expect(index.totals.denied == 1 && index.totals.allowed == 2 && index.totals.errors == 1)
  }

  @Test("the critical path is the chain that decided when the root ended")
  func criticalPath() throws {
    var builder = TraceBuilder()
    builder.span("root", id: 1, at: 0, for: 100)
    builder.span("parallel short", id: 2, parent: 1, at: 10, for: 20)
    builder.span("parallel long", id: 3, parent: 1, at: 10, for: 60)
    builder.span("last", id: 4, parent: 1, at: 70, for: 25)
    let index = try builder.index()
    let critical = (0..<4).filter { index.marks($0).contains(.critical) }
      .map { index.text(index.name($0)) }
    #expect(critical == ["root", "parallel long", "last"])
  }

  @Test("a chain of a hundred thousand spans neither recurses nor slows down")
  func deepChain() throws {
    var builder = TraceBuilder()
    for id in 1...100_000 {
      builder.span("s", id: UInt64(id), parent: UInt64(id - 1), at: Int64(id % 100))
    }
    let index = try builder.index()
    #expect(index.subtree(0) == 0..<100_000)
    #expect(index.depth(99_999) == 65_535)
  }

  @Test("times at the ends of Int64 do not overflow")
  func extremeTimes() throws {
    var builder = TraceBuilder()
    builder.span("a", id: 1, at: 0)
    builder.batch.rows[0].start = .max - 5
    builder.batch.rows[0].duration = .max
    builder.span("b", id: 2, parent: 1)
    builder.batch.rows[1].start = .min
    builder.batch.rows[1].duration = .max
    let index = try builder.index()
    #expect(index.end(0) == .max)
    #expect(index.rowCount == 2)
  }
}

@Suite("Columns and attributes") struct ColumnTests {
  @Test("time order runs across traces")
  func timeOrder() throws {
    var builder = TraceBuilder()
    builder.span("b", in: 1, id: 1, at: 30)
    builder.span("a", in: 2, id: 2, at: 10)
    builder.span("c", in: 2, id: 3, parent: 2, at: 40)
    builder.decision(.allow, "p", "q", on: "r", at: 20)
    let index = try builder.index()
    let starts = index.withTimeOrder { order in
      (0..<order.count).map { (index.start(Int(order[$0])) - TraceBuilder.epoch) / 1_000_000 }
    }
    #expect(starts == [10, 20, 30, 40])
  }

  @Test("attributes are found by key and by row")
  func attributes() throws {
    var builder = TraceBuilder()
    builder.span("b", in: 2, id: 1, at: 30, attributes: ["http.method": "POST", "code": "500"])
    builder.span("a", in: 1, id: 2, at: 10, attributes: ["http.method": "GET"])
    let index = try builder.index()
    let key = try #require(index.keyOrdinal(scope: .span, name: "http.method"))
    #expect(index.attributeKeys[key].count == 2)
    index.withPostings(ofKey: key) { postings in
      #expect(postings.rows[0] == 0 && postings.rows[1] == 1)
      #expect(index.string(StringID(postings.values[0])) == "GET")
    }
    let attributes = index.attributes(ofRow: 1)
    #expect(attributes.map { index.string($0.key) } == ["code", "http.method"])
    #expect(attributes[0].type == .integer)
  }

  @Test("strings are found exactly, and shown safely")
  func strings() throws {
    var builder = TraceBuilder()
    builder.span("evil \u{1B}[2J\r\n\u{202E}x", id: 1)
    let index = try builder.index()
    let id = index.name(0)
    #expect(index.string(id) == "evil \u{1B}[2J\r\n\u{202E}x")
    #expect(index.text(id) == "evil ␛[2J␍␊\\u{202E}x")
    #expect(index.stringID(of: "evil \u{1B}[2J\r\n\u{202E}x") == id)
    #expect(index.stringID(of: "no such text") == nil)
  }

  @Test("an execution of nothing has an index")
  func empty() throws {
    let index = try TraceBuilder().index()
    #expect(index.rowCount == 0 && index.traceCount == 0)
    #expect(index.totals == ExecutionTotals())
    #expect(
      index.start(0) == 0 && index.text(StringID(9)) == "" && index.traceRecord(3).rows == 0..<0)
  }
}
