import ArgumentParser
import Reports
import TraceAnalysis

struct TraceSummarizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summarize",
    abstract: "Sum up runs: totals, services, operations, denials, data quality.",
    discussion: """
      EXAMPLES
        vestige trace summarize run-1/
        vestige trace summarize runs/ --format markdown > summary.md
        vestige trace summarize run-1/ --filter 'service:payments is:error'
        vestige trace summarize run-1/ --format json | jq .totals.records_refused
      """)

  @OptionGroup var executions: ExecutionOptions
  @OptionGroup var filter: FilterOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let opened = try executions.opened()
    let summaries = try opened.map { execution in
      ExecutionSummary(
        execution.index,
        rows: try filter.rows(in: execution.index, isOneOfSeveral: opened.count > 1))
    }
    try report.print(.summary(summaries, opened.map(\.account)))
  }
}
