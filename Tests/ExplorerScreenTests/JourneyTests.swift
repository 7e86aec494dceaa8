import Explorer
import ExplorerViews
import Foundation
import Terminal
import TestSupport
import Testing
import TraceIndex
import TraceModel

/// What a person wants to know, and the keys that must be enough for it.
@Suite("Journeys")
struct JourneyTests {
  private func text(_ keys: KeyScript) throws -> String {
    try ExplorerHarness.samples.get().play(keys).text
  }

  @Test("no key: the first screen says what is wrong, since when, and where it comes from")
  func firstScreen() throws {
    let text = try text("")
    for fact in ["61", "secretmanager.versions.access", "prod-db-password", "GET /stock", "254"] {
      #expect(text.contains(fact), "\(fact) in\n\(text)")
    }
  }

  @Test("one key: the denied call that made the checkout fail, in its trace")
  func cause() throws {
    let session = try ExplorerHarness.samples.get().play("w")
    #expect(session.state.screen.kind == .waterfall)
    for fact in [
      "4bf92f", "secretmanager.versions.access", "prod-db-password", "no_matching_binding",
    ] {
      #expect(session.text.contains(fact), "\(fact) in\n\(session.text)")
    }
  }

  @Test("two keys: what the denied call would need, in the policy")
  func missingGrant() throws {
    let text = try text("pd")
    for fact in ["not granted", "secretmanager.versions.access", "prod-db-password"] {
      #expect(text.contains(fact), "\(fact) in\n\(text)")
    }
  }

  @Test("three keys: all 61 denials of the principal as evidence")
  func denials() throws {
    let session = try ExplorerHarness.samples.get().play("pdw")
    #expect(session.text.contains("step 1 of 61"), "\(session.text)")
  }

  @Test("one key: what got slower between the two runs")
  func slower() throws {
    let text = try text("=")
    #expect(text.contains("slower") && text.contains("GET /stock"), "\(text)")
    #expect(text.contains("41 ms") && text.contains("254 ms"), "\(text)")
  }

  @Test("e from the first screen reaches the first error, and each e one further")
  func errors() throws {
    let first = try ExplorerHarness.samples.get().play("e")
    #expect(first.state.screen.kind == .waterfall)
    #expect(first.text.contains("ERROR"), "\(first.text)")
    #expect(try ExplorerHarness.samples.get().play("ee").text != first.text)
  }

  @Test("r shows the denied record as its artifact has it")
  func record() throws {
    let text = try text("wr")
    #expect(text.contains("payments.authz.jsonl") && text.contains("prod-db-password"), "\(text)")
  }

  @Test("a real incident: its slow and failing operations are on the summary, e reaches an error")
  func realIncident() throws {
    guard let folder = RealArtifacts.folder?.appending(path: "otlp/otel-flask"),
      FileManager.default.fileExists(atPath: folder.path)
    else {
      print("skipped: shared/data/otlp/otel-flask is absent")
      return
    }
    let harness = try ExplorerHarness(opening: [folder.path])
    let summary = try harness.play("8", width: 100, height: 40)
    #expect(summary.text.contains("Operations, failing and slow first"), "\(summary.text)")
    guard harness.indexes.contains(where: { $0.totals.errors > 0 }) else { return }
    let sick = harness.indexes.firstIndex { $0.totals.errors > 0 } ?? 0
    let start = String(repeating: "k", count: 3) + String(repeating: "j", count: sick)
    let error = try harness.play(try KeyScript(start + "e"))
    #expect(error.state.screen.kind != .executions, "\(error.text)")
    #expect(error.text.contains("ERROR") || error.text.contains(" E "), "\(error.text)")
  }
}
