import ArgumentParser
import Reports
import TraceAnalysis
import TraceIndex

struct TraceMatrixCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "matrix",
    abstract: "Who asked for what: decisions by principal and permission.",
    discussion: """
      The busiest principals and permissions come first. The explorer shows the same as a grid (4).

      EXAMPLES
        vestige trace matrix run-1/
        vestige trace matrix run-1/ --denied
        vestige trace matrix run-1/ --filter 'service:payments' --format csv
        vestige trace matrix runs/ --format json | jq .cells
      """)

  @OptionGroup var executions: ExecutionOptions
  @OptionGroup var filter: FilterOptions

  @Flag(help: "Only pairs with a denial.")
  var denied = false

  @OptionGroup var report: ReportOptions

  func run() throws {
    let indexes = try executions.executions()
    let matrices = try indexes.map { index in
      let matrix = AccessMatrix(
        index, rows: try filter.rows(in: index, isOneOfSeveral: indexes.count > 1))
      return (execution: index.name, matrix: denied ? matrix.deniedOnly : matrix)
    }
    try report.print(.matrix(matrices))
  }
}
