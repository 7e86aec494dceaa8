import Glibc

/// What the file system says of a file that is followed.
struct FollowedStatus: Equatable {
  let identity: FileIdentity
  /// Bytes.
  let size: UInt64
  /// Nanoseconds since the Unix epoch.
  let modified: Int64

  /// Nil when there is no regular file at the path.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init?(_ status: stat) {
    let file = FileStatus(status)
    guard file.isRegular else { return nil }
    identity = FileIdentity(status)
    size = file.size
    modified = file.modified
  }
}

extension ArtifactFile {
  /// What the file is by now; nil when the system does not say.
  var status: FollowedStatus? {
    var status = stat()
    return withDescriptor { fstat($0, &status) } == 0 ? FollowedStatus(status) : nil
  }
}

/// A file kept open, so that what it was is read to its end when another takes its place.
final class HeldFile: Sendable {
  let file: ArtifactFile

  /// - Throws: `IngestionError.unreadable`.
  init(path: String) throws(IngestionError) { file = try ArtifactFile(path: path) }
}
