import Testing
import WireFormats

@Suite("Protobuf pairs and texts") struct ProtobufTests {
  private func pair(_ bytes: [UInt8]) -> ProtobufPair? {
    ProtobufPair(0..<bytes.count, in: bytes.span.bytes)
  }

  private func wrongByte(_ range: Range<Int>, _ bytes: [UInt8]) -> Int? {
    UTF8Text.firstWrongByte(of: range, in: bytes.span.bytes)
  }

  /// What the walk through all fields says of the same message.
  private func walked(_ bytes: [UInt8]) -> [Range<Int>]? {
    var ranges: [Range<Int>] = []
    var cursor = ProtobufCursor(0..<bytes.count)
    do throws(ProtobufFault) {
      while let field = try cursor.next(in: bytes.span.bytes) {
        guard field.wire == .bytes, field.number == ranges.count + 1 else { return nil }
        ranges.append(field.range)
      }
    } catch { return nil }
    return ranges.count == 2 ? ranges : nil
  }

  @Test("a pair is what the walk through its fields says, whatever one byte is changed to")
  func pairs() throws {
    let message: [UInt8] = [0x0A, 2, 0x61, 0x62, 0x12, 4, 0x0A, 2, 0x63, 0x64]
    let found = try #require(pair(message))
    #expect(found.key == 2..<4 && found.value == 6..<10 && found.text == 8..<10)
    for place in message.indices {
      for byte in UInt8.min...UInt8.max {
        var changed = message
        changed[place] = byte
        guard let found = pair(changed) else { continue }
        #expect([found.key, found.value] == walked(changed), "\(changed)")
      }
    }
  }

  @Test("a pair cut off anywhere, with a number for its value, or with more behind it")
  func otherPairs() throws {
    let number: [UInt8] = [0x0A, 1, 0x61, 0x12, 2, 0x18, 7]
    let found = try #require(pair(number))
    #expect(found.value == 5..<7 && found.text == nil)
    for length in number.indices {
      #expect(pair(Array(number[..<length])) == nil, "\(length)")
    }
    let longer = number + [0x18, 1]
    #expect(pair(longer) == nil)
  }

  @Test("a wrong byte is found at every place of a text of any length, and none behind it")
  func wrongBytes() {
    for length in 0..<20 {
      for behind in [0, 1, 8] {
        let text = [UInt8](repeating: 0x61, count: length) + [UInt8](repeating: 0xFF, count: behind)
        #expect(wrongByte(0..<length, text) == nil)
        for place in 0..<length {
          var wrong = text
          wrong[place] = 0xFF
          #expect(wrongByte(0..<length, wrong) == place)
        }
      }
    }
  }
}
