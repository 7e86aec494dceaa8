import ArgumentParser
import Reports
import TraceAnalysis
import TraceIndex
import TraceModel

struct TraceListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the traces of runs, one line each.",
    discussion: """
      Sorted by anything but start, the largest comes first.

      EXAMPLES
        vestige trace list run-1/ --sort duration --limit 10
        vestige trace list run-1/ --filter 'is:deny'         traces with a denial
        vestige trace list runs/ --sort errors --format csv
      """)

  @OptionGroup var executions: ExecutionOptions
  @OptionGroup var filter: FilterOptions

  @Option(help: "start, duration, spans, errors or denied")
  var sort = TraceList.Order.start

  @Flag(help: "Turn the order round.")
  var reverse = false

  @Option(
    parsing: .unconditional,
    help: "At most this many traces of each run; as text 1,000 unless told otherwise.")
  var limit: Int?

  @OptionGroup var report: ReportOptions

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError.negativeLimit }
  }

  func run() throws {
    let indexes = try executions.executions()
    let lists = try indexes.map { index in
      let list = TraceList(
        index, rows: try filter.rows(in: index, isOneOfSeveral: indexes.count > 1), by: sort,
        isDescending: (sort != .start) != reverse)
      let shown = report.shown(of: list.ordinals.count, limit: limit)
      if shown < list.ordinals.count {
        StandardStream.error.say(
          "vestige: \(visibleText(index.name)): \(QuantityText.count(shown)) of "
            + "\(QuantityText.count(list.ordinals.count)) traces; --limit says how many\n")
      }
      return (
        execution: index.name,
        rows: list.ordinals.prefix(shown).map { TraceList.Row(index, ordinal: $0) },
        looseRows: list.looseRows, looseDenied: list.looseDenied
      )
    }
    try report.print(.list(lists))
  }
}

extension TraceList.Order: ExpressibleByArgument {}
