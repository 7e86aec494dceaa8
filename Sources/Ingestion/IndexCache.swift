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
  /// Raised whenever readers give other records for the same bytes.
  static let readerRevision = 1

  /// The folder of the index files.
  package let folder: String

  /// - Parameter folder: nil for `$XDG_CACHE_HOME/vestige`, or `~/.cache/vestige`.
  /// - Throws: `IngestionError.unreadable` when there is no such place, or it cannot be made.
  package init(folder: String?, environment: [String: String]) throws(IngestionError) {
    if let folder {
      self.folder = folder
    } else if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      self.folder = cache + "/vestige"
    } else if let home = environment["HOME"], !home.isEmpty {
      self.folder = home + "/.cache/vestige"
    } else {
      throw .unreadable(
        path: "$HOME", reason: "no folder for index files; name one with --index-dir")
    }
    try IndexCache.makeFolder(self.folder)
  }

  /// The executions of a source: from the cache where it is fresh, otherwise read and written.
  ///
  /// Usually one; a source whose artifacts name several runs (`environment.ci.run_id`) is one
  /// execution for each, in the order of first appearance.
  ///
  /// - Parameter progress: called while artifacts are read; false stops.
  /// - Throws: `IngestionError`.
  package func executions(
    of source: ExecutionSource, rebuild: Bool = false,
    progress: (IngestionProgress) -> Bool = { _ in true }
  ) throws(IngestionError) -> [TraceIndex] {
    if !rebuild, let cached = cached(source) { return cached }
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
    let batch = try ArtifactIngestion.read(source, progress: progress)
    let runs = IndexCache.runs(of: batch)
    for (part, run) in runs.enumerated() {
      let name =
        runs.count > 1 && !run.isEmpty
        ? source.name + "#" + batch.strings.string(run) : source.name
      do throws(TraceIndexError) {
        try IndexBuilder.write(
          batch, name: name, part: .init(number: part, count: runs.count, run: run),
          to: path(of: source, part: part))
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
    try namesInFolder(folder).filter { $0.hasSuffix(".vtix") }.map { "\(folder)/\($0)" }
  }

  /// Where the index of one part of a source is or will be.
  package func path(of source: ExecutionSource, part: Int = 0) -> String {
    var digest = ContentDigest()
    for text in [source.identity, "\(IndexFormat.version).\(IndexCache.readerRevision)"] {
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
    for row in batch.rows where row.run != previous {
      previous = row.run
      if !runs.contains(row.run) { runs.append(row.run) }
    }
    return runs.isEmpty ? [.empty] : runs
  }

  private static func makeFolder(_ path: String) throws(IngestionError) {
    var status = stat()
    if stat(path, &status) == 0 { return }
    if path.utf8.count > 1 { try makeFolder(Ingestion.folder(of: path)) }
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw systemFailure(path) }
  }
}
