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
      service and name. What explains other differences comes first. The exit status is
      also 1 when nothing differs but records of a run could not be read.

      EXAMPLES
        vestige trace diff baseline/ incident/
        vestige trace diff runs/                 a folder of two runs, by name
        vestige trace diff baseline/ incident/ --format markdown > diff.md
        vestige trace diff before.jsonl after.jsonl --filter 'actor:*payments*'
        vestige trace diff main/ branch/ > /dev/null || echo 'look at this first'
      """)

  @Argument(help: "The run to compare with; alone, a folder of two runs.", completion: .file())
  var before: String

  @Argument(help: "The run that is looked at.", completion: .file())
  var after: String?

  @OptionGroup var cache: CacheOptions
  @OptionGroup var filter: FilterOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let (a, b) = try both()
    let diff = ExecutionDiff(
      before: a.index, rows: try filter.rows(in: a.index, isOneOfSeveral: true), after: b.index,
      rows: try filter.rows(in: b.index, isOneOfSeveral: true))
    try report.print(.diff(diff, [a.account, b.account]))
    if !diff.isCertainlyEmpty { throw ExitCode.finding }
  }

  private func both() throws -> (OpenExecution, OpenExecution) {
    if let after { return (try execution(at: before), try execution(at: after)) }
    let found = try cache.opened(at: [before])
    guard found.count == 2 else {
      throw NotTwoRunsError(path: before, names: found.map(\.index.name))
    }
    return (found[0], found[1])
  }

  private func execution(at path: String) throws -> OpenExecution {
    let found = try cache.opened(at: [path])
    guard found.count == 1 else {
      throw SeveralRunsError(path: path, names: found.map(\.index.name))
    }
    return found[0]
  }
}

struct NotTwoRunsError: Error, Equatable, CustomStringConvertible {
  let path: String
  let names: [String]

  var description: String {
    "\(visibleText(path)): alone, it must hold two runs, and it "
      + (names.count == 1 ? "is one; name the other, too" : "holds \(names.count); name two of: ")
      + (names.count == 1 ? "" : listed(names))
  }
}

/// The first names, for a message.
private func listed(_ names: [String]) -> String {
  names.prefix(5).map { visibleText($0) }.joined(separator: ", ") + (names.count > 5 ? ", …" : "")
}

struct SeveralRunsError: Error, Equatable, CustomStringConvertible {
  let path: String
  let names: [String]

  var description: String {
    "\(visibleText(path)): holds \(names.count) runs, and one is compared with one; name one of: "
      + listed(names)
  }
}
