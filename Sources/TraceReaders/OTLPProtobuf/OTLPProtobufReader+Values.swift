import TraceModel
import WireFormats

extension OTLPProtobufReader {
  // MARK: Attributes

  /// Reads one key and its value; a text is only announced, and interned with the others.
  mutating func readAttribute(
    _ range: Range<Int>, _ scope: AttributeScope, _ item: UInt32, _ bytes: RawSpan,
    _ batch: inout RecordBatch
  ) throws(ProtobufFault) {
    if let pair = ProtobufPair(range, in: bytes) {
      noteInvalidText(pair.key, bytes)
      let index = batch.key(scope, bytes.extracting(pair.key))
      if let text = pair.text {
        noteInvalidText(text, bytes)
        batch.append(index, text: text, in: bytes, item: item)
      } else {
        try appendValue(pair.value, of: index, item, bytes, &batch)
      }
      return
    }
    var key = 0..<0
    var content: Range<Int>?
    var cursor = ProtobufCursor(range)
    while let field = try cursor.next(in: bytes) {
      switch (field.number, field.wire) {
      case (1, .bytes): key = field.range
      case (2, .bytes): content = field.range
      default:
        log.note(
          strangeness(field, known: 1...2), at: base + UInt64(field.range.lowerBound),
          "attribute field \(field.number)")
      }
    }
    noteInvalidText(key, bytes)
    let index = batch.key(scope, bytes.extracting(key))
    guard let content else {
      batch.attributes.append(
        RecordAttribute(key: index, value: .empty, type: .empty, item: item))
      return
    }
    var value = ProtobufCursor(content)
    if let field = try value.next(in: bytes), field.number == 1, field.wire == .bytes,
      value.position == content.upperBound
    {
      noteInvalidText(field.range, bytes)
      batch.append(index, text: field.range, in: bytes, item: item)
      return
    }
    try appendValue(content, of: index, item, bytes, &batch)
  }

  private mutating func appendValue(
    _ content: Range<Int>, of key: UInt32, _ item: UInt32, _ bytes: RawSpan,
    _ batch: inout RecordBatch
  ) throws(ProtobufFault) {
    let (text, type) = try anyValue(content, bytes, &batch)
    batch.attributes.append(RecordAttribute(key: key, value: text, type: type, item: item))
  }

  /// The text and type of a value of any type; of several fields the last one counts.
  mutating func anyValue(
    _ range: Range<Int>, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) throws(ProtobufFault) -> (StringID, ValueType) {
    var result = (StringID.empty, ValueType.empty)
    var cursor = ProtobufCursor(range)
    while let field = try cursor.next(in: bytes) {
      scratch.removeAll(keepingCapacity: true)
      switch (field.number, field.wire) {
      case (1, .bytes):
        result = (intern(field.range, bytes, &batch), .string)
        continue
      case (2, .varint):
        scratch.append(contentsOf: (field.value == 0 ? "false" : "true").utf8)
        result.1 = .boolean
      case (3, .varint):
        appendDecimal(Int64(bitPattern: field.value))
        result.1 = .integer
      case (4, .fixed64):
        scratch.append(contentsOf: AnyValueJSON.text(Double(bitPattern: field.value)).utf8)
        result.1 = .double
      case (5, .bytes), (6, .bytes):
        scratch = try AnyValueJSON.text(field.range, bytes, ofPairs: field.number == 6)
        result.1 = .structure
      case (7, .bytes):
        AnyValueJSON.appendBase64(field.range, bytes, to: &scratch)
        result.1 = .bytes
      default:
        log.note(
          strangeness(field, known: 1...7), at: base + UInt64(field.range.lowerBound),
          "value field \(field.number)")
        continue
      }
      result.0 = batch.strings.intern(scratch.span.bytes)
    }
    return result
  }

  /// The digits of a number into `scratch`, without a `String` between.
  private mutating func appendDecimal(_ number: Int64) {
    if number < 0 { scratch.append(UInt8(ascii: "-")) }
    let first = scratch.count
    var rest = number.magnitude
    repeat {
      scratch.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    scratch[first...].reverse()
  }

  // MARK: Fields without a column

  /// Appends a number as an attribute, unless it is zero, which is as good as absent.
  mutating func appendNumber(
    _ field: ProtobufField, _ own: OTLPKey, _ scope: AttributeScope, _ item: UInt32,
    _ batch: inout RecordBatch
  ) {
    if field.value == 0 { return }
    let id = batch.strings.intern(String(field.value))
    append(id, .integer, own, scope, item, &batch)
  }

  /// Appends a text as an attribute, unless it is empty, which is as good as absent.
  mutating func appendText(
    _ range: Range<Int>, _ own: OTLPKey, _ scope: AttributeScope, _ item: UInt32,
    _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    if range.isEmpty { return }
    append(intern(range, bytes, &batch), .string, own, scope, item, &batch)
  }

  /// Appends the bytes of an odd identifier as hexadecimal digits.
  mutating func appendHexadecimal(
    _ range: Range<Int>, _ own: OTLPKey, _ scope: AttributeScope, _ item: UInt32,
    _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    if range.isEmpty { return }
    fillScratch(withDigitsOf: range, bytes)
    append(batch.strings.intern(scratch.span.bytes), .string, own, scope, item, &batch)
  }

  private mutating func append(
    _ id: StringID, _ type: ValueType, _ own: OTLPKey, _ scope: AttributeScope, _ item: UInt32,
    _ batch: inout RecordBatch
  ) {
    let key = ownKeys[Int(scope.rawValue)].index(of: own.rawValue, in: &batch)
    batch.attributes.append(RecordAttribute(key: key, value: id, type: type, item: item))
  }

  // MARK: Text

  mutating func intern(
    _ range: Range<Int>, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    noteInvalidText(range, bytes)
    return batch.strings.intern(bytes.extracting(range))
  }

  private mutating func noteInvalidText(_ range: Range<Int>, _ bytes: RawSpan) {
    if let wrong = UTF8Text.firstWrongByte(of: range, in: bytes) {
      log.note(
        .replacedValue, at: base + UInt64(wrong), "text that is not UTF-8, shown with U+FFFD")
    }
  }

  // MARK: Identifiers

  mutating func fillTrace(
    _ row: inout RecordRow, _ range: Range<Int>, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let reading = traceID(range, bytes)
    row.trace = reading.id
    if !reading.isCanonical && !range.isEmpty {
      fillScratch(withDigitsOf: range, bytes)
      row.traceText = batch.strings.intern(scratch.span.bytes)
    }
  }

  /// The trace id of 16 bytes; another number of bytes is read as the digits that write them.
  mutating func traceID(
    _ range: Range<Int>, _ bytes: RawSpan
  ) -> (id: TraceID, isCanonical: Bool) {
    if range.count == 16 {
      let id = TraceID(
        high: bytes.bigEndianWord(at: range.lowerBound),
        low: bytes.bigEndianWord(at: range.lowerBound + 8))
      return (id, true)
    }
    fillScratch(withDigitsOf: range, bytes)
    let reading = TraceID.reading(scratch.span.bytes)
    return (reading.id, reading.form == .canonical || reading.form == .none)
  }

  /// The span id of 8 bytes; another number of bytes is hashed, and its digits are kept.
  mutating func spanID(
    _ range: Range<Int>, _ own: OTLPKey, _ scope: AttributeScope, _ item: UInt32, _ bytes: RawSpan,
    _ batch: inout RecordBatch
  ) -> SpanID {
    if range.count == 8 { return SpanID(bytes.bigEndianWord(at: range.lowerBound)) }
    fillScratch(withDigitsOf: range, bytes)
    let reading = SpanID.reading(scratch.span.bytes)
    if reading.form == .hashed { appendHexadecimal(range, own, scope, item, bytes, &batch) }
    return reading.id
  }

  private mutating func fillScratch(withDigitsOf range: Range<Int>, _ bytes: RawSpan) {
    scratch.removeAll(keepingCapacity: true)
    for position in range {
      scratch.append(contentsOf: hexadecimal(UInt64(bytes.byte(at: position)), digits: 2).utf8)
    }
  }
}

extension RawSpan {
  /// Eight bytes from `offset` on as a number, the first byte the highest.
  fileprivate func bigEndianWord(at offset: Int) -> UInt64 {
    UInt64(bigEndian: unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
