import Foundation
import TestSupport
import Testing

/// The program as it is built, in a real terminal.
@Suite("In a terminal", .serialized, .enabled(if: TmuxSession.binary != nil))
struct TmuxTests {
  private let samples = RealArtifacts.packageRoot.appending(path: "samples").path

  /// A session with the sample runs open and worked out.
  private func open(
    width: Int = 80, height: Int = 24, prefix: String = ""
  ) throws -> TmuxSession {
    let session = try TmuxSession(width: width, height: height)
    session.type(prefix + (try session.command(samples)) + "; echo status $?")
    session.press("Enter")
    try session.wait(for: "incident against baseline")
    try session.wait(for: "prod-db-password")
    return session
  }

  @Test("the first screen fits and says what is wrong", arguments: [(80, 24), (200, 50)])
  func firstScreen(_ size: (width: Int, height: Int)) throws {
    let session = try open(width: size.width, height: size.height)
    let lines = session.screen().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0].contains("vestige") && lines[0].contains("2 runs"))
    #expect(lines[size.height - 1].contains("Enter open"))
  }

  @Test("w reaches the denied call, q comes back, Q ends with status 0")
  func keys() throws {
    let session = try open()
    session.press("w")
    try session.wait(for: "no_matching_binding")
    session.press("q")
    try session.wait(for: "incident against baseline")
    session.press("Q")
    try session.wait(for: "status 0")
    #expect(session.property("alternate_on") == "0")
  }

  @Test("keys come from the terminal when the artifacts come through a pipe")
  func pipe() throws {
    let session = try TmuxSession()
    session.type(
      "tar -C '\(samples)' -cz . | " + (try session.command("-")) + "; echo status $?")
    session.press("Enter")
    // `w` is for when the comparison is there.
    try session.wait(for: "21 differences")
    session.press("w")
    try session.wait(for: "no_matching_binding")
    session.press("r")
    try session.wait(for: "permission")
    session.press("Q")
    try session.wait(for: "status 0")
    #expect(session.property("alternate_on") == "0")
  }

  @Test("another size is drawn at once")
  func resize() throws {
    let session = try open()
    session.resize(width: 120, height: 40)
    try session.wait("the footer in the last line") {
      let lines = session.screen().split(separator: "\n", omittingEmptySubsequences: false)
      return lines.count >= 40 && lines[39].contains("Enter open")
    }
    session.resize(width: 50, height: 12)
    try session.wait("the footer in the last line") {
      let lines = session.screen().split(separator: "\n", omittingEmptySubsequences: false)
      return lines.count >= 12 && lines[11].contains("Enter open")
    }
  }

  @Test("^Z gives the terminal back to the shell, fg draws everything again")
  func suspend() throws {
    let session = try open()
    session.press("C-z")
    try session.wait("the shell's screen") { session.property("alternate_on") == "0" }
    session.type("echo 'be''tween'")
    session.press("Enter")
    try session.wait(for: "between")
    session.type("fg")
    session.press("Enter")
    try session.wait(for: "incident against baseline")
    session.press("Q")
    try session.wait("the shell's screen") { session.property("alternate_on") == "0" }
  }

  @Test(
    "ended from outside, it leaves the terminal as it was",
    arguments: [("TERM", 143), ("HUP", 129), ("SEGV", 139), ("ABRT", 134)])
  func killed(_ signal: String, status: Int) throws {
    let session = try open()
    let processes = TmuxSession.run(["pgrep", "-f", "vestige.*\(session.indexFolder)"]).output
      .split(separator: "\n").compactMap { Int32($0) }
      .filter { TmuxSession.isVestige($0) }
    try #require(processes.count == 1, "\(processes)")
    _ = TmuxSession.run(["kill", "-\(signal)", "\(processes[0])"])
    try session.wait("the shell's screen") { session.property("alternate_on") == "0" }
    #expect(session.property("cursor_flag") == "1")
    // After a crash Swift's backtrace waits for a key.
    session.press("Enter")
    try session.wait("the shell to go on") { session.screen().contains("status \(status)") }
    session.type("stty -a | tr ' ;' '\\n\\n' | grep -xE -e '-?(echo|icanon|isig)' | paste -sd,")
    session.press("Enter")
    try session.wait(for: "isig,icanon,echo")
  }

  @Test("a terminal that cannot move its cursor is refused with status 2")
  func dumb() throws {
    let session = try TmuxSession()
    session.type("TERM=dumb " + (try session.command(samples)) + "; echo status $?")
    session.press("Enter")
    try session.wait(for: "status 2")
    // The terminal breaks the sentence wherever its line ends.
    let text = session.screen().replacing("\n", with: "")
    #expect(text.contains("'dumb'") && text.contains("vestige trace summarize"), "\(text)")
  }

  @Test("without a terminal it says what to use instead, with status 2")
  func notATerminal() throws {
    let binary = try #require(TmuxSession.binary)
    let folder = TemporaryFolder()
    let result = TmuxSession.run([binary, "--index-dir", folder.path, samples])
    #expect(result.status == 2)
    #expect(result.output.contains("needs a terminal"), "\(result.output)")
  }

  @Test("NO_COLOR takes the colours and nothing else")
  func noColor() throws {
    let session = try open(prefix: "NO_COLOR=1 ")
    let colors = session.screen(escapes: true).matches(of: /\u{1B}\[([0-9;:]*)m/)
      .flatMap { $0.1.split(whereSeparator: { ";:".contains($0) }) }
      .compactMap { Int($0) }
      .filter { (30...38).contains($0) || (40...48).contains($0) || (90...107).contains($0) }
    #expect(colors.isEmpty, "\(colors)")
    let coloured = try open().screen(escapes: true)
    #expect(coloured.contains(/\u{1B}\[[0-9;:]*38[;:]5/))
  }

  @Test("names full of escape sequences change no other line of the screen")
  func hostileFile() throws {
    func screen(name: String) throws -> [Substring] {
      let folder = TemporaryFolder()
      let span = """
        {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"\(name)"}}]},\
        "scopeSpans":[{"spans":[{"traceId":"5b8aa5a2d2c872e8321cf37308d69df2",\
        "spanId":"051581bf3cb55c13","name":"\(name)","kind":2,"startTimeUnixNano":"1772442000000000000",\
        "endTimeUnixNano":"1772442000100000000","status":{"code":2,"message":"\(name)"}}]}]}]}

        """
      try Data(span.utf8).write(to: URL(filePath: folder.file("a.otlp.jsonl")))
      let session = try TmuxSession()
      session.type(try session.command(folder.file("a.otlp.jsonl")))
      session.press("Enter")
      try session.wait(for: "a.otlp.jsonl")
      try session.wait(for: "100 ms")
      session.press("2")
      try session.wait(for: "  status  ")
      return session.screen().split(separator: "\n", omittingEmptySubsequences: false)
    }
    let hostile = try screen(name: "\\u001b[2J\\u001b[H\\u001b]0;x\\u0007\\r\\n\\t\\u202ez")
    let benign = try screen(name: "benign")
    #expect(hostile.count == benign.count)
    #expect(hostile.last == benign.last)
    #expect(hostile[1] == benign[1], "the time axis")
  }
}

extension TmuxSession {
  /// Whether the process is the program itself, not the shell that started it.
  static func isVestige(_ process: Int32) -> Bool {
    run(["readlink", "/proc/\(process)/exe"]).output.contains("/vestige")
  }
}
