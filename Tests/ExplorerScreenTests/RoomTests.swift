import Explorer
import ExplorerViews
import TestSupport
import Testing
import TraceIndex
import TraceModel

/// Nothing that matters is cut without a sign, run together, or written over something else.
@Suite("Room on the screen")
struct RoomTests {
  private func samples(_ keys: KeyScript, _ width: Int = 80, _ height: Int = 24) throws -> String {
    try ExplorerHarness.samples.get().play(keys, width: width, height: height).text
  }

  @Test("the first sentence of the summary goes on in the next line", arguments: [40, 80, 132])
  func summarySentence(_ width: Int) throws {
    let text = try samples("8", width, 24)
    let letters = text.filter { !$0.isWhitespace }
    #expect(letters.contains("prod-db-password/versions/latest:no_matching_binding."), "\(text)")
  }

  @Test("long names in the summary's tables leave the figures their room")
  func summaryFigures() throws {
    let text = try ExplorerHarness.samples.get().play("8", filter: "is:deny").text
    let rows = text.split(separator: "\n").filter { $0.contains("…") }
    #expect(rows.contains { $0.hasSuffix("61        0  10:01:10  10:04:26") }, "\(text)")
    #expect(text.contains("UNDECIDED  PERMISSIONS"), "\(text)")
  }

  @Test("the rest of the summary is counted in the header, over no table cell")
  func summaryRest() throws {
    let lines = try samples("8").split(separator: "\n")
    #expect(lines[0].hasSuffix("more lines below"), "\(lines[0])")
    #expect(lines.dropFirst().allSatisfy { !$0.contains(" more") })
  }

  @Test(
    "a difference lists all that it explains where there is room, and counts the rest elsewhere")
  func explained() throws {
    let tall = try samples("=", 132, 70)
    #expect(tall.split(separator: "\n").count { $0.contains("  explains  ") } == 17, "\(tall)")
    let short = try samples("=")
    let shown = short.split(separator: "\n").filter { $0.contains("  explains  ") }
    #expect(shown.last?.hasSuffix("\(17 - shown.count + 1) more") == true, "\(short)")
  }

  @Test("a difference about several targets lists them")
  func targets() throws {
    func run(_ outcome: Outcome, _ name: String) throws -> TraceIndex {
      var builder = TraceBuilder()
      for number in 0..<14 {
        builder.decision(outcome, "user:ann", "read", on: "bucket-\(number)", at: Int64(number))
      }
      return try builder.index(name: name)
    }
    let harness = ExplorerHarness(try run(.allow, "one"), try run(.deny, "two"))
    let text = try harness.play("=", height: 60).text
    for number in 0..<14 { #expect(text.contains("target      bucket-\(number)"), "\(text)") }
  }

  @Test("principals of one domain are told apart in the policy and beside each other")
  func principals() throws {
    var builder = TraceBuilder()
    for name in ["alice.miller", "bob.smith", "carol.jones"] {
      builder.decision(.allow, "user:\(name)@example.com", "read", on: "a")
    }
    let text = try ExplorerHarness(try builder.index()).play("p").text
    for name in ["user:alice", "user:bob", "user:carol"] {
      #expect(text.contains("  \(name)") || text.contains(" \(name)"), "\(text)")
    }
  }

  @Test("figures and heads have a space between them, however large", arguments: [30, 40, 80, 132])
  func heads(_ width: Int) throws {
    var builder = TraceBuilder()
    for number in 1...3 as ClosedRange<UInt64> {
      builder.span(
        "GET /", in: number, id: number, at: Int64(number) * 800_000_000, for: 100_000_000_000,
        status: .error)
    }
    let harness = ExplorerHarness(try builder.index(name: "a-run-with-a-long-name"))
    let heads = ["STARTED", "LASTED", "TRACES", "SPANS", "DECISIONS", "ERRORS", "DENIED", "ROOT"]
    for keys in ["", "f"] {
      let lines = try harness.play(try KeyScript(keys), width: width, height: 24).text
        .split(separator: "\n", omittingEmptySubsequences: false)
      for word in lines[1].split(separator: " ") where word.contains("ED") || word.contains("ER") {
        #expect(heads.contains(String(word)), "\(lines[1])")
      }
    }
  }

  @Test("names that are cut have a sign on a narrow comparison")
  func narrowDifferences() throws {
    let text = try samples("=", 40, 10)
    #expect(text.contains("gateway POST /c…  0 % → 25.6 %"), "\(text)")
  }

  @Test("the depth of a deep tree is a number where the indent has no room")
  func depth() throws {
    var builder = TraceBuilder()
    for number in 1...200 as ClosedRange<UInt64> {
      builder.span("step", id: number, parent: number - 1, at: Int64(number))
    }
    let text = try ExplorerHarness(try builder.index()).play("2G").text
    #expect(text.contains("199 ") && text.contains("198 "), "\(text)")
  }

  @Test("a principal without a name is called the same everywhere")
  func unnamed() throws {
    var builder = TraceBuilder()
    builder.span("GET /", id: 1, for: 10)
    builder.decision(.deny, "", "read", on: "a", in: 1, span: 1, at: 1)
    let harness = ExplorerHarness(try builder.index())
    for keys in ["3d", "2d", "8", "pd"] {
      let text = try harness.play(try KeyScript(keys), width: 132, height: 60).text.lowercased()
      #expect(text.contains("an unnamed pr") && !text.contains("(none)"), "\(keys)\n\(text)")
    }
  }

  @Test("the reason why a record cannot be read takes the lines it needs")
  func unreadable() throws {
    let harness = ExplorerHarness(try OddRuns.longName())
    let text = try harness.play("3r", width: 40).text
    #expect(text.contains("made by") && text.contains("hand"), "\(text)")
  }

  @Test("a filter of blanks is none, before Enter and after; an unknown command is named")
  func blanks() throws {
    #expect(try !samples("<Enter>&<Space><Space><Enter>").contains("filtered"))
    #expect(try samples(":zzz<Enter>").contains("zzz: no command has these letters"))
  }

  @Test("a run without a time has no start and no duration")
  func timeless() throws {
    var builder = TraceBuilder()
    builder.batch.artifacts[0].recordsRefused = 3
    let harness = ExplorerHarness(try builder.index())
    for keys in ["", "8"] {
      let text = try harness.play(try KeyScript(keys)).text
      #expect(!text.contains("1970") && !text.contains("0 ns"), "\(text)")
    }
  }
}

private enum OddRuns {
  /// A run whose path is longer than a narrow screen.
  static func longName() throws -> TraceIndex {
    var builder = TraceBuilder()
    builder.decision(.allow, "user:ann", "read", on: "a")
    return try builder.index(name: String(repeating: "folder/", count: 8) + "run")
  }
}
