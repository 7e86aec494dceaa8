package import PolicyAnalysis
package import TraceAnalysis
package import TraceIndex
import TraceQuery

/// Something to be worked out about runs, away from the keys.
package struct AnalysisRequest: Sendable, Equatable {
  /// What, and about which runs: the numbers are those of the list of runs. A filter is a query
  /// whose rows alone count; nil for all rows.
  package enum Subject: Hashable, Sendable {
    case summary(Int, filter: String?)
    case comparison(before: Int, after: Int, filter: String?)
    case growth(Int, PolicyDialect)
    case policy(Int, principal: String?, PolicyDialect)
    case draft(Int, principal: String?, PolicyDialect, PolicyEdits)
    /// The generated policy against the existing one that was read as the `version`th.
    case standing(Int, principal: String?, PolicyDialect, version: Int)

    /// The runs that it is about, in the order of the request's indexes.
    package var runs: [Int] {
      switch self {
      case .summary(let run, _), .growth(let run, _), .policy(let run, _, _),
        .draft(let run, _, _, _), .standing(let run, _, _, _):
        [run]
      case .comparison(let before, let after, _): [before, after]
      }
    }
  }

  package let subject: Subject
  /// The indexes of the runs, in the order in which the subject names them.
  package let indexes: [TraceIndex]
  /// The runs' names, for the command in a policy's header: with paths, the document would differ
  /// from machine to machine.
  let names: [String]
  /// The policy that is edited or held against another.
  var basis: WhatIf?
  /// The policy that it is held against.
  var existing: ExistingPolicy?

  package static func == (a: AnalysisRequest, b: AnalysisRequest) -> Bool {
    a.subject == b.subject
  }

  /// Works it out. Pure, and safe on any thread.
  package func run(awsCatalogue: AWSCatalogueFile = .builtIn) -> AnalysisResult {
    AnalysisResult(subject: subject, value: value(awsCatalogue), indexes: indexes)
  }

  private func value(_ awsCatalogue: AWSCatalogueFile) -> AnalysisResult.Value {
    switch subject {
    case .summary(_, let filter):
      return .summary(ExecutionSummary(indexes[0], rows: rows(of: indexes[0], matching: filter)))
    case .comparison(_, _, let filter):
      return .comparison(
        ExecutionDiff(
          before: indexes[0], rows: rows(of: indexes[0], matching: filter), after: indexes[1],
          rows: rows(of: indexes[1], matching: filter)))
    case .growth(_, let dialect):
      return .growth(PolicyGrowth(index: indexes[0], policyRequest(dialect, nil, awsCatalogue)))
    case .policy(_, let principal, let dialect):
      let request = policyRequest(dialect, principal, awsCatalogue)
      do throws(PolicyError) {
        return .policy(WhatIf(try PolicyGenerator.generate(from: indexes, request), of: indexes))
      } catch {
        return .impossible("\(error)")
      }
    case .draft(_, let principal, let dialect, let edits):
      guard let basis else { return .impossible("no policy to edit") }
      return .draft(basis.draft(edits, policyRequest(dialect, principal, awsCatalogue)))
    case .standing(_, _, let dialect, _):
      guard let basis, let existing else { return .impossible("no policy to compare") }
      do throws(PolicyReadError) {
        return .standing(
          PolicyComparison(
            basis.policy, with: try dialect.engine(reading: existing.input(for: indexes)),
            of: indexes))
      } catch {
        return .impossible(
          "\(existing.path) is no policy of \(dialect.title) that can be read: \(error.problem)")
      }
    }
  }

  private func policyRequest(
    _ dialect: PolicyDialect, _ principal: String?, _ awsCatalogue: AWSCatalogueFile
  ) -> PolicyRequest {
    var request = PolicyRequest(dialect: dialect, principal: principal, paths: names)
    request.awsCatalogue = awsCatalogue
    return request
  }

  private func rows(of index: TraceIndex, matching filter: String?) -> RowSet? {
    filter.map { FilterStack.rows(matching: $0, in: index) }
  }
}

/// What came of a request.
package struct AnalysisResult: Sendable {
  package enum Value: Sendable {
    case summary(ExecutionSummary)
    case comparison(ExecutionDiff)
    case growth(PolicyGrowth)
    case policy(WhatIf)
    case draft(PolicyDraft)
    case standing(PolicyComparison)
    /// Why there is no answer.
    case impossible(String)
  }

  package let subject: AnalysisRequest.Subject
  package let value: Value
  /// The indexes that it was worked out from.
  let indexes: [TraceIndex]
}

/// What was worked out so far.
package struct Analyses: Sendable {
  private var values: [AnalysisRequest.Subject: AnalysisResult.Value] = [:]
  private var asked: Set<AnalysisRequest.Subject> = []

  init() {}

  mutating func store(_ result: AnalysisResult) {
    // Of drafts the last one is kept: each is a whole policy.
    if result.subject.isDraft {
      values = values.filter { !$0.key.isDraft }
      asked = asked.filter { !$0.isDraft }
      asked.insert(result.subject)
    }
    values[result.subject] = result.value
  }

  /// Whether a subject was neither asked for nor answered; it counts as asked for from now on.
  ///
  /// While a draft is worked out no other one is: what is asked for then is the newest.
  mutating func ask(_ subject: AnalysisRequest.Subject) -> Bool {
    if subject.isDraft, asked.contains(where: { $0.isDraft && values[$0] == nil }) { return false }
    return asked.insert(subject).inserted
  }

  /// Forgets everything about a run whose index is new.
  mutating func forget(execution: Int) {
    values = values.filter { !$0.key.runs.contains(execution) }
    asked = asked.filter { !$0.runs.contains(execution) }
  }

  package func summary(_ execution: Int, filter: String?) -> ExecutionSummary? {
    if case .summary(let value) = values[.summary(execution, filter: filter)] { value } else { nil }
  }

  package func comparison(before: Int, after: Int, filter: String?) -> ExecutionDiff? {
    let subject = AnalysisRequest.Subject.comparison(
      before: before, after: after, filter: filter)
    if case .comparison(let value) = values[subject] { return value }
    return nil
  }

  package func growth(_ execution: Int, _ dialect: PolicyDialect) -> PolicyGrowth? {
    if case .growth(let value) = values[.growth(execution, dialect)] { value } else { nil }
  }

  package func policy(_ execution: Int, principal: String?, _ dialect: PolicyDialect)
    -> PolicyAnswer?
  {
    switch values[.policy(execution, principal: principal, dialect)] {
    case .policy(let policy): .policy(policy)
    case .impossible(let reason): .impossible(reason)
    default: nil
    }
  }

  func draft(_ subject: AnalysisRequest.Subject) -> PolicyDraft? {
    if case .draft(let draft) = values[subject] { draft } else { nil }
  }

  func standing(_ subject: AnalysisRequest.Subject) -> StandingAnswer? {
    switch values[subject] {
    case .standing(let comparison): .comparison(comparison)
    case .impossible(let reason): .impossible(reason)
    default: nil
    }
  }
}

/// A policy, or why there is none.
package enum PolicyAnswer: Sendable {
  case policy(WhatIf)
  case impossible(String)
}

/// How a policy stands against an existing one, or why that cannot be said.
package enum StandingAnswer: Sendable {
  case comparison(PolicyComparison)
  case impossible(String)
}

/// A policy that was read from a file.
package struct ExistingPolicy: Sendable, Equatable {
  package let path: String
  package let text: String
  /// The file with what it may not say itself.
  func input(for indexes: [TraceIndex]) -> PolicyInput {
    PolicyInput(
      files: [PolicyFile(name: String(path.split(separator: "/").last ?? ""), text: text)],
      principals: PolicyInput.principals(of: indexes))
  }

  /// The number of policies read before it, so that each has a number of its own.
  let version: Int
}

extension AnalysisRequest.Subject {
  fileprivate var isDraft: Bool { if case .draft = self { true } else { false } }
}

extension ExplorerState {
  /// Requests for whatever the visible screen needs and nobody asked for yet.
  mutating func requests() -> [Effect] {
    var subjects: [AnalysisRequest.Subject] = []
    let filter = filters.active
    switch screen {
    case .executions(let list):
      let selected = list.position.selected
      subjects.append(.summary(selected, filter: filter))
      if let base = comparisonBase(for: selected) {
        subjects.append(.comparison(before: base, after: selected, filter: filter))
      }
      // The figures of each run are those of the rows that the filter keeps.
      if filter != nil {
        subjects += executions.indices.map { .summary($0, filter: filter) }
      }
    case .events(let events):
      if let dialect = dialect(of: events.shownExecution) {
        subjects.append(.growth(events.shownExecution, dialect))
      }
    case .summary(let summary): subjects.append(.summary(summary.shownExecution, filter: filter))
    case .policy(let policy):
      subjects.append(
        .policy(policy.shownExecution, principal: policy.principal, policy.dialect))
      subjects.append(.policy(policy.shownExecution, principal: nil, policy.dialect))
      if policy.whatIf(analyses) != nil {
        if !policy.applied.isEmpty { subjects.append(policy.draftSubject) }
        if let existingPolicy { subjects.append(policy.standingSubject(existingPolicy)) }
      }
    case .diff(let diff):
      subjects.append(.comparison(before: diff.before, after: diff.after, filter: filter))
    case .raw(let raw): return recordRequest(raw).map { [$0] } ?? []
    case .traces, .waterfall, .diagnostics: break
    }
    return subjects.compactMap { request($0) }.map(Effect.analyse)
  }

  /// The dialect of a run's policy; nil when there is no such run.
  package func dialect(of execution: Int) -> PolicyDialect? {
    executions.indices.contains(execution) ? executions[execution].dialect : nil
  }

  /// The growth of a run's policy; nil while it is being worked out.
  package func growth(_ execution: Int) -> PolicyGrowth? {
    dialect(of: execution).flatMap { analyses.growth(execution, $0) }
  }

  private mutating func request(_ subject: AnalysisRequest.Subject) -> AnalysisRequest? {
    let runs = subject.runs
    guard runs.allSatisfy(executions.indices.contains) else { return nil }
    let indexes = runs.compactMap { executions[$0].index }
    guard indexes.count == runs.count, analyses.ask(subject) else { return nil }
    var request = AnalysisRequest(
      subject: subject, indexes: indexes, names: runs.map { executions[$0].name })
    switch subject {
    case .draft, .standing:
      if case .policy(let policy) = screen { request.basis = policy.whatIf(analyses) }
      request.existing = existingPolicy
    default: break
    }
    return request
  }

  /// The record that a screen is still without.
  private func recordRequest(_ raw: RawState) -> Effect? {
    raw.bytes == nil ? place(of: raw).map(Effect.readRecord) : nil
  }

  /// Where the bytes of a screen are; nil when its run is not there.
  func place(of raw: RawState) -> RecordPlace? {
    guard executions.indices.contains(raw.shownExecution),
      let index = executions[raw.shownExecution].index, let range = raw.range(in: index)
    else { return nil }
    return RecordPlace(
      execution: raw.shownExecution, root: executions[raw.shownExecution].path,
      artifact: index.artifacts[range.artifact], offset: range.offset, length: range.length)
  }

  /// The runs to compare while `execution` is looked at: run A and this one; run A and run B while
  /// it is run A, or none. Nil when there are no two.
  package func pair(for execution: Int?) -> (before: Int, after: Int)? {
    guard let before else { return nil }
    let later = execution == nil || execution == before ? after : execution
    guard let later, later != before, executions.indices.contains(later) else { return nil }
    return (before, later)
  }

  /// The run that a selected run is held against; nil for run A and while one is not ready.
  package func comparisonBase(for execution: Int) -> Int? {
    guard let pair = pair(for: execution), pair.after == execution,
      executions[execution].index != nil, executions[pair.before].index != nil
    else { return nil }
    return pair.before
  }
}
