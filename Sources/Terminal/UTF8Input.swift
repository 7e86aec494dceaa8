/// Turns the bytes a terminal sends for typed text into key events, across reads.
package struct UTF8Input: Sendable {
  private var pending: [UInt8] = []
  private var expected = 0

  /// A decoder at the beginning of a character.
  package init() {}

  /// The key that `byte` completes; nil inside a character, and for bytes that are no UTF-8.
  package mutating func key(afterByte byte: UInt8) -> KeyEvent? {
    if byte < 0x80 {
      pending.removeAll()
      return UTF8Input.asciiKey(byte)
    }
    if byte >= 0xC0 {
      pending = [byte]
      expected = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
      return nil
    }
    guard !pending.isEmpty else { return nil }
    pending.append(byte)
    guard pending.count == expected else { return nil }
    defer { pending.removeAll() }
    return String(validating: pending, as: UTF8.self)?.first.map { .character($0) }
  }

  // Control and a letter clear the upper bits of its code: ^A is 1, ^@ 0, ^_ 31.
  private static func asciiKey(_ byte: UInt8) -> KeyEvent {
    switch byte {
    case 0x7F: .backspace
    case 0x00..<0x20: KeyNotation.control(Character(Unicode.Scalar(byte | 0x40)).lowercasedASCII)
    default: .character(Character(Unicode.Scalar(byte)))
    }
  }
}

extension Character {
  fileprivate var lowercasedASCII: Character {
    guard let code = asciiValue, (0x41...0x5A).contains(code) else { return self }
    return Character(Unicode.Scalar(code | 0x20))
  }
}
