import Foundation
import TestSupport
import Testing

@Suite("Following in a terminal", .serialized, .enabled(if: TmuxSession.binary != nil))
struct FollowTests {
  private let events: [Substring]
  private let folder = TemporaryFolder()
  private var file: String { folder.file("a.authz.jsonl") }

  init() throws {
    let path = RealArtifacts.packageRoot.appending(path: "samples/incident/payments.authz.jsonl")
    events = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
  }

  private func append(_ lines: Range<Int>) throws {
    if !FileManager.default.fileExists(atPath: file) {
      try Data().write(to: URL(filePath: file))
    }
    let handle = try FileHandle(forWritingTo: URL(filePath: file))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(events[lines].map { $0 + "\n" }.joined().utf8))
    try handle.close()
  }

  @Test("a file that grows is shown as it grows, and the selection stays with its row")
  func growth() throws {
    try append(0..<20)
    let session = try TmuxSession()
    session.type(try session.command("--follow", file).replacing("'--follow'", with: "--follow"))
    session.press("Enter")
    try session.wait(for: "a.authz.jsonl")
    try session.wait(for: "No span failed")
    session.press("3")
    try session.wait(for: "step 1 of 20")
    session.press("j", "j", "j")
    try session.wait(for: "step 4 of 20")
    let before = session.screen().split(separator: "\n")[1...11]
    try append(20..<30)
    try session.wait(for: "step 4 of 30")
    try session.wait(for: "+10 new")
    #expect(session.screen().split(separator: "\n")[1...11] == before, "calm")
    session.press("F")
    try session.wait(for: "step 30 of 30")
    try session.wait(for: "following")
    try append(30..<40)
    try session.wait(for: "step 40 of 40")
    session.press("k")
    try session.wait(for: "step 39 of 40")
    try append(40..<45)
    try session.wait(for: "step 39 of 45")
    try session.wait(for: "+5 new")
    // A record is read by the descriptor's file though it has grown.
    session.press("r")
    try session.wait(for: "schema_version")
    session.press("q")
    session.press("G")
    try session.wait(for: "step 45 of 45")
    try FileManager.default.moveItem(atPath: file, toPath: file + ".1")
    try append(45..<50)
    try session.wait(for: "step 50 of 50")
    try session.wait("both to be told") {
      let text = session.screen().split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return text.contains("renamed to a.authz.jsonl.1; its rows stay")
        && text.contains("a.authz.jsonl: new; followed from its first byte")
    }
    session.press("Q")
    try session.wait("the shell's screen") { session.property("alternate_on") == "0" }
  }

  @Test("nothing is drawn while nothing comes")
  func calm() throws {
    try append(0..<20)
    let session = try TmuxSession()
    session.type(try session.command("--follow", file).replacing("'--follow'", with: "--follow"))
    session.press("Enter")
    try session.wait(for: "+0 new")
    Thread.sleep(forTimeInterval: 1)
    let before = session.screen(escapes: true)
    Thread.sleep(forTimeInterval: 2)
    #expect(session.screen(escapes: true) == before)
  }
}
