import Explorer
import Foundation
import Terminal
import TestSupport
import Testing
import TraceIndex
import TraceModel

/// What people come for, with the keys it takes them.
@Suite("Journeys") struct JourneyTests {
  @Test("one key from the start to the cause of the failed checkouts")
  func cause() throws {
    let run = try ExplorerHarness.run(keys: "w")
    #expect(run.text.contains("was denied"))
    #expect(run.text.contains("prod-db-password"))
    guard case .waterfall(let waterfall) = run.state.screen,
      let index = run.state.executions[waterfall.shownExecution].index,
      let row = waterfall.selectedRow
    else {
      Issue.record("w does not open the waterfall")
      return
    }
    #expect(index.outcome(row) == .deny)
    #expect(index.text(index.target(row)).contains("prod-db-password"))
  }

  @Test("the first screen already says what failed, why, and since when")
  func firstScreen() throws {
    let text = try ExplorerHarness.run(keys: "").text
    #expect(text.contains("All 61 traces where POST /checkout (gateway) failed have a denied call"))
    #expect(text.contains("10:01:10"))
    #expect(text.contains("p95 41 ms → 254 ms"))
  }

  @Test("two keys to what the denied call would have needed, and that nothing grants it")
  func neededStatement() throws {
    let run = try ExplorerHarness.run(keys: "pd", width: 132, height: 43)
    #expect(run.text.contains("never allowed: no statement"))
    #expect(run.text.contains("projects/shop/secrets/prod-db-password"))
  }

  @Test("all denials of one principal by a filter")
  func denialsOfPrincipal() throws {
    let run = try ExplorerHarness.run(keys: "3&is:deny actor:payments<Enter>")
    #expect(run.text.contains("of 61"))
    #expect(!run.text.contains("allow "))
  }

  @Test("what got slower is on the comparison, and does not explain the failures")
  func slower() throws {
    let text = try ExplorerHarness.run(keys: "=").text
    #expect(text.contains("slower"))
    #expect(text.contains("p95 41 ms → 254 ms"))
    #expect(text.contains("1 explains 17, 2 stand alone"))
  }

  @Test("errors are reached one after another, across traces")
  func errors() throws {
    let run = try ExplorerHarness.run(keys: "eeeeeeeeee")
    guard case .waterfall(let waterfall) = run.state.screen,
      let index = run.state.executions[waterfall.shownExecution].index,
      let row = waterfall.selectedRow
    else {
      Issue.record("e does not lead to the waterfall")
      return
    }
    #expect(index.status(row) == .error)
    #expect(waterfall.trace > 16)
  }

  @Test("the evidence of a statement is the decisions behind it, and q leads back")
  func evidence() throws {
    let run = try ExplorerHarness.run(keys: "pjjw")
    guard case .events(let events) = run.state.screen else {
      Issue.record("w does not open the evidence")
      return
    }
    #expect(events.count == 238)
    let back = try ExplorerHarness.run(keys: "pjjwq")
    #expect(back.state.screen.kind == .policy)
  }

  @Test("stepping grows the policy, and stepping back takes it away again exactly")
  func stepping() throws {
    let there = try ExplorerHarness.run(keys: "3sssssssss")
    let andBack = try ExplorerHarness.run(keys: "3sssssssssssssSSSS")
    #expect(there.frames.last == andBack.frames.last)
    let grown = try ExplorerHarness.run(keys: "3cccc").text
    #expect(grown.contains("Policy: one grant more."))
    #expect(grown.contains("4 of 298 grants"))
  }

  @Test("the policy is written only after a look at it")
  func export() throws {
    let once = try ExplorerHarness.run(keys: "pX")
    #expect(once.saved.isEmpty)
    let twice = try ExplorerHarness.run(keys: "pXX")
    let document = try #require(twice.saved["incident-emulator-policy.yaml"])
    #expect(document.contains("roles:"))
    #expect(!document.contains("secrets/prod-db-password"))
  }

  @Test("a saved screen is the text of the screen")
  func saveScreen() throws {
    let run = try ExplorerHarness.run(keys: "=P")
    #expect(run.saved["vestige-diff.txt"]?.contains("denied now") == true)
  }

  @Test("in a recorded run the slow and failing operations are on the first screen, e reaches one")
  func recordedServices() throws {
    let folder = ExplorerHarness.root + "/../shared/data/otlp/otel-flask"
    guard FileManager.default.fileExists(atPath: folder) else {
      print("skipped: \(folder) is not there")
      return
    }
    let paths = [folder + "/baseline/traces.otlp.jsonl", folder + "/incident/traces.otlp.jsonl"]
    let first = try ExplorerHarness.run(paths, keys: "", width: 132, height: 43)
    #expect(first.text.contains("fails now"))
    #expect(first.text.contains("slower"))
    #expect(first.text.contains("shop-gateway"))
    let error = try ExplorerHarness.run(paths, keys: "e")
    guard case .waterfall(let waterfall) = error.state.screen, let row = waterfall.selectedRow,
      let index = error.state.executions[waterfall.shownExecution].index
    else {
      Issue.record("e does not lead to an error")
      return
    }
    #expect(index.status(row) == .error)
  }
}
