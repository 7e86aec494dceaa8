package import TraceIndex
package import TraceModel

/// Something that happened: the only thing that changes the explorer's state.
package enum Action: Sendable {
  case key(KeyChord)
  /// The terminal's size changed.
  case resized(width: Int, height: Int)
  /// Time passed while something plays.
  case tick
  case indexing(execution: Int, read: UInt64, total: UInt64, rows: Int, artifact: String)
  /// A run is ready: usually one index; several when its artifacts name several runs.
  case indexed(execution: Int, [TraceIndex])
  case indexingFailed(execution: Int, reason: String)
  /// A followed run has grown: all of its indexes anew.
  case grown(execution: Int, [TraceIndex])
  /// Something happened to an artifact that is followed; a sentence.
  case noticed(String)
  case analysed(AnalysisResult)
  case recordRead(RecordPlace, RecordBytes)
  case fileRead(path: String, FilePurpose, FileContent)
  case saved(path: String)
  case saveFailed(path: String, reason: String)
  /// The program was asked to end.
  case terminate
}

/// Bytes as their artifact has them.
package enum RecordBytes: Sendable, Equatable {
  case bytes([UInt8])
  /// The artifact was changed or removed after it was indexed.
  case unavailable(reason: String)
}

/// Where a record is, for whoever can read files.
package struct RecordPlace: Sendable, Equatable {
  package let execution: Int
  /// The file or folder of the run.
  package let root: String
  package let artifact: ArtifactRecord
  /// Bytes from the artifact's first.
  package let offset: UInt64
  package let length: Int
}

/// Why a file is read.
package enum FilePurpose: Sendable, Equatable {
  /// It holds a policy.
  case existingPolicy
  /// A policy is to be written to it.
  case export
}

/// What is at a path.
package enum FileContent: Sendable, Equatable {
  case absent
  case text(String)
  /// It cannot be read, or must not be written.
  case refused(reason: String)
}

/// Something for the outside to do; its outcome comes back as an `Action`.
package enum Effect: Sendable, Equatable {
  case analyse(AnalysisRequest)
  case readRecord(RecordPlace)
  case readFile(path: String, FilePurpose)
  /// Write `text` to the file at `path`, which is new, or holds just `replacing`.
  case writeFile(path: String, text: String, replacing: String?)
  /// Write `text` to a new file called `name` in the current folder.
  case save(name: String, text: String)
  /// Save what the screen shows as text.
  case saveScreen
  case redraw
  case cancel
  case suspend
  case quit
}
