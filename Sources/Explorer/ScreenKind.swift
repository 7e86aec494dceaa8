/// The screens of the explorer.
package enum ScreenKind: String, CaseIterable, Sendable {
  case executions, traces, waterfall, events, matrix, facets, policy, diff, summary, diagnostics,
    raw

  /// The heading in the path of views, and of the screen's help.
  package var title: String {
    switch self {
    case .executions: "runs"
    case .traces: "traces"
    case .waterfall: "waterfall"
    case .events: "events"
    case .matrix: "matrix"
    case .facets: "values"
    case .policy: "policy"
    case .diff: "diff"
    case .summary: "summary"
    case .diagnostics: "not understood"
    case .raw: "record"
    }
  }

  /// Whether the filters decide what the screen shows.
  ///
  /// A policy made of some of the decisions would grant too little or hide too much, and a record
  /// is what it is.
  package var obeysFilters: Bool {
    switch self {
    case .executions, .traces, .waterfall, .events, .matrix, .facets, .diff, .summary: true
    case .policy, .diagnostics, .raw: false
    }
  }

  /// The question that the person at this screen asks; the first line of its help.
  package var question: String {
    switch self {
    case .executions: "What do I have here, and which run is sick?"
    case .traces: "Which requests were there, and which of them failed or were slow?"
    case .waterfall: "What happened in this request, and where did it go wrong?"
    case .events: "In what order did it happen, and what did each step need?"
    case .matrix: "Who asked for what, and what were they denied?"
    case .facets: "Which values do these rows have, and which of them fail?"
    case .policy: "What does this service really need, and can I sign it?"
    case .diff: "What changed, and what of it matters?"
    case .summary: "What is the shape of this run?"
    case .diagnostics: "What could not be understood, and where is it?"
    case .raw: "What does the record itself say?"
    }
  }
}
