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
  /// Page faults between two returns of all pages: the kernel maps up to 64 KB at a fault, so at
  /// most 32 MB of all files together are in memory.
  private static let faultsAtOnce = 512

  struct Region: Equatable {
    let address: UInt
    let count: Int
  }

  private struct State {
    var regions: [Region] = []
    var failure: SpillFailure?
    var faults = 0
  }

  private let folder: String
  /// Gives a file room on the disk: 0, or the error's number.
  private let allocate: @Sendable (_ descriptor: Int32, _ bytes: Int) -> Int32
  private let state = Mutex(State())

  init(
    folder: String, allocate: @escaping @Sendable (_ descriptor: Int32, _ bytes: Int) -> Int32
  ) {
    self.folder = folder
    self.allocate = allocate
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
      for region in state.regions {
        let start = unsafe UnsafeMutableRawPointer(bitPattern: region.address)
        // The mapping is shared: the pages go, their content stays in the file.
        unsafe madvise(start, region.count, MADV_DONTNEED)
      }
    }
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
