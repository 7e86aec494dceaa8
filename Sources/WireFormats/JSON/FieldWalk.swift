/// The walk through one record's fields, and what it learns from one record for the next.
struct FieldWalk: Sendable {
  let table: FieldTable
  /// For each entry, the one that followed it last time; then, for each shape, its first one.
  private var successors: [Int]
  var skipper = JSONSkipper()
  private(set) var issues: [FieldIssue] = []

  private var shape = 0
  private var lastEntry = 0
  private var isFirstField = true

  init(_ table: FieldTable) {
    self.table = table
    successors = table.entries.map(\.successor) + table.shapes.map(\.entries.lowerBound)
  }

  /// Starts behind a record's `{`.
  mutating func begin() {
    shape = 0
    lastEntry = table.entries.count
    isFirstField = true
    if !issues.isEmpty { issues.removeAll(keepingCapacity: true) }
  }

  /// Walks on to the record's end, or to the next field that is handed out, and returns its number.
  mutating func next(
    in bytes: RawSpan, at cursor: inout JSONCursor, record: UInt32, values array: inout [FieldValue]
  ) throws(JSONFault) -> Int? {
    var values = array.mutableSpan
    var position = cursor.position
    while true {
      var byte = try JSONScan.nextByte(bytes, at: &position, lines: &cursor.lines)
      if byte == UInt8(ascii: "}") {
        position &+= 1
        isFirstField = false
        if shape == 0 {
          cursor.position = position
          return nil
        }
        lastEntry = table.shapes[shape].owner
        shape = table.shapes[shape].parent
        continue
      }
      if !isFirstField {
        guard byte == UInt8(ascii: ",") else {
          throw JSONFault(.expectedCommaInObject, at: position)
        }
        position &+= 1
        byte = try JSONScan.nextByte(bytes, at: &position, lines: &cursor.lines)
      }
      guard byte == UInt8(ascii: "\"") else { throw JSONFault(.expectedKey, at: position) }
      isFirstField = false
      let key = position &+ 1
      var entry = successors[lastEntry]
      if table.entries[entry].name.matches(bytes, at: key) {
        position = key &+ table.entries[entry].name.length
      } else {
        position = try search(bytes, from: key, lines: cursor.lines, &entry)
      }
      byte = try JSONScan.nextByte(bytes, at: &position, lines: &cursor.lines)
      guard byte == UInt8(ascii: ":") else { throw JSONFault(.expectedColon, at: position) }
      position &+= 1
      byte = try JSONScan.nextByte(bytes, at: &position, lines: &cursor.lines)
      guard entry >= 0 else {
        try skipper.pass(bytes, &position, &cursor.lines)
        continue
      }
      lastEntry = entry
      let number = table.entries[entry].number
      if values[number].record == record {
        note(.duplicate, at: key, entry: entry)
        try skipper.pass(bytes, &position, &cursor.lines)
        continue
      }
      values[number].record = record
      switch table.entries[entry].use {
      case .value where byte == UInt8(ascii: "\""):
        var hasEscapes = false
        let end = try JSONScan.stringEnd(
          bytes, from: position &+ 1, lines: cursor.lines, hasEscapes: &hasEscapes)
        values[number].kind = hasEscapes ? .escapedString : .string
        values[number].start = position &+ 1
        values[number].end = end
        position = end &+ 1
      case .object where byte == UInt8(ascii: "{"):
        values[number].kind = .object
        shape = table.entries[entry].child
        lastEntry = table.entries.count &+ shape
        isFirstField = true
        position &+= 1
      case .value, .object:
        values[number].kind = FieldValue.Kind(firstByte: byte)
        values[number].start = position
        try skipper.pass(bytes, &position, &cursor.lines)
        values[number].end = position
        if table.entries[entry].use == .object && byte != UInt8(ascii: "n") {
          note(.notObject, at: key, entry: entry)
        }
      case .handed:
        values[number].kind = FieldValue.Kind(firstByte: byte)
        values[number].start = position
        values[number].end = position
        cursor.position = position
        return number
      case .ignored:
        try skipper.pass(bytes, &position, &cursor.lines)
      }
    }
  }

  /// Finds the entry of the key at `key`, or -1, and the position behind its closing quote.
  @inline(never)
  private mutating func search(
    _ bytes: RawSpan, from key: Int, lines: LineRule, _ entry: inout Int
  ) throws(JSONFault) -> Int {
    var hasEscapes = false
    let end = try JSONScan.stringEnd(bytes, from: key, lines: lines, hasEscapes: &hasEscapes)
    let found: Int?
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

  @inline(never)
  private mutating func note(_ kind: FieldIssue.Kind, at key: Int, entry: Int) {
    issues.append(FieldIssue(kind: kind, offset: key, key: 0..<0, shape: 0, entry: entry))
  }
}
