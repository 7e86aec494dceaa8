import ArgumentParser
import PolicyAnalysis
import Reports
import TraceAnalysis
import TraceIndex
import TraceModel

struct PolicyExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Show what is behind a statement, or what a decision did to the policy.",
    discussion: """
      A statement is named by its number, its id, or the beginning of its id. What it
      grants is shown with the reason, each decision behind it with its place in the
      artifacts, denials of the same, and what in the document says it.

      The other way round, --event takes the place of a decision: the artifact's path or
      the end of it, a colon, and the byte at which the record begins.

      EXAMPLES
        vestige policy explain 1 run-1/
        vestige policy explain payments:secretmanager run-1/ --format markdown
        vestige policy explain 1 run-1/ --dialect cedar --limit 20
        vestige policy explain --event payments.authz.jsonl:0 run-1/
      """)

  @Argument(
    help: ArgumentHelp(
      "The statement (not with --event), then artifacts, as for 'policy generate'.",
      valueName: "statement> <paths"))
  var words: [String]

  @Option(
    help: ArgumentHelp(
      "The decision whose record begins at this byte of an artifact.",
      valueName: "artifact:byte"))
  var event: String?

  @OptionGroup var options: PolicyOptions

  @OptionGroup var cache: CacheOptions

  @Option(help: "Show N rows of each table; without it 1,000, and all in JSON and CSV.")
  var limit: Int?

  @OptionGroup var report: ReportOptions

  private var paths: [String] { event == nil ? Array(words.dropFirst()) : words }

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError.negativeLimit }
    if paths.isEmpty { throw ValidationError("a statement and at least one PATH are needed") }
    if let event, place(event) == nil {
      throw ValidationError("--event takes ARTIFACT:BYTE, as 'policy explain' prints them")
    }
  }

  func run() throws {
    let opened = try cache.opened(at: paths)
    let policy = try options.policy(of: opened, paths)
    let indexes = opened.map(\.index)
    guard let event else {
      let statement = try policy.statement(named: words[0])
      let explanation = StatementExplanation(statement, of: policy, in: indexes)
      let most = max(explanation.rows.count, explanation.denials.count)
      let shown = report.shown(of: most, limit: limit)
      return try report.print(
        .explanation(explanation, options.dialect, shown: shown, opened.map(\.account)))
    }
    guard let (artifact, byte) = place(event) else { return }
    let events = EventExplanation.all(
      artifact: artifact, byteOffset: byte, for: policy, in: indexes)
    if events.isEmpty { throw NoDecisionThere(event: event) }
    try report.print(.events(events, options.dialect, opened.map(\.account)))
  }

  /// The path and the byte of `--event`.
  private func place(_ text: String) -> (artifact: String, byte: UInt64)? {
    guard let colon = text.lastIndex(of: ":"), colon > text.startIndex,
      let byte = UInt64(text[text.index(after: colon)...])
    else { return nil }
    return (String(text[..<colon]), byte)
  }
}

/// No decision begins where one was looked for.
struct NoDecisionThere: Error, CustomStringConvertible {
  let event: String

  var description: String {
    "no decision begins at \(visibleText(event)); 'vestige trace query PATH kind:decision' lists "
      + "artifacts and bytes"
  }
}
