extension CompiledOutline {
  /// Whether the object at the cursor is a wrapper around records and not a record itself.
  ///
  /// Only keys up to the first telling one are looked at, so a wrapper of any size is told with
  /// a small buffer. What is not JSON is left to whoever reads the record.
  ///
  /// - Throws: `JSONFault`, only when the bytes end before a telling key.
  func isWrapper(_ node: Int, in bytes: RawSpan, at cursor: JSONCursor) throws(JSONFault) -> Bool {
    var preview = KeyPreview(cursor)
    do throws(JSONFault) {
      while let key = try preview.nextKey(in: bytes) {
        if nodes[node].signs.contains(where: { key.elementsEqual($0) }) { return false }
        if let child = child(of: node, named: key.span.bytes), nodes[child].kind != .ignored {
          return true
        }
      }
    } catch {
      if error.problem == .incomplete { throw error }
    }
    return false
  }
}

/// The keys of one object, its values passed over.
private struct KeyPreview {
  private var cursor: JSONCursor
  private var isFirst = true
  private var skipper = JSONSkipper()

  /// Starts at the object's `{`.
  init(_ cursor: JSONCursor) {
    self.cursor = cursor
    self.cursor.position &+= 1
  }

  /// The next key with its escapes decoded; `nil` at the object's end.
  mutating func nextKey(in bytes: RawSpan) throws(JSONFault) -> [UInt8]? {
    // The value behind the key before.
    if !isFirst { try skipper.skip(in: bytes, at: &cursor) }
    var byte = try JSONScan.nextByte(bytes, at: &cursor.position, lines: &cursor.lines)
    if byte == UInt8(ascii: "}") { return nil }
    if !isFirst {
      guard byte == UInt8(ascii: ",") else {
        throw JSONFault(.expectedCommaInObject, at: cursor.position)
      }
      cursor.position &+= 1
      byte = try JSONScan.nextByte(bytes, at: &cursor.position, lines: &cursor.lines)
    }
    guard byte == UInt8(ascii: "\"") else { throw JSONFault(.expectedKey, at: cursor.position) }
    isFirst = false
    return try key(in: bytes)
  }

  /// Reads the key at the cursor and moves behind its colon.
  private mutating func key(in bytes: RawSpan) throws(JSONFault) -> [UInt8] {
    let start = cursor.position &+ 1
    var hasEscapes = false
    let end = try JSONScan.stringEnd(
      bytes, from: start, lines: cursor.lines, hasEscapes: &hasEscapes)
    cursor.position = end &+ 1
    guard
      try JSONScan.nextByte(bytes, at: &cursor.position, lines: &cursor.lines)
        == UInt8(ascii: ":")
    else { throw JSONFault(.expectedColon, at: cursor.position) }
    cursor.position &+= 1
    var text: [UInt8] = []
    _ = JSONText.decode(bytes, start..<end, into: &text)
    return text
  }
}
