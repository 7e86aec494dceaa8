/// Reads records of one kind, each a JSON object, into numbered values by a field table.
///
/// Emitters write the same fields in the same order again and again, so the reader remembers
/// which field followed which, and compares the bytes with that field's name before it searches.
/// A record's values stay valid until the next record begins or the buffer changes.
package struct FieldReader: Sendable {
  /// By field number; a value belongs to the record at hand when it has its stamp.
  package private(set) var values: [FieldValue]
  /// Counts the records, so that no value has to be cleared between them.
  package private(set) var record: UInt32 = 0
  private var walk: FieldWalk

  /// What the record's format has to judge, in the order of bytes.
  package var issues: [FieldIssue] { walk.issues }
  package private(set) var hasIssues = false

  package init(_ table: FieldTable) {
    values = [FieldValue](repeating: .absent, count: table.fieldCount)
    walk = FieldWalk(table)
  }

  /// Begins a record whose `{` is at the cursor; returns false when another byte is there.
  package mutating func begin(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) -> Bool {
    guard cursor.position < bytes.byteCount else {
      throw JSONFault(.incomplete, at: cursor.position)
    }
    guard bytes.byte(at: cursor.position) == UInt8(ascii: "{") else { return false }
    cursor.position &+= 1
    if record == .max {
      for index in values.indices { values[index] = .absent }
      record = 0
    }
    record &+= 1
    walk.begin()
    return true
  }

  /// Reads on to the record's end, or to the next field that the format reads itself.
  ///
  /// - Returns: the number of that field, with the cursor on its value's first byte, which the
  ///   caller must move behind the value; `nil` at the record's end.
  /// - Throws: `JSONFault`.
  package mutating func next(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) -> Int? {
    let field = try walk.next(in: bytes, at: &cursor, record: record, values: &values)
    hasIssues = !walk.issues.isEmpty
    return field
  }

  /// The dotted path of an issue's field; an unknown key as the artifact writes it.
  package func path(of issue: FieldIssue, in bytes: RawSpan) -> String {
    guard issue.kind == .unknown else { return walk.table.paths[issue.entry] }
    return walk.table.path(ofShape: issue.shape) + JSONText.display(bytes, issue.key)
  }

  /// The dotted path of a field, for diagnostics.
  package func path(of field: some RawRepresentable<Int>) -> String {
    for (entry, path) in zip(walk.table.entries, walk.table.paths)
    where entry.number == field.rawValue {
      return path
    }
    return ""
  }

  /// Reads the value that the cursor is on and moves the cursor behind it.
  package mutating func readValue(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) -> FieldValue {
    let start = cursor.position
    let byte = bytes.byte(at: start)
    guard byte == UInt8(ascii: "\"") else {
      try walk.skipper.pass(bytes, &cursor.position, &cursor.lines)
      return FieldValue(FieldValue.Kind(firstByte: byte), from: start, to: cursor.position)
    }
    var hasEscapes = false
    let end = try JSONScan.stringEnd(
      bytes, from: start &+ 1, lines: cursor.lines, hasEscapes: &hasEscapes)
    cursor.position = end &+ 1
    return FieldValue(hasEscapes ? .escapedString : .string, from: start &+ 1, to: end)
  }

  /// Moves the cursor behind the value that it is on, checking it.
  package mutating func skipValue(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) {
    try walk.skipper.pass(bytes, &cursor.position, &cursor.lines)
  }
}
