/// The members of a JSON object whose keys are data rather than names of fields, one after another.
package struct ObjectMembers: Sendable {
  private var isFirst = true

  /// Whether the byte at the cursor opens an object; if so, the cursor moves behind it.
  package static func open(in bytes: RawSpan, at cursor: inout JSONCursor) -> ObjectMembers? {
    guard cursor.position < bytes.byteCount,
      bytes.byte(at: cursor.position) == UInt8(ascii: "{")
    else { return nil }
    cursor.position &+= 1
    return ObjectMembers()
  }

  /// Moves the cursor to the first byte of the next member's value; at the object's end, behind it.
  ///
  /// - Returns: the member's key, whose value the caller must move the cursor behind; `nil` at the
  ///   object's end. Equal keys are not told apart.
  /// - Throws: `JSONFault`.
  package mutating func next(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) -> FieldValue? {
    var position = cursor.position
    var byte = try JSONScan.nextByte(bytes, at: &position, lines: &cursor.lines)
    if byte == UInt8(ascii: "}") {
      cursor.position = position &+ 1
      return nil
    }
    if !isFirst {
      guard byte == UInt8(ascii: ",") else { throw JSONFault(.expectedCommaInObject, at: position) }
      position &+= 1
      byte = try JSONScan.nextByte(bytes, at: &position, lines: &cursor.lines)
    }
    guard byte == UInt8(ascii: "\"") else { throw JSONFault(.expectedKey, at: position) }
    isFirst = false
    let start = position &+ 1
    var hasEscapes = false
    let end = try JSONScan.stringEnd(
      bytes, from: start, lines: cursor.lines, hasEscapes: &hasEscapes)
    position = end &+ 1
    let colon = try JSONScan.nextByte(bytes, at: &position, lines: &cursor.lines)
    guard colon == UInt8(ascii: ":") else { throw JSONFault(.expectedColon, at: position) }
    position &+= 1
    _ = try JSONScan.nextByte(bytes, at: &position, lines: &cursor.lines)
    cursor.position = position
    return FieldValue(hasEscapes ? .escapedString : .string, from: start, to: end)
  }
}
