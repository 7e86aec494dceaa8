import Glibc

/// An artifact opened for reading: read with `read` and `pread`, never mapped and never written.
///
/// A mapped file that somebody truncates ends the program that looks at it; a read comes up short.
package struct ArtifactFile: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// - Throws: `IngestionError.unreadable`.
  package init(path: String) throws(IngestionError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw systemFailure(path) }
  }

  deinit { close(descriptor) }

  /// Fills the bytes of `buffer` from `start` on; 0 at the end of the file.
  ///
  /// - Throws: `IngestionError.unreadable`.
  func read(into buffer: inout [UInt8], from start: Int) throws(IngestionError) -> Int {
    while true {
      let count = buffer.withUnsafeMutableBytes { bytes in
        unsafe Glibc.read(
          descriptor, bytes.baseAddress.map { unsafe $0 + start }, bytes.count - start)
      }
      if count >= 0 { return count }
      guard errno == EINTR else { throw systemFailure(path) }
    }
  }

  /// At most `length` bytes at `offset`; fewer when the file ends before.
  ///
  /// - Throws: `IngestionError.unreadable`.
  package func bytes(at offset: UInt64, length: Int) throws(IngestionError) -> [UInt8] {
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: max(0, length)) { buffer, count in
      while count < length {
        let got = unsafe pread(
          descriptor, buffer.baseAddress.map { unsafe $0 + count }, length - count,
          off_t(clamping: offset) + off_t(count))
        if got < 0 && errno == EINTR { continue }
        failed = got < 0
        if got <= 0 { break }
        count += got
      }
    }
    if failed { throw systemFailure(path) }
    return bytes
  }
}
