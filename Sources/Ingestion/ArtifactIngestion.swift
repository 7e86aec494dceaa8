import TraceIndex
import TraceModel
import TraceReaders

/// How far the reading of an execution has come.
package struct IngestionProgress: Sendable, Equatable {
  /// The artifact that is being read.
  package let artifact: String
  /// Bytes of all artifacts together, as they are stored.
  package let bytesRead: UInt64
  package let bytesTotal: UInt64
  package let rows: Int
}

/// Reads the artifacts of one execution into a record batch, in the order of their paths.
enum ArtifactIngestion {
  /// Bytes asked for at once; a record that is longer doubles the buffer.
  static let chunk = 1 << 18
  /// Memory is reserved for artifacts of this size at most; what is not used costs nothing.
  private static let sizeForReserve: UInt64 = 4 << 30
  /// The largest record: more is refused, so that one bad quote cannot fill the memory.
  static let recordLimit = 1 << 30

  /// - Parameters:
  ///   - space: where records go when there are too many for memory.
  ///   - progress: called after every chunk; false stops the reading.
  /// - Throws: `IngestionError.unreadable`, `.expansion`, `.cancelled`, and `.index` when there is no
  ///   room in `space`.
  static func read(
    _ source: ExecutionSource, space: SpillSpace? = nil, progress: (IngestionProgress) -> Bool
  ) throws(IngestionError) -> RecordBatch {
    var batch = RecordBatch(space: space)
    batch.reserve(rows: rowsExpected(in: source))
    var supply = ArtifactSupply(source)
    var done: UInt64 = 0
    for (number, artifact) in source.artifacts.enumerated() {
      var record = ArtifactRecord(path: artifact.displayPath)
      record.size = artifact.size
      record.modified = artifact.modified
      batch.artifacts.append(record)
      guard let reader = artifact.reader else {
        refuse(artifact, number, in: &batch)
        continue
      }
      let base = done
      var bytes = try supply.open(number)
      batch.artifacts[number].digest = try read(
        &bytes, with: reader.init(artifact: UInt32(number)), into: &batch
      ) { used, rows in
        done = base.addingClamped(used)
        return progress(
          IngestionProgress(
            artifact: artifact.displayPath, bytesRead: done, bytesTotal: source.size, rows: rows))
      }
      done = base.addingClamped(artifact.size)
    }
    return batch
  }

  /// A guess from the usual size of records: arrays that grow by doubling are copied each time.
  static func rowsExpected(in source: ExecutionSource) -> Int {
    Int(clamping: min(source.size, sizeForReserve) / 512)
  }

  /// Says of what cannot be read why.
  static func refuse(
    _ artifact: FoundArtifact, _ number: Int, in batch: inout RecordBatch
  ) {
    if case .damaged(let fault) = artifact.remark {
      batch.diagnostics.add(
        Diagnostic(fault.code, artifact: UInt32(number), offset: 0, detail: fault.reason))
    } else {
      batch.diagnostics.add(
        Diagnostic(.unknownFormat, artifact: UInt32(number), offset: 0, detail: ""))
    }
    batch.artifacts[number].recordsRefused += artifact.size == 0 ? 0 : 1
  }

  /// Feeds one artifact to its reader; returns the digest of its content.
  static func read(
    _ bytes: inout ArtifactBytes, with reader: any TraceReader, into batch: inout RecordBatch,
    progress: (_ bytes: UInt64, _ rows: Int) -> Bool
  ) throws(IngestionError) -> UInt64 {
    var reader = reader
    var digest = ContentDigest()
    var buffer = [UInt8](repeating: 0, count: chunk)
    var filled = 0
    var total: UInt64 = 0
    while true {
      if filled == buffer.count {
        guard buffer.count < recordLimit else {
          lose(Diagnostic(.recordTooLarge, artifact: batch.newest, offset: total), in: &batch)
          return digest.value
        }
        buffer.append(contentsOf: repeatElement(0, count: buffer.count))
      }
      let count = try bytes.read(into: &buffer, from: filled)
      digest.update(buffer.span.bytes.extracting(filled..<filled + count))
      filled += count
      total &+= UInt64(count)
      let isFinal = count == 0
      let consumed = reader.read(
        buffer.span.bytes.extracting(0..<filled), isFinal: isFinal, into: &batch)
      batch.space?.settle()
      if let failure = batch.space?.failure { throw .index(TraceIndexError(failure)) }
      if isFinal { break }
      if consumed > 0 {
        buffer.withUnsafeMutableBytes { bytes in
          let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[consumed..<filled])
          unsafe bytes.copyMemory(from: rest)
        }
        filled -= consumed
      }
      guard progress(bytes.bytesUsed, batch.rows.count) else { throw .cancelled }
    }
    if let fault = bytes.fault {
      lose(
        Diagnostic(fault.code, artifact: batch.newest, offset: total, detail: fault.reason),
        in: &batch)
    }
    return digest.value
  }

  /// Counts what an artifact lost besides the records that its reader counts.
  static func lose(_ diagnostic: Diagnostic, in batch: inout RecordBatch) {
    batch.diagnostics.add(diagnostic)
    batch.artifacts[Int(diagnostic.artifact)].recordsRefused += 1
  }
}

extension RecordBatch {
  /// The number of the artifact that was added last.
  fileprivate var newest: UInt32 { UInt32(artifacts.count - 1) }
}
