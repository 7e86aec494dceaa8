package import PolicyAnalysis
package import TraceAnalysis
import TraceModel

extension Report {
  /// A policy with its evidence and its accounting: what the document itself does not say.
  package static func policy(
    _ policy: GeneratedPolicy, _ confidence: PolicyConfidence, _ accounts: [ArtifactAccount]
  ) -> Report {
    var report = Report(
      kind: "policy/1", title: "Least privilege: \(policy.dialect.title)")
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
          Fact("mixed_keys", "keys both allowed and denied", .integer(policy.replay.mixedKeys)),
          Fact("allowed_keys", "keys allowed", .integer(policy.replay.allowedKeys)),
          Fact(
            "allowed_by_policy", "of them by the policy", .integer(policy.replay.allowedByPolicy)),
          Fact("denied_keys", "keys only denied", .integer(policy.replay.deniedKeys)),
          Fact("denied_by_policy", "of them by the policy", .integer(policy.replay.deniedByPolicy)),
          Fact(
            "unchecked_keys", "denied keys without a principal, not checked",
            .integer(policy.replay.uncheckedKeys)),
          Fact(
            "admitted", "allowed on recorded resources, never seen",
            .integer(policy.replay.admitted)),
        ]),
      .table(statements(policy)), .table(notExpressible(policy)), .table(excluded(policy)),
      .facts(key: "confidence", title: "Will more be needed?", facts(confidence)),
      .table(runs(confidence)),
      .table(principals(policy)), .table(mixed(policy)), .table(denied(policy)),
      .table(notUnderstood(accounts)),
      .notes(
        key: "warnings", title: "To know before signing",
        policy.warnings.map { "\($0.severity.rawValue): \($0.text)." }),
      .document(key: "document", policy.document),
    ]
    if let portability = policy.portability {
      report.parts.insert(.table(differences(portability)), at: report.parts.count - 3)
    }
    return report
  }

  private static func facts(_ confidence: PolicyConfidence) -> [Fact] {
    let coverage = confidence.coverage
    let facts = [
      Fact("days", "days in UTC with decisions", .integer(confidence.days)),
      Fact("keys", "keys used", .integer(confidence.keys)),
      Fact("used_once", "of them used once", .integer(confidence.usedOnce)),
      Fact("used_twice", "used twice", .integer(confidence.usedTwice)),
      Fact(
        "coverage", "chance that the next decision is of a known key",
        .share(part: coverage.part, whole: coverage.whole)),
      Fact("unseen_keys", "more keys that should exist, at least", .integer(confidence.unseenKeys)),
    ]
    let test = confidence.holdOut
    return facts + [
      Fact("hold_out_cut", "on trial: made from decisions before", .optional(time: test?.cut)),
      Fact("hold_out_before", "that is from", test.map { .integer($0.before) } ?? .none),
      Fact(
        "hold_out_after", "tried on the decisions after", test.map { .integer($0.after) } ?? .none),
      Fact(
        "hold_out_refused", "of which it would have refused",
        test.map { .integer($0.refused) } ?? .none),
      Fact("hold_out_new_keys", "for want of keys", test.map { .integer($0.newKeys) } ?? .none),
    ]
  }

  private static func runs(_ confidence: PolicyConfidence) -> Table {
    Table(
      key: "saturation", title: "What each run added",
      columns: [
        Column("execution", "run"), Column("new_keys", "new keys"), Column("keys", "keys so far"),
      ],
      rows: confidence.runs.map { [.text($0.name), .integer($0.newKeys), .integer($0.keys)] })
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
        Column("conditions", "only if"), Column("inferred", "inferred"),
        Column("recorded", "recorded on"), Column("rung", "rung"), Column("covered", "covers"),
        Column("admits", "admits"), Column("kept_back", "not generalized because"),
      ],
      rows: policy.statements.map { statement in
        let evidence = statement.evidence
        return [
          .integer(statement.number), .text(statement.id), .text(statement.grant.principal.text),
          .text(statement.grant.permission.text), .text(statement.grant.resource.text),
          .integer(evidence.decisions), .integer(evidence.runs),
          .optional(time: evidence.firstSeen), .optional(time: evidence.lastSeen),
          .path(evidence.first.artifact), .count(evidence.first.byteOffset),
          .integer(statement.denials),
          .optional(
            statement.grant.conditions.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")),
          .optional(statement.inference?.rawValue ?? ""),
          .optional(statement.step == nil ? "" : statement.key.resource.text),
          .optional(statement.step?.rung.rawValue ?? ""),
          statement.step.map { .integer($0.price.covered) } ?? .none,
          statement.step.map { .integer($0.price.admitted) } ?? .none,
          .optional(statement.objection?.reason ?? ""),
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

  private static func mixed(_ policy: GeneratedPolicy) -> Table {
    Table(
      key: "mixed", title: "Allowed and, at other times, denied",
      columns: [
        Column("principal", "principal"), Column("permission", "permission"),
        Column("resource", "resource"), Column("allowed", "allowed"), Column("denied", "denied"),
      ],
      rows: policy.usage.used.filter { $0.denials > 0 }.map { used in
        [
          .text(used.key.principal.text), .text(used.key.permission.text),
          .text(used.key.resource.text), .integer(used.evidence.decisions),
          .integer(used.denials),
        ]
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
          .path(denied.evidence.first.artifact), .count(denied.evidence.first.byteOffset),
        ]
      })
  }

  private static func notExpressible(_ policy: GeneratedPolicy) -> Table {
    Table(
      key: "not_expressible", title: "Statements that this dialect cannot say",
      columns: [Column("statement", "#"), Column("reason", "reason")],
      rows: policy.notExpressible.map { [.integer($0.statement), .text($0.reason)] })
  }

  private static func principals(_ policy: GeneratedPolicy) -> Table {
    let reasons: [ExclusionReason] = [.denied, .error]
    return Table(
      key: "principals", title: "Decisions by principal",
      columns: [
        Column("principal", "principal"), Column("decisions", "decisions"),
        Column("granted", "granted"), Column("denied", "denied"), Column("errors", "errors"),
        Column("other", "left out otherwise"), Column("statements", "statements"),
      ],
      // Principals that were not asked for are one number under the excluded decisions.
      rows: policy.usage.principals.filter { $0.accounting.count(.otherPrincipal) == 0 }.map {
        account in
        let counts = reasons.map(account.accounting.count)
        let granted = account.accounting.granted
        let other = account.accounting.decisions - granted - counts.reduce(0, +)
        return [
          .optional(account.principal.text), .integer(account.accounting.decisions),
          .integer(granted), .integer(counts[0]), .integer(counts[1]), .integer(other),
          .integer(account.usedPermissions),
        ]
      })
  }

  private static func differences(_ portability: Portability) -> Table {
    Table(
      key: "portability", title: "Decided otherwise elsewhere: \(portability.other.title)",
      columns: [
        Column("principal", "principal"), Column("permission", "permission"),
        Column("resource", "resource"), Column("allowed", "allowed here"),
      ],
      rows: portability.differences.map { difference in
        [
          .optional(difference.key.principal.text), .text(difference.key.permission.text),
          .text(difference.key.resource.text), .boolean(difference.isAllowed),
        ]
      }, shown: 20)
  }
}
