import Explorer
import TestSupport
import Testing

/// A filter counts wherever a screen says so, and a screen that knows none says that.
@Suite("Filtered screens")
struct FilteredScreenTests {
  private func text(_ keys: KeyScript, filter: String? = "is:deny") throws -> String {
    try ExplorerHarness.samples.get().play(keys, width: 132, height: 43, filter: filter).text
  }

  @Test("the list of runs counts the rows that the filter keeps")
  func runs() throws {
    let text = try text("")
    #expect(!text.contains("3,401"), "\(text)")
    #expect(text.contains("61 ✗") && text.contains("filtered"), "\(text)")
  }

  @Test("the summary is that of the rows that the filter keeps, before and after it is typed")
  func summary() throws {
    let given = try text("8")
    #expect(given.contains("61 decisions: 0 allowed, 61 denied"), "\(given)")
    #expect(try text("8&is:deny<Enter>", filter: nil) == given)
    #expect(try text("8zx") == text("8", filter: nil))
    #expect(try text("8!").contains("vestige trace summarize samples/incident --filter is:deny"))
  }

  @Test("the comparison is that of the rows that the filter keeps")
  func comparison() throws {
    let text = try text("=")
    #expect(text.contains("1 difference"), "\(text)")
    #expect(!text.contains("GET /stock"), "\(text)")
    #expect(
      try self.text("=!").contains(
        "vestige trace diff samples/baseline samples/incident --filter is:deny"))
  }

  @Test("the policy is made of all decisions, and says that filters do not apply")
  func policy() throws {
    let text = try text("p")
    #expect(text.contains("filters do not apply to policy"), "\(text)")
    #expect(!text.contains("filtered") && text.contains("1,545 in all"), "\(text)")
    #expect(try !self.text("p!").contains("--filter"))
  }

  @Test("a filter longer than its line is cut before the hint beside it")
  func longFilter() throws {
    let filter = "is:deny or " + (1...20).map { "service=s\($0)" }.joined(separator: " or ")
    let line = try ExplorerHarness.samples.get().play("f", filter: filter).text
      .split(separator: "\n").first { $0.contains("zx clears") }
    #expect(line?.contains("…  zx clears") == true, "\(line ?? "")")
  }

  @Test("the command of a list of evidence finds just these rows")
  func evidence() throws {
    let text = try text("pdw!", filter: nil)
    #expect(text.contains("step 1 of 61"), "\(text)")
    #expect(
      text.filter { $0 != "\n" }.contains(
        #"'decision=deny actor="serviceAccount:payments@shop.iam.gserviceaccount.com" perm="#),
      "\(text)")
  }

  @Test("the command of the list of runs has the filter")
  func command() throws {
    #expect(
      try text("!").contains(
        "vestige trace summarize samples/baseline samples/incident --filter is:deny"))
  }
}
