import ArgumentParser
import Reports
import TraceAnalysis
import TraceIndex
import TraceModel

struct TraceDiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare two runs; the exit status is 1 when they differ beyond noise.",
    discussion: """
      Decisions are compared by principal, permission and resource; operations by
      service and name. What explains other differences comes first.

      EXAMPLES
        vestige trace diff baseline/ incident/
        vestige trace diff baseline/ incident/ --format markdown > diff.md
        vestige trace diff before.jsonl after.jsonl --filter 'actor:*payments*'
        vestige trace diff main/ branch/ > /dev/null || echo 'look at this first'
      """)

  @Argument(help: "The run to compare with.", completion: .file())
  var before: String

  @Argument(help: "The run that is looked at.", completion: .file())
  var after: String

  @OptionGroup var cache: CacheOptions
  @OptionGroup var filter: FilterOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let a = try execution(at: before)
    let b = try execution(at: after)
    let diff = ExecutionDiff(
      before: a, rows: try filter.rows(in: a, isOneOfSeveral: true), after: b,
      rows: try filter.rows(in: b, isOneOfSeveral: true))
    try report.print(.diff(diff))
    if !diff.isEmpty { throw ExitCode.finding }
  }

  private func execution(at path: String) throws -> TraceIndex {
    let indexes = try cache.executions(at: [path])
    guard indexes.count == 1 else {
      throw SeveralRunsError(path: path, names: indexes.map(\.name))
    }
    return indexes[0]
  }
}

struct SeveralRunsError: Error, Equatable, CustomStringConvertible {
  let path: String
  let names: [String]

  var description: String {
    "\(visibleText(path)): holds \(names.count) runs, and one is compared with one; name one of: "
      + names.prefix(5).map { visibleText($0) }.joined(separator: ", ")
      + (names.count > 5 ? ", …" : "")
  }
}
