import TraceModel
import WireFormats

/// A reader of a JSON format: an outline, field tables, and what to make of a record.
///
/// The walk through the artifact, chunks, damage and counts are the same for all of them.
protocol JSONTraceReader: TraceReader {
  /// The walk, made from the format's outline.
  var stream: JSONRecordStream { get set }
  var log: ReadingLog { get set }

  /// Reads the record that the cursor is on and moves the cursor behind it.
  ///
  /// What is appended to `batch` is taken away again when the record is not read in the end.
  ///
  /// - Throws: `JSONFault` when the record is damaged or incomplete.
  mutating func readRecord(
    _ kind: Int, in bytes: RawSpan, at cursor: inout JSONCursor, into batch: inout RecordBatch
  ) throws(JSONFault) -> RecordFate

  /// Takes note of a step of the walk that is neither a record nor damage.
  mutating func follow(
    _ step: JSONRecordStream.Step, in bytes: RawSpan, into batch: inout RecordBatch)

  /// The value at hand was given up because of damage; what was read of it stays.
  mutating func valueAbandoned(into batch: inout RecordBatch)
}

extension JSONTraceReader {
  mutating func valueAbandoned(into batch: inout RecordBatch) {}

  package mutating func read(
    _ buffer: RawSpan, isFinal: Bool, into batch: inout RecordBatch
  ) -> Int {
    walk: while true {
      let step = stream.next(in: buffer, isFinal: isFinal)
      switch step {
      case .suspended, .finished: break walk
      case .record(let kind):
        if !attempt(kind, in: buffer, isFinal: isFinal, into: &batch) { break walk }
      case .fault(let fault):
        refuse(fault, startingAt: stream.offsetOfValue, in: buffer, into: &batch)
      case .opened, .closed, .counted, .unexpected, .unknown:
        follow(step, in: buffer, into: &batch)
      }
    }
    log.leaveBuffer(format: Self.descriptor.name, batch: &batch)
    return stream.leaveBuffer(buffer)
  }

  /// Reads a record; returns false when it is incomplete and more bytes may come.
  private mutating func attempt(
    _ kind: Int, in buffer: RawSpan, isFinal: Bool, into batch: inout RecordBatch
  ) -> Bool {
    let mark = BatchMark(batch)
    var cursor = stream.cursor
    do throws(JSONFault) {
      let fate = try readRecord(kind, in: buffer, at: &cursor, into: &batch)
      stream.endRecord(at: cursor)
      switch fate {
      case .read, .merged, .part: break
      case .refused, .skipped: mark.restore(&batch)
      }
      log.settle(fate, rows: mark.newRows(in: batch), into: &batch)
      return true
    } catch {
      mark.restore(&batch)
      log.forgetRecord()
      if error.problem == .incomplete && !isFinal { return false }
      let start = stream.offset(of: stream.cursor.position)
      stream.fail(error, in: buffer)
      refuse(error, startingAt: start, in: buffer, into: &batch)
      return true
    }
  }

  private mutating func refuse(
    _ fault: JSONFault, startingAt start: UInt64, in buffer: RawSpan,
    into batch: inout RecordBatch
  ) {
    let code = DiagnosticCode(fault.problem)
    // What was cut short is found at its start, a mistake at its byte.
    let offset = code == .truncated ? start : stream.offset(of: fault.offset)
    log.note(code, at: offset, fault.explanation(in: buffer))
    log.settle(.refused, into: &batch)
    valueAbandoned(into: &batch)
  }
}
