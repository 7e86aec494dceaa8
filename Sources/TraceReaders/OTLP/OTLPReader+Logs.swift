import TraceModel
import WireFormats

extension OTLPReader {
  /// Reads a log record; without a trace id it belongs to no trace and is counted as skipped.
  mutating func readLogRecord(
    _ bytes: RawSpan, _ cursor: inout JSONCursor, _ batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate {
    var row = startRow(.log, at: cursor.position, in: batch)
    let start = cursor.position
    _ = try logRecord.begin(in: bytes, at: &cursor)
    while try logRecord.next(in: bytes, at: &cursor) != nil {
      try readAttributes(.span, 0, bytes, &cursor, &batch)
    }
    row.length = UInt32(clamping: cursor.position - start)

    (row.trace, row.traceText) = text.traceID(
      logRecord.value(LogField.traceID), in: bytes, into: &batch.strings, log: &log)
    if row.trace.isNone {
      log.forgetRecord()
      log.note(.otherRecord, at: row.offset, "a log record without a trace id")
      return .skipped
    }
    if logRecord.hasIssues { report(logRecord, bytes) }
    let span = logRecord.value(LogField.spanID)
    let spanReading = text.spanID(span, in: bytes, log: &log)
    row.parentSpan = spanReading.id
    if spanReading.isHashed { append(span, .string, .parentSpanID, .span, 0, bytes, &batch) }
    fillLogColumns(&row, bytes, &batch)
    append(&row, to: &batch)
    return .read
  }

  private mutating func fillLogColumns(
    _ row: inout RecordRow, _ bytes: RawSpan, _ batch: inout RecordBatch
  ) {
    let time = time(logRecord.value(LogField.time), "log.timeUnixNano", bytes) ?? 0
    let observed = logRecord.value(LogField.observedTime)
    row.start = Int64(
      clamping: time == 0 ? self.time(observed, "log.observedTimeUnixNano", bytes) ?? 0 : time)
    if row.start == 0 { row.marks.insert(.timeMissing) }
    let body = logRecord.value(LogField.body)
    if case .object = body.kind {
      let (field, content) = logRecord.anyValue()
      row.name = anyValue(field, content, bytes, &batch).0
    } else {
      row.name = intern(body, bytes, &batch)
    }
    let eventName = logRecord.value(LogField.eventName)
    appendText(eventName, .eventName, .span, 0, bytes, &batch)
    let severity = logRecord.value(LogField.severityNumber)
    appendNumber(severity, .severityNumber, .span, 0, bytes, &batch)
    appendText(logRecord.value(LogField.severityText), .severityText, .span, 0, bytes, &batch)
    appendNumber(logRecord.value(LogField.flags), .flags, .span, 0, bytes, &batch)
    let dropped = logRecord.value(LogField.droppedAttributes)
    appendNumber(dropped, .droppedAttributes, .span, 0, bytes, &batch)
  }
}
