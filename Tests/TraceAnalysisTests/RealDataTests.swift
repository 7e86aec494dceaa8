import Foundation
import Testing
import TraceAnalysis
import TraceIndex
import TraceModel

@Suite("The sample runs") struct SampleTests {
  private func samples() throws -> (baseline: TraceIndex, incident: TraceIndex)? {
    guard let baseline = try RealExecutions.open("samples/baseline"),
      let incident = try RealExecutions.open("samples/incident")
    else { return nil }
    guard incident.totals.spans > 0 else {
      print("skipped: no reader for the samples' spans yet")
      return nil
    }
    return (baseline, incident)
  }

  @Test("the incident's figures are those of samples/README.md")
  func figures() throws {
    guard let (baseline, incident) = try samples() else { return }
    let (before, after) = (ExecutionSummary(baseline), ExecutionSummary(incident))
    #expect(before.totals.spans == 3_130 && after.totals.spans == 3_401)
    #expect(after.totals.errors == 488 && before.totals.errors == 0)
    #expect(after.totals.traces == 240 && after.totals.denied == 61)
    let checkout = try #require(after.operations.first { $0.name == "POST /checkout" })
    #expect(checkout.spans.count == 238 && checkout.spans.errors == 61)
    let stock = [before, after].map { summary in
      summary.operations.first { $0.name == "GET /stock" }?.spans.durations.p95 ?? 0
    }
    #expect(stock.map { QuantityText.duration($0) } == ["41 ms", "254 ms"])
    #expect(after.denials.map(\.denied) == [61])
    #expect(after.quality.decisionsOutsideTraces == 61)
    #expect(before.headlines.first?.kind == .healthy)
    #expect(after.timeline.width == 15_000_000_000)
  }

  @Test("records that name no trace are joined where the story put them, every one")
  func joins() throws {
    guard let (baseline, incident) = try samples() else { return }
    for (index, statements) in [(baseline, 240), (incident, 238)] {
      var found: [JoinMethod: Int] = [:]
      for row in 0..<index.rowCount where index.join(row).method.isInferred {
        let parent = try #require(index.parent(row))
        let name = index.text(index.name(parent))
        switch index.join(row).method {
        // An order is written, or marked as failed, in a span of which the login is the first act.
        case .principal:
          #expect(name == "INSERT orders" || name == "UPDATE orders")
          #expect(index.start(row) == index.start(parent) + 1_000_000)
        default: #expect(name == "PUT /receipt")
        }
        found[index.join(row).method, default: 0] += 1
      }
      let receipts = index.totals.errors == 0 ? 240 : 177
      #expect(found == [.principal: statements, .request: receipts])
    }
  }

  @Test("one denied decision explains every failure; the slow stock explains none")
  func incident() throws {
    guard let (baseline, incident) = try samples() else { return }
    let diff = ExecutionDiff(before: baseline, after: incident)
    let cause = try #require(diff.differences.first)
    #expect(cause.kind == .deniedNow && cause.grantedBy == ["roles/custom.payments"])
    #expect(diff.flips.count == 1 && diff.flips[0].after.denied == 61)
    #expect(diff.differences.filter(\.isCause).count == 1)
    let failing = diff.differences.filter { $0.kind == .failsNow }
    #expect(failing.count == 4)
    #expect(failing.allSatisfy { $0.explainedBy.map(\.difference) == [0] && $0.isExplained })
    let slow = try #require(diff.differences.first { $0.kind == .slower })
    #expect(slow.subject.text == "GET /stock (inventory)" && slow.explains.isEmpty)
    #expect(slow.effect?.magnitude == .large)
    #expect(cause.first.map { Timestamp.timeOfDay(nanoseconds: $0) } == "10:01:10")
  }

  @Test("the first failed checkout is the trace of the story, and its cause is found")
  func story() throws {
    guard let (_, incident) = try samples() else { return }
    let list = TraceList(incident, by: .denied, isDescending: true)
    let first = TraceList.Row(incident, ordinal: list.ordinals[0])
    #expect(first.id == "4bf92f3577b34da6a3ce929d0e0e4736")
    let detail = try #require(TraceDetail(incident, trace: first.ordinal))
    #expect(
      detail.cause == "POST /checkout (gateway) failed: "
        + "serviceAccount:payments@shop.iam.gserviceaccount.com was denied "
        + "secretmanager.versions.access on "
        + "projects/shop/secrets/prod-db-password/versions/latest: no_matching_binding, in POST "
        + "/charge (payments)")
  }
}

@Suite("Recorded runs") struct RecordedRunTests {
  private static let emulator = "../shared/data/authz/gcp-iam-emulator/"

  /// The JSON that an independent script prints about recorded folders; nil when it cannot run.
  private func independent(_ script: String, _ folders: [String]) throws -> [String: Any]? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments =
      ["python3", RealExecutions.path("Tests/CommandLineTests/Independent/" + script)]
      + folders.map(RealExecutions.path)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus < 2 else {
      print("skipped: \(script) ended with status \(process.terminationStatus); is python3 there?")
      return nil
    }
    return try JSONSerialization.jsonObject(with: data) as? [String: Any]
  }

  @Test(
    "the decision diff is exactly the independent one, in both directions",
    arguments: [("before", "after"), ("after", "before"), ("before", "before")])
  func decisionDiff(a: String, b: String) throws {
    let folders = [a, b].map { RecordedRunTests.emulator + $0 }
    guard let old = try RealExecutions.open(folders[0]),
      let new = try RealExecutions.open(folders[1]),
      let expected = try independent("decision_diff.py", folders)
    else { return }
    let diff = ExecutionDiff(before: old, after: new)
    var flips: [String: [[String]]] = [:]
    for change in diff.flips {
      let transition = "\(change.before.outcome.rawValue)->\(change.after.outcome.rawValue)"
      flips[transition.uppercased(), default: []].append(
        [change.principal, change.permission, change.target])
    }
    let theirs = try #require(expected["flips"] as? [String: [[String: String]]])
    #expect(
      flips
        == theirs.mapValues { keys in
          keys.map { [$0["principal"] ?? "", $0["permission"] ?? "", $0["resource"] ?? ""] }
        })
    #expect(diff.decisionKeys.before == expected["keys_in_a"] as? Int)
    #expect(diff.decisionKeys.after == expected["keys_in_b"] as? Int)
    #expect(diff.decisionKeys.both == expected["keys_in_both"] as? Int)
    #expect(diff.decisionKeys.unchanged == expected["unchanged"] as? Int)
  }

  @Test("the summary counts what the independent script counts", arguments: ["before", "after"])
  func counts(run: String) throws {
    let folder = RecordedRunTests.emulator + run
    guard let index = try RealExecutions.open(folder),
      let all = try independent("summarize_authz.py", [folder])
    else { return }
    let expected = try #require(all.values.first as? [String: Int])
    let summary = ExecutionSummary(index)
    #expect(summary.totals.allowed == expected["allowed"])
    #expect(summary.totals.denied == expected["denied"])
    #expect(summary.totals.decisionErrors == expected["errors"])
    #expect(summary.totals.decisions - summary.totals.decisionErrors == expected["decisions"])
    #expect(summary.distinctPrincipals == expected["distinct_principals"])
    #expect(summary.distinctPermissions == expected["distinct_permissions"])
    #expect(summary.distinctTargets == expected["distinct_resources"])
    #expect(summary.denials.reduce(0) { $0 + $1.denied } == expected["denied"])
    #expect(summary.principals.reduce(0) { $0 + $1.counts.denied } == expected["denied"])
  }

  @Test("in the recorded incident the failing and slow operations come first")
  func flask() throws {
    let folder = "../shared/data/otlp/otel-flask/"
    guard let before = try RealExecutions.open(folder + "baseline/traces.otlp.jsonl"),
      let after = try RealExecutions.open(folder + "incident/traces.otlp.jsonl")
    else { return }
    guard after.totals.spans > 0 else { return print("skipped: no reader for OTLP yet") }
    let diff = ExecutionDiff(before: before, after: after)
    #expect(
      diff.differences.prefix(2).map(\.subject.text) == [
        "authz.check (shop-auth)", "insert (shop-storage)",
      ])
    #expect(diff.differences.prefix(2).allSatisfy { $0.isCause && $0.kind == .failsNow })
    #expect(diff.differences[0].changes.contains { $0.measure == .p95 })
    let headlines = ExecutionSummary(after).headlines.map(\.text)
    #expect(headlines[0].contains("all of them end in insert (shop-storage): "))
    #expect(ExecutionDiff(before: after, after: after).isEmpty)
  }
}

@Suite("Recorded authorization decisions") struct RecordedDecisionTests {
  private static let folder = "../shared/data/authz/gcp-iam-emulator/"

  @Test("an outage of the engine leads the answer")
  func outage() throws {
    guard let run = try RealExecutions.open(Self.folder + "outage-permissive") else { return }
    let summary = ExecutionSummary(run)
    let first = try #require(summary.headlines.first)
    #expect(
      first.text == "135 of 907 authorization checks came to no decision at 01:51:35 "
        + "(iam_unreachable)")
    #expect(first.row.map { run.outcome($0) } == .error)
    #expect(summary.headlines.dropFirst().first?.kind == .denied)
  }

  @Test("the summary, the first difference and the first sentence about it name the same")
  func sameFirst() throws {
    guard let before = try RealExecutions.open(Self.folder + "before"),
      let after = try RealExecutions.open(Self.folder + "after")
    else { return }
    let diff = ExecutionDiff(before: before, after: after)
    let who = "serviceAccount:payments@shop-prod.iam.gserviceaccount.com"
    let what = "secretmanager.versions.access"
    #expect(diff.differences.first?.subject.text == "\(who) \(what) on 14 targets")
    #expect(diff.headlines.dropFirst().first?.text.contains("\(who) \(what) on 14 t") == true)
    let told = try #require(ExecutionSummary(after).headlines.first?.text)
    #expect(told.hasPrefix("\(who) was denied \(what) on "), "\(told)")
    // Of one kind the largest change comes first.
    let denied = diff.differences.filter { $0.kind == .deniedNow }.compactMap(\.changes.first)
    let weights = denied.map { change in
      if case .count(let count) = change.after { count } else { 0 }
    }
    #expect(weights == weights.sorted(by: >) && weights.first == 379)
  }
}
