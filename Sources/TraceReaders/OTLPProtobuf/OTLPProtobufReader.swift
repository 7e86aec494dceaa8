package import TraceModel
import WireFormats

/// Reads OTLP requests in protobuf: the spans, and the log records that carry a trace id.
///
/// Requests and the lists in them are walked through without being in memory as a whole; only a
/// span, a log record, a resource or a scope has to be.
package struct OTLPProtobufReader: TraceReader {
  package static let descriptor = FormatDescriptor(
    name: "otlp-protobuf", title: "OpenTelemetry traces (protobuf)",
    blindSpots: [
      "calls that were not sampled, or whose export failed",
      "what services without instrumentation did",
      "authorization decisions: an authorization log has to be beside it",
    ])

  package static func sniff(_ prefix: RawSpan) -> Bool { ProtobufFraming.sniff(prefix) != nil }

  /// A message that is walked through field by field.
  private struct Level {
    let part: Part
    /// The offset in the artifact just past it; `.max` for one that ends with the artifact.
    let end: UInt64
  }

  private enum Part {
    case request, element, scoped
  }

  /// What a field of a walked message leads to.
  private enum Lead {
    case walk(Part)
    case resource, scope, record, ignored, unknown
  }

  var log: ReadingLog
  var context = ResourceContext()
  var ownKeys = AttributeScope.allCases.map { KnownKeys($0, OTLPKey.names) }
  var serviceNameKey = KnownKeys(.resource, ["service.name"])
  var scratch: [UInt8] = []
  /// The offset in the artifact of the buffer's first byte.
  var base: UInt64 = 0

  private var framing: ProtobufFraming?
  private var levels: [Level] = []
  /// Bytes up to this offset belong to a field that is passed over.
  private var passTo: UInt64 = 0
  /// Nothing behind this place can be understood.
  private var isLost = false

  package init(artifact: UInt32) { log = ReadingLog(artifact: artifact) }

  // MARK: The walk

  package mutating func read(
    _ buffer: RawSpan, isFinal: Bool, into batch: inout RecordBatch
  ) -> Int {
    var position = 0
    if framing == nil {
      // With less than the artifact's beginning, its framing cannot be told.
      if !isFinal && buffer.byteCount < 1 << 16 { return 0 }
      framing = ProtobufFraming.sniff(buffer.extracting(first: min(buffer.byteCount, 1 << 16)))
      if framing == nil { lose(.truncated, at: 0, "no whole OTLP request", into: &batch) }
    }
    while !isLost {
      position = passed(position, in: buffer)
      closeLevels(at: base + UInt64(position), into: &batch)
      if passTo > base + UInt64(position) { break }
      let remaining = buffer.byteCount - position
      if remaining == 0 { break }
      do throws(ProtobufFault) {
        try step(&position, in: buffer, isFinal: isFinal, into: &batch)
      } catch {
        if error.problem == .truncated && !isFinal { break }
        recover(from: error, at: position, into: &batch)
      }
    }
    if isFinal { finish(buffer, at: position, into: &batch) }
    let consumed = isFinal || isLost ? buffer.byteCount : position
    base += UInt64(consumed)
    log.leaveBuffer(format: Self.descriptor.name, batch: &batch)
    return consumed
  }

  /// The position behind what has to be passed over, as far as the buffer reaches.
  private func passed(_ position: Int, in buffer: RawSpan) -> Int {
    let offset = base + UInt64(position)
    guard passTo > offset else { return position }
    return position + Int(min(passTo - offset, UInt64(buffer.byteCount - position)))
  }

  private mutating func closeLevels(at offset: UInt64, into batch: inout RecordBatch) {
    while let level = levels.last, level.end == offset {
      levels.removeLast()
      if level.part == .element { context.closeElement(in: &batch) }
    }
  }

  /// Reads one frame's length, or one field of the message at hand.
  ///
  /// - Throws: `ProtobufFault`; `truncated` when the buffer ends before it is complete.
  private mutating func step(
    _ position: inout Int, in buffer: RawSpan, isFinal: Bool, into batch: inout RecordBatch
  ) throws(ProtobufFault) {
    guard let level = levels.last else {
      try openFrame(&position, in: buffer)
      return
    }
    let offset = base + UInt64(position)
    let reach = Int(min(level.end - offset, UInt64(buffer.byteCount - position)))
    var cursor = ProtobufCursor(position..<position + reach)
    let isCut = UInt64(reach) < level.end - offset
    do throws(ProtobufFault) {
      let tag = try cursor.varint(buffer)
      guard tag & 7 == 2 else {
        cursor = ProtobufCursor(position..<position + reach)
        if let field = try cursor.next(in: buffer) {
          noteUnknown(field.number, in: level.part, at: offset, into: &batch)
        }
        position = cursor.position
        return
      }
      let length = try cursor.varint(buffer)
      let content = cursor.position
      guard length <= level.end - base - UInt64(content) else {
        throw ProtobufFault(.overrun, at: position)
      }
      let lead = OTLPProtobufReader.lead(of: Int(clamping: tag >> 3), in: level.part)
      let end = base + UInt64(content) + length
      if try enter(lead, tag, content, end, in: buffer, into: &batch) { position = content }
    } catch {
      // A message that ends inside a field is damaged; a buffer that does, is to be continued.
      if error.problem == .truncated && !isCut { throw ProtobufFault(.overrun, at: error.offset) }
      throw error
    }
  }

  /// Goes into a field, reads it, or passes it over; returns true when the walk goes on at the
  /// field's content or behind what `passTo` says.
  private mutating func enter(
    _ lead: Lead, _ tag: UInt64, _ content: Int, _ end: UInt64, in buffer: RawSpan,
    into batch: inout RecordBatch
  ) throws(ProtobufFault) -> Bool {
    let length = end - base - UInt64(content)
    switch lead {
    case .walk(let part):
      levels.append(Level(part: part, end: end))
      if part == .element { context.openElement(in: batch) } else { context.openScope() }
    case .ignored: passTo = end
    case .unknown:
      if let part = levels.last?.part {
        noteUnknown(
          Int(clamping: tag >> 3), in: part, at: base + UInt64(content), into: &batch)
      }
      passTo = end
    case .resource, .scope, .record:
      guard length <= UInt64(buffer.byteCount - content) else {
        throw ProtobufFault(.truncated, at: content)
      }
      readWhole(lead, content..<content + Int(length), in: buffer, into: &batch)
      passTo = end
    }
    return true
  }

  private static func lead(of number: Int, in part: Part) -> Lead {
    switch (part, number) {
    case (.request, 1): .walk(.element)
    case (.element, 1): .resource
    // 1000 is what scopes were called before they had that name.
    case (.element, 2), (.element, 1000): .walk(.scoped)
    case (.scoped, 1): .scope
    case (.scoped, 2): .record
    case (.element, 3), (.scoped, 3): .ignored
    default: .unknown
    }
  }

  private mutating func openFrame(
    _ position: inout Int, in buffer: RawSpan
  ) throws(ProtobufFault) {
    var cursor = ProtobufCursor(position..<buffer.byteCount)
    var length: UInt64 = 0
    switch framing {
    case .fourBytes:
      guard buffer.byteCount - position >= 4 else {
        throw ProtobufFault(.truncated, at: position)
      }
      for index in 0..<4 { length = length << 8 | UInt64(buffer.byte(at: position + index)) }
      position += 4
    case .varint:
      length = try cursor.varint(buffer)
      guard length < 1 << 60 else { throw ProtobufFault(.overrun, at: position) }
      position = cursor.position
    case .some(.none), nil:
      levels.append(Level(part: .request, end: .max))
      return
    }
    levels.append(Level(part: .request, end: base + UInt64(position) + length))
  }

  // MARK: Records

  /// Reads a resource, a scope or a record, all of whose bytes are at hand.
  private mutating func readWhole(
    _ lead: Lead, _ range: Range<Int>, in buffer: RawSpan, into batch: inout RecordBatch
  ) {
    let mark = BatchMark(batch)
    do throws(ProtobufFault) {
      switch lead {
      case .resource:
        try readResource(range, buffer, &batch)
        log.settle(.part, into: &batch)
      case .scope:
        try readScope(range, buffer, &batch)
        log.settle(.part, into: &batch)
      default:
        let fate = try readRecord(range, buffer, &batch)
        if fate == .skipped { mark.restore(&batch) }
        log.settle(fate, rows: mark.newRows(in: batch), into: &batch)
      }
    } catch {
      mark.restore(&batch)
      log.forgetRecord()
      log.note(.malformedProtobuf, at: base + UInt64(error.offset), error.explanation)
      log.settle(.refused, into: &batch)
    }
  }

  // MARK: Damage

  private mutating func noteUnknown(
    _ number: Int, in part: Part, at offset: UInt64, into batch: inout RecordBatch
  ) {
    let name =
      switch part {
      case .request: "request"
      case .element: "resourceSpans"
      case .scoped: "scopeSpans"
      }
    log.note(.unknownField, at: offset, "\(name) field \(number)")
    log.settle(.part, into: &batch)
  }

  /// Goes on behind the innermost message whose end is known.
  private mutating func recover(
    from fault: ProtobufFault, at position: Int, into batch: inout RecordBatch
  ) {
    guard let end = levels.last?.end, end != .max, fault.problem != .truncated else {
      let code: DiagnosticCode =
        fault.problem == .truncated ? .truncated : .malformedProtobuf
      return lose(code, at: base + UInt64(position), fault.explanation, into: &batch)
    }
    log.note(.malformedProtobuf, at: base + UInt64(fault.offset), fault.explanation)
    log.settle(.refused, into: &batch)
    passTo = end
  }

  private mutating func lose(
    _ code: DiagnosticCode, at offset: UInt64, _ detail: String, into batch: inout RecordBatch
  ) {
    log.note(code, at: offset, detail)
    log.settle(.refused, into: &batch)
    isLost = true
    context.closeElement(in: &batch)
  }

  /// Closes what is open at the artifact's end, and says so when that is too early.
  private mutating func finish(
    _ buffer: RawSpan, at position: Int, into batch: inout RecordBatch
  ) {
    let end = base + UInt64(buffer.byteCount)
    let isCut = levels.contains { $0.end != .max && $0.end > end } || passTo > end
    if !isLost && isCut {
      lose(.truncated, at: end, "the artifact ends inside a message", into: &batch)
    }
    context.closeElement(in: &batch)
    levels.removeAll()
  }
}
