import Explorer
import TestSupport
import Testing
import TraceIndex
import TraceModel

/// A time without its day says nothing in a run of several days.
@Suite("Times of runs of more than one day")
struct DateTests {
  private static func run(_ name: String, from day: Int64) throws -> TraceIndex {
    var builder = TraceBuilder()
    for number in 0..<3 as Range<Int64> {
      let id = UInt64(number + 1)
      let time = (day + number) * 86_400_000
      builder.span("GET /", in: id, id: id, at: time, for: 5, service: "web", status: .error)
      builder.decision(
        day == 0 ? .allow : .deny, "user:ann", "read", on: "a", in: id, span: id, at: time + 1)
    }
    return try builder.index(name: name)
  }

  @Test(
    "have their date on every screen",
    arguments: [
      ("f", "2026-03-03"), ("3", "2026-03-02 09:00:00"), ("p", "2026-03-04 09:00:00"),
      ("", "2026-03-02 09:00:00"),
    ])
  func dates(_ example: (keys: String, date: String)) throws {
    let harness = ExplorerHarness(try DateTests.run("one", from: 0))
    for width in [80, 132] {
      let text = try harness.play(try KeyScript(example.keys), width: width).text
      #expect(text.contains(example.date), "\(width)\n\(text)")
    }
  }

  @Test("have their date where a difference begins")
  func begins() throws {
    let harness = ExplorerHarness(
      try DateTests.run("one", from: 0), try DateTests.run("two", from: 10))
    let text = try harness.play("=", height: 40).text
    #expect(text.contains("begins      2026-03-12 09:00:00"), "\(text)")
  }
}
