import TestSupport
import Testing
import TraceAnalysis
import TraceIndex
import TraceModel
import TraceQuery

/// The kind and subject of each difference.
private func lines(_ diff: ExecutionDiff) -> [String] {
  diff.differences.map { difference in
    let change = difference.changes.first
    let values = change.map { " \($0.before.text) → \($0.after.text)" } ?? ""
    return "\(difference.kind.rawValue) \(difference.subject.text)\(values)"
  }
}

private func index(_ name: String, _ body: (inout TraceBuilder) -> Void) throws -> TraceIndex {
  var builder = TraceBuilder()
  body(&builder)
  return try builder.index(name: name)
}

@Suite("Decision diff") struct DecisionDiffTests {
  private func diff(
    _ before: [(Outcome, String)], _ after: [(Outcome, String)]
  ) throws -> ExecutionDiff {
    let make = { (name: String, decisions: [(Outcome, String)]) in
      try index(name) { builder in
        for (outcome, target) in decisions {
          builder.decision(outcome, "user:a", "p.q", on: target)
        }
      }
    }
    return ExecutionDiff(before: try make("old", before), after: try make("new", after))
  }

  @Test(
    "every pair of outcomes has its kind",
    arguments: [
      ([.allow], [.deny], .deniedNow), ([.allow, .deny], [.deny], .deniedNow),
      ([.allow], [.unauthenticated], .deniedNow), ([.deny], [.allow], .allowedNow),
      ([.deny], [.allowedThenFailed], .allowedNow), ([.allow, .deny], [.allow], .allowedNow),
      ([.allow], [.allow, .deny], .partlyDenied), ([.deny], [.allow, .deny], .partlyAllowed),
      ([.allow], [.error], .undecidedNow), ([], [.error], .undecidedNow),
      ([], [.deny], .newDenied), ([], [.allow, .deny], .newDenied), ([.error], [.deny], .newDenied),
      ([], [.allow], .newAllowed),
      ([.unknown], [.allow], .newAllowed), ([.deny], [], .goneDecision),
      ([.allow], [.allow, .error], nil), ([.allow], [.allow, .allow], nil),
      ([.deny, .allow], [.allow, .deny], nil), ([.error], [.unknown], nil),
    ] as [([Outcome], [Outcome], DifferenceKind?)])
  func kinds(before: [Outcome], after: [Outcome], expected: DifferenceKind?) throws {
    // A second target keeps the turnover of targets out of play.
    let diff = try diff(
      before.map { ($0, "r") } + [(.allow, "same")], after.map { ($0, "r") } + [(.allow, "same")])
    #expect(diff.decisions.map(\.kind) == (expected.map { [$0] } ?? []))
    #expect(diff.differences.map(\.kind) == (expected.map { [$0] } ?? []))
    #expect(diff.isEmpty == (expected == nil))
    #expect(
      diff.decisionKeys.unchanged
        == (diff.flips.isEmpty && expected == nil
          && before != [.error] ? 2 : 1))
  }

  @Test("keys of one principal, permission and kind are one difference; each key stays listed")
  func groups() throws {
    let diff = try diff(
      [(.allow, "a"), (.allow, "b"), (.allow, "c"), (.deny, "d")],
      [(.deny, "a"), (.deny, "b"), (.deny, "b"), (.allow, "c"), (.allow, "d")])
    #expect(
      lines(diff) == [
        "denied-now user:a p.q on 2 targets 0 → 3", "allowed-now user:a p.q on d 0 → 1",
      ])
    #expect(diff.flips.map(\.target) == ["a", "b", "d"])
    #expect(diff.decisionKeys.before == 4 && diff.decisionKeys.both == 4)
    #expect(diff.decisionKeys.unchanged == 1)
  }

  @Test("targets that all change are other targets, unless one is kept or an outcome differs")
  func otherTargets() throws {
    let turnover = try diff([(.allow, "r1"), (.allow, "r2")], [(.allow, "r3")])
    #expect(lines(turnover) == ["other-targets user:a p.q on 3 targets 2 → 1"])
    #expect(turnover.decisions.map(\.kind) == [.goneDecision, .goneDecision, .newAllowed])
    let kept = try diff([(.allow, "r1"), (.allow, "k")], [(.allow, "r2"), (.allow, "k")])
    #expect(
      lines(kept) == ["new-allowed user:a p.q on r2 0 → 1", "gone-decision user:a p.q on r1 1 → 0"])
    let denied = try diff([(.allow, "r1")], [(.deny, "r2")])
    #expect(
      lines(denied) == [
        "new-denied user:a p.q on r2 0 → 1", "gone-decision user:a p.q on r1 1 → 0",
      ])
  }

  @Test("the reason, the role that granted it before, and the first time are said")
  func details() throws {
    let old = try index("old") { builder in
      builder.decision(
        .allow, "user:a", "p", on: "r", at: 5, reason: "binding_match",
        attributes: ["role": "roles/reader"])
    }
    let new = try index("new") { builder in
      builder.decision(.deny, "user:a", "p", on: "r", at: 90, reason: "no_matching_binding")
      builder.decision(.deny, "user:a", "p", on: "r", at: 40, reason: "no_matching_binding")
    }
    let difference = try #require(ExecutionDiff(before: old, after: new).differences.first)
    #expect(difference.grantedBy == ["roles/reader"])
    #expect(difference.reasonBefore == "binding_match")
    #expect(difference.reasonAfter == "no_matching_binding")
    #expect(difference.first == TraceBuilder.epoch + 40_000_000)
    #expect(difference.evidence?.side == .after && difference.evidence?.count == 2)
    #expect(difference.evidence.map { new.start($0.row) } == TraceBuilder.epoch + 40_000_000)
  }

  @Test("names are compared by their bytes: accents written differently are different names")
  func bytes() throws {
    let diff = try diff(
      [(.allow, "caf\u{E9}"), (.allow, "x")], [(.allow, "cafe\u{301}"), (.allow, "x")])
    #expect(diff.decisions.count == 2 && diff.decisionKeys.both == 1)
  }
}

@Suite("Operation diff") struct OperationDiffTests {
  /// A run of traces with one span each.
  private func run(
    _ name: String, durations: [Int64], errors: Int = 0, service: String = "s"
  ) throws -> TraceIndex {
    try index(name) { builder in
      for (number, duration) in durations.enumerated() {
        let id = UInt64(number + 1)
        builder.span(
          "op", in: id, id: id, at: Int64(number), for: duration, service: service,
          status: number < errors ? .error : .unset)
      }
    }
  }

  private func spread(_ count: Int, around middle: Int64) -> [Int64] {
    (0..<count).map { middle + Int64($0 * 7 % 11) - 5 }
  }

  @Test("the same run has no differences")
  func same() throws {
    let run = try run("a", durations: spread(50, around: 40), errors: 3)
    let diff = ExecutionDiff(before: run, after: run)
    #expect(diff.isEmpty && diff.headlines.map(\.text) == ["No differences"])
    #expect(diff.unchangedOperations == 1)
  }

  @Test("a shift of all durations is slower, with its effect; the other way round it is faster")
  func shift() throws {
    let quick = try run("quick", durations: spread(40, around: 40))
    let slow = try run("slow", durations: spread(40, around: 45))
    let slower = ExecutionDiff(
      before: quick, after: try run("s", durations: spread(40, around: 60)))
    #expect(lines(slower) == ["slower op (s) 45 ms → 65 ms"])
    let effect = try #require(slower.differences.first?.effect)
    #expect(effect.delta == 1 && effect.superiority == 1 && effect.magnitude == .large)
    let faster = ExecutionDiff(
      before: try run("s", durations: spread(40, around: 60)), after: quick)
    #expect(faster.differences.map(\.kind) == [.faster])
    // An eighth slower, however clearly, does not matter.
    #expect(ExecutionDiff(before: quick, after: slow).isEmpty)
  }

  @Test("Cliff's delta counts ties for neither side")
  func delta() throws {
    let before = try run("b", durations: [10, 10, 20, 20, 30, 30, 40, 40, 40, 40])
    let after = try run("a", durations: [20, 20, 20, 200, 200, 200, 200, 200, 200, 200])
    // Of 100 pairs: 3 × (2 longer − 6 shorter) + 7 × 10 longer.
    let diff = ExecutionDiff(before: before, after: after)
    #expect(diff.operations.first?.effect?.delta == 0.58)
  }

  @Test("a tail is slower though the median stays")
  func tail() throws {
    let before = try run("b", durations: spread(200, around: 40))
    let after = try run(
      "a", durations: spread(160, around: 40) + [Int64](repeating: 900, count: 40))
    let difference = try #require(ExecutionDiff(before: before, after: after).differences.first)
    #expect(difference.kind == .slower && difference.changes.map(\.measure) == [.p95])
    #expect(difference.changes[0].before == .duration(45_000_000))
    #expect(difference.changes[0].after == .duration(900_000_000))
  }

  @Test("three calls against three are too few to tell, and said to be")
  func few() throws {
    let diff = ExecutionDiff(
      before: try run("b", durations: [10, 11, 12]), after: try run("a", durations: [90, 95, 99]))
    #expect(diff.isEmpty && diff.unsure.map(\.name) == ["op"])
    #expect(
      diff.headlines.last?.text
        == "1 operation was called too rarely to compare durations that differ twofold")
  }

  @Test("the first errors are always a difference, more of them only beyond noise")
  func errors() throws {
    let durations = spread(100, around: 40)
    let none = try run("n", durations: durations)
    let one = try run("1", durations: durations, errors: 1)
    let three = try run("3", durations: durations, errors: 3)
    let forty = try run("40", durations: durations, errors: 40)
    #expect(
      lines(ExecutionDiff(before: none, after: one)) == ["fails-now op (s) 0 % → 1.0 %"])
    #expect(ExecutionDiff(before: one, after: three).isEmpty)
    #expect(
      lines(ExecutionDiff(before: three, after: forty)) == ["fails-more op (s) 3.0 % → 40.0 %"])
    #expect(ExecutionDiff(before: forty, after: three).differences.map(\.kind) == [.failsLess])
    #expect(ExecutionDiff(before: forty, after: none).differences.map(\.kind) == [.failsNoMore])
  }

  @Test("operations are the same by service and name; others are new or gone")
  func newAndGone() throws {
    let diff = ExecutionDiff(
      before: try run("b", durations: [10, 10]), after: try run("a", durations: [9], service: "t"))
    #expect(lines(diff) == ["new-operation op (t) 0 → 1", "gone-operation op (s) 2 → 0"])
    #expect(diff.differences[1].evidence?.side == .before)
  }

  @Test("more calls in each trace, and fewer traces that have one, are differences")
  func calls() throws {
    let run = { (name: String, calls: Int, traces: Int) in
      try index(name) { builder in
        for trace in 1...60 as ClosedRange<UInt64> {
          builder.span("root", in: trace, id: 1, at: Int64(trace), for: 50)
          for call in 0..<(trace <= traces ? calls : 0) {
            builder.span("query", in: trace, id: UInt64(call + 2), parent: 1, at: Int64(trace))
          }
        }
      }
    }
    let usual = try run("b", 2, 60)
    #expect(
      lines(ExecutionDiff(before: usual, after: try run("a", 5, 60))) == [
        "more-calls query (service) 120 → 300"
      ])
    #expect(
      lines(ExecutionDiff(before: usual, after: try run("a", 2, 40))) == [
        "fewer-calls query (service) 120 → 80"
      ])
    #expect(ExecutionDiff(before: usual, after: try run("a", 2, 59)).isEmpty)
  }

  @Test("sets of rows restrict both sides")
  func restricted() throws {
    let run = try run("a", durations: spread(40, around: 40), errors: 20)
    let failed = RowSet(
      rowCount: run.rowCount, (0..<run.rowCount).filter { run.status($0) == .error })
    let diff = ExecutionDiff(before: run, rows: failed.complement, after: run, rows: failed)
    #expect(lines(diff) == ["fails-now op (s) 0 % → 100 %"])
    #expect(diff.totalsBefore.spans == 20 && diff.totalsAfter.errors == 20)
  }
}

@Suite("What explains what") struct ExplanationTests {
  /// Forty checkouts; in those that `failing` selects a decision is denied.
  private func shop(
    _ name: String, failing: (UInt64) -> Bool, denied: (UInt64) -> Bool
  ) throws -> TraceIndex {
    try index(name) { builder in
      for trace in 1...40 as ClosedRange<UInt64> {
        let start = Int64(trace) * 100
        let status: SpanStatus = failing(trace) ? .error : .unset
        builder.span(
          "checkout", in: trace, id: 1, at: start, for: 50, service: "web", status: status)
        builder.span(
          "charge", in: trace, id: 2, parent: 1, at: start + 5, for: 30, service: "pay",
          status: status)
        builder.decision(
          denied(trace) ? .deny : .allow, "sa:pay", "keys.use", on: "key", in: trace, span: 2,
          at: start + 6)
        if failing(trace) {
          builder.span("undo", in: trace, id: 3, parent: 1, at: start + 40, for: 2, service: "web")
        } else {
          builder.span("mail", in: trace, id: 4, parent: 1, at: start + 40, for: 2, service: "web")
        }
      }
    }
  }

  @Test("a denial in the failing traces explains the failures and what follows from them")
  func denial() throws {
    let old = try shop("old", failing: { _ in false }, denied: { _ in false })
    let new = try shop("new", failing: { $0 % 4 == 0 }, denied: { $0 % 4 == 0 })
    let diff = ExecutionDiff(before: old, after: new)
    #expect(
      lines(diff) == [
        "partly-denied sa:pay keys.use on key 0 → 10", "fails-now charge (pay) 0 % → 25.0 %",
        "fails-now checkout (web) 0 % → 25.0 %", "new-operation undo (web) 0 → 10",
        "fewer-calls mail (web) 40 → 30",
      ])
    #expect(diff.differences.map(\.isCause) == [true, false, false, false, false])
    #expect(diff.differences.map(\.isExplained) == [false, true, true, true, true])
    #expect(diff.differences[0].explains.map(\.difference) == [1, 2, 3, 4])
    #expect(diff.differences[0].explains.allSatisfy { $0.share == Share(10, of: 10) })
    #expect(
      diff.headlines.map(\.text) == [
        "5 differences, 1 that explains the rest",
        "All 10 traces where checkout (web) failed have a denied call: sa:pay keys.use on key; "
          + "the first at 09:00:00",
      ])
  }

  @Test("a denial that occurs as often without the failure explains nothing")
  func coincidence() throws {
    let old = try shop("old", failing: { _ in false }, denied: { _ in false })
    let new = try shop("new", failing: { $0 % 4 == 0 }, denied: { $0 % 4 != 1 })
    let diff = ExecutionDiff(before: old, after: new)
    let denial = try #require(diff.differences.first { $0.kind == .partlyDenied })
    #expect(denial.explains.isEmpty && !denial.isCause)
    let checkout = diff.differences.first { $0.subject.text == "checkout (web)" }
    #expect(
      checkout?.explainedBy.map { diff.differences[$0.difference].subject.text } == [
        "charge (pay)"
      ])
  }

  @Test("two causes share an effect")
  func twoCauses() throws {
    let old = try shop("old", failing: { _ in false }, denied: { _ in false })
    let new = try index("new") { builder in
      for trace in 1...40 as ClosedRange<UInt64> {
        let start = Int64(trace) * 100
        let failed = trace % 4 < 2
        let status: SpanStatus = failed ? .error : .unset
        builder.span(
          "checkout", in: trace, id: 1, at: start, for: 50, service: "web", status: status)
        builder.span(
          "charge", in: trace, id: 2, parent: 1, at: start + 5, for: 30, service: "pay")
        builder.decision(
          trace % 4 == 0 ? .deny : .allow, "sa:pay", "keys.use", on: "key", in: trace, span: 2,
          at: start + 6)
        builder.decision(
          trace % 4 == 1 ? .deny : .allow, "sa:web", "mail.send", on: "box", in: trace, span: 1,
          at: start + 7)
      }
    }
    let diff = ExecutionDiff(before: old, after: new)
    let checkout = try #require(diff.differences.first { $0.subject.text == "checkout (web)" })
    #expect(checkout.isExplained)
    #expect(checkout.explainedBy.map(\.share) == [Share(10, of: 20), Share(10, of: 20)])
    #expect(
      checkout.explainedBy.map { diff.differences[$0.difference].kind } == [
        .newDenied, .partlyDenied,
      ])
  }

  @Test("what became slower below explains what became slower only by waiting for it")
  func slower() throws {
    let run = { (name: String, query: Int64) in
      try index(name) { builder in
        for trace in 1...40 as ClosedRange<UInt64> {
          let start = Int64(trace) * 1_000
          let jitter = Int64(trace % 5)
          builder.span(
            "page", in: trace, id: 1, at: start, for: 20 + query + jitter, service: "web")
          builder.span(
            "query", in: trace, id: 2, parent: 1, at: start + 5, for: query + jitter, service: "db")
        }
      }
    }
    let diff = ExecutionDiff(before: try run("old", 10), after: try run("new", 200))
    #expect(
      lines(diff) == ["slower query (db) 14 ms → 204 ms", "slower page (web) 34 ms → 224 ms"])
    #expect(diff.differences[0].isCause && diff.differences[1].isExplained)
  }

  @Test("one trace against one: the denial explains the failure, the rest stands alone")
  func singleTraces() throws {
    let run = { (name: String, outcome: Outcome) in
      try index(name) { builder in
        builder.span("checkout", id: 1, for: 50, status: outcome == .deny ? .error : .unset)
        builder.decision(outcome, "sa:pay", "keys.use", on: "key", in: 1, span: 1, at: 6)
      }
    }
    let diff = ExecutionDiff(before: try run("old", .allow), after: try run("new", .deny))
    #expect(diff.differences.map(\.kind) == [.deniedNow, .failsNow])
    #expect(diff.differences[0].isCause)
    #expect(
      diff.headlines[1].text == "The one trace where checkout (service) failed has a denied call: "
        + "sa:pay keys.use on key; the first at 09:00:00")
  }

  @Test("a renamed operation is gone and new; neither explains the other")
  func renamed() throws {
    let run = { (name: String, operation: String) in
      try index(name) { builder in
        for trace in 1...10 as ClosedRange<UInt64> {
          builder.span("root", in: trace, id: 1, at: Int64(trace), for: 9)
          builder.span(operation, in: trace, id: 2, parent: 1, at: Int64(trace), for: 5)
        }
      }
    }
    let diff = ExecutionDiff(before: try run("old", "a"), after: try run("new", "b"))
    #expect(diff.differences.map(\.kind) == [.newOperation, .goneOperation])
    #expect(diff.differences.allSatisfy { $0.explains.isEmpty && $0.explainedBy.isEmpty })
    #expect(diff.headlines.first?.text == "2 differences")
  }
}
