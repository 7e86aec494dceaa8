import ArgumentParser
import Ingestion
import Reports
import TraceIndex
import TraceModel

struct IndexBuildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "build",
    abstract: "Index runs now, so that they open at once later.",
    discussion: """
      An index that is fresh is left alone, unless --rebuild is given.

      EXAMPLES
        vestige index build runs/
        vestige index build run-1/ --rebuild --index-dir /tmp/indexes
      """)

  @OptionGroup var executions: ExecutionOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    if let problem = try executions.cache.cache().problem { throw problem }
    let indexes = try executions.executions()
    let table = Report.Table(
      key: "indexes", title: "",
      columns: [
        Report.Column("execution", "run"), Report.Column("rows", "rows"),
        Report.Column("records_refused", "refused"), Report.Column("index", "index"),
      ],
      rows: indexes.map { index in
        [
          .text(index.name), .integer(index.rowCount), .count(index.totals.recordsRefused),
          .path(index.path),
        ]
      })
    try report.print(Report(kind: "index-build/1", title: "", parts: [.table(table)]))
  }
}
