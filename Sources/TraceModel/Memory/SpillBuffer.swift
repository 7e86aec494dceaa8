import CKernels
import Glibc

/// Bytes that grow: from the allocator up to a limit, beyond it in a mapped file of a `SpillSpace`.
struct SpillBuffer: ~Copyable, Sendable {
  /// `capacity` bytes that nobody else has.
  nonisolated(unsafe) private(set) var base: UnsafeMutableRawPointer
  private(set) var capacity = 0
  /// Bytes up to which the buffer stays in memory.
  let limit: Int
  private let files: SpillFiles?
  /// The file; -1 for memory.
  private var descriptor: Int32 = -1

  init(in space: SpillSpace?) {
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: 0, alignment: 16)
    files = space?.files
    limit = space?.limit ?? .max
  }

  deinit {
    if descriptor < 0 {
      unsafe free(base)
    } else {
      unmap()
      close(descriptor)
    }
  }

  var isSpilled: Bool { descriptor >= 0 }

  /// Gives touched pages back, if they are a file's.
  func settle() {
    if isSpilled { files?.settle() }
  }

  /// Makes room for `bytes` bytes, the first `used` of which are kept.
  ///
  /// When a file cannot be made or grow, the bytes are in memory and the space's `failure` says why.
  mutating func grow(to bytes: Int, keeping used: Int) {
    if bytes > limit, let files, files.failure == nil {
      let done = isSpilled ? growFile(to: bytes, in: files) : spill(bytes, used, to: files)
      if done { return }
    }
    growInMemory(to: bytes, keeping: used)
  }

  private mutating func growInMemory(to bytes: Int, keeping used: Int) {
    // The allocator moves large blocks by their pages, without copying.
    let grown = unsafe realloc(isSpilled ? nil : base, bytes)
    guard let grown = unsafe grown else { preconditionFailure("out of memory") }
    if isSpilled {
      unsafe grown.copyMemory(from: base, byteCount: used)
      unmap()
      close(descriptor)
      descriptor = -1
    }
    unsafe base = grown
    capacity = bytes
  }

  private mutating func growFile(to bytes: Int, in files: SpillFiles) -> Bool {
    guard files.extend(descriptor, to: bytes),
      let grown = unsafe SpillBuffer.map(descriptor, bytes, in: files)
    else { return false }
    unmap()
    unsafe base = grown
    capacity = bytes
    return true
  }

  /// Moves from memory to a file.
  private mutating func spill(_ bytes: Int, _ used: Int, to files: SpillFiles) -> Bool {
    guard let file = files.make() else { return false }
    // Written, not copied to the mapping: its pages would count twice.
    guard files.extend(file, to: bytes), write(used, to: file, of: files),
      let mapped = unsafe SpillBuffer.map(file, bytes, in: files)
    else {
      close(file)
      return false
    }
    unsafe free(base)
    kernel_trim_memory()
    descriptor = file
    unsafe base = mapped
    capacity = bytes
    return true
  }

  private func write(_ used: Int, to file: Int32, of files: SpillFiles) -> Bool {
    var done = 0
    while done < used {
      let written = unsafe pwrite(file, base + done, used - done, off_t(done))
      if written < 0 && errno == EINTR { continue }
      guard written > 0 else {
        files.fail(errno)
        return false
      }
      done += written
    }
    return true
  }

  private static func map(
    _ file: Int32, _ bytes: Int, in files: SpillFiles
  ) -> UnsafeMutableRawPointer? {
    let mapped = unsafe mmap(nil, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
      files.fail(errno)
      return nil
    }
    // Otherwise a fault brings in as much as the kernel reads ahead, up to 2 MB, and there are dozens
    // of arrays.
    unsafe madvise(mapped, bytes, MADV_RANDOM)
    files.add(.init(address: UInt(bitPattern: mapped), count: bytes))
    return mapped
  }

  private borrowing func unmap() {
    files?.remove(.init(address: UInt(bitPattern: base), count: capacity))
    unsafe munmap(base, capacity)
  }
}
