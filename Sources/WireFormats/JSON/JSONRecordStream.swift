/// Walks JSON artifacts of any size from record to record.
///
/// An artifact is a stream of JSON values: one document, compact or pretty, several behind one
/// another, or one a line. An array at the top is as good as its elements. The walk can stop
/// after any token, so a document of any size needs a buffer of one record; it keeps its own
/// stack, which the outline bounds, and leaves nested values that are passed over to the skipper.
///
/// When the first value ends on its line and a line end follows, the artifact holds one value a
/// line: a value that its line cuts short costs that line alone. Otherwise, behind a mistake, the
/// walk goes on at the next line that begins with `{` or `[`.
package struct JSONRecordStream: Sendable {
  /// What the walk came to.
  package enum Step: Sendable {
    /// The cursor is on the `{` of a record: read it, then call `endRecord` or `fail`.
    case record(Int)
    /// An object or array of the outline begins.
    case opened(Int)
    /// An object or array of the outline has ended.
    case closed(Int)
    /// A value that has to be counted was passed over; it begins at the offset.
    case counted(Int, offset: UInt64)
    /// A value of another type than the outline's stood there and was passed over.
    case unexpected(Int, offset: UInt64)
    /// A field that the outline does not know; its value will be passed over. The key's range
    /// is valid until the next step.
    case unknown(in: Int, key: Range<Int>)
    /// The value at hand is not JSON or is cut short; the walk will go on behind the damage.
    case fault(JSONFault)
    /// More bytes are needed.
    case suspended
    /// The artifact has been walked to its end.
    case finished
  }

  private enum Expectation: Sendable {
    case first, next, key, colon, value
  }

  private struct Frame: Sendable {
    var node: Int
    var expectation = Expectation.first
    /// For an object whose key has been read, the node its value belongs to.
    var child = 0
  }

  /// What becomes of a value that is passed over.
  private enum Report: Sendable {
    case nothing
    case counted(Int)
    case unexpected(Int)
  }

  private enum Mode: Sendable {
    case undecided, lines, documents
  }

  private enum Recovery: Sendable {
    case none
    /// To the next line.
    case line
    /// To the next line that begins with `{` or `[`.
    case opening
  }

  /// The node of an array at the top, whose elements are as good as values at the top.
  private static let topArray = -1
  /// The node of fields that the outline does not know.
  private static let unknownNode = -2

  private let outline: CompiledOutline
  /// Where the walk is in the buffer.
  package private(set) var cursor = JSONCursor()
  /// The absolute offset of the buffer's first byte.
  private var base: UInt64 = 0
  private var byteBefore: UInt8 = 0
  private var isBehindByteOrderMark = false

  private var stack: [Frame] = []
  private var isInValue = false
  private var valueStart: UInt64 = 0
  private var skipper = JSONSkipper()
  private var skipped: (report: Report, offset: UInt64)?

  private var mode = Mode.undecided
  private var recovery = Recovery.none
  private var hasPreviousValue = false
  private var previousCrossedLine = false
  private var gapCrossedLine = false

  package init(_ outline: Outline) {
    self.outline = CompiledOutline(outline)
  }

  /// The offset in the artifact of a position in the buffer.
  package func offset(of position: Int) -> UInt64 { base &+ UInt64(truncatingIfNeeded: position) }

  /// The offset in the artifact of the value at the top that the walk is in.
  package var offsetOfValue: UInt64 { valueStart }

  /// Ends the work on this buffer: returns how many of its bytes are done with.
  package mutating func leaveBuffer(_ bytes: RawSpan) -> Int {
    let consumed = cursor.position
    if consumed > 0 { byteBefore = bytes.byte(at: consumed &- 1) }
    base = offset(of: consumed)
    cursor.position = 0
    return consumed
  }

  /// Goes on behind a record that was read.
  package mutating func endRecord(at cursor: JSONCursor) {
    self.cursor = cursor
    valueEnded()
  }

  /// Gives up the value at hand because of a mistake in it, found at `fault.offset`.
  package mutating func fail(_ fault: JSONFault, in bytes: RawSpan) {
    stack.removeAll(keepingCapacity: true)
    skipped = nil
    isInValue = false
    hasPreviousValue = false
    let position = min(max(fault.offset, cursor.position), bytes.byteCount)
    cursor.position = position
    recovery = mode == .lines ? .line : .opening
    let before = position > 0 ? bytes.byte(at: position &- 1) : byteBefore
    if mode != .lines, before == 0x0A, position < bytes.byteCount,
      offset(of: position) > valueStart,
      JSONRecordStream.opens(bytes.byte(at: position))
    {
      recovery = .none
    }
  }

  /// Walks on to the next thing that the format has to know.
  ///
  /// - Parameters:
  ///   - bytes: the buffer.
  ///   - isFinal: no more bytes will come.
  /// - Returns: what it is; after `suspended` and `finished`, the buffer has to be left.
  package mutating func next(in bytes: RawSpan, isFinal: Bool) -> Step {
    do throws(JSONFault) {
      while true {
        if let step = try advance(bytes, isFinal: isFinal) { return step }
      }
    } catch {
      if error.problem == .incomplete && !isFinal { return .suspended }
      fail(error, in: bytes)
      return .fault(error)
    }
  }

  /// One token further, or one value that is passed over.
  private mutating func advance(
    _ bytes: RawSpan, isFinal: Bool
  ) throws(JSONFault) -> Step? {
    if !isBehindByteOrderMark && !passByteOrderMark(bytes, isFinal: isFinal) { return .suspended }
    if recovery != .none && !recover(bytes, isFinal: isFinal) {
      return isFinal ? .finished : .suspended
    }
    if let skipped {
      guard try skipper.advance(in: bytes, at: &cursor, isFinal: isFinal) else {
        throw JSONFault(.incomplete, at: bytes.byteCount)
      }
      self.skipped = nil
      valueEnded()
      switch skipped.report {
      case .nothing: return nil
      case .counted(let number): return .counted(number, offset: skipped.offset)
      case .unexpected(let number): return .unexpected(number, offset: skipped.offset)
      }
    }
    return stack.isEmpty
      ? try advanceAtTop(bytes, isFinal: isFinal) : try advanceInside(bytes)
  }

  // MARK: Values at the top

  private mutating func advanceAtTop(
    _ bytes: RawSpan, isFinal: Bool
  ) throws(JSONFault) -> Step? {
    var gap = LineRule()
    cursor.position = try JSONScan.skipSpace(bytes, from: cursor.position, lines: &gap)
    if gap.wasCrossed { gapCrossedLine = true }
    guard cursor.position < bytes.byteCount else { return isFinal ? .finished : .suspended }
    let byte = bytes.byte(at: cursor.position)
    if !isInValue {
      decideMode()
      if mode == .lines {
        guard let isPretty = opensLine(bytes, byte, isFinal: isFinal) else { return .suspended }
        if isPretty {
          mode = .documents
          cursor.lines.endsValues = false
        }
      }
      isInValue = true
      valueStart = offset(of: cursor.position)
    }
    if byte == UInt8(ascii: "[") {
      stack.append(Frame(node: JSONRecordStream.topArray))
      cursor.position &+= 1
      return nil
    }
    return try enter(0, bytes, byte, isField: false)
  }

  /// Whether the value's bracket stands alone on its line, as only pretty documents have it; `nil`
  /// when more bytes are needed to know.
  private func opensLine(_ bytes: RawSpan, _ byte: UInt8, isFinal: Bool) -> Bool? {
    guard JSONRecordStream.opens(byte) else { return false }
    var position = cursor.position &+ 1
    if position < bytes.byteCount, bytes.byte(at: position) == 0x0D { position &+= 1 }
    if position < bytes.byteCount { return bytes.byte(at: position) == 0x0A }
    return isFinal ? false : nil
  }

  private mutating func decideMode() {
    if mode == .undecided && hasPreviousValue {
      if previousCrossedLine {
        mode = .documents
      } else if gapCrossedLine {
        mode = .lines
        cursor.lines.endsValues = true
      }
    }
    gapCrossedLine = false
    cursor.lines.wasCrossed = false
  }

  private mutating func valueEnded() {
    if stack.isEmpty {
      isInValue = false
      hasPreviousValue = true
      previousCrossedLine = cursor.lines.wasCrossed
    } else {
      stack[stack.count &- 1].expectation = .next
    }
  }

  // MARK: Values inside

  private mutating func advanceInside(_ bytes: RawSpan) throws(JSONFault) -> Step? {
    cursor.position = try JSONScan.skipSpace(
      bytes, from: cursor.position, lines: &cursor.lines)
    guard cursor.position < bytes.byteCount else {
      throw JSONFault(.incomplete, at: bytes.byteCount)
    }
    let byte = bytes.byte(at: cursor.position)
    let frame = stack[stack.count &- 1]
    let isArray =
      frame.node == JSONRecordStream.topArray || outline.nodes[frame.node].isArray
    switch frame.expectation {
    case .first where byte == (isArray ? UInt8(ascii: "]") : UInt8(ascii: "}")),
      .next where byte == (isArray ? UInt8(ascii: "]") : UInt8(ascii: "}")):
      return close()
    case .next:
      guard byte == UInt8(ascii: ",") else {
        throw JSONFault(
          isArray ? .expectedCommaInArray : .expectedCommaInObject, at: cursor.position)
      }
      cursor.position &+= 1
      stack[stack.count &- 1].expectation = isArray ? .value : .key
      return nil
    case .first, .value:
      if isArray { return try element(bytes, byte, of: frame) }
      if frame.expectation == .value { return try enter(frame.child, bytes, byte, isField: true) }
      return try key(bytes, byte, of: frame)
    case .key: return try key(bytes, byte, of: frame)
    case .colon:
      guard byte == UInt8(ascii: ":") else { throw JSONFault(.expectedColon, at: cursor.position) }
      cursor.position &+= 1
      stack[stack.count &- 1].expectation = .value
      return nil
    }
  }

  private mutating func element(
    _ bytes: RawSpan, _ byte: UInt8, of frame: Frame
  ) throws(JSONFault) -> Step? {
    stack[stack.count &- 1].expectation = .value
    let node =
      frame.node == JSONRecordStream.topArray ? 0 : outline.nodes[frame.node].children[0]
    return try enter(node, bytes, byte, isField: false)
  }

  private mutating func key(
    _ bytes: RawSpan, _ byte: UInt8, of frame: Frame
  ) throws(JSONFault) -> Step? {
    let start = cursor.position &+ 1
    guard byte == UInt8(ascii: "\"") else { throw JSONFault(.expectedKey, at: cursor.position) }
    var hasEscapes = false
    let end = try JSONScan.stringEnd(
      bytes, from: start, lines: cursor.lines, hasEscapes: &hasEscapes)
    let child: Int?
    if hasEscapes {
      var text: [UInt8] = []
      _ = JSONText.decode(bytes, start..<end, into: &text)
      child = outline.child(of: frame.node, named: text.span.bytes)
    } else {
      child = outline.child(of: frame.node, named: bytes.extracting(start..<end))
    }
    stack[stack.count &- 1].expectation = .colon
    stack[stack.count &- 1].child = child ?? JSONRecordStream.unknownNode
    cursor.position = end &+ 1
    return child == nil ? .unknown(in: outline.nodes[frame.node].number, key: start..<end) : nil
  }

  /// Enters the value that begins with `byte`, by its node.
  private mutating func enter(
    _ node: Int, _ bytes: RawSpan, _ byte: UInt8, isField: Bool
  ) throws(JSONFault) -> Step? {
    guard node >= 0 else { return pass(.nothing) }
    let number = outline.nodes[node].number
    switch outline.nodes[node].kind {
    case .ignored: return pass(.nothing)
    case .counted: return pass(.counted(number))
    case .record where byte == UInt8(ascii: "{"): return .record(number)
    case .recordOrWrapper where byte == UInt8(ascii: "{"):
      guard try outline.isWrapper(node, in: bytes, at: cursor) else {
        return .record(outline.nodes[node].record)
      }
      stack.append(Frame(node: node))
      cursor.position &+= 1
      return .opened(number)
    case .object where byte == UInt8(ascii: "{"), .array where byte == UInt8(ascii: "["),
      .oneOrMany where byte == UInt8(ascii: "["):
      stack.append(Frame(node: node))
      cursor.position &+= 1
      return .opened(number)
    case .object where isField && byte == UInt8(ascii: "n"),
      .array where isField && byte == UInt8(ascii: "n"):
      return pass(.nothing)
    case .oneOrMany:
      return try enter(outline.nodes[node].children[0], bytes, byte, isField: isField)
    default: return pass(.unexpected(number))
    }
  }

  private mutating func pass(_ report: Report) -> Step? {
    skipper.reset()
    skipped = (report, offset(of: cursor.position))
    return nil
  }

  private mutating func close() -> Step? {
    let frame = stack.removeLast()
    cursor.position &+= 1
    valueEnded()
    return frame.node == JSONRecordStream.topArray
      ? nil : .closed(outline.nodes[frame.node].number)
  }

  // MARK: Around damage

  private static func opens(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[")
  }

  /// Returns false when more bytes are needed to know.
  private mutating func passByteOrderMark(_ bytes: RawSpan, isFinal: Bool) -> Bool {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    for (index, byte) in mark.enumerated() {
      guard index < bytes.byteCount else {
        if isFinal { isBehindByteOrderMark = true }
        return isFinal
      }
      if bytes.byte(at: index) != byte {
        isBehindByteOrderMark = true
        return true
      }
    }
    cursor.position = mark.count
    isBehindByteOrderMark = true
    return true
  }

  /// Searches for the line to go on at; returns false when it is not in the buffer.
  private mutating func recover(_ bytes: RawSpan, isFinal: Bool) -> Bool {
    var position = cursor.position
    while position < bytes.byteCount {
      if bytes.byte(at: position) != 0x0A {
        position &+= 1
        continue
      }
      if recovery == .opening {
        if position &+ 1 == bytes.byteCount && !isFinal { break }
        let isOpening =
          position &+ 1 < bytes.byteCount
          && JSONRecordStream.opens(bytes.byte(at: position &+ 1))
        if !isOpening {
          position &+= 1
          continue
        }
      }
      cursor.position = position &+ 1
      recovery = .none
      return true
    }
    cursor.position = position
    return false
  }
}
