import Testing
import TraceIndex

@testable import TraceQuery

@Suite("Query completion")
struct CompletionTests {
  let index: TraceIndex

  init() throws { index = try sample.get() }

  /// The texts offered for a query whose cursor stands at `^`.
  private func offered(
    _ text: String, in index: TraceIndex? = nil, macros: [String: String] = [:], limit: Int = 50
  ) -> [String] {
    completions(text, in: index, macros: macros, limit: limit).map(\.text)
  }

  private func completions(
    _ text: String, in index: TraceIndex? = nil, macros: [String: String] = [:], limit: Int = 50
  ) -> [Completion] {
    let cursor = text.unicodeScalars.prefix { $0 != "^" }.count
    let query = String(text.filter { $0 != "^" })
    return QueryVocabulary.completions(
      for: query, cursor: cursor, index: index, macros: macros, limit: limit)
  }

  @Test("names that begin as typed come first, then those that contain it")
  func fields() {
    #expect(offered("pe^") == ["perm", "actor.type", "target.type"])
    #expect(offered("princ^") == ["actor", "actor.type"])
    #expect(offered("^").count == 50)
    #expect(offered("a (dep^").first == "depth")
    #expect(offered("{ is:deny } >> { ser^").first == "service")
    #expect(offered("-lat^") == ["latency"])
    #expect(offered("zzz^").isEmpty)
    #expect(offered("exists(mes^") == ["message"])
    #expect(offered("http^", in: index).contains("span.http.method"))
    #expect(offered("span.ht^", in: index) == ["span.http.method", "span.http.status_code"])
    #expect(offered("x", limit: 0).isEmpty)
  }

  @Test("the range covers what is typed")
  func ranges() {
    #expect(completions("is:deny -per^m").first?.range == 9..<12)
    #expect(completions("a service=gate^", in: index).first?.range == 10..<14)
    #expect(completions("perm in (sto^", in: index).first?.range == 9..<12)
    #expect(completions("größe lat^").first?.range == 6..<9)
  }

  @Test("words come with their field")
  func words() {
    #expect(offered("is:de^") == ["decision", "deny"])
    #expect(offered("kind=s^") == ["server", "unspecified", "consumer"])
    #expect(offered("decision in (al^") == ["allow", "allowed-then-failed"])
    #expect(offered("dep^").first == "depth")
    #expect(offered("orph^") == ["is:orphan"])
  }

  @Test("values come from the index, the most frequent first")
  func values() {
    let services = completions("service:^", in: index)
    #expect(
      services.map(\.text) == ["gateway", "orders", "inventory", "payments", "secrets"])
    #expect(services.prefix(2).map(\.count) == [2, 2])
    #expect(offered("service:e^", in: index).allSatisfy { $0.contains("e") })
    #expect(offered("service:pay^", in: index) == ["payments"])
    #expect(offered("name=\"POST /ch^", in: index) == ["\"POST /charge\"", "\"POST /checkout\""])
    #expect(offered("span.http.method=^", in: index) == ["GET", "POST"])
    #expect(offered("perm not in (a, cloud^", in: index) == ["cloudkms.keys.get"])
    #expect(offered("resource.host.name=^", in: index) == ["alpha", "beta"])
    #expect(offered("file:^", in: index).first == "shop/orders.jsonl")
    #expect(offered("project=^", in: index, limit: 1) == ["shop"])
    #expect(offered("dur>^", in: index).isEmpty)
    #expect(offered("nope:^", in: index).isEmpty)
    #expect(offered("span.nope=^", in: index).isEmpty)
    #expect(offered("service:^").isEmpty)
  }

  @Test("stages, their fields, and macros")
  func stages() {
    #expect(offered("a | ^").first == "by(")
    #expect(offered("a | co^") == ["count("])
    #expect(offered("a | p9^") == ["p90(", "p95(", "p99("])
    #expect(offered("a | by(serv^") == ["service"])
    #expect(offered("a | by(service) | sort(-co^").first == "count")
    #expect(offered("@no^", macros: ["noisy": "x", "approved": "y"]) == ["@noisy"])
    #expect(offered("perm in @ap^", macros: ["noisy": "x", "approved": "y"]) == ["@approved"])
    #expect(offered("\"is:^").isEmpty)
  }

  @Test("any text and any cursor is answered", arguments: QueryExample.read("invalid.txt"))
  func robustness(example: QueryExample) {
    let count = example.query.unicodeScalars.count
    for cursor in -1...count + 1 {
      let found = QueryVocabulary.completions(for: example.query, cursor: cursor, index: index)
      #expect(found.allSatisfy { $0.range.upperBound <= count && $0.range.lowerBound >= 0 })
    }
  }

  @Test("labels are offered where the context gives them")
  func labels() {
    let context = QueryContext(labels: [
      "diff": ["added": RowSet(all: 3), "removed": RowSet(rowCount: 3)]
    ])
    let found = QueryVocabulary.completions(for: "diff:", cursor: 5, context: context)
    #expect(found.map(\.text) == ["added", "removed"])
    #expect(found.map(\.count) == [3, 0])
  }
}
