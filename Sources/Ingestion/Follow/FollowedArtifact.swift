import TraceModel
import TraceReaders

/// One artifact that may grow: how far it was read, and what its reader still has to get.
///
/// The reader is given whole lines only, each byte once; the last line waits here until its end
/// has come.
struct FollowedArtifact {
  /// Bytes that are compared to notice that a file was rewritten: the first ones, and those before
  /// the reading place.
  private static let headLength = 256
  private static let tailLength = 64

  /// Its number in the batch.
  let number: UInt32
  /// Where the file was when it was found.
  let firstPath: String
  /// Where the file is; changes when it is renamed.
  var path: String
  let identity: FileIdentity
  /// The artifact that came next to its first path, by its number among the followed.
  var successor: Int?
  /// Whether nothing is at its path any more.
  var isGone = false
  /// Whether another file is at its path.
  var isReplaced = false
  /// Whether its reading has ended.
  private(set) var isOver = false
  /// Bytes that the reader was given, repeated ones each time.
  private(set) var bytesParsed: UInt64 = 0
  /// Bytes that were read; those behind the last whole line wait.
  private(set) var bytesRead: UInt64 = 0

  private let format: any TraceReader.Type
  private let recordLimit: Int
  private var held: HeldFile?
  private var status: FollowedStatus?
  private var reader: any TraceReader
  private var digest = ContentDigest()
  private var buffer: [UInt8] = []
  private var filled = 0
  private var line = LineScan()
  private var head: [UInt8] = []
  private var tail: [UInt8] = []

  init(
    number: UInt32, path: String, identity: FileIdentity, format: any TraceReader.Type,
    recordLimit: Int
  ) {
    self.number = number
    firstPath = path
    self.path = path
    self.identity = identity
    self.format = format
    self.recordLimit = recordLimit
    reader = format.init(artifact: number)
  }

  /// Bytes of whole lines: everything before them has become rows, or has been refused.
  var bytesDone: UInt64 { bytesRead - UInt64(filled) }

  /// What became of the bytes that were read before.
  enum Finding { case grown, unchanged, shortened, rewritten, absent }

  /// Looks at the file without reading on.
  ///
  /// - Throws: `IngestionError.unreadable`.
  mutating func look() throws(IngestionError) -> Finding {
    guard let now = held?.file.status ?? FollowedStatus(path: path), now.identity == identity
    else { return .absent }
    if now == status { return .unchanged }
    status = now
    if now.size < bytesRead { return .shortened }
    return try hasSameBytes() ? .grown : .rewritten
  }

  private mutating func hasSameBytes() throws(IngestionError) -> Bool {
    guard !tail.isEmpty else { return true }
    let held = try open()
    let front = try held.file.bytes(at: 0, length: head.count)
    let back = try held.file.bytes(at: bytesRead - UInt64(tail.count), length: tail.count)
    return front == head && back == tail
  }

  /// Reads to where the file ended when it was looked at.
  ///
  /// - Parameter progress: called after every chunk with the rows so far; false stops.
  /// - Throws: `IngestionError.unreadable` and `.cancelled`.
  mutating func readOn(
    into batch: inout RecordBatch, progress: (_ bytes: UInt64, _ rows: Int) -> Bool
  ) throws(IngestionError) {
    guard let status, !isOver else { return }
    while bytesRead < status.size {
      if filled == buffer.count && !makeRoom(in: &batch) { break }
      let wanted = min(buffer.count - filled, Int(clamping: status.size - bytesRead))
      let count = try open().file.read(
        into: &buffer, filled..<(filled + wanted), at: bytesRead)
      if count == 0 { break }
      take(count, into: &batch)
      guard progress(bytesRead, batch.rows.count) else { throw .cancelled }
    }
    note(status, in: &batch)
  }

  /// Says that no more will come: a last line without its end is counted as what it is.
  mutating func finish(into batch: inout RecordBatch) {
    guard !isOver else { return }
    feed(filled, isFinal: true, into: &batch)
    stop()
  }

  /// Begins anew at the first byte.
  mutating func restart() {
    reader = format.init(artifact: number)
    digest = ContentDigest()
    bytesRead = 0
    filled = 0
    line = LineScan()
    head = []
    tail = []
    status = nil
    isOver = false
  }

  /// Reads no further.
  mutating func stop() {
    isOver = true
    held = nil
    buffer = []
    filled = 0
  }

  /// Lets go of the descriptor; the file is opened again when it is read.
  mutating func close() { held = nil }

  var isOpen: Bool { held != nil }

  private mutating func open() throws(IngestionError) -> HeldFile {
    if let held { return held }
    let opened = try HeldFile(path: path)
    held = opened
    return opened
  }

  private mutating func note(_ status: FollowedStatus, in batch: inout RecordBatch) {
    batch.artifacts[Int(number)].size = bytesRead
    batch.artifacts[Int(number)].modified = status.modified
    batch.artifacts[Int(number)].digest = digest.value
  }

  /// False when the line at hand is longer than a record may be; the artifact is then given up.
  private mutating func makeRoom(in batch: inout RecordBatch) -> Bool {
    guard buffer.count < recordLimit else {
      ArtifactIngestion.lose(
        Diagnostic(.recordTooLarge, artifact: number, offset: bytesRead), in: &batch)
      stop()
      return false
    }
    let more = buffer.isEmpty ? min(ArtifactIngestion.chunk, recordLimit) : buffer.count
    buffer.append(contentsOf: repeatElement(0, count: more))
    return true
  }

  private mutating func take(_ count: Int, into batch: inout RecordBatch) {
    let new = filled..<(filled + count)
    FollowedArtifact.update(&digest, with: buffer, new)
    if head.count < FollowedArtifact.headLength {
      head += buffer[new].prefix(FollowedArtifact.headLength - head.count)
    }
    let kept = max(0, FollowedArtifact.tailLength - count)
    tail = tail.suffix(kept) + buffer[new].suffix(FollowedArtifact.tailLength)
    filled += count
    bytesRead += UInt64(count)
    var whole: Int?
    if let newline = buffer[new].lastIndex(of: 0x0A) {
      whole = newline + 1
      line = LineScan()
    }
    for place in (whole ?? new.lowerBound)..<filled { line.take(buffer[place]) }
    if line.isWhole { whole = filled }
    guard let whole else { return }
    if whole == filled { line = LineScan() }
    feed(whole, isFinal: false, into: &batch)
  }

  private mutating func feed(_ end: Int, isFinal: Bool, into batch: inout RecordBatch) {
    let consumed = FollowedArtifact.read(
      buffer, upTo: end, with: &reader, isFinal: isFinal, into: &batch)
    bytesParsed += UInt64(end)
    guard consumed > 0 else { return }
    let rest = consumed..<filled
    buffer.withUnsafeMutableBytes { bytes in
      let tail = unsafe UnsafeRawBufferPointer(rebasing: bytes[rest])
      unsafe bytes.copyMemory(from: tail)
    }
    filled -= consumed
  }

  // A span of `buffer` borrows all of the artifact, so what changes meanwhile is passed apart.

  private static func update(
    _ digest: inout ContentDigest, with buffer: [UInt8], _ range: Range<Int>
  ) {
    digest.update(buffer.span.bytes.extracting(range))
  }

  private static func read(
    _ buffer: [UInt8], upTo end: Int, with reader: inout any TraceReader, isFinal: Bool,
    into batch: inout RecordBatch
  ) -> Int {
    reader.read(buffer.span.bytes.extracting(0..<end), isFinal: isFinal, into: &batch)
  }
}
