import Glibc

/// A result written to a file that was asked for: whole or not at all.
enum FileOutput {
  /// Writes `text` beside `path`, forces it to disk, and puts it in place.
  ///
  /// - Parameter replacing: whether a file that is there may go.
  /// - Throws: `OutputError`.
  static func write(_ text: String, to path: String, replacing: Bool) throws(OutputError) {
    var status = stat()
    if !replacing, lstat(path, &status) == 0 { throw .exists(path: path) }
    let temporary = "\(path).\(getpid()).partial"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    do throws(OutputError) {
      try StandardStream(descriptor: descriptor, name: path).send(text)
    } catch {
      close(descriptor)
      unlink(temporary)
      throw error
    }
    guard fsync(descriptor) == 0, close(descriptor) == 0, rename(temporary, path) == 0 else {
      let error = failure(path)
      unlink(temporary)
      throw error
    }
  }

  private static func failure(_ path: String) -> OutputError {
    .unwritable(path: path, reason: unsafe String(cString: strerror(errno)))
  }
}
