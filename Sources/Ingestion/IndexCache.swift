import CKernels
import Glibc
package import TraceIndex
import TraceModel

/// Index files of executions, kept between runs of the program.
///
/// The file's name is made of the execution's path and of everything that decides what is in it;
/// an index whose artifacts have changed since (other files, sizes or times) is stale and is
/// written anew.
package struct IndexCache: Sendable {
  /// Raised whenever the same bytes give other rows, by other readers or other joins.
  static let readerRevision = 3

  /// The folder of the index files.
  package let folder: String
  /// Why indexes cannot be kept, where the user's own cache cannot be used: the folder is then a
  /// passing one, and every index is gone with the program.
  package let problem: IngestionError?
  /// The user named the folder, so that nothing else will do.
  private let isNamed: Bool
  /// How far apart in time records of one principal may be and still be joined, in nanoseconds.
  package var joinWindow = RecordJoin.usualWindow

  /// - Parameter folder: nil for `$XDG_CACHE_HOME/vestige`, or `~/.cache/vestige`.
  /// - Throws: `IngestionError.unwritable` when the named folder cannot be made, or no other.
  package init(folder: String?, environment: [String: String]) throws(IngestionError) {
    if let folder {
      try IndexCache.makeFolder(folder)
      (self.folder, problem, isNamed) = (folder, nil, true)
      return
    }
    do throws(IngestionError) {
      let kept = try IndexCache.usual(environment)
      try IndexCache.makeFolder(kept)
      (self.folder, problem, isNamed) = (kept, nil, false)
    } catch {
      self = try IndexCache(passingBecauseOf: error)
    }
  }

  /// A cache in memory, or where temporary files are, for one run of the program.
  ///
  /// - Throws: the reason itself when there is no such place either.
  private init(passingBecauseOf reason: IngestionError) throws(IngestionError) {
    guard let folder = IndexCache.passingFolder else { throw reason }
    self.folder = folder
    problem = reason
    isNamed = false
  }

  /// How the folders of passing indexes begin; nil where there is no place for them.
  static var passingFolder: String? {
    let places = ["/dev/shm", "/tmp"]
    return places.first { unsafe access($0, W_OK | X_OK) == 0 }.map { "\($0)/vestige-\(getpid())" }
  }

  private init(folder: String, problem: IngestionError?, isNamed: Bool) {
    (self.folder, self.problem, self.isNamed) = (folder, problem, isNamed)
  }

  private static func usual(_ environment: [String: String]) throws(IngestionError) -> String {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return cache + "/vestige"
    }
    if let home = environment["HOME"], !home.isEmpty { return home + "/.cache/vestige" }
    throw .unwritable(path: "$HOME", reason: "it is not set")
  }

  /// The executions of a source: from the cache where it is fresh, otherwise read and written.
  ///
  /// Usually one; a source whose artifacts name several runs (`environment.ci.run_id`) is one
  /// execution for each, in the order of first appearance.
  ///
  /// Where an index cannot be written (the disk is full, the cache belongs to somebody else), it is
  /// made in memory, unless the user named the folder: at such a time an answer is worth more than
  /// a file.
  ///
  /// - Parameters:
  ///   - progress: called while artifacts are read; false stops.
  ///   - notKept: called with the reason when the index is only in memory.
  /// - Throws: `IngestionError`.
  package func executions(
    of source: ExecutionSource, rebuild: Bool = false,
    progress: (IngestionProgress) -> Bool = { _ in true },
    notKept: (IngestionError) -> Void = { _ in }
  ) throws(IngestionError) -> [TraceIndex] {
    if let problem {
      notKept(problem)
      return try passing(source, progress)
    }
    if !rebuild, let cached = cached(source) { return cached }
    do throws(IngestionError) {
      return try built(source, progress)
    } catch {
      guard !isNamed, case .index(.system) = error else { throw error }
      notKept(error)
      var passing = try IndexCache(passingBecauseOf: error)
      passing.joinWindow = joinWindow
      return try passing.passing(source, progress)
    }
  }

  /// Indexes whose files are gone once they are open.
  ///
  /// Others may write where the folder is, so it gets a name that nobody can have taken before.
  private func passing(
    _ source: ExecutionSource, _ progress: (IngestionProgress) -> Bool
  ) throws(IngestionError) -> [TraceIndex] {
    let path = try IndexCache.makeUniqueFolder(folder)
    var own = IndexCache(folder: path, problem: nil, isNamed: true)
    own.joinWindow = joinWindow
    defer { IndexCache.removePassing(path) { own.path(of: source, part: $0) } }
    return try own.built(source, progress)
  }

  /// Removes the folder of passing indexes, with as many as there are.
  static func removePassing(_ folder: String, _ path: (_ part: Int) -> String) {
    var part = 0
    while unlink(path(part)) == 0 { part += 1 }
    rmdir(folder)
  }

  /// Makes a folder whose name nobody can have taken before, and returns its path.
  static func makeUniqueFolder(_ prefix: String) throws(IngestionError) -> String {
    var name = Array("\(prefix)-XXXXXX".utf8CString)
    let isMade = name.withUnsafeMutableBufferPointer { buffer in
      unsafe buffer.baseAddress.map { unsafe mkdtemp($0) != nil } ?? false
    }
    guard isMade else {
      throw .unwritable(path: prefix, reason: unsafe String(cString: strerror(errno)))
    }
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private func built(
    _ source: ExecutionSource, _ progress: (IngestionProgress) -> Bool
  ) throws(IngestionError) -> [TraceIndex] {
    kernel_keep_memory()
    defer { kernel_give_memory_back() }
    let count = try write(source, progress: progress)
    var indexes: [TraceIndex] = []
    for part in 0..<count {
      do throws(TraceIndexError) {
        indexes.append(try TraceIndex.open(path: path(of: source, part: part)))
      } catch { throw .index(error) }
    }
    return indexes
  }

  /// Reads a source and writes its indexes; returns how many.
  private func write(
    _ source: ExecutionSource, progress: (IngestionProgress) -> Bool
  ) throws(IngestionError) -> Int {
    let space = SpillSpace(folder: folder)
    var batch = try ArtifactIngestion.read(source, space: space, progress: progress)
    RecordJoin.join(&batch, window: joinWindow)
    return try IndexCache.write(batch, named: source.name) { path(of: source, part: $0) }
  }

  /// Writes the indexes of a batch, one for each run that its rows name; returns how many.
  static func write(
    _ batch: borrowing RecordBatch, named title: String, to path: (_ part: Int) -> String
  ) throws(IngestionError) -> Int {
    let runs = runs(of: batch)
    for (part, run) in runs.enumerated() {
      let name =
        runs.count > 1 && !run.isEmpty ? title + "#" + batch.strings.string(run) : title
      do throws(TraceIndexError) {
        try IndexBuilder.write(
          batch, name: name, part: .init(number: part, count: runs.count, run: run),
          to: path(part))
      } catch { throw .index(error) }
    }
    return runs.count
  }

  /// The fresh indexes of a source; nil when one is missing, stale, damaged or of another version.
  package func cached(_ source: ExecutionSource) -> [TraceIndex]? {
    var indexes: [TraceIndex] = []
    repeat {
      // Any error means the same here: build it again.
      guard let index = try? TraceIndex.open(path: path(of: source, part: indexes.count)),
        isFresh(index, for: source)
      else { return nil }
      indexes.append(index)
    } while indexes.count < indexes[0].partCount
    return indexes
  }

  private func isFresh(_ index: TraceIndex, for source: ExecutionSource) -> Bool {
    index.artifacts.count == source.artifacts.count
      && zip(index.artifacts, source.artifacts).allSatisfy { stored, found in
        stored.path == found.displayPath && stored.size == found.size
          && stored.modified == found.modified
      }
  }

  /// The index files in the cache, by name.
  ///
  /// - Throws: `IngestionError.unreadable`.
  package func files() throws(IngestionError) -> [String] {
    if let problem { throw problem }
    return try namesInFolder(folder).map(\.text).filter { $0.hasSuffix(".vtix") }
      .map { "\(folder)/\($0)" }
  }

  /// Where the index of one part of a source is or will be.
  package func path(of source: ExecutionSource, part: Int = 0) -> String {
    var digest = ContentDigest()
    let how = "\(IndexFormat.version).\(IndexCache.readerRevision).\(joinWindow)"
    for text in [source.identity, how] {
      digest.update(Array(text.utf8).span.bytes)
    }
    let safe = source.name.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        ? Character(scalar) : "-"
    }
    return
      "\(folder)/\(String(safe.prefix(40)))-\(hexadecimal(digest.value, digits: 16)).\(part).vtix"
  }

  /// The runs that rows name, in order of first appearance; the empty one for rows that name none.
  private static func runs(of batch: borrowing RecordBatch) -> [StringID] {
    var runs: [StringID] = []
    var previous: StringID?
    for index in batch.rows.indices {
      batch.space?.pace(index)
      let run = batch.rows[index].run
      guard run != previous else { continue }
      if batch.hasWithdrawnRows && batch.isWithdrawn(index) { continue }
      previous = run
      if !runs.contains(run) { runs.append(run) }
    }
    return runs.isEmpty ? [.empty] : runs
  }

  private static func makeFolder(_ path: String) throws(IngestionError) {
    var status = stat()
    if stat(path, &status) == 0 { return }
    if path.utf8.count > 1 { try makeFolder(Ingestion.folder(of: path)) }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw .unwritable(path: path, reason: unsafe String(cString: strerror(errno)))
    }
  }
}
