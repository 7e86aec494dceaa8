import TraceModel
package import TraceReaders

/// The names of all formats that can be read, for messages.
package var knownFormats: String {
  TraceReaders.all.map { $0.descriptor.title }.joined(separator: ", ")
}

/// One artifact on disk, recognised by its content.
package struct FoundArtifact: Sendable {
  /// Where the file is.
  package let path: String
  /// The path as reports show it: relative to the execution's root.
  package let displayPath: String
  /// Bytes.
  package let size: UInt64
  /// Nanoseconds since the Unix epoch.
  package let modified: Int64
  /// Nil when no reader recognised it.
  package let reader: (any TraceReader.Type)?
}

/// One execution's artifacts, before they are read.
package struct ExecutionSource: Sendable {
  /// The name shown for the execution: the file's or folder's.
  package var name: String
  /// The absolute path of the file or folder.
  package let root: String
  /// By path; only what a reader recognised, or the one file that was named outright.
  package let artifacts: [FoundArtifact]
  /// Files of the folder that no reader recognised, relative to it.
  package let passedOver: [String]

  /// Bytes of all artifacts.
  package var size: UInt64 { artifacts.reduce(0) { $0 &+ $1.size } }

  /// The absolute path of an artifact named by an index of this execution.
  package func path(ofArtifact displayPath: String) -> String? {
    artifacts.first { $0.displayPath == displayPath }?.path
  }
}

/// Finds the executions that paths stand for.
package enum ArtifactFinder {
  /// How many folders deep it looks.
  private static let depthLimit = 32
  /// Bytes read from the front of a file to recognise it.
  package static let sniffLength = 64 << 10

  /// The executions at `paths`, in the order of the paths, and by name inside a set.
  ///
  /// A file is an execution. A folder is one with all artifacts below it, unless it holds folders
  /// of artifacts and no artifact itself: then it is a set of executions.
  ///
  /// - Throws: `IngestionError.unreadable` and `.noArtifacts`.
  package static func executions(at paths: [String]) throws(IngestionError) -> [ExecutionSource] {
    var sources: [ExecutionSource] = []
    for path in paths {
      let root = try absolutePath(path)
      if try FileStatus(path: root).isFolder {
        let found = try executions(inFolder: root)
        guard !found.sources.isEmpty else {
          throw .noArtifacts(path: path, looked: found.looked)
        }
        sources += found.sources
      } else {
        sources.append(try execution(ofFile: root))
      }
    }
    return withDistinctNames(sources)
  }

  /// All regular files at or below `path`, recognised or not, by name: for saying what each is.
  ///
  /// - Throws: `IngestionError.unreadable`.
  package static func files(at path: String) throws(IngestionError) -> [FoundArtifact] {
    let root = try absolutePath(path)
    guard try FileStatus(path: root).isFolder else {
      return try execution(ofFile: root).artifacts
    }
    var found: [FoundArtifact] = []
    try gather(below: root, prefix: "", depth: 0, into: &found)
    return found
  }

  private static func gather(
    below folder: String, prefix: String, depth: Int, into found: inout [FoundArtifact]
  ) throws(IngestionError) {
    for name in try namesInFolder(folder) {
      let path = "\(folder)/\(name)"
      if isRealFolder(path) {
        guard depth < depthLimit else { continue }
        try gather(below: path, prefix: prefix + name + "/", depth: depth + 1, into: &found)
      } else if let status = try? FileStatus(path: path), status.isRegular {
        found.append(try recognise(path, displayPath: prefix + name))
      }
    }
  }

  private static func execution(ofFile root: String) throws(IngestionError) -> ExecutionSource {
    // Opening a pipe waits for a writer, and a device has no end.
    guard try FileStatus(path: root).isRegular else {
      throw .unreadable(path: root, reason: "it is a pipe or a device; save it to a file first")
    }
    let artifact = try recognise(root, displayPath: lastComponent(root))
    return ExecutionSource(
      name: lastComponent(root), root: root, artifacts: [artifact], passedOver: [])
  }

  private static func executions(
    inFolder root: String, depth: Int = 0
  ) throws(IngestionError) -> (sources: [ExecutionSource], looked: Int) {
    var direct: [FoundArtifact] = []
    var folders: [String] = []
    var passedOver: [String] = []
    for name in try namesInFolder(root) {
      let path = "\(root)/\(name)"
      if isRealFolder(path) {
        folders.append(name)
      } else if let status = try? FileStatus(path: path), status.isRegular {
        let artifact = try recognise(path, displayPath: name)
        if artifact.reader == nil { passedOver.append(name) } else { direct.append(artifact) }
      }
    }
    let looked = direct.count + passedOver.count
    guard direct.isEmpty else {
      for name in folders {
        try collect(below: name, root: root, depth: depth + 1, into: &direct, &passedOver)
      }
      let source = ExecutionSource(
        name: lastComponent(root), root: root, artifacts: direct, passedOver: passedOver)
      return ([source], looked)
    }
    var found: (sources: [ExecutionSource], looked: Int) = ([], looked)
    for name in folders where depth < depthLimit {
      let inner = try executions(inFolder: "\(root)/\(name)", depth: depth + 1)
      found.sources += inner.sources
      found.looked += inner.looked
    }
    return found
  }

  /// Adds all artifacts in a folder of an execution, however deep.
  private static func collect(
    below relative: String, root: String, depth: Int, into artifacts: inout [FoundArtifact],
    _ passedOver: inout [String]
  ) throws(IngestionError) {
    guard depth < depthLimit else {
      passedOver.append(relative)
      return
    }
    for name in try namesInFolder("\(root)/\(relative)") {
      let displayPath = "\(relative)/\(name)"
      let path = "\(root)/\(displayPath)"
      if isRealFolder(path) {
        try collect(
          below: displayPath, root: root, depth: depth + 1, into: &artifacts, &passedOver)
      } else if let status = try? FileStatus(path: path), status.isRegular {
        let artifact = try recognise(path, displayPath: displayPath)
        if artifact.reader == nil {
          passedOver.append(displayPath)
        } else {
          artifacts.append(artifact)
        }
      }
    }
  }

  private static func recognise(
    _ path: String, displayPath: String
  ) throws(IngestionError) -> FoundArtifact {
    let status = try FileStatus(path: path)
    let prefix = try ArtifactFile(path: path).bytes(at: 0, length: sniffLength)
    return FoundArtifact(
      path: path, displayPath: displayPath, size: status.size, modified: status.modified,
      reader: TraceReaders.reader(sniffing: prefix.span.bytes))
  }

  /// Two executions of one name get their folder's name in front.
  private static func withDistinctNames(_ sources: [ExecutionSource]) -> [ExecutionSource] {
    var counts: [String: Int] = [:]
    for source in sources { counts[source.name, default: 0] += 1 }
    return sources.map { source in
      guard counts[source.name, default: 0] > 1 else { return source }
      var source = source
      source.name = lastComponent(folder(of: source.root)) + "/" + source.name
      return source
    }
  }
}
