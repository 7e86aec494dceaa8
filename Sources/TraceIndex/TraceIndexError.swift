package import TraceModel

/// Why an index cannot be used. Each case says which file, and what to do.
package enum TraceIndexError: Error, Equatable, Sendable {
  /// The operating system refused: what was tried, and its reason.
  case system(path: String, operation: String, reason: String)
  /// The file is not an index of Vestige.
  case notAnIndex(path: String)
  /// The file was written by a version that this program cannot read.
  case unsupportedVersion(path: String, found: UInt32, supported: UInt32)
  /// The file is damaged: where, and how that shows.
  case corrupt(path: String, offset: UInt64, reason: String)
}

extension TraceIndexError {
  /// The disk had no room for what does not fit in memory while the index is built.
  package init(_ failure: SpillFailure) {
    self = .system(
      path: failure.folder, operation: "make room for what does not fit in memory",
      reason: failure.reason)
  }
}

extension TraceIndexError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .system(let path, let operation, let reason):
      "\(path): cannot \(operation): \(reason)"
    case .notAnIndex(let path):
      "\(path): not a Vestige index; build one with 'vestige index build PATH'"
    case .unsupportedVersion(let path, let found, let supported):
      "\(path): index format \(found), this program reads \(supported); "
        + "rebuild it with 'vestige index build PATH'"
    case .corrupt(let path, let offset, let reason):
      "\(path): damaged index at byte \(offset): \(reason); "
        + "rebuild it with 'vestige index build PATH'"
    }
  }
}
