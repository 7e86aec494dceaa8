import TraceModel
import WireFormats

/// What became of a record.
enum RecordFate {
  /// It became a row, or several.
  case read
  /// It says more about a row that is there; a diagnostic says what, and it counts as skipped.
  case merged
  /// It was meant to become a row and could not; a diagnostic says why.
  case refused
  /// It is well formed and of a kind that is not read; a diagnostic says which.
  case skipped
  /// It says something about other records and is none itself.
  case part
}

/// What a reader has to say about its artifact: counts, diagnostics, schema versions.
///
/// A record that turns out to be incomplete is read again from its start when more bytes have
/// come, so what is noted while it is read counts only once its fate is known.
struct ReadingLog: Sendable {
  let artifact: UInt32
  private var pending: [Diagnostic] = []
  private var recordsRead: UInt64 = 0
  private var recordsRefused: UInt64 = 0
  private var recordsSkipped: UInt64 = 0
  private var schemaVersions: [String] = []

  init(artifact: UInt32) { self.artifact = artifact }

  /// Notes something about the record at hand.
  mutating func note(_ code: DiagnosticCode, at offset: UInt64, _ detail: String) {
    pending.append(Diagnostic(code, artifact: artifact, offset: offset, detail: detail))
  }

  /// Notes halves of surrogate pairs in a value that begins at `offset`.
  @inline(__always)
  mutating func note(loneSurrogates: Int, at offset: UInt64) {
    if loneSurrogates == 0 { return }
    for _ in 0..<loneSurrogates { note(.loneSurrogate, at: offset, "") }
  }

  /// Notes that the artifact names a schema version.
  mutating func note(schemaVersion: String) {
    if schemaVersions.count < 100 && !schemaVersions.contains(schemaVersion) {
      schemaVersions.append(schemaVersion)
    }
  }

  /// Forgets what was noted about a record that has to be read again.
  mutating func forgetRecord() {
    if !pending.isEmpty { pending.removeAll(keepingCapacity: true) }
  }

  /// Counts a record and makes what was noted about it final.
  ///
  /// - Parameter rows: how many rows it became; each of them counts as a record that was read.
  mutating func settle(_ fate: RecordFate, rows: Int = 0, into batch: inout RecordBatch) {
    switch fate {
    case .read: recordsRead &+= UInt64(rows)
    case .refused: recordsRefused &+= 1
    case .skipped, .merged: recordsSkipped &+= 1
    case .part: break
    }
    settleNotes(into: &batch)
  }

  /// Makes final what was noted outside of records.
  mutating func settleNotes(into batch: inout RecordBatch) {
    if pending.isEmpty { return }
    for diagnostic in pending { batch.diagnostics.add(diagnostic) }
    pending.removeAll(keepingCapacity: true)
  }

  /// Adds the counts since the last call to the artifact's own.
  mutating func leaveBuffer(format: String, batch: inout RecordBatch) {
    let index = Int(artifact)
    batch.artifacts[index].format = format
    batch.artifacts[index].recordsRead += recordsRead
    batch.artifacts[index].recordsRefused += recordsRefused
    batch.artifacts[index].recordsSkipped += recordsSkipped
    (recordsRead, recordsRefused, recordsSkipped) = (0, 0, 0)
    for version in schemaVersions where !batch.artifacts[index].schemaVersions.contains(version) {
      batch.artifacts[index].schemaVersions.append(version)
      batch.artifacts[index].schemaVersions.sort()
    }
  }
}

extension DiagnosticCode {
  /// The code for bytes that are not the JSON that was expected.
  init(_ problem: JSONFault.Problem) {
    switch problem {
    case .incomplete, .lineEnd: self = .truncated
    case .invalidUTF8: self = .invalidUTF8
    default: self = .malformedJSON
    }
  }
}

/// How long a batch was before a record, so that a record which fails leaves nothing behind.
struct BatchMark {
  private let rows: Int
  private let attributes: Int
  private let events: Int
  private let links: Int

  init(_ batch: borrowing RecordBatch) {
    rows = batch.rows.count
    attributes = batch.attributes.count
    events = batch.events.count
    links = batch.links.count
  }

  /// How many rows were appended since.
  func newRows(in batch: borrowing RecordBatch) -> Int { batch.rows.count - rows }

  /// Takes away what was appended since; interned strings stay, and are found again.
  func restore(_ batch: inout RecordBatch) {
    batch.rows.removeLast(batch.rows.count - rows)
    batch.attributes.removeLast(batch.attributes.count - attributes)
    batch.events.removeLast(batch.events.count - events)
    batch.links.removeLast(batch.links.count - links)
    batch.forgetAnnounced()
  }
}
