package import TraceModel

extension ExecutionSource {
  /// The bytes of one record, if its artifact is still what was indexed.
  ///
  /// - Parameters:
  ///   - artifact: as the index knows it.
  ///   - offset: bytes from the first of the artifact's content. Of a compressed artifact all
  ///     content before it is decompressed once more.
  ///   - length: bytes; at most `limit` are read.
  /// - Throws: `IngestionError.unreadable` when the artifact is gone, or changed since;
  ///   `.expansion`.
  package func record(
    of artifact: ArtifactRecord, at offset: UInt64, length: Int, limit: Int = 1 << 20
  ) throws(IngestionError) -> [UInt8] {
    guard let found = self.artifact(at: artifact.path) else {
      throw .unreadable(path: artifact.path, reason: "it is no artifact of \(root)")
    }
    let isThere =
      if let identity = found.identity {
        found.isStill(identity, upTo: offset.addingClamped(UInt64(clamping: length)))
      } else {
        try found.isUnchanged(since: artifact)
      }
    guard isThere else {
      throw .unreadable(
        path: found.place.shownPath,
        reason: "it was changed after it was indexed; start again to index it anew")
    }
    var bytes = try ArtifactBytes.open(found.place, within: self.limit)
    try bytes.skip(offset)
    return try bytes.next(max(0, min(length, limit)))
  }
}

extension FoundArtifact {
  /// Whether the file on disk is the one that was found, and that one what was indexed.
  fileprivate func isUnchanged(since artifact: ArtifactRecord) throws(IngestionError) -> Bool {
    guard size == artifact.size, modified == artifact.modified else { return false }
    let status = try FileStatus(path: place.path)
    // A member has its archive's time, and its own size. Standard input cannot change.
    return isFromStandardInput
      || status.modified == artifact.modified
        && (place.archive != nil || status.size == artifact.size)
  }

  /// Whether a file that is followed is still the same one, and has at least so many bytes.
  fileprivate func isStill(_ identity: FileIdentity, upTo end: UInt64) -> Bool {
    guard let status = FollowedStatus(path: place.path) else { return false }
    return status.identity == identity && status.size >= end
  }

  private var isFromStandardInput: Bool { place.path != place.shownPath }
}
