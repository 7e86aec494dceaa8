import Glibc

/// What was piped into the program, kept in a file without a name: nothing of it is left when the
/// program ends, however it ends.
///
/// It is read to its end at once. An index of it is found again by the digest of the content.
package struct StandardInput {
  /// How it is named on the command line.
  package static let path = "-"
  /// How it is shown.
  static let name = "stdin"

  private static let chunk = 1 << 18

  /// A path that opens the file, as long as the program runs.
  let file: String
  let status: FileStatus
  /// SHA-256 of all of it, in hexadecimal digits.
  let digest: String

  /// - Throws: `IngestionError.unreadable` when nothing comes, or there is no room for it.
  init() throws(IngestionError) {
    guard isatty(STDIN_FILENO) == 0 else {
      throw .unreadable(path: StandardInput.path, reason: "pipe an artifact into it")
    }
    let descriptor = try StandardInput.namelessFile()
    var digest = SHA256()
    var size: UInt64 = 0
    var buffer = [UInt8](repeating: 0, count: StandardInput.chunk)
    while true {
      let count = buffer.withUnsafeMutableBytes { bytes in
        unsafe read(STDIN_FILENO, bytes.baseAddress, bytes.count)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw systemFailure(StandardInput.path) }
      if count == 0 { break }
      digest.update(buffer[..<count])
      size += UInt64(count)
      try StandardInput.write(buffer[..<count], to: descriptor)
    }
    guard size > 0 else {
      throw .unreadable(path: StandardInput.path, reason: "standard input is empty")
    }
    file = "/proc/self/fd/\(descriptor)"
    // Its time would say when it was piped, which must not make the index stale.
    status = FileStatus(isFolder: false, isRegular: true, size: size, modified: 0)
    self.digest = digest.hexadecimal
  }

  private static func namelessFile() throws(IngestionError) -> Int32 {
    let folder = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    let path = "\(folder)/vestige-\(getpid())-stdin"
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw systemFailure(path) }
    unlink(path)
    return descriptor
  }

  private static func write(
    _ bytes: ArraySlice<UInt8>, to descriptor: Int32
  ) throws(IngestionError) {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw systemFailure("the copy of standard input in TMPDIR") }
      rest = rest.dropFirst(count)
    }
  }
}
