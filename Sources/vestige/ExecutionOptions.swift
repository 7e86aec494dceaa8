import ArgumentParser
import Glibc
import Ingestion
import TraceAnalysis
import TraceIndex
import TraceModel
import TraceQuery

/// How far compressed artifacts may expand.
struct ExpansionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Give up on compressed data that expands to more than N times its size.", valueName: "n"))
  var maxExpansion = ExpansionLimit.standard.ratio

  var limit: ExpansionLimit { ExpansionLimit(ratio: maxExpansion) }
}

/// How far apart in time records of one principal may be and still be joined.
struct JoinWindow: ExpressibleByArgument, CustomStringConvertible {
  let nanoseconds: Int64

  init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  init?(argument: String) {
    guard let nanoseconds = DurationText.value(argument), nanoseconds >= 0 else { return nil }
    self.nanoseconds = nanoseconds
  }

  var description: String { DurationText.text(nanoseconds) }
}

/// Where index files are kept, and whether they are trusted.
struct CacheOptions: ParsableArguments {
  @Option(
    name: .customLong("index-dir"),
    help: ArgumentHelp(
      "Keep index files in DIR instead of $XDG_CACHE_HOME/vestige.", valueName: "dir"),
    completion: .directory)
  var indexFolder: String?

  @Flag(help: "Read the artifacts again, even when their index is fresh.")
  var rebuild = false

  @OptionGroup var expansion: ExpansionOptions

  @Option(
    help: ArgumentHelp(
      "Join a record that names no trace with one of its principal, up to DURATION away; 0 for "
        + "never.", valueName: "duration"))
  var joinWindow = JoinWindow(nanoseconds: RecordJoin.usualWindow)

  func cache() throws(IngestionError) -> IndexCache {
    var cache = try CacheOptions.cache(in: indexFolder)
    cache.joinWindow = joinWindow.nanoseconds
    return cache
  }

  /// The index files in a folder; nil for the user's cache.
  static func cache(in folder: String?) throws(IngestionError) -> IndexCache {
    var environment: [String: String] = [:]
    for name in ["XDG_CACHE_HOME", "HOME"] {
      if let value = unsafe getenv(name) { unsafe environment[name] = String(cString: value) }
    }
    return try IndexCache(folder: folder, environment: environment)
  }

  /// The executions at `paths`, read or taken from the cache, in the order of the paths.
  ///
  /// Says on standard error what a person should know before trusting a result: records that
  /// could not be read.
  ///
  /// - Throws: `IngestionError`, also when a file that was named outright is of no known format.
  func executions(at paths: [String]) throws(IngestionError) -> [TraceIndex] {
    try opened(at: paths).map(\.index)
  }

  /// The same, each with what was read and what was not.
  ///
  /// - Throws: as `executions(at:)`.
  func opened(at paths: [String]) throws(IngestionError) -> [OpenExecution] {
    let sources = try sources(at: paths)
    let cache = try cache()
    var opened: [OpenExecution] = []
    for source in sources { opened += try self.opened(source, in: cache) }
    return opened
  }

  /// One source's executions, each with what was read and what was not.
  ///
  /// - Throws: `IngestionError`.
  func opened(
    _ source: ExecutionSource, in cache: IndexCache, warns: Bool = true
  ) throws(IngestionError) -> [OpenExecution] {
    try executions(of: source, in: cache, warns: warns).enumerated().map { part, index in
      OpenExecution(
        index: index,
        account: ArtifactAccount(index, passedOver: source.passedOver, isFurtherPart: part > 0))
    }
  }

  /// What there is to read at `paths`.
  ///
  /// - Throws: `IngestionError`, also when a file that was named outright is of no known format.
  func sources(at paths: [String]) throws(IngestionError) -> [ExecutionSource] {
    let sources = try ArtifactFinder.executions(at: paths, within: expansion.limit)
    for source in sources where source.artifacts.allSatisfy({ $0.reader == nil }) {
      throw .noArtifacts(path: source.givenPath, looked: source.artifacts.count)
    }
    return sources
  }

  /// One source's executions, with a line of progress when it takes long.
  ///
  /// - Parameter warns: whether records that could not be read are worth a word.
  func executions(
    of source: ExecutionSource, in cache: IndexCache, warns: Bool = true
  ) throws(IngestionError) -> [TraceIndex] {
    var line = ProgressLine()
    defer { line.erase() }
    let indexes = try cache.executions(
      of: source, rebuild: rebuild,
      progress: { progress in
        line.show(progress)
        return true
      },
      notKept: { reason in
        line.erase()
        StandardStream.error.say("vestige: the index is not kept: \(reason)\n")
      })
    line.erase()
    if warns { warnOfRefusedRecords(indexes, of: source) }
    return indexes
  }

  private func warnOfRefusedRecords(_ indexes: [TraceIndex], of source: ExecutionSource) {
    let refused = indexes.reduce(0) { $0 + $1.totals.recordsRefused }
    guard refused > 0 else { return }
    let read = indexes.reduce(0) { $0 + $1.totals.recordsRead }
    StandardStream.error.say(
      "vestige: \(visibleText(source.name)): \(QuantityText.count(refused)) of "
        + "\(QuantityText.count(refused + read)) records could not be read; "
        + "'vestige artifact inspect \(visibleText(source.root))' lists them\n")
  }
}

/// An execution with what is to be said about the files behind it.
struct OpenExecution {
  let index: TraceIndex
  let account: ArtifactAccount
}

/// One or more executions, named by their artifacts.
struct ExecutionOptions: ParsableArguments {
  @Argument(
    help: """
      Artifacts: a file or a folder is one run, a folder of folders is one run each. A tar \
      archive is a folder; gzip and zstd are seen through; - is standard input.
      """,
    completion: .file())
  var paths: [String]

  @OptionGroup var cache: CacheOptions

  func executions() throws(IngestionError) -> [TraceIndex] { try cache.executions(at: paths) }

  func opened() throws(IngestionError) -> [OpenExecution] { try cache.opened(at: paths) }

  func sources() throws(IngestionError) -> [ExecutionSource] { try cache.sources(at: paths) }

  /// What there is to follow, or will be.
  func growingSources() throws(IngestionError) -> [ExecutionSource] {
    try ArtifactFinder.growingExecutions(at: paths, within: cache.expansion.limit)
  }
}
