import Testing
import TraceModel

@Suite("Identifiers from text") struct IdentifierTextTests {
  private func trace(_ text: String) -> (text: String, form: IdentifierForm) {
    let bytes = Array(text.utf8)
    let reading = TraceID.reading(bytes.span.bytes)
    return (reading.id.description, reading.form)
  }

  private func span(_ text: String) -> (text: String, form: IdentifierForm) {
    let bytes = Array(text.utf8)
    let reading = SpanID.reading(bytes.span.bytes)
    return (reading.id.description, reading.form)
  }

  @Test(
    "A trace id is hexadecimal, base64, a ULID, or hashed",
    arguments: [
      ("4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e4736", .canonical),
      ("4BF92F3577B34DA6A3CE929D0E0E4736", "4bf92f3577b34da6a3ce929d0e0e4736", .decoded),
      ("1f", "0000000000000000000000000000001f", .decoded),
      ("a3ce929d0e0e4736", "0000000000000000a3ce929d0e0e4736", .decoded),
      ("AAECAwQFBgcICQoLDA0ODw==", "000102030405060708090a0b0c0d0e0f", .decoded),
      ("_____________________w==", "ffffffffffffffffffffffffffffffff", .decoded),
      ("01HNY7Y4C9V9S2B7W4B8N9ZJ5R", "018d7c7f1189da72259f845a2a9fc8b8", .decoded),
      ("01hny7y4c9v9s2b7w4b8n9zj5r", "018d7c7f1189da72259f845a2a9fc8b8", .decoded),
      ("", "00000000000000000000000000000000", .none),
      ("0", "00000000000000000000000000000000", .none),
      ("00000000000000000000000000000000", "00000000000000000000000000000000", .none),
      ("AAAAAAAAAAAAAAAAAAAAAA==", "00000000000000000000000000000000", .none),
      // FNV-1a of 128 bits, computed apart.
      ("checkout-17", "29839ae7fbcff555d9cb41fa9aa4ff20", .hashed),
    ] as [(String, String, IdentifierForm)])
  func traces(text: String, id: String, form: IdentifierForm) {
    #expect(trace(text) == (id, form))
  }

  @Test(
    "What is almost of a form is hashed",
    arguments: [
      "4bf92f3577b34da6a3ce929d0e0e473g", "4bf92f3577b34da6a3ce929d0e0e47361",
      "4bf92f3577b34da6 3ce929d0e0e4736", "AAECAwQFBgcICQoLDA0ODx==", "AAECAwQFBgcICQoLDA0ODw=A",
      "81HNY7Y4C9V9S2B7W4B8N9ZJ5R", "01HNY7Y4C9V9S2B7W4B8N9ZJUI", "ä",
      "\u{10}bf92f3577b34da6a3ce929d0e0e4736", "4bf92f3577b34da6a3ce929d0e0e473@",
    ])
  func hashedTraces(text: String) {
    #expect(trace(text).form == .hashed)
    #expect(trace(text).text != TraceID.none.description)
  }

  @Test(
    "A span id is hexadecimal, base64, or hashed",
    arguments: [
      ("00f067aa0ba902b7", "00f067aa0ba902b7", .canonical),
      ("00F067AA0BA902B7", "00f067aa0ba902b7", .decoded),
      ("b7", "00000000000000b7", .decoded),
      ("AAECAwQFBgc=", "0001020304050607", .decoded),
      ("0000000000000000", "0000000000000000", .none),
      ("", "0000000000000000", .none),
      // FNV-1a of 64 bits, computed apart.
      ("span seventeen", "d8aaf099a1daa828", .hashed),
    ] as [(String, String, IdentifierForm)])
  func spans(text: String, id: String, form: IdentifierForm) {
    #expect(span(text) == (id, form))
  }

  @Test("Every byte is taken for a digit only when it is one")
  func digits() {
    for byte in UInt8.min...UInt8.max {
      let isDigit = "0123456789abcdefABCDEF".utf8.contains(byte)
      for position in 0..<16 {
        var bytes = Array("1111111111111111".utf8)
        bytes[position] = byte
        let reading = SpanID.reading(bytes.span.bytes)
        #expect((reading.form == .hashed) == !isDigit)
        if isDigit, let digit = UInt64(String(UnicodeScalar(byte)), radix: 16) {
          let shift = UInt64(4 * (15 - position))
          let expected = (0x1111_1111_1111_1111 as UInt64) & ~(0xF << shift) | digit << shift
          #expect(reading.id.value == expected)
        }
      }
    }
  }
}
