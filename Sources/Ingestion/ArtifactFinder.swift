import Glibc
import TraceReaders

/// The names of all formats that can be read, for messages.
package var knownFormats: String {
  TraceReaders.all.map { $0.descriptor.title }.joined(separator: ", ")
}

/// Finds the executions that paths stand for.
///
/// An archive is a folder with its members in it: a path may lead into one, and what is found is
/// the same as if it were unpacked.
package enum ArtifactFinder {
  /// Bytes of content read from the front of a file to recognise it.
  package static let sniffLength = 64 << 10

  /// The executions at `paths`, in the order of the paths, and by name inside a set.
  ///
  /// A file is an execution. A folder is one with all artifacts below it, unless it holds folders
  /// of artifacts and no artifact itself: then it is a set of executions. `-` is what comes from
  /// standard input, once.
  ///
  /// - Throws: `IngestionError.unreadable`, `.noArtifacts` and `.expansion`.
  package static func executions(
    at paths: [String], within limit: ExpansionLimit = .standard
  ) throws(IngestionError) -> [ExecutionSource] {
    var sources: [ExecutionSource] = []
    for path in paths {
      let root = try Root(path, within: limit)
      let found = executions(of: root)
      guard found.sources.isEmpty else {
        sources += found.sources
        continue
      }
      if let damage = root.damage {
        throw .unreadable(path: path, reason: try damage.phrase(within: limit))
      }
      throw .noArtifacts(path: path, looked: found.looked)
    }
    return withDistinctNames(sources)
  }

  /// The executions at `paths` for whoever follows them: what is not there yet is an execution
  /// without artifacts, as long as its folder is there.
  ///
  /// - Throws: as `executions(at:within:)`.
  package static func growingExecutions(
    at paths: [String], within limit: ExpansionLimit = .standard
  ) throws(IngestionError) -> [ExecutionSource] {
    var sources: [ExecutionSource] = []
    for path in paths {
      do throws(IngestionError) {
        sources += try executions(at: [path], within: limit)
      } catch {
        guard let root = rootToCome(at: path) else { throw error }
        sources.append(
          ExecutionSource(
            name: lastComponent(root), givenPath: path, root: root, identity: root, artifacts: [],
            passedOver: [], limit: limit))
      }
    }
    return withDistinctNames(sources)
  }

  /// The absolute path of an empty folder, or of a file that is not there in a folder that is.
  private static func rootToCome(at path: String) -> String? {
    // Whichever of the two fails: what is wrong was said already.
    if isFolderPath(path) { return try? absolutePath(path) }
    guard path != StandardInput.path, access(path, F_OK) != 0, isFolderPath(folder(of: path)),
      let parent = try? absolutePath(folder(of: path)), !lastComponent(path).isEmpty
    else { return nil }
    return (parent == "/" ? "" : parent) + "/" + lastComponent(path)
  }

  /// Everything at or below `path`, by name: its executions, of which there may be none, and the
  /// files that no reader recognised.
  ///
  /// - Throws: `IngestionError.unreadable` and `.expansion`.
  package static func everything(
    at path: String, within limit: ExpansionLimit = .standard
  ) throws(IngestionError) -> (executions: [ExecutionSource], unread: [FoundArtifact]) {
    let root = try Root(path, within: limit)
    switch root.entry {
    case .file(let file) where file.reader == nil: return ([], [file])
    case .file: return (executions(of: root).sources, [])
    case .folder(let folder):
      let sources = executions(of: root).sources
      let unread = files(below: folder, prefix: "").filter { $0.reader == nil }
      // What is wrong with an archive is a diagnostic of the executions in it, if there are any.
      return (sources, unread + (sources.isEmpty ? damages(in: folder) : []))
    }
  }

  private static func executions(of root: Root) -> (sources: [ExecutionSource], looked: Int) {
    switch root.entry {
    case .file(let file): ([root.source(lastComponent(root.path), [file], [])], 1)
    case .folder(let folder): executions(in: folder, at: root.path, of: root)
    }
  }

  private static func files(below folder: ArtifactFolder, prefix: String) -> [FoundArtifact] {
    func shown(_ file: FoundArtifact) -> FoundArtifact {
      var file = file
      file.displayPath = prefix + file.displayPath
      return file
    }
    return folder.files.map(shown)
      + folder.folders.flatMap { files(below: $0.content, prefix: prefix + $0.name + "/") }
  }

  private static func executions(
    in folder: ArtifactFolder, at path: String, of root: Root
  ) -> (sources: [ExecutionSource], looked: Int) {
    let damage = folder.damage.map { [$0] } ?? []
    guard !folder.files.contains(where: { $0.reader != nil }) else {
      let all = files(below: folder, prefix: "")
      let source = root.source(
        lastComponent(path), at: path, all.filter { $0.reader != nil } + damages(in: folder),
        all.filter { $0.reader == nil }.map(\.displayPath))
      return ([source], folder.files.count)
    }
    var found: (sources: [ExecutionSource], looked: Int) = ([], folder.files.count)
    for inner in folder.folders {
      let more = executions(in: inner.content, at: "\(path)/\(inner.name)", of: root)
      found.sources += more.sources.map { $0.adding(damage) }
      found.looked += more.looked
    }
    return found
  }

  /// The archives in a folder, or the folder as one, that cannot be read to their end.
  private static func damages(in folder: ArtifactFolder) -> [FoundArtifact] {
    (folder.damage.map { [$0] } ?? []) + folder.folders.flatMap { damages(in: $0.content) }
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

/// What a path on the command line leads to.
private struct Root {
  let givenPath: String
  /// Absolute; inside an archive as if that were a folder.
  let path: String
  /// The digest of standard input, whose path says nothing of it.
  private let content: String?
  private let limit: ExpansionLimit
  let entry: Recognition

  /// - Throws: `IngestionError.unreadable` and `.expansion`.
  init(_ givenPath: String, within limit: ExpansionLimit) throws(IngestionError) {
    self.givenPath = givenPath
    self.limit = limit
    if givenPath == StandardInput.path {
      let input = try StandardInput()
      path = StandardInput.name
      content = input.digest
      entry = try Recognition(
        file: input.file, shownAs: StandardInput.name, input.status, within: limit)
      return
    }
    content = nil
    let (outer, inner) = try Root.split(givenPath)
    path = ([outer] + inner).joined(separator: "/")
    entry = try Root.entry(at: outer, inner, within: limit, givenPath)
  }

  /// The part of a path that exists on disk, and what may be inside an archive there.
  private static func split(_ path: String) throws(IngestionError) -> (String, [String]) {
    var outer = path
    var inner: [String] = []
    while true {
      do throws(IngestionError) {
        return (try absolutePath(outer), inner)
      } catch {
        // What does not exist may be a member of an archive further up in the path.
        guard outer.contains("/"), outer != "/" else { throw systemFailure(path, ENOENT) }
        let name = lastComponent(outer)
        if !name.isEmpty { inner.insert(name, at: 0) }
        outer = folder(of: outer)
      }
    }
  }

  private static func entry(
    at outer: String, _ inner: [String], within limit: ExpansionLimit, _ givenPath: String
  ) throws(IngestionError) -> Recognition {
    let status = try FileStatus(path: outer)
    if status.isFolder, inner.isEmpty {
      return .folder(try ArtifactFolder(onDisk: outer, within: limit))
    }
    guard !status.isFolder else { throw systemFailure(givenPath, ENOENT) }
    // Opening a pipe waits for a writer, and a device has no end.
    guard status.isRegular else {
      throw .unreadable(
        path: outer, reason: "it is a pipe or a device; save it to a file first, or pipe it into -")
    }
    let entry = try Recognition(file: outer, status, within: limit)
    if inner.isEmpty { return entry }
    guard case .folder(let archive) = entry else { throw systemFailure(givenPath, ENOTDIR) }
    guard let found = archive.entry(at: inner[...]) else {
      throw .unreadable(path: givenPath, reason: "the archive has no such member")
    }
    return found
  }

  /// What is wrong with the archive that the path leads to.
  var damage: FoundArtifact? {
    guard case .folder(let folder) = entry else { return nil }
    return folder.damage
  }

  func source(
    _ name: String, at path: String? = nil, _ artifacts: [FoundArtifact], _ passedOver: [String]
  ) -> ExecutionSource {
    let root = path ?? self.path
    return ExecutionSource(
      name: name, givenPath: givenPath, root: root,
      identity: content.map { "\($0) \(root)" } ?? root, artifacts: artifacts,
      passedOver: passedOver, limit: limit)
  }
}

extension ExecutionSource {
  fileprivate func adding(_ more: [FoundArtifact]) -> ExecutionSource {
    ExecutionSource(
      name: name, givenPath: givenPath, root: root, identity: identity,
      artifacts: artifacts + more, passedOver: passedOver, limit: limit)
  }
}
