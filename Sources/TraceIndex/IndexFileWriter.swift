import CKernels
import Glibc
import TraceModel

/// Writes an index beside its final place and renames it when it is whole.
///
/// Sections are appended in any order; the header and the section table come last, so a file that
/// was abandoned half-way is never taken for an index.
struct IndexFileWriter: ~Copyable {
  private struct Entry {
    var section: UInt32
    var elementSize: UInt32
    var offset: UInt64
    var length: UInt64
    var digest: UInt64
  }

  private let path: String
  private let temporaryPath: String
  private var descriptor: Int32
  private var position: UInt64
  private var entries: [Entry] = []
  /// Of the section at hand.
  private var digest = ContentDigest()
  private let space: SpillSpace?

  /// Bytes of a column that are digested and written at a time.
  private static let piece = 1 << 20

  /// - Parameter space: where columns are that are too large for memory.
  /// - Throws: `TraceIndexError.system` when no file can be made in the folder of `path`.
  init(path: String, space: SpillSpace? = nil) throws(TraceIndexError) {
    self.path = path
    self.space = space
    // A name of its own, mode 0600: two that write the same index never write the same file.
    var name = Array("\(path).XXXXXX".utf8CString)
    descriptor = name.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe mkstemp($0) } ?? -1
    }
    temporaryPath = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    position = UInt64(IndexFormat.dataOffset)
    guard descriptor >= 0 else {
      throw MappedFile.failure(temporaryPath, "create the index")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    guard lseek(descriptor, off_t(position), SEEK_SET) >= 0 else {
      throw MappedFile.failure(temporaryPath, "write the index")
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporaryPath)
    }
  }

  /// Appends one section.
  ///
  /// - Throws: `TraceIndexError.system` when the disk is full or fails.
  mutating func add<T: BitwiseCopyable & Sendable>(
    _ section: IndexSection, _ elements: borrowing SpillArray<T>
  ) throws(TraceIndexError) {
    try begin(section, elementSize: MemoryLayout<T>.stride)
    let bytes = elements.span.bytes
    for start in stride(from: 0, to: bytes.byteCount, by: IndexFileWriter.piece) {
      let end = min(start + IndexFileWriter.piece, bytes.byteCount)
      try append(bytes.extracting(start..<end))
      if elements.isSpilled { space?.settle() }
    }
    end()
  }

  /// Appends one section of few elements.
  ///
  /// - Throws: `TraceIndexError.system` when the disk is full or fails.
  mutating func add<T: BitwiseCopyable>(
    _ section: IndexSection, _ elements: [T]
  ) throws(TraceIndexError) {
    try begin(section, elementSize: MemoryLayout<T>.stride)
    try append(elements.span.bytes)
    end()
  }

  /// Appends one section whose elements are made one after another.
  ///
  /// - Throws: `TraceIndexError.system` when the disk is full or fails.
  mutating func add<T: BitwiseCopyable>(
    _ section: IndexSection, count: Int, _ element: (Int) -> T
  ) throws(TraceIndexError) {
    try begin(section, elementSize: MemoryLayout<T>.stride)
    let most = IndexFileWriter.piece / MemoryLayout<T>.stride
    var made: [T] = []
    made.reserveCapacity(min(count, most))
    for index in 0..<count {
      made.append(element(index))
      space?.pace(index)
      if made.count == most || index == count - 1 {
        try append(made.span.bytes)
        made.removeAll(keepingCapacity: true)
      }
    }
    end()
  }

  private mutating func begin(
    _ section: IndexSection, elementSize: Int
  ) throws(TraceIndexError) {
    let padding =
      (IndexFormat.alignment - Int(position) % IndexFormat.alignment)
      % IndexFormat.alignment
    if padding > 0 { try write([UInt8](repeating: 0, count: padding).span.bytes) }
    entries.append(
      Entry(
        section: section.rawValue, elementSize: UInt32(elementSize), offset: position, length: 0,
        digest: 0))
    digest = ContentDigest()
  }

  private mutating func append(_ bytes: RawSpan) throws(TraceIndexError) {
    digest.update(bytes)
    try write(bytes)
  }

  private mutating func end() {
    let last = entries.count - 1
    entries[last].length = position - entries[last].offset
    entries[last].digest = digest.value
    // While the next section is made, so that there is little left to wait for at the end.
    kernel_begin_writing(descriptor, Int(entries[last].offset), Int(entries[last].length))
  }

  /// Writes the header, forces everything to disk and puts the file in its place.
  ///
  /// - Throws: `TraceIndexError.system`; the place then keeps what it had.
  consuming func finish(rowCount: Int) throws(TraceIndexError) {
    var table = IndexBytes()
    for entry in entries {
      table.append(entry.section)
      table.append(entry.elementSize)
      table.append(entry.offset)
      table.append(entry.length)
      table.append(entry.digest)
    }
    let header = IndexFormat.header(
      sectionCount: entries.count, fileSize: position, rowCount: rowCount, table: table.bytes)
    guard lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw MappedFile.failure(temporaryPath, "write the index")
    }
    try write((header + table.bytes).span.bytes)
    guard fsync(descriptor) == 0, close(descriptor) == 0 else {
      throw MappedFile.failure(temporaryPath, "write the index")
    }
    descriptor = -1
    guard rename(temporaryPath, path) == 0 else {
      let error = MappedFile.failure(path, "put the index in place")
      unlink(temporaryPath)
      throw error
    }
  }

  private mutating func write(_ bytes: RawSpan) throws(TraceIndexError) {
    var done = 0
    while done < bytes.byteCount {
      let written = bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(
          descriptor, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done)
      }
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else { throw MappedFile.failure(temporaryPath, "write the index") }
      done += written
    }
    position += UInt64(bytes.byteCount)
  }
}
