import Testing
import WireFormats

@Suite("Members of an object whose keys are data") struct ObjectMembersTests {
  /// The keys of an object with the first byte of each value, or what is wrong with it.
  private func members(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var cursor = JSONCursor()
    var skipper = JSONSkipper()
    guard var members = ObjectMembers.open(in: bytes.span.bytes, at: &cursor) else { return "none" }
    var found: [String] = []
    do throws(JSONFault) {
      while let key = try members.next(in: bytes.span.bytes, at: &cursor) {
        var text: [UInt8] = []
        _ = JSONText.decode(bytes.span.bytes, key.start..<key.end, into: &text)
        found.append(String(decoding: text + [bytes[cursor.position]], as: UTF8.self))
        try skipper.skip(in: bytes.span.bytes, at: &cursor)
      }
      return found.joined(separator: " ") + "@\(cursor.position)"
    } catch {
      return "\(error.problem)@\(error.offset)"
    }
  }

  @Test(
    "Keys come in order, twice where they stand twice",
    arguments: [
      ("{}", "@2"),
      (#"{"a":1,"b":{"c":2}} "#, "a1 b{@19"),
      (#" {"a":1}"#, "none"),
      ("[]", "none"),
      (#"{ "x" : null , "\u0078":"" }"#, "xn x\"@28"),
      (#"{"a":1 "b":2}"#, "expectedCommaInObject@7"),
      (#"{"a":1,}"#, "expectedKey@7"),
      (#"{,"a":1}"#, "expectedKey@1"),
      (#"{"a" 1}"#, "expectedColon@5"),
      (#"{"a":1"#, "incomplete@6"),
      (#"{"a"#, "incomplete@3"),
    ])
  func keys(text: String, expected: String) {
    #expect(members(text) == expected)
  }
}
