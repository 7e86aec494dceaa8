import TraceModel
import WireFormats

/// Why a record is refused.
struct Refusal: Sendable {
  let code: DiagnosticCode
  let detail: String
}

/// A reader of authorization decisions.
///
/// Its rows feed policies, so nothing in a record is guessed: a record with a field twice, or
/// with a value of the wrong type in a field that has a column, is refused as a whole.
protocol DecisionReader: JSONTraceReader {
  var text: RecordText { get set }
  /// Why the record at hand is refused, when it is.
  var refusal: Refusal? { get set }
}

extension DecisionReader {
  mutating func follow(
    _ step: JSONRecordStream.Step, in bytes: RawSpan, into batch: inout RecordBatch
  ) {
    switch step {
    case .unexpected(let part, let offset):
      unexpected(DecisionPart(rawValue: part), at: offset, into: &batch)
    case .unknown(_, let key):
      log.note(
        .unknownField, at: stream.offset(of: key.lowerBound), JSONText.display(bytes, key))
      log.settle(.part, into: &batch)
    case .opened, .closed, .counted, .record, .fault, .suspended, .finished: break
    }
  }

  private mutating func unexpected(
    _ part: DecisionPart?, at offset: UInt64, into batch: inout RecordBatch
  ) {
    switch part {
    case .list: log.note(.invalidField, at: offset, "the list of records is no array")
    case .listed: log.note(.invalidField, at: offset, "an element of the list is no object")
    case .enveloped: log.note(.invalidField, at: offset, "the record in the envelope is no object")
    case .top, nil:
      log.note(.otherRecord, at: offset, "a JSON value that is not an object")
      return log.settle(.skipped, into: &batch)
    }
    log.settle(.refused, into: &batch)
  }

  // MARK: The record

  /// Makes ready for the record at a position of the buffer.
  mutating func beginDecision(at position: Int, in batch: borrowing RecordBatch) -> RecordRow {
    text.base = stream.offset(of: 0)
    refusal = nil
    var row = RecordRow()
    row.kind = .decision
    row.artifact = log.artifact
    row.offset = stream.offset(of: position)
    row.firstAttribute = UInt32(truncatingIfNeeded: batch.attributes.count)
    return row
  }

  /// Gives the row the attributes that were appended since it was begun, and appends it.
  func append(_ row: inout RecordRow, to batch: inout RecordBatch) {
    row.attributeCount = UInt32(truncatingIfNeeded: batch.attributes.count) &- row.firstAttribute
    batch.rows.append(row)
  }

  /// Notes why the record at `offset` is refused; false when nothing speaks against it.
  mutating func isRefused(at offset: UInt64) -> Bool {
    guard let refusal else { return false }
    log.note(refusal.code, at: offset, refusal.detail)
    return true
  }

  /// Passes over a record of another kind, whatever was noted about it.
  mutating func skip(_ reason: String, at offset: UInt64) -> RecordFate {
    log.forgetRecord()
    log.note(.otherRecord, at: offset, reason)
    return .skipped
  }

  /// Refuses the record at hand; the first reason counts.
  mutating func refuse(_ code: DiagnosticCode, _ detail: String) {
    if refusal == nil { refusal = Refusal(code: code, detail: detail) }
  }

  /// Refuses a record with a field twice, or with something else in an object's place.
  mutating func judgeIssues(of fields: FieldReader, _ bytes: RawSpan) {
    for issue in fields.issues {
      let path = fields.path(of: issue, in: bytes)
      switch issue.kind {
      case .unknown: log.note(.unknownField, at: text.offset(of: issue.offset), path)
      case .duplicate: refuse(.duplicateField, path)
      case .notObject: refuse(.invalidField, path)
      }
    }
  }

  // MARK: Values

  /// The text of a field that has a column; any type but a string refuses the record.
  mutating func column(
    _ value: FieldValue, _ path: String, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    if value.isString { return intern(value, bytes, &batch) }
    if !value.isMissing { refuse(.invalidField, path) }
    return .empty
  }

  /// The nanoseconds of the first of several times that can be read; `nil` when none can.
  mutating func time(_ candidates: [(FieldValue, String)], _ bytes: RawSpan) -> Int64? {
    for (value, path) in candidates where !value.isMissing {
      do throws(TimestampError) {
        return try value.nanoseconds(in: bytes)
      } catch {
        replaced(path, value)
      }
    }
    return nil
  }

  /// A whole number that is not negative; `nil` when there is none or it cannot be used.
  mutating func number(_ value: FieldValue, _ path: String, _ bytes: RawSpan) -> Int? {
    if value.isMissing { return nil }
    if value.kind == .number,
      case .whole(let magnitude, false, isExact: true) = DecimalNumber.read(bytes, value.range),
      let number = Int(exactly: magnitude)
    {
      return number
    }
    replaced(path, value)
    return nil
  }

  /// Notes that a value could not be taken as it is.
  mutating func replaced(_ path: String, _ value: FieldValue) {
    log.note(.replacedValue, at: text.offset(of: value.start), path)
  }

  /// Appends a value as an attribute.
  mutating func append(
    _ value: FieldValue, _ key: UInt32, item: UInt32 = 0, _ bytes: RawSpan,
    _ batch: inout RecordBatch
  ) {
    let id = intern(value, bytes, &batch)
    batch.attributes.append(
      RecordAttribute(key: key, value: id, type: value.type(in: bytes), item: item))
  }

  /// The text of a value.
  mutating func intern(
    _ value: FieldValue, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    var loneSurrogates = 0
    let id = text.intern(
      value, in: bytes, into: &batch.strings, loneSurrogates: &loneSurrogates)
    log.note(loneSurrogates: loneSurrogates, at: text.offset(of: value.start))
    return id
  }
}

/// The fields of a record that become attributes of scope `authz`, with the attributes' names.
struct AttributeFields: Sendable {
  private let numbers: [Int]
  private var keys: KnownKeys

  init(_ fields: [(field: some RawRepresentable<Int>, name: String)]) {
    numbers = fields.map(\.field.rawValue)
    keys = KnownKeys(.authz, fields.map(\.name))
  }

  /// Appends those that the record at hand has.
  mutating func append(
    _ record: borrowing FieldReader, item: UInt32 = 0, _ bytes: RawSpan, _ text: inout RecordText,
    _ log: inout ReadingLog, to batch: inout RecordBatch
  ) {
    for ordinal in numbers.indices {
      let value = record.value(numbers[ordinal])
      if value.isMissing { continue }
      let id = text.intern(value, in: bytes, into: &batch.strings, log: &log)
      batch.attributes.append(
        RecordAttribute(
          key: keys.index(of: ordinal, in: &batch), value: id, type: value.type(in: bytes),
          item: item))
    }
  }
}

extension FieldReader {
  /// Reads the array at the cursor: its elements, none for `null`, `nil` when it is something else.
  mutating func readList(
    in bytes: RawSpan, at cursor: inout JSONCursor
  ) throws(JSONFault) -> [FieldValue]? {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      return try readValue(in: bytes, at: &cursor).kind == .null ? [] : nil
    }
    var values: [FieldValue] = []
    while try elements.next(in: bytes, at: &cursor) {
      values.append(try readValue(in: bytes, at: &cursor))
    }
    return values
  }
}

extension FieldValue {
  /// The moment that a string writes, in nanoseconds since the Unix epoch.
  func nanoseconds(in bytes: RawSpan) throws(TimestampError) -> Int64 {
    switch kind {
    case .string: try Timestamp.nanoseconds(rfc3339: bytes.extracting(range))
    case .escapedString: try Timestamp.nanoseconds(rfc3339: decodedText(in: bytes).span.bytes)
    default: throw .malformed
    }
  }

  /// A string's text; empty when there is none.
  func string(in bytes: RawSpan) -> String {
    isString ? String(decoding: decodedText(in: bytes), as: UTF8.self) : ""
  }
}
