import ArgumentParser
import Glibc
import Ingestion
import Reports
import TraceIndex
import TraceModel
import TraceQuery

struct TraceFollowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow",
    abstract: "Print rows as they come while artifacts grow, as tail -F prints lines.",
    discussion: """
      Begins with the last rows that are there. A last line waits for its end; renamed, replaced
      and truncated files are noticed, on standard error. What is no lines of JSON is read once.

      EXAMPLES
        vestige trace follow run-1/ --until-idle 1     ends when it has been quiet
        vestige trace follow run-1/ --filter is:deny --until-idle 1
        vestige trace follow run-1/ --from-start --format json --until-idle 1
      """)

  /// How a row is printed.
  enum LineFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
  }

  @Argument(
    help: """
      Artifacts that grow: a file or a folder is one run. Files may come later; in a folder, \
      new ones are picked up.
      """,
    completion: .file())
  var paths: [String]

  @Option(
    name: [.customLong("filter"), .customLong("where")],
    help: ArgumentHelp("Print only rows that QUERY keeps when they come.", valueName: "query"))
  var filter: String?

  @Option(
    name: [.customShort("n"), .long], parsing: .unconditional,
    help: "Begin with this many rows of each run.")
  var lines = 10

  @Flag(help: "Begin with the first row.")
  var fromStart = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("End when nothing has come for so many seconds.", valueName: "seconds"))
  var untilIdle: Double?

  @Option(help: "text, or json: an object a line.")
  var format = LineFormat.text

  @OptionGroup var expansion: ExpansionOptions

  func validate() throws {
    if lines < 0 { throw ValidationError("--lines takes 0 or a number above it") }
    if let untilIdle, !(0...1e9).contains(untilIdle) {
      throw ValidationError("--until-idle takes 0 or a number of seconds above it")
    }
  }

  func run() throws {
    let query = try filter.map { text throws(QueryProblem) in
      let query = try QueryProblem.parse(text)
      if query.yieldsTable { throw .notRows(text) }
      return query
    }
    let signals = FollowSignals()
    let sources = try ArtifactFinder.growingExecutions(at: paths, within: expansion.limit)
    var printer = RowPrinter(
      query: query, text: filter ?? "", format: format, namesRun: sources.count > 1,
      last: fromStart ? .max : lines)
    if let signal = try follow(sources.map(FollowedRows.init), signals, &printer) {
      throw ExitCode(128 + signal)
    }
  }

  /// Returns the signal that ended it; nil when nothing has come for long enough.
  private func follow(
    _ runs: [FollowedRows], _ signals: FollowSignals, _ printer: inout RowPrinter
  ) throws -> Int32? {
    let clock = ContinuousClock()
    let origin = clock.now
    var lastNews = origin
    var signal: Int32?
    while true {
      var line = ProgressLine()
      for run in runs {
        do throws(IngestionError) {
          let step = try run.look { progress in
            line.show(progress)
            return !signals.isPending
          }
          line.erase()
          if printer.tell(step) { lastNews = clock.now }
        } catch {
          line.erase()
          guard case .cancelled = error else { throw error }
        }
        try printer.print(run) { clock.now - origin }
      }
      // A pipe that nobody reads ends the program, as writing to it would.
      if StandardStream.output.isAbandoned { raise(SIGPIPE) }
      if let untilIdle, clock.now - lastNews >= .seconds(untilIdle) { break }
      signal = signals.wait(FollowPace.shortest)
      if signal != nil { break }
    }
    for run in runs {
      _ = printer.tell(run.finish())
      // Whoever interrupts does not want to wait for more.
      if signal == nil { try printer.print(run, time: nil) }
      printer.warn(of: run)
    }
    return signal
  }
}

/// Prints rows of followed runs as they come.
private struct RowPrinter {
  private let query: Query?
  private let text: String
  private let format: TraceFollowCommand.LineFormat
  private let last: Int
  private let keys: [String]
  private var line = RowLine(kind: "trace-follow/1", columns: QueryReport.rowColumns)

  init(
    query: Query?, text: String, format: TraceFollowCommand.LineFormat, namesRun: Bool, last: Int
  ) {
    self.query = query
    self.text = text
    self.format = format
    self.last = last
    keys =
      (namesRun ? ["execution"] : [])
      + ["start", "kind", "outcome", "service", "principal", "duration_ns", "name", "resource"]
  }

  /// Says what happened to artifacts; false when nothing did, and nothing was read.
  func tell(_ step: FollowStep) -> Bool {
    for notice in step.notices {
      StandardStream.error.say("vestige: \(visibleText("\(notice)"))\n")
    }
    return step.bytesRead > 0 || !step.notices.isEmpty
  }

  /// Prints the rows that have come.
  mutating func print(_ run: FollowedRows, time: (() -> Duration)?) throws {
    let rows = try run.newRows(time: time, last: last) { index in
      guard let query else { return nil }
      let result = try QueryProblem.evaluate(query, text, in: index, isOneOfSeveral: true)
      return switch result {
      case .rows(let rows): rows
      case .ordered(let rows): RowSet(rowCount: index.rowCount, rows)
      case .table: throw QueryProblem.notRows(text)
      }
    }
    let width = StandardStream.output.width
    var lines = ""
    for (index, row) in rows {
      let cells = QueryReport.cells(ofRow: row, in: index)
      lines += format == .json ? line.json(cells) : line.text(cells, keys: keys, width: width)
    }
    if !lines.isEmpty { try StandardStream.output.send(lines) }
    warn(of: run)
  }

  /// Says how many records could not be read, when there are more than were told.
  func warn(of run: FollowedRows) {
    let (more, all) = run.newlyRefused()
    guard more > 0 else { return }
    StandardStream.error.say(
      "vestige: \(visibleText(run.source.name)): \(QuantityText.count(more)) more "
        + "record\(more == 1 ? "" : "s") could not be read, \(QuantityText.count(all)) in all; "
        + "'vestige artifact inspect \(visibleText(run.source.root))' lists them\n")
  }
}
