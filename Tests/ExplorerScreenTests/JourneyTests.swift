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

  @Test("three keys: what a statement less would deny; u takes it back")
  func dropStatement() throws {
    let text = try text("pjx")
    #expect(text.contains("238 decisions about 1 key that were allowed would be denied"), "\(text)")
    #expect(try !self.text("pjxu").contains("what if"))
  }

  @Test("the price of a wider statement, and what it covers, live")
  func price() throws {
    let session = try ExplorerHarness.samples.get().play("pjjjjjjj>")
    #expect(session.text.contains("covers 117 used resources"), "\(session.text)")
    let narrow = try ExplorerHarness.samples.get().play("pjjjjjjj><lt>")
    #expect(narrow.text.contains("(exactly)"), "\(narrow.text)")
  }

  @Test("an edited policy is written after its preview alone, and says what was edited")
  func export() throws {
    let harness = try ExplorerHarness.samples.get()
    #expect(try harness.play("pxX<Enter>").saved.isEmpty)
    let saved = try harness.play("pxX<Enter>X").saved
    #expect(saved.map(\.name) == ["incident-emulator-policy.yaml"])
    #expect(saved.first?.text.contains("Dropped by hand") ?? false)
  }

  @Test("a file that is there is shown as what changes of it")
  func replace() throws {
    var harness = try ExplorerHarness.samples.get()
    let whole = try #require(try harness.play("pX<Enter>X").saved.first?.text)
    harness.files["incident-emulator-policy.yaml"] = whole
    let same = try harness.play("pX<Enter>").text
    #expect(same.contains("stays as it is"), "\(same)")
    let edited = try harness.play("pxX<Enter>").text
    #expect(edited.contains("is replaced") && edited.contains("lines the same"), "\(edited)")
  }

  @Test("held against an existing policy: what it grants, what is new, what of it nobody used")
  func holdAgainst() throws {
    var harness = try ExplorerHarness.samples.get()
    let whole = try #require(try harness.play("p<Tab>X<Enter>X").saved.first?.text)
    harness.files["baseline.yaml"] = whole
    let session = try harness.play("pvbaseline.yaml<Enter>")
    #expect(session.text.contains("granted there"), "\(session.text)")
    #expect(try harness.play("pvbaseline.yaml<Enter>G").text.contains("never used"))
    #expect(try harness.play("pvnothing<Enter>").text.contains("no such file"))
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
