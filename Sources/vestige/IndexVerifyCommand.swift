import ArgumentParser
import Ingestion
import Reports
import TraceIndex

struct IndexVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check indexes byte by byte; exit status 1 when one is damaged or stale.",
    discussion: """
      Without a PATH, all index files of the cache are checked against their own
      digests; with one, the indexes of its runs are compared with the artifacts, too.

      EXAMPLES
        vestige index verify
        vestige index verify runs/
      """)

  @Argument(help: "Artifacts, as for every command, or index files.", completion: .file())
  var paths: [String] = []

  @Option(
    name: .customLong("index-dir"),
    help: ArgumentHelp("Where the index files are kept.", valueName: "dir"),
    completion: .directory)
  var indexFolder: String?

  @OptionGroup var expansion: ExpansionOptions
  @OptionGroup var report: ReportOptions

  private struct Finding {
    enum State: String {
      case sound, stale, missing, damaged
      case otherVersion = "other-version"
      case noIndex = "no-index"
    }

    let index: String
    let state: State
    var detail = ""
  }

  func run() throws {
    let cache = try CacheOptions.cache(in: indexFolder)
    var findings: [Finding] = []
    for file in paths.isEmpty ? try cache.files() : [] { findings.append(check(file)) }
    for path in paths { findings += try self.findings(at: path, cache) }
    let table = Report.Table(
      key: "indexes", title: "",
      columns: [
        Report.Column("state", "state"), Report.Column("index", "index"),
        Report.Column("detail", "detail"),
      ],
      rows: findings.map { [.text($0.state.rawValue), .text($0.index), .optional($0.detail)] })
    try report.print(Report(kind: "index-verify/1", title: "", parts: [.table(table)]))
    if findings.contains(where: { $0.state != .sound }) { throw ExitCode.finding }
  }

  private func findings(at path: String, _ cache: IndexCache) throws -> [Finding] {
    if path.hasSuffix(".vtix") { return [check(path)] }
    return try ArtifactFinder.executions(at: [path], within: expansion.limit).flatMap {
      source -> [Finding] in
      guard let indexes = cache.cached(source) else {
        let first = check(cache.path(of: source))
        guard first.state == .sound else { return [first] }
        return [
          Finding(
            index: first.index, state: .stale,
            detail: "the artifacts have changed; 'vestige index build' renews it")
        ]
      }
      return indexes.map { check($0.path) }
    }
  }

  private func check(_ path: String) -> Finding {
    do throws(TraceIndexError) {
      try TraceIndex.open(path: path).verify()
      return Finding(index: path, state: .sound)
    } catch .system(_, let operation, let reason) {
      return Finding(index: path, state: .missing, detail: "cannot \(operation): \(reason)")
    } catch .corrupt(_, let offset, let reason) {
      return Finding(index: path, state: .damaged, detail: "at byte \(offset): \(reason)")
    } catch .unsupportedVersion(_, let found, _) {
      return Finding(index: path, state: .otherVersion, detail: "format \(found)")
    } catch {
      return Finding(index: path, state: .noIndex)
    }
  }
}
