import Testing
import WireFormats

@Suite("Walk from record to record") struct JSONRecordStreamTests {
  /// An object of records, of something known, and of something counted.
  private static let outline = Outline.object(
    1,
    [
      OutlineField("items", "Items", leadsTo: .array(2, of: .record(3))),
      OutlineField("known", leadsTo: .ignored),
      OutlineField("counted", leadsTo: .counted(4)),
    ])

  /// The steps of a walk, as text; a record that contains `bad` is given up at that place.
  private func walk(
    _ text: String, chunk: Int = .max / 2, outline: Outline = Self.outline
  ) -> [String] {
    let bytes = Array(text.utf8)
    var stream = JSONRecordStream(outline)
    var skipper = JSONSkipper()
    var steps: [String] = []
    var (start, end) = (0, min(chunk, bytes.count))
    while true {
      let buffer = Array(bytes[start..<end])
      let isFinal = end == bytes.count
      walking: while true {
        switch stream.next(in: buffer.span.bytes, isFinal: isFinal) {
        case .record:
          var cursor = stream.cursor
          let offset = stream.offset(of: cursor.position)
          do throws(JSONFault) {
            try skipper.skip(in: buffer.span.bytes, at: &cursor)
            steps.append("record@\(offset)")
            stream.endRecord(at: cursor)
          } catch {
            if error.problem == .incomplete && !isFinal { break walking }
            steps.append("\(error.problem)@\(stream.offset(of: error.offset))")
            stream.fail(error, in: buffer.span.bytes)
          }
        case .opened(let number): steps.append("<\(number)")
        case .closed(let number): steps.append("\(number)>")
        case .counted(let number, let offset): steps.append("counted \(number)@\(offset)")
        case .unexpected(let number, let offset): steps.append("unexpected \(number)@\(offset)")
        case .unknown(let number, let key):
          steps.append("unknown in \(number)@\(stream.offset(of: key.lowerBound))")
        case .fault(let fault):
          steps.append("\(fault.problem)@\(stream.offset(of: fault.offset))")
        case .suspended, .finished: break walking
        }
      }
      start += stream.leaveBuffer(buffer.span.bytes)
      if isFinal { return start == bytes.count ? steps : steps + ["\(start) of \(bytes.count)"] }
      end = min(end + chunk, bytes.count)
    }
  }

  @Test(
    "The steps are these, wherever the bytes are cut",
    arguments: [
      ("", []),
      (" \n ", []),
      ("{}", ["<1", "1>"]),
      (#"{"items":[{},{"a":[1]}]}"#, ["<1", "<2", "record@10", "record@13", "2>", "1>"]),
      (#"[{},{"Items":[]},7]"#, ["<1", "1>", "<1", "<2", "2>", "1>", "unexpected 1@17"]),
      (
        #"{"known":{"items":[{}]},"x":[[]],"counted":{"a":1}}"#,
        ["<1", "unknown in 1@25", "counted 4@43", "1>"]
      ),
      (
        #"{"items":null,"items":5,"items":[5,null,{}]}"#,
        [
          "<1", "unexpected 2@22", "<2", "unexpected 3@33", "unexpected 3@35", "record@40", "2>",
          "1>",
        ]
      ),
      // Several values, one a line.
      ("{}\n{}{}\n\n{}", ["<1", "1>", "<1", "1>", "<1", "1>", "<1", "1>"]),
      (
        "{}\n{\"items\":[\n{}]}\n{}",
        ["<1", "1>", "<1", "<2", "lineEnd@13", "<1", "1>", "expectedValue@16", "<1", "1>"]
      ),
      ("{}\nnot json\n{}", ["<1", "1>", "badLiteral@4", "<1", "1>"]),
      ("{}\r\n{]\r\n{}", ["<1", "1>", "<1", "expectedKey@5", "<1", "1>"]),
      // A first line that is cut, and one that is noise.
      (
        "{\"items\":[{\"a\":\"cu\n{}\n{}",
        ["<1", "<2", "controlCharacter@18", "<1", "1>", "<1", "1>"]
      ),
      ("{\"known\":1,\n{}\n", ["<1", "expectedKey@12", "<1", "1>"]),
      ("noise\nmore noise\n{}\n", ["badLiteral@1", "<1", "1>"]),
      // Pretty documents: a mistake costs the document, and is reported once.
      (
        "{\n \"items\": [\n  {},\n  oops\n ]\n}\n{\n}\n",
        ["<1", "<2", "record@16", "expectedValue@22", "<1", "1>"]
      ),
      (
        "{\n}\n{\n \"known\": [}\n}\n[\n{\n}\n]\n",
        ["<1", "1>", "<1", "expectedValue@17", "<1", "1>"]
      ),
      ("{}\n{\n \"items\": [\n ]\n}\n", ["<1", "1>", "<1", "<2", "2>", "1>"]),
      // Cut at the end.
      (#"{"items":[{"#, ["<1", "<2", "incomplete@11"]),
      (#"{"items":[{}"#, ["<1", "<2", "record@10", "incomplete@12"]),
      (#"{"counted":[1,2"#, ["<1", "incomplete@15"]),
      ("{}\n{\"kno", ["<1", "1>", "<1", "incomplete@8"]),
    ] as [(String, [String])])
  func steps(text: String, expected: [String]) {
    #expect(walk(text) == expected)
    for chunk in 1...5 { #expect(walk(text, chunk: chunk) == expected, "\(chunk) bytes") }
    let marked = walk("\u{FEFF}" + text)
    #expect(marked.count == expected.count)
    for chunk in 1...4 { #expect(walk("\u{FEFF}" + text, chunk: chunk) == marked) }
  }

  @Test(
    "One element may stand for an array of them, and an array of arrays at the top is walked",
    arguments: [
      ("{}", ["record@0"]),
      ("[{},{}]", ["record@1", "record@4"]),
      ("[[{},{}],[],{}]", ["<1", "record@2", "record@5", "1>", "<1", "1>", "record@12"]),
      ("[{}]\n[[{}]]", ["record@1", "<1", "record@7", "1>"]),
      ("[[[{}]],5,null]", ["<1", "unexpected 2@2", "1>", "unexpected 2@8", "unexpected 2@10"]),
    ])
  func oneOrMany(text: String, steps: [String]) {
    for chunk in [1, 3, text.utf8.count + 1] {
      #expect(walk(text, chunk: chunk, outline: .oneOrMany(1, of: .record(2))) == steps)
    }
  }

  @Test("A field may hold one object or an array of them, or null")
  func oneOrManyField() {
    let outline = Outline.object(
      1, [OutlineField("data", leadsTo: .oneOrMany(2, of: .object(3, [])))])
    #expect(walk(#"{"data":{}}"#, outline: outline) == ["<1", "<3", "3>", "1>"])
    #expect(walk(#"{"data":[{}]}"#, outline: outline) == ["<1", "<2", "<3", "3>", "2>", "1>"])
    #expect(walk(#"{"data":null}"#, outline: outline) == ["<1", "1>"])
    #expect(walk(#"{"data":"x"}"#, outline: outline) == ["<1", "unexpected 3@8", "1>"])
  }

  @Test(
    "A record is told from a wrapper by the first key that only one of them has",
    arguments: [
      (#"{"sign":1,"items":[{}]}"#, ["record@0"]),
      (#"{"items":[{}],"sign":1}"#, ["<1", "record@10", "unknown in 1@15", "1>"]),
      (#"{"known":{"sign":1},"items":[{}]}"#, ["<1", "record@29", "1>"]),
      (#"{"other":[],"\u0069tems":[{}]}"#, ["<1", "unknown in 1@2", "record@26", "1>"]),
      (#"{"known":1,"other":2}"#, ["record@0"]),
      ("{}", ["record@0"]),
      (
        #"[{"sign":1},{"items":[{}]},7]"#, ["record@1", "<1", "record@22", "1>", "unexpected 1@27"]
      ),
      (#"{"items":null}"#, ["<1", "1>"]),
      (#"{"known":"#, ["incomplete@9"]),
      (#"{"known" 1}"#, ["expectedColon@9"]),
    ])
  func recordsAndWrappers(text: String, steps: [String]) {
    let outline = Outline.recordOrWrapper(
      9, signs: ["sign"], wrapper: 1,
      [
        OutlineField("items", leadsTo: .array(2, of: .record(3))),
        OutlineField("known", leadsTo: .ignored),
      ])
    for chunk in [1, 7, 4096] {
      let walked = walk(text, chunk: chunk, outline: outline).filter { $0 != "<2" && $0 != "2>" }
      #expect(walked == steps, "chunks of \(chunk) bytes")
    }
  }
}
