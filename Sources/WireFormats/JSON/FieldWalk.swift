/// The walk through one record's fields, and what it learns from one record for the next.
///
/// Emitters write the same fields in the same order again and again, so between two values there
/// are mostly bytes that have been there before: closing braces, a comma, a key, a colon, opening
/// braces. The walk remembers these stretches, and passes one that it knows by comparing words.
/// What it compares has been parsed when it was learnt, so nothing is taken on trust.
struct FieldWalk: Sendable {
  /// Stands for the end of the record where an entry is expected.
  static let end = -1

  let table: FieldTable
  /// The stretches that were found behind an entry's value; then, behind a shape's `{`.
  private var stretches: [Stretch]
  /// How many stretches gave way to others.
  private var replaced = 0
  private(set) var issues: [FieldIssue] = []
  var skipper = JSONSkipper()
  /// The entry whose value was passed last, or the record's start.
  private var last = 0

  init(_ table: FieldTable) {
    self.table = table
    stretches = [Stretch](
      repeating: Stretch(), count: (table.entries.count + 1) * Stretch.alternatives)
  }

  /// Starts behind a record's `{`.
  mutating func begin() {
    last = table.entries.count
    if !issues.isEmpty { issues.removeAll(keepingCapacity: true) }
  }

  /// Walks on to the record's end, or to the next field that is handed out, and returns its number.
  mutating func next(
    in bytes: RawSpan, at cursor: inout JSONCursor, record: UInt32, values array: inout [FieldValue]
  ) throws(JSONFault) -> Int? {
    var values = array.mutableSpan
    var position = cursor.position
    while true {
      var entry = knownStretch(bytes, &position, &cursor.lines, record, &values)
      if entry == nil {
        entry = try advance(bytes, &position, &cursor.lines, record, &values)
      }
      guard let entry, entry != FieldWalk.end else {
        cursor.position = position
        return nil
      }
      last = entry
      let number = table.entries[entry].number
      let byte = bytes.byte(at: position)
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
      case .handed:
        values[number].kind = FieldValue.Kind(firstByte: byte)
        values[number].start = position
        values[number].end = position
        cursor.position = position
        return number
      case .value, .object, .ignored:
        values[number].kind = FieldValue.Kind(firstByte: byte)
        values[number].start = position
        try skipper.pass(bytes, &position, &cursor.lines)
        values[number].end = position
      }
    }
  }

  // MARK: Known stretches

  /// Passes the stretch at `position` when it is known and opens nothing twice; returns the entry
  /// whose value is behind it.
  @inline(__always)
  private func knownStretch(
    _ bytes: RawSpan, _ position: inout Int, _ lines: inout LineRule, _ record: UInt32,
    _ values: inout MutableSpan<FieldValue>
  ) -> Int? {
    // One byte more than the longest stretch: the first one of the value behind it.
    guard position &+ Stretch.limit < bytes.byteCount else { return nil }
    var index = last &* Stretch.alternatives
    let behind = index &+ Stretch.alternatives
    while !stretches[index].matches(bytes, at: position) {
      index &+= 1
      if index == behind { return nil }
    }
    let entry = stretches[index].entry
    // Spaces may stand where there were none when the stretch was learnt.
    if bytes.byte(at: position &+ stretches[index].length) <= 0x20 && entry != FieldWalk.end {
      return nil
    }
    if entry != FieldWalk.end && values[table.entries[entry].number].record == record {
      return nil
    }
    if stretches[index].isSpecial {
      guard open(index, &lines, record, &values) else { return nil }
    }
    position &+= stretches[index].length
    return entry
  }

  /// Marks the objects that a stretch opens; returns false when one has been there before.
  @inline(__always)
  private func open(
    _ index: Int, _ lines: inout LineRule, _ record: UInt32,
    _ values: inout MutableSpan<FieldValue>
  ) -> Bool {
    if stretches[index].crossesLine && lines.endsValues { return false }
    let first = stretches[index].firstOpened
    let second = stretches[index].secondOpened
    if first >= 0 && values[first].record == record { return false }
    if second >= 0 && values[second].record == record { return false }
    if first >= 0 {
      values[first].record = record
      values[first].kind = .object
    }
    if second >= 0 {
      values[second].record = record
      values[second].kind = .object
    }
    if stretches[index].crossesLine { lines.wasCrossed = true }
    return true
  }

  private mutating func learn(
    _ passage: Passage, _ bytes: RawSpan, to position: Int, crossesLine: Bool, entry: Int
  ) {
    guard passage.isLearnable, position &- passage.start <= Stretch.limit,
      passage.opened.count <= 2
    else { return }
    let first = last &* Stretch.alternatives
    var index = first
    while index < first &+ Stretch.alternatives && !stretches[index].isFree { index &+= 1 }
    if index == first &+ Stretch.alternatives {
      index = first &+ replaced % Stretch.alternatives
      replaced &+= 1
    }
    stretches[index] = Stretch(
      bytes, passage.start..<position, entry: entry, opened: passage.opened,
      crossesLine: crossesLine)
  }

  // MARK: Unknown stretches

  /// What was met between two values that are wanted.
  private struct Passage {
    let start: Int
    var shape: Int
    /// No field of the object at hand has been met yet.
    var isFirst: Bool
    var opened: [Int] = []
    /// Nothing was met but the brackets of objects and one wanted key.
    var isLearnable = true
  }

  /// Walks token by token to the next field whose value is wanted; `end` at the record's end.
  @inline(never)
  private mutating func advance(
    _ bytes: RawSpan, _ position: inout Int, _ lines: inout LineRule, _ record: UInt32,
    _ values: inout MutableSpan<FieldValue>
  ) throws(JSONFault) -> Int {
    let crossedBefore = lines.wasCrossed
    lines.wasCrossed = false
    defer { if crossedBefore { lines.wasCrossed = true } }
    let isFirst = last == table.entries.count
    var passage = Passage(
      start: position, shape: isFirst ? 0 : table.entries[last].shape, isFirst: isFirst)
    while try findKey(bytes, &position, &lines, &passage) {
      let key = position &+ 1
      let entry = try readKey(bytes, &position, &lines, in: passage.shape)
      guard let entry, isNew(entry, key, record, values) else {
        passage.isLearnable = false
        try skipper.pass(bytes, &position, &lines)
        continue
      }
      guard table.entries[entry].use == .object else {
        learn(passage, bytes, to: position, crossesLine: lines.wasCrossed, entry: entry)
        return entry
      }
      let number = table.entries[entry].number
      values[number].record = record
      values[number].kind = FieldValue.Kind(firstByte: bytes.byte(at: position))
      if values[number].kind == .object {
        passage.opened.append(number)
        passage.shape = table.entries[entry].child
        passage.isFirst = true
        position &+= 1
      } else {
        passage.isLearnable = false
        if values[number].kind != .null { note(.notObject, at: key, entry: entry) }
        values[number].start = position
        try skipper.pass(bytes, &position, &lines)
        values[number].end = position
      }
    }
    learn(passage, bytes, to: position, crossesLine: lines.wasCrossed, entry: FieldWalk.end)
    return FieldWalk.end
  }

  /// Moves to the next key's quote, out of objects that end; returns false at the record's end.
  private func findKey(
    _ bytes: RawSpan, _ position: inout Int, _ lines: inout LineRule, _ passage: inout Passage
  ) throws(JSONFault) -> Bool {
    var byte = try JSONScan.nextByte(bytes, at: &position, lines: &lines)
    while byte == UInt8(ascii: "}") {
      position &+= 1
      passage.isFirst = false
      passage.shape = table.shapes[passage.shape].parent
      if passage.shape < 0 { return false }
      byte = try JSONScan.nextByte(bytes, at: &position, lines: &lines)
    }
    if !passage.isFirst {
      guard byte == UInt8(ascii: ",") else {
        throw JSONFault(.expectedCommaInObject, at: position)
      }
      position &+= 1
      byte = try JSONScan.nextByte(bytes, at: &position, lines: &lines)
    }
    guard byte == UInt8(ascii: "\"") else { throw JSONFault(.expectedKey, at: position) }
    passage.isFirst = false
    return true
  }

  /// Reads the key at `position` and its colon, and moves to the value's first byte.
  private mutating func readKey(
    _ bytes: RawSpan, _ position: inout Int, _ lines: inout LineRule, in shape: Int
  ) throws(JSONFault) -> Int? {
    let key = position &+ 1
    var hasEscapes = false
    let end = try JSONScan.stringEnd(bytes, from: key, lines: lines, hasEscapes: &hasEscapes)
    position = end &+ 1
    let colon = try JSONScan.nextByte(bytes, at: &position, lines: &lines)
    guard colon == UInt8(ascii: ":") else { throw JSONFault(.expectedColon, at: position) }
    position &+= 1
    _ = try JSONScan.nextByte(bytes, at: &position, lines: &lines)
    let entry: Int?
    if hasEscapes {
      var text: [UInt8] = []
      _ = JSONText.decode(bytes, key..<end, into: &text)
      entry = table.entry(named: text.span.bytes, in: shape)
    } else {
      entry = table.entry(named: bytes.extracting(key..<end), in: shape)
    }
    if entry == nil {
      issues.append(
        FieldIssue(kind: .unknown, offset: key, key: key..<end, shape: shape, entry: -1))
    }
    return entry
  }

  private mutating func isNew(
    _ entry: Int, _ key: Int, _ record: UInt32, _ values: borrowing MutableSpan<FieldValue>
  ) -> Bool {
    if values[table.entries[entry].number].record != record { return true }
    note(.duplicate, at: key, entry: entry)
    return false
  }

  private mutating func note(_ kind: FieldIssue.Kind, at key: Int, entry: Int) {
    issues.append(FieldIssue(kind: kind, offset: key, key: 0..<0, shape: 0, entry: entry))
  }
}
