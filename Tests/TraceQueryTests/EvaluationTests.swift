import Testing
import TraceIndex

@testable import TraceQuery

@Suite("Query evaluation")
struct EvaluationTests {
  let index: TraceIndex

  init() throws { index = try sample.get() }

  @Test(
    "predicates find the rows they speak of",
    arguments: [
      ("", Array(0...10)),
      ("{}", Array(0...10)),
      // Words: any searched field; a capital makes the case matter.
      ("post", [0, 3]), ("POST", [0, 3]), ("Post", []), ("full", [10]), ("FULL", [10]),
      ("\"secret unavailable\"", [3]), ("secret*", [3, 4]), ("prod-db", [4]), ("binding", [4, 7]),
      ("/^get .*k$/i", [2]), ("/GET/", [2, 5]), ("gateway", [0, 5]), ("engine", []),
      // Contains, whole text with *, exactly.
      ("name:GET", [2, 5, 7, 9]), ("name:get", [2, 5, 7, 9]), ("name:get*", [2, 5]),
      ("name:*stock", [2]),
      ("name:stock*", []), ("name:*/*e*", [0, 3, 5]), ("name:\"*\"", []),
      ("name=late", [6]), ("name=LATE", []), ("name!=late", [0, 1, 2, 3, 4, 5, 7, 8, 9, 10]),
      ("perm:storage.*", [7, 8]), ("perm in (storage.objects.get, cloudkms.*)", [7, 9]),
      ("perm not in (storage.*)", [4, 9]), ("target:*/buckets/* project=lab", [8]),
      ("actor:serviceAccount:payments@*", [4]), ("actor!=x", [4, 7, 8]),
      ("name=~/^(GET|late)/", [2, 5, 6]), ("actor!~/ann/", [4, 8]),
      ("message:secret", [3]), ("reason=binding_match", [7]), ("evaluator=engine", [4, 7, 8, 9]),
      // Absent is neither equal nor different.
      ("not actor=x", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), ("exists(actor)", [4, 7, 8]),
      ("not exists(actor) is:decision", [9]), ("reason=\"\"", []),
      // Words of a vocabulary.
      ("is:deny", [4]), ("is:allow", [7, 8]), ("decision=allow", [7]), ("decision:allow", [7, 8]),
      ("decision!=deny", [7, 8, 9]), ("is:error", [0, 3, 9]), ("status=error", [0, 3]),
      ("status!=error", [1, 2, 5, 6]), ("kind=client", [2, 3]),
      ("kind not in (client, server)", [1, 5, 6]),
      ("is in (log, deny)", [4, 10]), ("is:span is:leaf", [2, 5, 6]), ("is:root is:span", [0, 5]),
      ("is:orphan", [6]), ("is:joined", [4]), ("exists(kind)", [0, 1, 2, 3, 5, 6]),
      ("exists(decision)", [4, 7, 8, 9]),
      // Derived fields and parts of decisions.
      ("actor.type=user", [7, 8]), ("actor.type=serviceAccount", [4]), ("actor.type=robot", [4]),
      ("project=shop", [4, 7]), ("method=CheckPermission", [4, 7]), ("role:viewer", [7]),
      ("member=x", []), ("exists(cond)", []),
      // Numbers and durations.
      ("dur>=320ms", [0, 1, 3]), ("dur=50ms", [2]), ("dur!=50ms is:span", [0, 1, 3, 5, 6]),
      ("dur in (1ms, 10ms)", [5, 6]), ("dur not in (1ms, 10ms) is:decision", [4, 7, 8, 9]),
      ("dur>=0", [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), ("not dur>=0", [10]), ("latency>1ms", [4, 8]),
      ("exists(latency)", [4, 7, 8, 9]), ("self<20ms is:span", [0, 5, 6]),
      ("depth=2", [2, 3]), ("depth>=2 depth<3", [2, 3]), ("children=2", [1]),
      ("children>0", [0, 1, 3]),
      ("byte>=10MB", [10]), ("byte=0", [0]), ("exists(byte)", Array(0...10)),
      // Times; relative to the end of the data.
      ("start>=-300ms", [7, 8, 9, 10]), ("start>=09:00:02.2", [9, 10]), ("start=09:00", [0]),
      ("start<2026-03-02T09:00:00.01Z", [0, 1]), ("end<=2026-03-02T10:00:00.060+01:00", [2]),
      ("start>2026-03-03", []),
      // Attributes.
      ("span.http.method=POST", [0]), ("span.http.method!=POST", [2]),
      ("span.http.status_code>=500", [3]), ("span.http.status_code<=200.5", [2]),
      ("span.http.status_code=200", [2]), ("span.http.status_code=2e2", [2]),
      ("span.http.status_code:5*", [3]), ("span.ratio=10", []), ("span.ratio>9.5", [3]),
      ("span.ratio<1", [2]), ("exists(span.ratio)", [2, 3]),
      ("not exists(span.http.method)", [1, 3, 4, 5, 6, 7, 8, 9, 10]),
      ("span.tags=slow", [0]), ("span.tags:\"x\\\"\"", [0]), ("span.tags=7", [0]),
      ("span.tags>6", [0]),
      ("span.tags!=slow", []), ("span.tags=7.0", [0]), ("span.tags in (a*, s*)", [0]),
      ("resource.host.name=alpha", [0]), ("exists(resource.host.name)", [0, 1]),
      ("resource.host.name!=alpha", [1]), ("authz.principal_type=robot", [4]),
      ("event.name=exception", [3]), ("exists(event.name)", [3]), ("event.name!~/x/", []),
      // Ids, files, the run.
      ("trace:*1", [0, 1, 2, 3, 4]), ("exists(trace)", Array(0...6)),
      ("not trace:1", Array(5...10)),
      ("span=0000000000000004", [3, 4]), ("span=000000000000000A", [6]), ("span:*a", [6]),
      ("parent=0000000000000002", [2, 3]), ("exists(parent)", [1, 2, 3, 6]),
      ("span in (0000000000000009, *a)", [5, 6]),
      ("file:log", [10]), ("file=shop/log.jsonl", [10]), ("run=baseline is:deny", [4]),
      ("run=other", []),
      ("run!=other is:deny", [4]),
      // And, or, not.
      ("get or late", [2, 5, 6, 7, 9]), ("GET gateway", [5]), ("GET -gateway", [2]),
      ("not (GET or is:decision) not is:log", [0, 1, 3, 6]), ("-late !GET is:span", [0, 1, 3]),
    ])
  func predicates(text: String, expected: [Int]) throws {
    #expect(try rows(text, in: index) == expected)
  }

  @Test(
    "relations keep rows of their right side",
    arguments: [
      ("{ name=\"POST /checkout\" } >> { is:deny }", [4]),
      ("{ is:error } !>> { is:error }", [0, 9]),
      ("{ is:error } >> { is:error }", [3]),
      ("{ name=\"create order\" } > { }", [2, 3]),
      ("{ name=\"create order\" } >> { }", [2, 3, 4]),
      ("{ is:deny } << { is:span }", [0, 1, 3]),
      ("{ is:deny } < { }", [3]),
      ("{ is:deny } !<< { trace:*1 }", [2, 4]),
      ("{ is:deny } !< { is:error }", [0, 9]),
      ("{ name:stock } ~ { }", [3]),
      ("{ } ~ { }", [2, 3]),
      ("{ } !~ { is:span }", [0, 1, 5, 6]),
      ("{ } !> { is:span }", [0, 5, 6]),
      ("{ is:root } > { } > { kind=client }", [2, 3]),
      ("{ is:deny } && { service=gateway }", [0]),
      ("{ is:deny } && { service=gateway } || { is:log }", [0, 10]),
      ("{ is:log } || { is:deny } && { service=gateway }", [0, 10]),
      ("{ is:decision } && { is:decision }", [4]),
      ("({ name=\"create order\" } > { }) is:error", [3]),
      ("{ service=gateway } > { ({ } > { is:leaf }) or children>1 }", [1]),
    ])
  func relations(text: String, expected: [Int]) throws {
    #expect(try rows(text, in: index) == expected)
  }

  @Test(
    "rows are sorted and limited in the order of the stages",
    arguments: [
      ("is:span | sort(-dur)", [0, 1, 3, 2, 6, 5]),
      ("is:span | sort(service, -start)", [5, 0, 2, 6, 1, 3]),
      ("| sort(dur) | limit(3)", [7, 9, 5]),
      ("| limit(3) | sort(-name)", [1, 0, 2]),
      ("| top(2, dur)", [0, 1]),
      // Absent values last, both ways; numbers of attributes by value.
      ("| sort(span.http.status_code) | limit(3)", [2, 3, 0]),
      ("| sort(-span.http.status_code) | limit(3)", [3, 2, 0]),
      ("| sort(span.ratio) | limit(2)", [2, 3]),
      ("is:decision | sort(decision)", [7, 8, 4, 9]),
      ("| sort(-end) | limit(2)", [9, 8]),
      ("is:deny | limit(9)", [4]),
    ])
  func ordered(text: String, expected: [Int]) throws {
    #expect(try rows(text, in: index) == expected)
  }

  @Test("what the context gives can be asked for")
  func labels() throws {
    let context = QueryContext(
      labels: [
        "is": ["marked": RowSet(rowCount: 11, [1, 2]), "granted": RowSet(rowCount: 11, [4, 7])],
        "diff": ["added": RowSet(rowCount: 11, [7]), "removed": RowSet(rowCount: 11, [8])],
        "policy.stmt": ["s12": RowSet(rowCount: 11, [7, 8])],
      ], runNames: ["B"])
    func found(_ text: String) throws -> [Int] { try rows(text, in: index, context: context) }
    #expect(try found("is:marked") == [1, 2])
    #expect(try found("is:granted is:deny") == [4])
    #expect(try found("run=B diff:added decision=ALLOW") == [7])
    #expect(try found("diff!=added") == [8])
    #expect(try found("exists(diff)") == [7, 8])
    #expect(try found("policy.stmt=s12") == [7, 8])
    #expect(try found("policy.stmt=s1") == [])
    #expect(try found("exists(diff) | by(diff)") == [7, 8])
  }

  @Test(
    "what the context does not give is an error, not an empty result",
    arguments: [
      ("a is:used", 2), ("not is:new", 4), ("diff:added", 0), ("policy.stmt=s1", 0), ("mark:a", 0),
      ("exists(tag)", 7), ("| by(tag)", 5), ("| sort(-mark)", 8),
    ])
  func unavailable(text: String, column: Int) throws {
    let query = try Query(parsing: text)
    let error = #expect(throws: QueryError.self) { _ = try evaluate(query, in: index) }
    #expect(error?.message.hasPrefix("not available here") == true)
    #expect(error?.column == column)
  }

  @Test(
    "an attribute that no row has is an error with the closest one",
    arguments: [
      ("span.http.methd=GET", 0, "span.http.method"),
      ("a or exists(resource.hostname)", 12, "resource.host.name"),
      ("span.host.name=x", 0, "resource.host.name"),
      ("span.status=error", 0, "status"),
      ("| by(span.rati)", 5, "span.ratio"),
      ("| sort(-span.zzzzzz)", 8, nil),
    ] as [(String, Int, String?)])
  func absentAttributes(text: String, column: Int, suggestion: String?) throws {
    let query = try Query(parsing: text)
    let error = #expect(throws: QueryError.self) { _ = try evaluate(query, in: index) }
    #expect(error?.column == column)
    #expect(error?.suggestion == suggestion)
    let lenient = QueryContext(allowsAbsentAttributes: true)
    #expect(throws: Never.self) { _ = try evaluate(query, in: index, context: lenient) }
  }

  @Test("an absent attribute is absent everywhere when the context allows it")
  func lenientAttributes() throws {
    let context = QueryContext(allowsAbsentAttributes: true)
    #expect(try rows("span.nope=1", in: index, context: context) == [])
    #expect(try rows("span.nope!=1", in: index, context: context) == [])
    #expect(try rows("not exists(span.nope)", in: index, context: context).count == 11)
  }

  @Test("with an index, an unknown field is answered with its attributes")
  func suggestionsFromIndex() {
    let error = #expect(throws: QueryError.self) {
      _ = try Query(parsing: "http.status_code=200", index: index)
    }
    #expect(error?.suggestion == "span.http.status_code")
    let close = #expect(throws: QueryError.self) {
      _ = try Query(parsing: "hostname:a", index: index)
    }
    #expect(close?.suggestion == "resource.host.name")
  }

  @Test("macros stand for conditions and for lists")
  func macros() throws {
    let macros = ["approved": "storage.*", "bad": "is:error or is:deny"]
    #expect(try rows("perm not in @approved", in: index, macros: macros) == [4, 9])
    #expect(try rows("@bad is:decision", in: index, macros: macros) == [4, 9])
  }

  @Test("small steps come to the same result as one", arguments: [1, 64, 1_000])
  func slices(budget: Int) throws {
    for text in [
      "post or get", "{ is:error } >> { span.http.status_code>1 }", "trace:*1 event.name:x*",
      "| by(service) | p95(dur)", "| sort(-dur) | limit(2)", "resource.host.name:a",
    ] {
      let query = try Query(parsing: text)
      var evaluation = try QueryEvaluation(query, in: index)
      #expect(evaluation.result == nil)
      var steps = 0
      var progress = evaluation.progress
      while !evaluation.advance(rowBudget: budget) {
        steps += 1
        #expect(evaluation.progress >= progress && evaluation.progress <= 1)
        progress = evaluation.progress
        if steps > 1_000 { break }
      }
      #expect(evaluation.progress == 1)
      let whole = try evaluate(query, in: index)
      #expect(String(describing: evaluation.result) == String(describing: Optional(whole)))
    }
  }
}
