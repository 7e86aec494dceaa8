import Glibc
import Synchronization

/// Why an array could not be moved to a file, or not grow there.
package struct SpillFailure: Error, Equatable, Sendable {
  /// The folder in which there is no room.
  package let folder: String
  /// The system's words.
  package let reason: String
}

/// Where arrays go that outgrow memory: files without a name in one folder, mapped.
///
/// The pages of such a file count as memory of this process from when they are touched. `settle()`
/// gives them back when there are too many; what is in them stays in the file.
public struct SpillSpace: Sendable {
  /// Bytes up to which an array that grows stays in memory.
  ///
  /// A little more than the rows of 100 MB take: runs of the usual size never see a file.
  package static let usualLimit = 40 << 20

  /// Bytes up to which an array that grows stays in memory.
  package let limit: Int
  let files: SpillFiles

  /// - Parameters:
  ///   - folder: where the files are; it need not exist before it is used.
  ///   - allocate: stands in for `posix_fallocate` where a test wants a full disk.
  package init(
    folder: String, limit: Int = SpillSpace.usualLimit,
    allocate: @escaping @Sendable (_ descriptor: Int32, _ bytes: Int) -> Int32 = { file, bytes in
      posix_fallocate(file, 0, off_t(bytes))
    }
  ) {
    self.limit = limit
    files = SpillFiles(folder: folder, allocate: allocate)
  }

  private init(limit: Int, files: SpillFiles) {
    self.limit = limit
    self.files = files
  }

  /// The same space for somebody who has many arrays at a time.
  package func divided(by arrays: Int) -> SpillSpace {
    SpillSpace(limit: limit / arrays, files: files)
  }

  /// Whether an array is in a file.
  package var isUsed: Bool { files.count > 0 }

  /// Why an array could not be kept in a file; it is in memory instead, and the work should end.
  package var failure: SpillFailure? { files.failure }

  /// Calls `settle()` once in a while; for loops whose every step touches a few elements.
  @inlinable
  public func pace(_ step: Int) {
    if step & 127 == 0 { settle() }
  }

  /// Gives the pages of all files back when many were touched since the last time.
  public func settle() { files.settle() }
}

/// The files of a space and where they are mapped.
final class SpillFiles: Sendable {
  /// Bytes of all files together that are in memory before they are given back.
  private static let budget = 16 << 20
  /// Page faults between two looks at how much is in memory: a fault may bring many pages.
  private static let faultsAtOnce = 32

  struct Region: Equatable {
    let address: UInt
    let count: Int
  }

  private struct State {
    var regions: [Region] = []
    var failure: SpillFailure?
    var faults = 0
    /// Bytes of files in memory when pages were given back: the program's own, and what else is mapped.
    var floor = 0
  }

  private let folder: String
  /// Gives a file room on the disk: 0, or the error's number.
  private let allocate: @Sendable (_ descriptor: Int32, _ bytes: Int) -> Int32
  /// What the kernel says of this process's memory.
  private let statistics: Int32
  private let state = Mutex(State())

  init(
    folder: String, allocate: @escaping @Sendable (_ descriptor: Int32, _ bytes: Int) -> Int32
  ) {
    self.folder = folder
    self.allocate = allocate
    statistics = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
  }

  deinit {
    if statistics >= 0 { close(statistics) }
  }

  var count: Int { state.withLock { $0.regions.count } }

  var failure: SpillFailure? { state.withLock { $0.failure } }

  func settle() {
    var usage = rusage()
    unsafe getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    let faults = usage.ru_minflt &+ usage.ru_majflt
    state.withLock { state in
      guard faults &- state.faults >= SpillFiles.faultsAtOnce else { return }
      state.faults = faults
      guard residentBytes() - state.floor > SpillFiles.budget else { return }
      for region in state.regions {
        let start = unsafe UnsafeMutableRawPointer(bitPattern: region.address)
        // The mapping is shared: the pages go, their content stays in the file.
        unsafe madvise(start, region.count, MADV_DONTNEED)
      }
      state.floor = residentBytes()
    }
  }

  /// Bytes of mapped files that are in this process's memory; very many when nobody knows.
  private func residentBytes() -> Int {
    var text = [UInt8](repeating: 0, count: 128)
    let count = text.withUnsafeMutableBytes {
      unsafe pread(statistics, $0.baseAddress, $0.count, 0)
    }
    // Pages: all of the address space, those in memory, those of files, and more.
    let fields = text.prefix(max(0, count)).split(separator: UInt8(ascii: " "))
    guard fields.count > 2, let pages = Int(String(decoding: fields[2], as: UTF8.self)) else {
      return Int.max / 2
    }
    return pages * Int(getpagesize())
  }

  /// A file without a name; nil when none can be made.
  func make() -> Int32? {
    var name = Array("\(folder)/spill.XXXXXX".utf8CString)
    let descriptor = name.withUnsafeMutableBufferPointer { buffer -> Int32 in
      guard let path = buffer.baseAddress else { return -1 }
      let descriptor = unsafe mkstemp(path)
      if descriptor >= 0 { unsafe unlink(path) }
      return descriptor
    }
    guard descriptor >= 0 else {
      fail(errno)
      return nil
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return descriptor
  }

  /// Takes room on the disk before a page is touched, so that a full disk is an error here, not a
  /// signal there; false when there is none.
  func extend(_ descriptor: Int32, to bytes: Int) -> Bool {
    var error = allocate(descriptor, bytes)
    while error == EINTR { error = allocate(descriptor, bytes) }
    if error != 0 { fail(error) }
    return error == 0
  }

  func fail(_ error: Int32) {
    let reason = unsafe String(cString: strerror(error))
    state.withLock { state in
      state.failure = state.failure ?? SpillFailure(folder: folder, reason: reason)
    }
  }

  func add(_ region: Region) { state.withLock { $0.regions.append(region) } }

  func remove(_ region: Region) {
    state.withLock { state in state.regions.removeAll { $0 == region } }
  }
}
