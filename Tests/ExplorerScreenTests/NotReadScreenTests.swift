import Explorer
import Foundation
import TestSupport
import Testing

/// What of a run is in no figure is said on its screens.
@Suite("What was not read")
struct NotReadScreenTests {
  private let folder = TemporaryFolder()

  private func harness(_ files: [String: String]) throws -> ExplorerHarness {
    let run = URL(filePath: folder.path).appending(path: "run")
    try FileManager.default.createDirectory(at: run, withIntermediateDirectories: true)
    for (name, text) in files {
      try Data(text.utf8).write(to: run.appending(path: name))
    }
    return try ExplorerHarness(opening: ["run"], below: folder.path + "/")
  }

  private static let check =
    #"{"schema_version":"1.0","event_type":"authz_check","timestamp":"2026-03-02T09:00:00Z","#
    + #""environment":{"component":"c"},"actor":{"principal":"user:ann"},"target":{"resource":"r"},"#
    + #""action":{"permission":"p"},"decision":{"outcome":"ALLOW","reason":"r","evaluated_by":"e"}}"#

  @Test("files that no reader knows are counted in the footer and listed, with one artifact's name")
  func unknownFiles() throws {
    let harness = try harness([
      "a.jsonl": NotReadScreenTests.check + "\n", "notes.bin": "\u{0}\u{1}nothing known\n",
    ])
    let first = try harness.play("").text
    #expect(
      first.contains("1 artifact  1 record, none refused, 1 file no reader knows: # shows it"),
      "\(first)")
    let listed = try harness.play("#").text
    #expect(listed.contains("notes.bin") && !listed.contains("Every record"), "\(listed)")
  }

  @Test("skipped records are counted, and none is called refused")
  func skipped() throws {
    let harness = try harness([
      "a.jsonl": NotReadScreenTests.check + "\n"
        + NotReadScreenTests.check.replacing("authz_check", with: "provider_lag") + "\n"
    ])
    let text = try harness.play("").text
    #expect(text.contains("1 skipped: # shows it") && !text.contains("refused"), "\(text)")
  }

  @Test("Enter on a problem shows the bytes at its place")
  func bytes() throws {
    let harness = try harness(["a.jsonl": NotReadScreenTests.check + "\n{\"broken\": nope}\n"])
    for key in ["<Enter>", "r"] {
      let session = try harness.play(try KeyScript("#" + key))
      #expect(session.state.screen.kind == .raw)
      #expect(session.text.contains("a.jsonl  byte 281"), "\(session.text)")
      #expect(session.text.contains(" ope}"), "\(session.text)")
    }
  }
}
