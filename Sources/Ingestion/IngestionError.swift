package import TraceIndex

/// Why artifacts could not be turned into executions.
///
/// Each case says what, where and what to do.
package enum IngestionError: Error, Equatable, Sendable {
  /// No such file or folder, or it may not be read.
  case unreadable(path: String, reason: String)
  /// There is nothing there that a reader knows; `looked` files were tried.
  case noArtifacts(path: String, looked: Int)
  /// Compressed data turns into more than the limit allows.
  case expansion(path: String, limit: ExpansionLimit)
  /// The index could not be written or read back.
  case index(TraceIndexError)
  /// A line of a manifest is not a digest and a path.
  case badManifest(path: String, line: Int)
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
    case .expansion(let path, let limit):
      "\(path): expands to more than \(limit.ratio) times its size, as data made to fill a disk "
        + "does; if you trust it, --max-expansion raises the bound"
    case .index(let error): "\(error)"
    case .badManifest(let path, let line):
      "\(path):\(line): no line of a manifest; it should be 64 hexadecimal digits, two spaces and "
        + "a path, as sha256sum writes them"
    case .cancelled: "cancelled"
    }
  }
}
