package import TraceIndex

/// Why artifacts could not be turned into executions. Each case says what, where and what to do.
package enum IngestionError: Error, Equatable, Sendable {
  /// No such file or folder, or it may not be read.
  case unreadable(path: String, reason: String)
  /// There is nothing there that a reader knows; `looked` files were tried.
  case noArtifacts(path: String, looked: Int)
  /// The index could not be written or read back.
  case index(TraceIndexError)
  /// The caller asked to stop.
  case cancelled
}

extension IngestionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "\(path): cannot be read: \(reason)"
    case .noArtifacts(let path, let looked):
      "\(path): no artifact found (\(looked) file\(looked == 1 ? "" : "s") looked at); known "
        + "formats: \(knownFormats); try 'vestige artifact inspect \(path)'"
    case .index(let error): "\(error)"
    case .cancelled: "cancelled"
    }
  }
}
