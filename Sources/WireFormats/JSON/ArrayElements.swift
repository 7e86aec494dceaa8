/// The elements of a JSON array, one after another.
package struct ArrayElements: Sendable {
  private var isFirst = true

  package init() {}

  /// Whether the byte at the cursor opens an array; if so, the cursor moves behind it.
  package static func open(in bytes: RawSpan, at cursor: inout JSONCursor) -> ArrayElements? {
    guard cursor.position < bytes.byteCount,
      bytes.byte(at: cursor.position) == UInt8(ascii: "[")
    else { return nil }
    cursor.position &+= 1
    return ArrayElements()
  }

  /// Moves the cursor to the next element's first byte; at the array's end, behind it.
  ///
  /// - Returns: whether there is an element, which the caller must move the cursor behind.
  /// - Throws: `JSONFault`.
  package mutating func next(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) -> Bool {
    var position = try JSONScan.skipSpace(bytes, from: cursor.position, lines: &cursor.lines)
    guard position < bytes.byteCount else { throw JSONFault(.incomplete, at: position) }
    let byte = bytes.byte(at: position)
    if byte == UInt8(ascii: "]") {
      cursor.position = position &+ 1
      return false
    }
    if !isFirst {
      guard byte == UInt8(ascii: ",") else { throw JSONFault(.expectedCommaInArray, at: position) }
      position = try JSONScan.skipSpace(bytes, from: position &+ 1, lines: &cursor.lines)
      guard position < bytes.byteCount else { throw JSONFault(.incomplete, at: position) }
      if bytes.byte(at: position) == UInt8(ascii: "]") {
        throw JSONFault(.expectedValue, at: position)
      }
    }
    isFirst = false
    cursor.position = position
    return true
  }
}
