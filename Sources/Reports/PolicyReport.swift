package import PolicyAnalysis
import TraceModel

extension Report {
  /// A policy with its evidence and its accounting: what the document itself does not say.
  package static func policy(_ policy: GeneratedPolicy) -> Report {
    var report = Report(
      kind: "policy/1", title: "Least privilege for the \(policy.dialect.title)")
    let accounting = policy.usage.accounting
    report.parts = [
      .facts(
        key: "totals", title: "",
        [
          Fact("dialect", "dialect", .text(policy.dialect.rawValue)),
          Fact("statements", "statements", .integer(policy.statements.count)),
          Fact("decisions", "decisions", .integer(accounting.decisions)),
          Fact("decisions_granted", "behind statements", .integer(accounting.granted)),
          Fact("replay_exact", "replays exactly", .boolean(policy.replay.isExact)),
          Fact("allowed_keys", "keys allowed", .integer(policy.replay.allowedKeys)),
          Fact(
            "allowed_by_policy", "of them by the policy", .integer(policy.replay.allowedByPolicy)),
          Fact("denied_keys", "keys only denied", .integer(policy.replay.deniedKeys)),
          Fact("denied_by_policy", "of them by the policy", .integer(policy.replay.deniedByPolicy)),
        ]),
      .table(statements(policy)), .table(excluded(policy)), .table(denied(policy)),
      .notes(
        key: "warnings", title: "To know before signing",
        policy.warnings.map { "\($0.severity.rawValue): \($0.text)." }),
      .document(key: "document", policy.document),
    ]
    return report
  }

  private static func statements(_ policy: GeneratedPolicy) -> Table {
    Table(
      key: "statements", title: "Statements",
      columns: [
        Column("number", "#"), Column("id", "id"), Column("principal", "principal"),
        Column("permission", "permission"), Column("resource", "resource"),
        Column("decisions", "decisions"), Column("runs", "runs"), Column("first_seen", "first"),
        Column("last_seen", "last"), Column("artifact", "first in"),
        Column("byte_offset", "at byte"), Column("denials", "also denied"),
      ],
      rows: policy.statements.map { statement in
        let evidence = statement.evidence
        return [
          .integer(statement.number), .text(statement.id), .text(statement.grant.principal.text),
          .text(statement.grant.permission.text), .text(statement.grant.resource.text),
          .integer(evidence.decisions), .integer(evidence.runs),
          .optional(time: evidence.firstSeen), .optional(time: evidence.lastSeen),
          .text(evidence.first.artifact), .count(evidence.first.byteOffset),
          .integer(statement.denials),
        ]
      })
  }

  private static func excluded(_ policy: GeneratedPolicy) -> Table {
    Table(
      key: "excluded", title: "Decisions that grant nothing",
      columns: [
        Column("reason", "reason"), Column("meaning", "meaning"), Column("decisions", "decisions"),
      ],
      rows: policy.excluded.map {
        [.text($0.reason.rawValue), .text($0.reason.meaning), .integer($0.decisions)]
      })
  }

  private static func denied(_ policy: GeneratedPolicy) -> Table {
    Table(
      key: "denied", title: "Denied and never allowed",
      columns: [
        Column("principal", "principal"), Column("permission", "permission"),
        Column("resource", "resource"), Column("decisions", "decisions"),
        Column("first_seen", "first"), Column("last_seen", "last"),
        Column("artifact", "first in"), Column("byte_offset", "at byte"),
      ],
      rows: policy.usage.denied.map { denied in
        [
          .optional(denied.key.principal.text), .text(denied.key.permission.text),
          .text(denied.key.resource.text), .integer(denied.evidence.decisions),
          .optional(time: denied.evidence.firstSeen), .optional(time: denied.evidence.lastSeen),
          .text(denied.evidence.first.artifact), .count(denied.evidence.first.byteOffset),
        ]
      })
  }
}
