package import TraceModel

extension ExecutionSource {
  /// The bytes of one record, if its artifact is still what was indexed.
  ///
  /// - Parameters:
  ///   - artifact: as the index knows it.
  ///   - offset: bytes from the artifact's first.
  ///   - length: bytes; at most `limit` are read.
  /// - Throws: `IngestionError.unreadable` when the artifact is gone, or changed since.
  package func record(
    of artifact: ArtifactRecord, at offset: UInt64, length: Int, limit: Int = 1 << 20
  ) throws(IngestionError) -> [UInt8] {
    guard let path = path(ofArtifact: artifact.path) else {
      throw .unreadable(path: artifact.path, reason: "it is no artifact of \(root)")
    }
    let status = try FileStatus(path: path)
    guard status.size == artifact.size, status.modified == artifact.modified else {
      throw .unreadable(
        path: path, reason: "it was changed after it was indexed; start again to index it anew")
    }
    return try ArtifactFile(path: path).bytes(at: offset, length: min(length, limit))
  }
}
