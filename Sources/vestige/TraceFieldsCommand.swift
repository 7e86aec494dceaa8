import ArgumentParser
import Reports
import TraceAnalysis
import TraceIndex

struct TraceFieldsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fields",
    abstract: "The fields that rows have, and how many different values of each.",
    discussion: """
      The values of one field are a question to 'vestige trace query', as the last example asks it.

      EXAMPLES
        vestige trace fields run-1/
        vestige trace fields run-1/ --filter 'is:error' --format csv
        vestige trace query run-1/ 'is:error | by(service) | count()'
      """)

  @OptionGroup var executions: ExecutionOptions
  @OptionGroup var filter: FilterOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let indexes = try executions.executions()
    let censuses = try indexes.map { index in
      (
        execution: index.name,
        census: FieldCensus(
          index, rows: try filter.rows(in: index, isOneOfSeveral: indexes.count > 1))
      )
    }
    try report.print(.fields(censuses))
  }
}
