import Testing
import TraceModel

@Suite("String table") struct StringTableTests {
  @Test("Ids are given in order of appearance, and the empty string is always zero")
  func order() {
    var table = StringTable()
    #expect(table.intern("") == .empty)
    #expect(table.intern("b") == StringID(1))
    #expect(table.intern("a") == StringID(2))
    #expect(table.intern("b") == StringID(1))
    #expect(table.intern("") == .empty)
    #expect(table.count == 3)
    #expect(table.string(.empty) == "" && table.string(StringID(2)) == "a")
    #expect(table.string(StringID(99)) == "")
  }

  @Test("Strings of every length that differ in one byte are different, also when it grows")
  func distinctness() {
    var table = StringTable()
    var expected: [String] = [""]
    for length in 1...70 {
      for position in 0..<length {
        for letter in ["x", "y"] {
          var text = Array(repeating: "a", count: length)
          text[position] = letter
          expected.append(text.joined())
        }
      }
      expected.append(String(repeating: "a", count: length))
    }
    for round in 1...2 {
      for (index, text) in expected.enumerated() {
        #expect(table.intern(text) == StringID(UInt32(index)), "round \(round)")
      }
    }
    #expect(table.count == expected.count)
    for (index, text) in expected.enumerated() {
      #expect(table.string(StringID(UInt32(index))) == text)
    }
  }

  @Test("Bytes that are no text are kept as they are")
  func bytes() {
    var table = StringTable()
    let strange: [UInt8] = [0x00, 0xFF, 0x80, 0x00]
    let id = table.intern(strange.span.bytes)
    let kept = table.withBytes(of: id) { $0.withUnsafeBytes { Array($0) } }
    #expect(kept == strange)
    #expect(table.intern("\u{0}") != id)
  }
}

@Suite("Diagnostic log") struct DiagnosticLogTests {
  @Test("Each kind is counted, and the first of it keep their places")
  func counting() {
    var log = DiagnosticLog()
    for offset in 0..<UInt64(DiagnosticLog.keptPerKind + 5) {
      log.add(Diagnostic(.malformedJSON, artifact: 0, offset: offset))
    }
    log.add(Diagnostic(.unknownField, artifact: 0, offset: 7, detail: "x"), times: 40)
    log.add(Diagnostic(.unknownField, artifact: 0, offset: 9, detail: "x"), times: 2)
    #expect(log.kinds.map(\.code) == [.malformedJSON, .unknownField])
    #expect(log.kinds.compactMap { log.tallies[$0]?.count } == [1_005, 42])
    #expect(log.kinds.compactMap { log.tallies[$0]?.firstOffset } == [0, 7])
    #expect(log.kept.count == DiagnosticLog.keptPerKind + 1)
  }
}
