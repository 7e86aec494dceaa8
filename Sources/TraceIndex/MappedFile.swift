import Glibc

/// A read-only mapping of a file that this program wrote and never changes in place.
///
/// Artifacts are never mapped: one that is truncated while it is read would end the program.
struct MappedFile: ~Copyable, Sendable {
  nonisolated(unsafe) private let base: UnsafeRawPointer?
  let count: Int

  /// - Throws: `TraceIndexError.system` when the file cannot be opened, measured or mapped.
  static func map(_ path: String) throws(TraceIndexError) -> MappedFile {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw MappedFile.failure(path, "open the index") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw MappedFile.failure(path, "measure the index")
    }
    let count = Int(status.st_size)
    guard count > 0 else { return unsafe MappedFile(base: nil, count: 0) }
    let address = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let address = unsafe address, unsafe address != MAP_FAILED else {
      throw MappedFile.failure(path, "map the index")
    }
    return unsafe MappedFile(base: UnsafeRawPointer(address), count: count)
  }

  private init(base: UnsafeRawPointer?, count: Int) {
    unsafe self.base = base
    self.count = count
  }

  deinit {
    if let base = unsafe base { unsafe munmap(UnsafeMutableRawPointer(mutating: base), count) }
  }

  /// All bytes of the file, valid during `body`.
  func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    let buffer = unsafe UnsafeRawBufferPointer(start: base, count: base == nil ? 0 : count)
    return try unsafe body(buffer.bytes)
  }

  /// A system call's failure with the reason from `errno`.
  static func failure(_ path: String, _ operation: String) -> TraceIndexError {
    .system(path: path, operation: operation, reason: unsafe String(cString: strerror(errno)))
  }
}
