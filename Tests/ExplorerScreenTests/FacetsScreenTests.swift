import Explorer
import ExplorerViews
import TestSupport
import Testing

@Suite("Fields and values")
struct FacetsScreenTests {
  private func play(_ keys: KeyScript) throws -> ExplorerSession {
    try ExplorerHarness.samples.get().play(keys)
  }

  @Test("Enter on a value keeps its rows and goes back to the screen it was asked from")
  func keepsAndReturns() throws {
    let session = try play("3v<Enter><Enter>")
    #expect(session.state.screen.kind == .events)
    #expect(session.state.filters.text == "service=inventory")
    #expect(session.state.screens.count == 2)
    let exact = try play("3v<Enter>/gate<Enter><Enter>")
    #expect(exact.state.filters.text == "service=gateway")
  }

  @Test("+ and - narrow down and leave the list open, with the counts of what is left")
  func refines() throws {
    let session = try play("v<Enter>-")
    #expect(session.state.screen.kind == .facets)
    #expect(session.state.filters.text == "not (service=inventory)")
    #expect(!session.text.contains(" inventory "), "\(session.text)")
    let field = try play("v/actor<Enter>+")
    #expect(field.state.filters.text == "exists(actor)")
    #expect(field.text.contains("1,545 rows"), "\(field.text)")
    #expect(try play("v<Enter>-u").state.filters.text == "")
  }

  @Test("rows without the field have a line of their own")
  func absent() throws {
    let session = try play("v/actor<Enter><Enter>G")
    #expect(session.text.contains("(rows without it)"), "\(session.text)")
    #expect(
      try play("v/actor<Enter><Enter>G<Enter>").state.filters.text == "not exists(actor)")
  }

  @Test("the counts are those of the filter in force")
  func filtered() throws {
    let text = try play("&is:deny<Enter>v/reason<Enter><Enter>").text
    #expect(text.contains("no_matching_binding") && text.contains("61 rows"), "\(text)")
    #expect(!text.contains("binding_match "), "\(text)")
  }

  @Test("e and d go to the values with failures and denials, o puts those first")
  func sick() throws {
    #expect(try play("v<Enter>d").text.contains("61 ✗"))
    let sorted = try play("vj<Enter>oo")
    let first = sorted.text.split(separator: "\n")[2]
    #expect(first.contains("secretmanager.versions.access"), "\(sorted.text)")
    #expect(try play("vd").text.contains("counted by value"))
  }

  @Test("! names the command that prints the same, for fields and for values")
  func command() throws {
    #expect(try play("v!").text.contains("vestige trace fields samples/incident"))
    let values = try play("&is:deny<Enter>v<Enter>!").text
    #expect(values.contains("'is:deny | by(name) | count()'"), "\(values)")
  }

  @Test("q goes from values to fields and from fields back")
  func close() throws {
    #expect(try play("3v<Enter>q").text.contains("▸ values  "))
    #expect(try play("3v<Enter>qq").state.screen.kind == .events)
  }
}
