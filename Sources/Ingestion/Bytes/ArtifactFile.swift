import Glibc

/// A file opened for reading: read with `pread`, never mapped and never written.
///
/// A mapped file that somebody truncates ends the program that looks at it; a read comes up short.
package struct ArtifactFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// - Throws: `IngestionError.unreadable`.
  package init(path: String) throws(IngestionError) {
    self.path = path
    // Without O_NONBLOCK opening a pipe would wait for a writer; to files it means nothing.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
    guard descriptor >= 0 else { throw systemFailure(path) }
  }

  deinit { close(descriptor) }

  /// Runs `body` on the descriptor, which stays open meanwhile.
  borrowing func withDescriptor<R>(_ body: (Int32) -> R) -> R { body(descriptor) }

  /// Fills a part of `buffer` with the bytes at `offset`; returns how many, 0 at the file's end.
  ///
  /// - Throws: `IngestionError.unreadable`.
  func read(
    into buffer: inout [UInt8], _ range: Range<Int>, at offset: UInt64
  ) throws(IngestionError) -> Int {
    while true {
      let count = buffer.withUnsafeMutableBytes { bytes in
        let room = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[range])
        return unsafe pread(descriptor, room.baseAddress, room.count, off_t(clamping: offset))
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw systemFailure(path) }
    }
  }

  /// At most `length` bytes at `offset`; fewer when the file ends before.
  ///
  /// - Throws: `IngestionError.unreadable`.
  package func bytes(at offset: UInt64, length: Int) throws(IngestionError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, length))
    var filled = 0
    while filled < bytes.count {
      let count = try read(
        into: &bytes, filled..<bytes.count, at: offset.addingClamped(UInt64(filled)))
      if count == 0 { break }
      filled += count
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }
}

extension UInt64 {
  /// The sum, or the largest number when it is larger than that.
  func addingClamped(_ other: UInt64) -> UInt64 {
    let (sum, isTooLarge) = addingReportingOverflow(other)
    return isTooLarge ? .max : sum
  }
}
