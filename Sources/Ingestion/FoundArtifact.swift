import TraceModel
package import TraceReaders

/// One file, or member of an archive, recognised by its content.
package struct FoundArtifact: Sendable {
  /// Why something is shown though there are no bytes of it to read.
  enum Remark: Sendable, Equatable {
    /// What an archive has instead of a file: a link, a device.
    case passedOver(String)
    /// An archive that cannot be read to its end.
    case damaged(StreamFault)
  }

  /// Where its bytes are.
  package internal(set) var place: ArtifactPlace
  /// The path as reports show it: relative to the execution's root.
  package var displayPath: String
  /// Bytes as they are stored, compressed or not.
  package internal(set) var size: UInt64
  /// Nanoseconds since the Unix epoch; of a member, the archive's.
  package internal(set) var modified: Int64
  /// Nil when no reader recognised it.
  package let reader: (any TraceReader.Type)?
  var remark: Remark?
  /// Which file it is, where it is followed: its size and time then change without harm.
  var identity: FileIdentity?

  /// What it looks like, in a phrase, for a person who wonders why it was not read.
  ///
  /// - Throws: as `ArtifactBytes`.
  package func phrase(within limit: ExpansionLimit) throws(IngestionError) -> String {
    switch remark {
    case .passedOver(let phrase): return phrase
    case .damaged(let fault): return "damaged: \(fault.reason)"
    case nil: break
    }
    var bytes = try ArtifactBytes.open(place, within: limit)
    let prefix = try bytes.next(ArtifactFinder.sniffLength)
    var phrase = ContentDescription(prefix: prefix).text
    if let compression = place.compression {
      phrase = "\(compression.name)-compressed: \(phrase)"
    }
    if let fault = bytes.fault { phrase += "; damaged: \(fault.reason)" }
    return phrase
  }
}

/// One execution's artifacts, before they are read.
package struct ExecutionSource: Sendable {
  /// The name shown for the execution: the file's or folder's.
  package var name: String
  /// The path that it was found at, as the caller wrote it.
  package let givenPath: String
  /// The absolute path of the file or folder; inside an archive, as if that were a folder.
  package let root: String
  /// What the index is kept under: the root, or the content where that has no path.
  let identity: String
  /// By path; only what a reader recognised, or the one file that was named outright.
  package internal(set) var artifacts: [FoundArtifact]
  /// Files of the folder that no reader recognised, relative to it.
  package let passedOver: [String]
  /// How far compressed artifacts may expand.
  package let limit: ExpansionLimit

  /// Bytes of all artifacts.
  package var size: UInt64 { artifacts.reduce(0) { $0.addingClamped($1.size) } }

  /// The artifact named by an index of this execution.
  func artifact(at displayPath: String) -> FoundArtifact? {
    artifacts.first { $0.displayPath == displayPath }
  }
}
