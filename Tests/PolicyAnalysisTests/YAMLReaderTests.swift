import PolicyAnalysis
import Testing

@Suite("YAML") struct YAMLReaderTests {
  @Test("block, flow, quoted and several documents, entries in their order")
  func shapes() throws {
    let text = """
      # a comment
      b: [x, 'y z', "q\\"\\u00e9"]
      a:
        - {k: v}
        -
      ---
      # nothing but this
      ---
      {"json": [1, true, null]}
      """
    let documents = try YAMLReader.documents(text)
    #expect(
      documents == [
        .mapping([
          .init(key: "b", value: .sequence([.string("x"), .string("y z"), .string("q\"é")])),
          .init(
            key: "a",
            value: .sequence([
              .mapping([.init(key: "k", value: .string("v"))]), .literal(""),
            ])),
        ]),
        .mapping([
          .init(
            key: "json", value: .sequence([.literal("1"), .literal("true"), .literal("null")]))
        ]),
      ])
  }

  @Test("what a parser may take for something else stays what is written")
  func literals() throws {
    for text in ["yes", "0123", "1e3", "~", "0x1F", "12:30:00"] {
      #expect(
        try YAMLReader.documents("a: \(text)") == [
          .mapping([.init(key: "a", value: .literal(Name(text)))])
        ])
      #expect(
        try YAMLReader.documents("a: '\(text)'") == [
          .mapping([.init(key: "a", value: .string(Name(text)))])
        ])
    }
  }

  @Test(
    "what hides something, or is broken, is refused with its line",
    arguments: [
      ("a: &x 1\nb: *x", 1), ("a: 1\nb: !!str 2", 2), ("a: 1\nb: 2\na: 3", 3), ("a: [1, 2", 1),
      ("a:\n\t- 1", 2), ("a: \"x", 1), ("? [1]\n: 2", 1), ("a: b: c", 1),
    ])
  func refused(text: String, line: Int) {
    #expect { try YAMLReader.documents(text) } throws: { error in
      (error as? YAMLError)?.line ?? 0 >= line
    }
  }

  @Test("depth and noise end in an error, not in a crash")
  func hostile() {
    #expect(throws: YAMLError.self) {
      try YAMLReader.documents(String(repeating: "[", count: 100_000))
    }
    for text in [
      "\u{0}", "\u{FEFF}\u{1}", "%YAML 9.9\n---\na", String(repeating: "? ", count: 9_999),
    ] {
      #expect(throws: YAMLError.self) { try YAMLReader.documents(text) }
    }
  }
}
