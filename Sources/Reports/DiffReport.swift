package import TraceAnalysis
import TraceModel

extension Report {
  /// What differs between two executions, causes first; `accounts` are about both.
  package static func diff(_ diff: ExecutionDiff, _ accounts: [ArtifactAccount]) -> Report {
    var report = Report(kind: "trace-diff/1", title: "\(diff.before) against \(diff.after)")
    report.parts = [
      .notes(key: "headlines", title: "", headlines(diff)),
      .facts(
        key: "totals", title: "Decision keys (principal, permission, resource)",
        [
          Fact("before", "run A", .text(diff.before)), Fact("after", "run B", .text(diff.after)),
          Fact("differences", "differences", .integer(diff.differences.count)),
          Fact("flipped_keys", "keys decided otherwise", .integer(diff.flips.count)),
          Fact("keys_before", "keys in A", .integer(diff.decisionKeys.before)),
          Fact("keys_after", "keys in B", .integer(diff.decisionKeys.after)),
          Fact("keys_unchanged", "keys unchanged", .integer(diff.decisionKeys.unchanged)),
          Fact("operations_unchanged", "operations unchanged", .integer(diff.unchangedOperations)),
          Fact("refused_before", "records refused in A", .count(diff.totalsBefore.recordsRefused)),
          Fact("refused_after", "records refused in B", .count(diff.totalsAfter.recordsRefused)),
          Fact(
            "files_passed_over", "files of no known format",
            .integer(accounts.reduce(0) { $0 + $1.passedOver.count })),
        ]),
      .table(differences(diff)), .table(flips(diff)), .table(notUnderstood(accounts)),
    ]
    return report
  }

  private static func headlines(_ diff: ExecutionDiff) -> [String] {
    guard diff.isEmpty else { return diff.headlines.map { $0.text + "." } }
    let all = diff.recordsRefused == 0
    return ["Nothing differs beyond noise\(all ? "" : " in what could be read")."]
      + diff.headlines.dropFirst().map { $0.text + "." }
  }

  private static func differences(_ diff: ExecutionDiff) -> Table {
    Table(
      key: "differences", title: "Differences",
      columns: [
        Column("number", "#"), Column("kind", "kind"), Column("subject", "what"),
        Column("measure", "measure"), Column("before", "before"), Column("after", "after"),
        Column("explained_by", "because of"), Column("first", "begins"),
        Column("evidence_rows", "rows"),
      ],
      rows: diff.differences.enumerated().map { number, difference in
        let change = difference.changes.first
        let causes = difference.explainedBy.map { String($0.difference + 1) }
        return [
          .integer(number + 1), .text(difference.kind.rawValue), .text(subject(difference)),
          change.map { .text($0.measure.rawValue) } ?? .none,
          change.map { value($0.before) } ?? .none, change.map { value($0.after) } ?? .none,
          .optional(difference.isExplained ? causes.joined(separator: " ") : ""),
          .optional(time: difference.first),
          difference.evidence.map { .integer($0.count) } ?? .none,
        ]
      }, shown: 40)
  }

  private static func flips(_ diff: ExecutionDiff) -> Table {
    Table(
      key: "flips", title: "Decided otherwise",
      columns: [
        Column("principal", "principal"), Column("permission", "permission"),
        Column("resource", "resource"), Column("before", "before"), Column("after", "after"),
        Column("allowed_before", "allowed before"), Column("denied_before", "denied before"),
        Column("allowed_after", "allowed after"), Column("denied_after", "denied after"),
      ],
      rows: diff.flips.map { flip in
        [
          .text(flip.principal), .text(flip.permission), .text(flip.target),
          .text(flip.before.outcome.rawValue), .text(flip.after.outcome.rawValue),
          .integer(flip.before.allowed), .integer(flip.before.denied),
          .integer(flip.after.allowed), .integer(flip.after.denied),
        ]
      }, shown: 40)
  }

  private static func subject(_ difference: Difference) -> String {
    switch difference.subject {
    // The words of the headline first, so that one is found by the other.
    case .decision(_, _, let target, let targets):
      difference.subject.text + (targets > 1 ? ": \(target), …" : "")
    case .operation(let service, let name): service.isEmpty ? name : "\(service) \(name)"
    }
  }

  private static func value(_ quantity: Quantity) -> Value {
    switch quantity {
    case .count(let number): .integer(number)
    case .share(let part): share(part)
    case .duration(let nanoseconds): .duration(nanoseconds)
    }
  }
}
