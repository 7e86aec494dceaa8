import ArgumentParser
import Glibc
import Ingestion
import Reports

struct IndexCleanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clean",
    abstract: "Remove the index files of the cache; artifacts are never touched.",
    discussion: """
      EXAMPLES
        vestige index clean
        vestige index clean --index-dir /tmp/indexes
      """)

  @Option(
    name: .customLong("index-dir"),
    help: ArgumentHelp("Where the index files are kept.", valueName: "dir"),
    completion: .directory)
  var indexFolder: String?

  @OptionGroup var report: ReportOptions

  func run() throws {
    let files = try CacheOptions.cache(in: indexFolder).files()
    for file in files where unlink(file) != 0 {
      throw OutputError.unwritable(path: file, reason: unsafe String(cString: strerror(errno)))
    }
    let table = Report.Table(
      key: "removed", title: "Removed", columns: [Report.Column("index", "index")],
      rows: files.map { [.path($0)] })
    try report.print(Report(kind: "index-clean/1", title: "", parts: [.table(table)]))
  }
}
