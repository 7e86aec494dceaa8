import TraceModel
import WireFormats

/// Reads AuthzEvent 1.0: JSON Lines, one authorization check or failed check a line.
///
/// Its rows feed policies, so nothing in an event is guessed: an event with a field twice, a
/// required field missing or a value of the wrong type is refused as a whole.
package struct AuthzEventReader: DecisionReader {
  package static let descriptor = FormatDescriptor(
    name: "authz-event", title: "Authorization events",
    schemaVersions: .numbered(major: 1, newestMinor: 0),
    blindSpots: [
      "who called and for what, in events of type authz_error",
      "which binding or condition decided, where the emitter does not fill it in",
      "one check seen by client and server: they share no id",
    ])

  package static func sniff(_ prefix: RawSpan) -> Bool {
    let keys = OuterKeys(of: prefix, objectsDeep: 1)
    return keys.contains("event_type") && keys.contains("schema_version")
  }

  var stream = JSONRecordStream(.record(DecisionPart.top.rawValue))
  var log: ReadingLog
  private var event = FieldReader(AuthzEventReader.table)
  private var binding = FieldReader(AuthzEventReader.bindingTable)
  var text = RecordText()
  var refusal: Refusal?
  private var attributes = AttributeFields(AuthzEventReader.attributes)
  private var bindingAttributes = AttributeFields(AuthzEventReader.bindingAttributes)
  private var otherKeys = KnownKeys(.authz, ["groups", "span_id", "parent_span_id"])
  private var hasNotedVersion = false

  package init(artifact: UInt32) {
    log = ReadingLog(artifact: artifact)
  }

  // MARK: Records

  mutating func readRecord(
    _ kind: Int, in bytes: RawSpan, at cursor: inout JSONCursor, into batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    let start = cursor.position
    var row = beginDecision(at: start, in: batch)

    _ = try event.begin(in: bytes, at: &cursor)
    while let field = try event.next(in: bytes, at: &cursor) {
      if field == AuthzField.groups.rawValue {
        try readGroups(bytes, &cursor, into: &batch)
      } else {
        try readBindings(bytes, &cursor, into: &batch)
      }
    }
    row.length = UInt32(clamping: cursor.position - start)

    let fate = judge(&row, bytes, &batch)
    if fate == .read { append(&row, to: &batch) }
    return fate
  }

  /// Fills the row from the event's fields, or says why there is none.
  private mutating func judge(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> RecordFate {
    let type = event.value(AuthzField.eventType)
    if type.isMissing { return skip("an object without event_type", at: row.offset) }
    judgeVersion(bytes)
    if event.hasIssues { judgeIssues(of: event, bytes) }
    if refusal == nil {
      let isCheck = type.isText("authz_check", in: bytes)
      guard isCheck || type.isText("authz_error", in: bytes) else {
        return skip("an event_type other than authz_check and authz_error", at: row.offset)
      }
      fillCommon(&row, bytes, &batch)
      if isCheck { fillCheck(&row, bytes, &batch) } else { fillError(&row, bytes, &batch) }
    }
    return isRefused(at: row.offset) ? .refused : .read
  }

  // MARK: What an event must have

  private mutating func judgeVersion(_ bytes: RawSpan) {
    let version = event.value(AuthzField.schemaVersion)
    if version.equals("1.0", in: bytes) {
      if !hasNotedVersion { log.note(schemaVersion: "1.0") }
      hasNotedVersion = true
      return
    }
    if version.isMissing || (version.isString && version.range.isEmpty) {
      return refuse(.missingField, "schema_version")
    }
    guard version.isString else { return refuse(.unsupportedSchema, "schema_version is no string") }
    let text = String(decoding: version.decodedText(in: bytes).prefix(20), as: UTF8.self)
    let verdict = AuthzEventReader.descriptor.schemaVersions.judge(text)
    guard verdict == .known || verdict == .newer else {
      return refuse(.unsupportedSchema, "schema_version \(text)")
    }
    log.note(schemaVersion: text)
    if verdict == .newer {
      log.note(
        .newerSchema, at: stream.offset(of: version.range.lowerBound), "schema_version \(text)")
    }
  }

  // MARK: Columns

  private mutating func fillCommon(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    row.start = timestamp(bytes)
    row.reason = column(.reason, bytes, &batch)
    row.evaluator = column(.evaluatedBy, bytes, &batch)
    row.principal = column(.principal, bytes, &batch)
    row.target = column(.resource, bytes, &batch)
    row.permission = column(.permission, bytes, &batch)
    row.service = column(.component, bytes, &batch)
    row.run = column(.ciRunID, bytes, &batch)
    row.duration = latency(bytes)
    fillTrace(&row, bytes, &batch)
    attributes.append(event, bytes, &text, &log, to: &batch)
  }

  private mutating func fillCheck(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let outcome = event.value(AuthzField.outcome)
    if outcome.isText("ALLOW", in: bytes) {
      row.outcome = .allow
    } else if outcome.isText("DENY", in: bytes) {
      row.outcome = .deny
    } else if outcome.isMissing {
      refuse(.missingField, "decision.outcome")
    } else {
      refuse(.invalidField, "decision.outcome")
    }
    // Emitters write an empty principal for an unauthenticated caller; the other two name
    // what was asked, without which there is no decision.
    if event.value(AuthzField.principal).isMissing { refuse(.missingField, "actor.principal") }
    if row.target.isEmpty { refuse(.missingField, "target.resource") }
    if row.permission.isEmpty { refuse(.missingField, "action.permission") }
    row.name = row.permission
  }

  private mutating func fillError(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    row.outcome = .error
    row.name = column(.errorKind, bytes, &batch)
    row.message = column(.errorMessage, bytes, &batch)
    if row.name.isEmpty { refuse(.missingField, "error.kind") }
  }

  /// The text of a field that has a column; any type but a string is refused.
  private mutating func column(
    _ field: AuthzField, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) -> StringID {
    let value = event.value(field)
    if value.isString {
      return text.intern(value, in: bytes, into: &batch.strings, log: &log)
    }
    if !value.isMissing { refuse(.invalidField, event.path(of: field)) }
    return .empty
  }

  private mutating func timestamp(_ bytes: RawSpan) -> Int64 {
    let value = event.value(AuthzField.timestamp)
    if value.isMissing {
      refuse(.missingField, "timestamp")
      return 0
    }
    do throws(TimestampError) {
      return try value.nanoseconds(in: bytes)
    } catch {
      refuse(
        .invalidField,
        error == .malformed ? "timestamp is no RFC 3339 time" : "timestamp is out of range")
      return 0
    }
  }

  /// Nanoseconds; the field is left out when the latency is zero.
  private mutating func latency(_ bytes: RawSpan) -> Int64 {
    let value = event.value(AuthzField.latency)
    if value.isMissing { return 0 }
    if value.kind == .number,
      case .whole(let magnitude, false, _) = DecimalNumber.read(bytes, value.range, scale: 6),
      let nanoseconds = Int64(exactly: magnitude)
    {
      return nanoseconds
    }
    log.note(
      .replacedValue, at: stream.offset(of: value.range.lowerBound), "decision.latency_ms")
    return 0
  }

  // MARK: Identifiers

  private mutating func fillTrace(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let trace = event.value(AuthzField.traceID)
    (row.trace, row.traceText) = text.traceID(
      trace, in: bytes, into: &batch.strings, log: &log)
    let span = event.value(AuthzField.spanID)
    let spanReading = text.spanID(span, in: bytes, log: &log)
    row.span = spanReading.id
    if spanReading.isHashed { append(span, otherKeys.index(of: 1, in: &batch), bytes, &batch) }
    let parent = event.value(AuthzField.parentSpanID)
    let parentReading = text.spanID(parent, in: bytes, log: &log)
    row.parentSpan = parentReading.id
    if parentReading.isHashed {
      append(parent, otherKeys.index(of: 2, in: &batch), bytes, &batch)
    }
  }

  // MARK: Attributes

  private mutating func readGroups(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, into batch: inout RecordBatch
  ) throws(JSONFault) {
    guard let groups = try event.readList(in: bytes, at: &cursor) else {
      return refuse(.invalidField, "actor.groups")
    }
    for group in groups { append(group, otherKeys.index(of: 0, in: &batch), bytes, &batch) }
  }

  private mutating func readBindings(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, into batch: inout RecordBatch
  ) throws(JSONFault) {
    guard var elements = ArrayElements.open(in: bytes, at: &cursor) else {
      let value = try event.readValue(in: bytes, at: &cursor)
      if value.kind != .null { refuse(.invalidField, "policy.matched_bindings") }
      return
    }
    var ordinal: UInt32 = 0
    while try elements.next(in: bytes, at: &cursor) {
      if try binding.begin(in: bytes, at: &cursor) {
        while try binding.next(in: bytes, at: &cursor) != nil {}
        if binding.hasIssues { judgeIssues(of: binding, bytes) }
        bindingAttributes.append(binding, item: ordinal, bytes, &text, &log, to: &batch)
      } else {
        try binding.skipValue(in: bytes, at: &cursor)
        refuse(.invalidField, "policy.matched_bindings")
      }
      ordinal &+= 1
    }
  }
}
