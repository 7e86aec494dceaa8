import TestSupport
import Testing
import TraceIndex
import TraceModel

@testable import TraceQuery

/// Random queries on random executions: the evaluation and the naive one have to agree.
@Suite("Random queries")
struct RandomQueryTests {
  @Test("the evaluation agrees with one written from the definitions", arguments: 1...40)
  func agreement(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let index = try randomIndex(&random)
    let naive = NaiveEvaluator(index: index)
    for _ in 0..<50 {
      let text = randomQuery(&random)
      let query = try Query(parsing: text)
      guard case .rows(let rows) = try evaluate(query, in: index) else {
        Issue.record("\(text) gives no rows")
        continue
      }
      #expect(Array(rows) == naive.rows(query), "\(text)")
      let canonical = try Query(parsing: query.description)
      #expect(canonical.description == query.description)
      guard case .rows(let again) = try evaluate(canonical, in: index) else { continue }
      #expect(again == rows, "\(text) and \(canonical)")
    }
  }

  /// Some hundred rows in a few traces: trees, orphans, cycles, duplicates, loose rows.
  private func randomIndex(_ random: inout SplitMix) throws -> TraceIndex {
    var builder = TraceBuilder()
    let count = Int.random(in: 1...130, using: &random)
    for _ in 0..<count {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6: addSpan(to: &builder, &random)
      case 6..<9: addDecision(to: &builder, &random)
      default: addLog(to: &builder, &random)
      }
    }
    let key = builder.batch.key(.resource, builder.batch.strings.intern("host"))
    for host in ["alpha", "beta", "10"] {
      let first = UInt32(builder.batch.resourceAttributes.count)
      let value = builder.batch.strings.intern(host)
      builder.batch.resourceAttributes.append(
        RecordAttribute(key: key, value: value, type: .string))
      builder.batch.resources.append(RecordResource(firstAttribute: first, attributeCount: 1))
    }
    for name in ["retry", "size"] {
      _ = builder.batch.key(.span, builder.batch.strings.intern(name))
    }
    RecordJoin.join(&builder.batch)
    return try builder.index()
  }

  private func pick<T>(_ values: [T], _ random: inout SplitMix) -> T {
    values[Int.random(in: values.indices, using: &random)]
  }

  private func addSpan(to builder: inout TraceBuilder, _ random: inout SplitMix) {
    let sizes = ["1", "20", "3.5", "big", ""]
    builder.span(
      pick(["GET /a", "GET /b", "POST /a", "größe", "Get"], &random),
      in: .random(in: 1...4, using: &random), id: .random(in: 1...40, using: &random),
      parent: .random(in: 0...40, using: &random), at: .random(in: 0...500, using: &random),
      for: .random(in: 0...50, using: &random), service: pick(["web", "db", ""], &random),
      kind: pick(SpanKind.allCases, &random), status: pick(SpanStatus.allCases, &random),
      message: pick(["", "", "time out"], &random),
      attributes: ["retry": pick(["0", "1", "true"], &random), "size": pick(sizes, &random)])
    if random.next() % 3 == 0 {
      builder.batch.rows[builder.batch.rows.count - 1].resource = .random(in: 0...2, using: &random)
    }
    for _ in 0..<Int.random(in: 0...2, using: &random) {
      builder.event(pick(["exception", "log"], &random), at: 1)
    }
  }

  private func addDecision(to builder: inout TraceBuilder, _ random: inout SplitMix) {
    builder.decision(
      pick(Outcome.allCases, &random),
      pick(["user:ann", "serviceAccount:ci@x", "root", ""], &random),
      pick(["a.get", "a.list", "b.get"], &random),
      on: pick(["projects/shop/x", "projects/lab", "key", ""], &random),
      in: .random(in: 0...4, using: &random), span: .random(in: 0...40, using: &random),
      at: .random(in: 0...500, using: &random), latency: .random(in: 0...5, using: &random),
      reason: pick(["", "binding_match"], &random),
      attributes: ["method": pick(["Check", "Test"], &random), "role": "r"])
  }

  private func addLog(to builder: inout TraceBuilder, _ random: inout SplitMix) {
    var row = RecordRow()
    row.kind = .log
    row.trace = TraceID(high: 0, low: .random(in: 0...4, using: &random))
    row.span = SpanID(.random(in: 0...40, using: &random))
    row.start = TraceBuilder.epoch + .random(in: 0...500_000_000, using: &random)
    row.name = builder.batch.strings.intern("GET failed")
    row.status = pick(SpanStatus.allCases, &random)
    builder.batch.rows.append(row)
  }

  private static let conditions = [
    "get", "GET", "a", "time", "\"get /\"", "*a", "/^G.T/", "größe", "GRÖSSE", "name:get*",
    "name:ö", "name=Get", "name!=Get", "name:*/*", "name in (Get, G*a)", "name not in (Get)",
    "name=~/T/", "name!~/t/i", "service=web", "service!=web", "message:out", "actor:ci",
    "actor!=root", "actor.type=user", "actor.type!=user", "perm:a.*", "perm in (a.*, b.get)",
    "project=shop", "project!=lab", "target:key", "method=Check", "method!=Check", "role=r",
    "reason:match", "evaluator=engine", "kind=server", "kind!=server", "status=error",
    "status!=ok", "decision=deny", "decision!=allow", "decision:allow", "decision not in (deny)",
    "is:deny", "is:allow", "is:error", "is:root", "is:leaf", "is:orphan", "is:duplicate",
    "is:cycle", "is:critical", "is:joined", "is:span", "is:log", "is in (deny, log)", "dur>10ms",
    "dur<=10ms", "dur!=0", "dur in (0, 5ms)", "dur not in (0, 5ms)", "self>=1ms", "latency<3ms",
    "depth>=2", "depth=0", "join=none", "join!=span", "join:a", "exists(join)", "confidence>50",
    "confidence!=100", "confidence in (0, 100)", "exists(confidence)", "join.confidence<=40",
    "children>1", "children in (1, 3)", "byte<5kB", "start>=-100ms",
    "start<09:00:00.2", "end>-50ms", "end!=09:00:00.3", "trace:*1", "trace!=x", "span:*a",
    "span=0000000000000003", "span!=0000000000000003", "parent:5", "exists(parent)",
    "exists(trace)", "file:test", "run=test", "exists(actor)", "exists(span.size)",
    "exists(actor.type)", "exists(project)", "exists(end)", "exists(dur)", "span.retry=1",
    "span.retry>=1", "span.retry!=0", "span.size<10", "span.size=20.0", "span.size=3.50",
    "span.size:b", "span.size=\"\"", "span.size!~/[0-9]/", "authz.method:e", "resource.host=beta",
    "resource.host!=beta", "resource.host>5", "exists(resource.host)", "event.name=exception",
    "event.name!=exception", "exists(event.name)", "{}",
  ]

  private func randomQuery(_ random: inout SplitMix) -> String {
    if random.next() % 3 != 0 { return condition(depth: 0, &random) }
    var text = "{ \(condition(depth: 1, &random)) }"
    let relations = [
      ">>", "<<", ">", "<", "~", "!>>", "!<<", "!>", "!<", "!~", "&&", "||",
    ]
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      text += " \(pick(relations, &random)) { \(condition(depth: 1, &random)) }"
    }
    return text
  }

  private func condition(depth: Int, _ random: inout SplitMix) -> String {
    let braces = RandomQueryTests.conditions.count - 1
    switch Int.random(in: 0..<(depth > 2 ? 4 : 8), using: &random) {
    case 0..<4:
      return RandomQueryTests.conditions[Int.random(in: 0..<braces, using: &random)]
    case 4: return "not " + condition(depth: depth + 1, &random)
    case 5:
      return "(\(condition(depth: depth + 1, &random)) or \(condition(depth: depth + 1, &random)))"
    case 6:
      let left = condition(depth: depth + 1, &random)
      return "({ \(left) } > { \(condition(depth: depth + 1, &random)) })"
    default:
      return condition(depth: depth + 1, &random) + " " + condition(depth: depth + 1, &random)
    }
  }
}
