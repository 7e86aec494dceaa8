import Explorer
import ExplorerViews
import Terminal
import TestSupport
import Testing
import TraceIndex
import TraceModel

@Suite("The matrix")
struct MatrixScreenTests {
  /// `rows` principals by `columns` permissions, every pair asked for once.
  private static func grid(_ rows: Int, _ columns: Int) throws -> ExplorerHarness {
    var builder = TraceBuilder()
    for row in 0..<rows {
      for column in 0..<columns {
        builder.decision(
          row == column ? .deny : .allow, "user:p\(row)", "storage.objects.action\(column)",
          on: "a")
      }
    }
    return ExplorerHarness(try builder.index(name: "run"))
  }

  @Test("Enter shows the decisions of the cell alone, and u brings all back")
  func enter() throws {
    let harness = try ExplorerHarness.samples.get()
    let session = try harness.play("4d<Enter>")
    #expect(session.state.screen.kind == .events)
    #expect(session.text.contains("step 1 of 299"), "\(session.text)")
    #expect(try harness.play("4x<Enter>").text.contains("step 1 of 61"))
    #expect(try harness.play("4d<Enter>u").text.contains("step 300 of 5,003") == false)
    #expect(try harness.play("4d<Enter>u").text.contains(" of 4,946"))
  }

  @Test("the filter that Enter makes keeps just the decisions that the cell counts")
  func filter() throws {
    let harness = try ExplorerHarness.samples.get()
    for keys in ["4", "4d", "4jj", "4llll"] {
      let session = try harness.play(try KeyScript(keys + "<Enter>"))
      let filter = session.state.filters.text
      #expect(session.state.screen.kind == .events || filter.isEmpty, "\(keys): \(filter)")
    }
  }

  @Test("an empty cell has nothing to open, and says so")
  func emptyCell() throws {
    let session = try ExplorerHarness.samples.get().play("4jjj<Enter>")
    #expect(session.state.screen.kind == .matrix)
    #expect(session.text.contains("nobody asked for this"), "\(session.text)")
  }

  @Test("+ and - take the pair into the filter and leave the screen open")
  func includeAndExclude() throws {
    let harness = try ExplorerHarness.samples.get()
    let kept = try harness.play("4d+")
    #expect(kept.text.contains("1 principal, 1 permission"), "\(kept.text)")
    let left = try harness.play("4x-")
    #expect(left.state.screen.kind == .matrix)
    #expect(left.text.contains("Nothing was denied"), "\(left.text)")
  }

  @Test("scrolls in both directions under its headings, and says how much is beyond the edges")
  func scrolls() throws {
    let harness = try MatrixScreenTests.grid(40, 30)
    let start = try harness.play("4").text
    #expect(start.contains("26 more >") && start.contains("action0"), "\(start)")
    let right = try harness.play("4>>>>>>>>>>>>G").text
    #expect(right.contains("action9") && right.contains("< 26 more"), "\(right)")
    #expect(right.contains("user:p39") && !right.contains("user:p0 "), "\(right)")
    let middle = try harness.play("4lllllllll").text
    #expect(middle.contains("< 6  20 >"), "\(middle)")
  }

  @Test("d and D walk over the denied cells, x leaves no other")
  func denials() throws {
    let harness = try MatrixScreenTests.grid(4, 4)
    func place(_ keys: String) throws -> [Int] {
      guard case .matrix(let matrix) = try harness.play(try KeyScript(keys)).state.screen else {
        return []
      }
      return [matrix.principal.selected, matrix.permission.selected]
    }
    #expect(try place("4d") == [1, 1] && place("4dd") == [2, 2] && place("4ddD") == [1, 1])
    #expect(try harness.play("4x").text.contains("denied only  4 principals"))
  }

  @Test("the cursor stays with its pair when a filter changes the order")
  func keepsPlace() throws {
    var builder = TraceBuilder()
    for _ in 0..<3 { builder.decision(.allow, "user:ann", "read", on: "a") }
    builder.decision(.deny, "user:bob", "write", on: "a")
    let session = try ExplorerHarness(try builder.index()).play("4jl&is:deny<Enter>")
    #expect(session.text.contains("principal   user:bob"), "\(session.text)")
    #expect(session.text.contains("1 denied"), "\(session.text)")
  }

  @Test("headings that are cut stay apart, whatever the names", arguments: [7, 9, 12], [1, 2, 3])
  func headings(_ width: Int, _ lines: Int) {
    let names = [
      "secretmanager.versions.access", "secretmanager.versions.accessAll",
      "secretmanager.versions.accessAlways", "parametermanager.versions.access", "access",
      "s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectVersionAcl", "", "...", "日本語日本語日本語",
      "日本語日本語日本人", "\u{1B}[31m", "apps/deployments.get", "core/pods/exec.create",
    ]
    let headings = ColumnHeadings.headings(names, width: width, lines: lines)
    #expect(Set(headings).count == names.count, "\(headings)")
    for heading in headings {
      #expect(heading.count == lines)
      #expect(heading.allSatisfy { DisplayWidth.width(of: $0) <= width }, "\(heading)")
    }
  }

  @Test("numbers that have no room are shortened, and never what was denied")
  func largeNumbers() throws {
    var builder = TraceBuilder()
    for _ in 0..<12_345 { builder.decision(.allow, "user:ann", "read", on: "a") }
    for _ in 0..<1_234 { builder.decision(.deny, "user:ann", "read", on: "a") }
    for _ in 0..<12 { builder.decision(.error, "user:ann", "write", on: "a") }
    let harness = ExplorerHarness(try builder.index())
    let narrow = try harness.play("4", width: 40, height: 10).text
    #expect(narrow.contains("✗1.2k") && narrow.contains("?12"), "\(narrow)")
    #expect(try harness.play("4").text.contains("12,345 allowed, 1,234 denied"))
  }
}
