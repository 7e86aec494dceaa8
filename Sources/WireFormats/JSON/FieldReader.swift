/// Reads records of one kind, each a JSON object, into numbered values by a field table.
///
/// Emitters write the same fields in the same order again and again, so the reader remembers
/// which field followed which, and compares the bytes with that field's name before it searches.
/// A record's values stay valid until the next record begins or the buffer changes.
package struct FieldReader: Sendable {
  private struct Slot: Sendable {
    var start = 0
    var end = 0
    /// The record that the slot was filled in.
    var record: UInt32 = 0
    var kind = FieldValue.Kind.absent
  }

  private let table: FieldTable
  private var slots: [Slot]
  /// For each entry, the one that followed it last time; then, for each shape, its first one.
  private var successors: [Int]
  private var skipper = JSONSkipper()

  private var record: UInt32 = 0
  private var shape = 0
  private var lastEntry = 0
  private var isFirstField = true

  /// What the record's format has to judge, in the order of bytes.
  package private(set) var issues: [FieldIssue] = []

  package init(_ table: FieldTable) {
    self.table = table
    slots = [Slot](repeating: Slot(), count: table.fieldCount)
    successors = table.entries.map(\.successor) + table.shapes.map(\.entries.lowerBound)
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
      for index in slots.indices { slots[index] = Slot() }
      record = 0
    }
    record &+= 1
    shape = 0
    lastEntry = table.entries.count
    isFirstField = true
    if !issues.isEmpty { issues.removeAll(keepingCapacity: true) }
    return true
  }

  /// The value of a field of the record, as far as it has been read.
  package func value(_ field: some RawRepresentable<Int>) -> FieldValue { value(field.rawValue) }

  /// The value of the field of that number.
  package func value(_ number: Int) -> FieldValue {
    let slot = slots[number]
    guard slot.record == record else { return .absent }
    return FieldValue(kind: slot.kind, range: slot.start..<slot.end)
  }

  /// Reads on to the record's end, or to the next field that the format reads itself.
  ///
  /// - Returns: the number of that field, with the cursor on its value's first byte, which the
  ///   caller must move behind the value; `nil` at the record's end.
  /// - Throws: `JSONFault`.
  package mutating func next(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) -> Int? {
    var position = cursor.position
    while true {
      position = try JSONScan.skipSpace(bytes, from: position, lines: &cursor.lines)
      guard position < bytes.byteCount else { throw JSONFault(.incomplete, at: position) }
      var byte = bytes.byte(at: position)
      if byte == UInt8(ascii: "}") {
        position &+= 1
        if shape == 0 {
          cursor.position = position
          return nil
        }
        lastEntry = table.shapes[shape].owner
        shape = table.shapes[shape].parent
        isFirstField = false
        continue
      }
      if !isFirstField {
        guard byte == UInt8(ascii: ",") else {
          throw JSONFault(.expectedCommaInObject, at: position)
        }
        position = try JSONScan.skipSpace(bytes, from: position &+ 1, lines: &cursor.lines)
        guard position < bytes.byteCount else { throw JSONFault(.incomplete, at: position) }
        byte = bytes.byte(at: position)
      }
      guard byte == UInt8(ascii: "\"") else { throw JSONFault(.expectedKey, at: position) }
      isFirstField = false
      let key = position &+ 1
      var entry = successors[lastEntry]
      if table.entries[entry].name.matches(bytes, at: key) {
        position = key &+ table.entries[entry].name.length
      } else {
        position = try search(bytes, from: key, lines: cursor.lines, entry: &entry)
      }
      position = try colonEnd(bytes, from: position, lines: &cursor.lines)
      if entry < 0 {
        try passOver(bytes, &position, &cursor.lines)
        continue
      }
      lastEntry = entry
      let number = table.entries[entry].number
      let isRepeated = slots[number].record == record
      if isRepeated {
        note(.duplicate, at: key, entry: entry)
        try passOver(bytes, &position, &cursor.lines)
        continue
      }
      slots[number].record = record
      byte = bytes.byte(at: position)
      switch table.entries[entry].use {
      case .value:
        try keep(bytes, byte, &position, &cursor.lines, number: number)
      case .object:
        if byte == UInt8(ascii: "{") {
          slots[number].kind = .object
          shape = table.entries[entry].child
          lastEntry = table.entries.count &+ shape
          isFirstField = true
          position &+= 1
        } else {
          try keep(bytes, byte, &position, &cursor.lines, number: number)
          if slots[number].kind != .null { note(.notObject, at: key, entry: entry) }
        }
      case .handed:
        slots[number].kind = kind(of: byte)
        slots[number].start = position
        slots[number].end = position
        cursor.position = position
        return number
      case .ignored:
        try passOver(bytes, &position, &cursor.lines)
      }
    }
  }

  // MARK: Keys

  /// Finds the entry of the key at `key`, or -1, and the position behind its closing quote.
  @inline(never)
  private mutating func search(
    _ bytes: RawSpan, from key: Int, lines: LineRule, entry: inout Int
  ) throws(JSONFault) -> Int {
    var hasEscapes = false
    let end = try JSONScan.stringEnd(bytes, from: key, lines: lines, hasEscapes: &hasEscapes)
    var found: Int?
    if hasEscapes {
      var text: [UInt8] = []
      _ = JSONText.decode(bytes, key..<end, into: &text)
      found = table.entry(named: text.span.bytes, in: shape)
    } else {
      found = table.entry(named: bytes.extracting(key..<end), in: shape)
    }
    if let found {
      successors[lastEntry] = found
      entry = found
    } else {
      issues.append(
        FieldIssue(kind: .unknown, offset: key, key: key..<end, shape: shape, entry: -1))
      entry = -1
    }
    return end &+ 1
  }

  @inline(__always)
  private func colonEnd(
    _ bytes: RawSpan, from start: Int, lines: inout LineRule
  ) throws(JSONFault) -> Int {
    var position = start
    if position >= bytes.byteCount || bytes.byte(at: position) != UInt8(ascii: ":") {
      position = try JSONScan.skipSpace(bytes, from: position, lines: &lines)
      guard position < bytes.byteCount else { throw JSONFault(.incomplete, at: position) }
      guard bytes.byte(at: position) == UInt8(ascii: ":") else {
        throw JSONFault(.expectedColon, at: position)
      }
    }
    position = try JSONScan.skipSpace(bytes, from: position &+ 1, lines: &lines)
    guard position < bytes.byteCount else { throw JSONFault(.incomplete, at: position) }
    return position
  }

  @inline(never)
  private mutating func note(_ kind: FieldIssue.Kind, at key: Int, entry: Int) {
    issues.append(FieldIssue(kind: kind, offset: key, key: 0..<0, shape: shape, entry: entry))
  }

  /// The dotted path of an issue's field; an unknown key as the artifact writes it.
  package func path(of issue: FieldIssue, in bytes: RawSpan) -> String {
    guard issue.kind == .unknown else { return table.paths[issue.entry] }
    let name = bytes.extracting(issue.key).withUnsafeBytes {
      unsafe String(decoding: $0, as: UTF8.self)
    }
    return table.path(ofShape: issue.shape) + name
  }

  /// The dotted path of a field, for diagnostics.
  package func path(of field: some RawRepresentable<Int>) -> String {
    for (entry, path) in zip(table.entries, table.paths) where entry.number == field.rawValue {
      return path
    }
    return ""
  }

  // MARK: Values

  @inline(__always)
  private mutating func keep(
    _ bytes: RawSpan, _ byte: UInt8, _ position: inout Int, _ lines: inout LineRule, number: Int
  ) throws(JSONFault) {
    if byte == UInt8(ascii: "\"") {
      var hasEscapes = false
      let end = try JSONScan.stringEnd(
        bytes, from: position &+ 1, lines: lines, hasEscapes: &hasEscapes)
      slots[number].start = position &+ 1
      slots[number].end = end
      slots[number].kind = hasEscapes ? .escapedString : .string
      position = end &+ 1
    } else {
      let start = position
      try passOver(bytes, &position, &lines)
      slots[number].start = start
      slots[number].end = position
      slots[number].kind = kind(of: byte)
    }
  }

  private func kind(of firstByte: UInt8) -> FieldValue.Kind {
    switch firstByte {
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "t"): .true
    case UInt8(ascii: "f"): .false
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }

  /// Moves behind the value at `position`, checking it.
  @inline(never)
  private mutating func passOver(
    _ bytes: RawSpan, _ position: inout Int, _ lines: inout LineRule
  ) throws(JSONFault) {
    switch bytes.byte(at: position) {
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      position = try JSONScan.numberEnd(bytes, from: position)
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      position = try JSONScan.literalEnd(bytes, from: position)
    default:
      var cursor = JSONCursor(position: position, lines: lines)
      try skipper.skip(in: bytes, at: &cursor)
      position = cursor.position
      lines = cursor.lines
    }
  }

  /// Reads the value that the cursor is on and moves the cursor behind it.
  package mutating func readValue(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) -> FieldValue {
    let start = cursor.position
    let byte = bytes.byte(at: start)
    guard byte == UInt8(ascii: "\"") else {
      try passOver(bytes, &cursor.position, &cursor.lines)
      return FieldValue(kind: kind(of: byte), range: start..<cursor.position)
    }
    var hasEscapes = false
    let end = try JSONScan.stringEnd(
      bytes, from: start &+ 1, lines: cursor.lines, hasEscapes: &hasEscapes)
    cursor.position = end &+ 1
    return FieldValue(kind: hasEscapes ? .escapedString : .string, range: (start &+ 1)..<end)
  }

  /// Moves the cursor behind the value that it is on, checking it.
  package mutating func skipValue(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) {
    try passOver(bytes, &cursor.position, &cursor.lines)
  }
}

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
