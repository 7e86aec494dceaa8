import ArgumentParser
import Reports
import TraceIndex
import TraceModel
import TraceQuery

struct TraceQueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Ask runs a question: rows, or a table of groups.",
    discussion: """
      The query comes last. docs/query-language.md has the language.

      EXAMPLES
        vestige trace query run-1/ 'is:deny perm:secretmanager.*'
        vestige trace query run-1/ 'name="POST /checkout" | top(10, dur)'
        vestige trace query run-1/ 'is:deny | by(actor, perm) | count()'
        vestige trace query run-1/ '{ name="POST /checkout" } >> { is:deny }'
        vestige trace query runs/ 'is:error | by(service) | p95(dur)' --format csv
      """)

  @Argument(
    help: ArgumentHelp(
      "Artifacts, as for every command; then the query.", valueName: "paths> ... <query"),
    completion: .file())
  var words: [String]

  @Option(
    parsing: .unconditional,
    help: "At most this many rows of each run; as text 1,000 unless told otherwise.")
  var limit: Int?

  @OptionGroup var cache: CacheOptions
  @OptionGroup var report: ReportOptions

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError.negativeLimit }
    guard words.count >= 2 else {
      throw ValidationError("a query needs at least one PATH and the QUERY behind it")
    }
  }

  func run() throws {
    let text = words[words.count - 1]
    let query = try QueryProblem.parse(text)
    let indexes = try cache.executions(at: Array(words.dropLast()))
    var table: QueryReport?
    for index in indexes {
      let result = try QueryProblem.evaluate(
        query, text, in: index, isOneOfSeveral: indexes.count > 1)
      var part = QueryReport(result, in: index)
      let count = part.rowCount
      let shown = report.shown(of: count, limit: limit)
      part.fill(shown)
      if shown < count {
        StandardStream.error.say(
          "vestige: \(visibleText(index.name)): \(QuantityText.count(shown)) of "
            + "\(QuantityText.count(count)) rows; --limit says how many\n")
      }
      if table == nil { table = part } else { table?.append(part) }
    }
    if let table { try report.print(table.report(title: "")) }
  }
}
