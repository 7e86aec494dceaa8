import PolicyAnalysis
import TraceIndex
import TraceModel
import TraceQuery

extension ExplorerState {
  /// The shell command that prints what the screen shows.
  var shellCommand: String {
    func path(_ execution: Int?) -> String {
      guard let execution, executions.indices.contains(execution) else { return "PATH" }
      return ShellText.word(executions[execution].path)
    }
    let filter = filters.isActive ? " --filter \(ShellText.word(filters.text))" : ""
    let run = path(currentExecution)
    switch screen {
    case .executions:
      let paths = executions.map { ShellText.word($0.path) }.joined(separator: " ")
      return "vestige trace summarize \(paths)\(filter)"
    case .traces(let traces):
      return "vestige trace list \(run) --sort \(traces.order.rawValue)\(filter)"
    case .waterfall(let waterfall):
      guard let index = context(matches: nil).index(waterfall.shownExecution) else {
        return "vestige trace show"
      }
      return
        "vestige trace show \(run) --trace \(ShellText.word(index.idText(ofTrace: waterfall.trace)))"
    case .events(let events):
      guard let query = query(of: events) else { return "no command prints exactly these rows" }
      return "vestige trace query \(run) \(ShellText.word(query))"
    case .matrix(let matrix):
      return "vestige trace matrix \(run)\(matrix.deniedOnly ? " --denied" : "")\(filter)"
    case .facets(let facets):
      guard let field = facets.field else { return "vestige trace fields \(run)\(filter)" }
      let rows = filters.active.map { "\($0) " } ?? ""
      return "vestige trace query \(run) "
        + ShellText.word("\(rows)| by(\(ClauseText.name(field))) | count()")
    case .policy(let policy):
      let principal = policy.principal.map { " --principal \(ShellText.word($0))" } ?? ""
      return "vestige policy generate \(run) --dialect \(policy.dialect.rawValue)\(principal)"
    case .diff(let diff):
      return "vestige trace diff \(path(diff.before)) \(path(diff.after))\(filter)"
    case .summary: return "vestige trace summarize \(run)\(filter)"
    case .diagnostics: return "vestige artifact inspect \(run)"
    case .raw(let raw):
      guard case .row = raw.subject, let place = place(of: raw) else {
        return "vestige artifact inspect \(run)"
      }
      let query = "file=\(quoted(place.artifact.path)) byte=\(place.offset)"
      return "vestige trace query \(run) \(ShellText.word(query))"
    }
  }
}

extension ExplorerState {
  /// The query that keeps the rows of a list; nil when there is none that keeps just these.
  private func query(of events: EventsState) -> String? {
    guard let subset = events.subset else { return filters.active ?? "{}" }
    guard let index = context(matches: nil).index(events.shownExecution),
      let row = subset.rows.first(after: -1)
    else { return nil }
    // Evidence is of one principal, permission and target; whether that is all, the rows say.
    let fields = [
      ("actor", index.principal(row)), ("perm", index.permission(row)),
      ("target", index.target(row)),
    ]
    let clauses = fields.map { "\($0.0)=\(quoted(index.string($0.1)))" }
    let query = (["decision=\(index.outcome(row).name)"] + clauses).joined(separator: " ")
    guard FilterStack.rows(matching: query, in: index) == subset.rows else { return nil }
    return filters.active.map { "(\($0)) \(query)" } ?? query
  }
}

/// Words as a shell takes them.
enum ShellText {
  static func word(_ text: String) -> String {
    let isPlain =
      !text.isEmpty
      && text.unicodeScalars.allSatisfy {
        $0.isASCII
          && ($0.properties.isAlphabetic || $0.properties.numericType != nil
            || "-_./@:,=+".unicodeScalars.contains($0))
      }
    return isPlain
      ? text
      : "'"
        + text.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }
}
