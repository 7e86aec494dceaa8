/// A glob, ready to be held against the bytes of strings.
struct CompiledGlob {
  private let pieces: [[UInt8]]
  private let ignoresCase: Bool
  /// Letters beyond ASCII need the text itself to be lower-cased.
  private let needsUnicode: Bool
  private let isAnchored: Bool

  /// The glob with its letters as they will be compared.
  init(_ glob: Glob) {
    let texts = glob.ignoresCase ? glob.pieces.map { $0.lowercased() } : glob.pieces
    pieces = texts.map { Array($0.utf8) }
    ignoresCase = glob.ignoresCase
    needsUnicode = glob.ignoresCase && pieces.contains { $0.contains { $0 >= 0x80 } }
    isAnchored = glob.isAnchored
  }

  /// Whether the text is as the glob says.
  ///
  /// - Complexity: O(length × pattern) at worst.
  func matches(_ text: RawSpan) -> Bool {
    guard needsUnicode else { return matchesBytes(text) }
    let lowered = text.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self).lowercased() }
    return matchesBytes(Array(lowered.utf8).span.bytes)
  }

  private func matchesBytes(_ text: RawSpan) -> Bool {
    guard isAnchored, let first = pieces.first, let last = pieces.last else {
      return find(pieces[0], in: text, from: 0, until: text.byteCount) != nil
    }
    guard text.byteCount >= first.count + last.count, isAt(0, first, text),
      isAt(text.byteCount - last.count, last, text)
    else { return false }
    var position = first.count
    let end = text.byteCount - last.count
    for piece in pieces.dropFirst().dropLast() {
      guard let found = find(piece, in: text, from: position, until: end) else { return false }
      position = found + piece.count
    }
    return true
  }

  /// The first place at or after `from` where `piece` lies wholly before `until`.
  private func find(_ piece: [UInt8], in text: RawSpan, from: Int, until: Int) -> Int? {
    guard let first = piece.first else { return from }
    var position = from
    while position + piece.count <= until {
      if byte(position, text) == first, isAt(position, piece, text) { return position }
      position += 1
    }
    return nil
  }

  private func isAt(_ position: Int, _ piece: [UInt8], _ text: RawSpan) -> Bool {
    for index in piece.indices where byte(position + index, text) != piece[index] { return false }
    return true
  }

  @inline(__always)
  private func byte(_ position: Int, _ text: RawSpan) -> UInt8 {
    let byte = text.unsafeLoad(fromByteOffset: position, as: UInt8.self)
    guard ignoresCase, byte &- UInt8(ascii: "A") < 26 else { return byte }
    return byte | 0x20
  }
}
