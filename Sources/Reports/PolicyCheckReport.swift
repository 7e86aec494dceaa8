package import PolicyAnalysis
package import TraceAnalysis
import TraceModel

extension Report {
  /// What an existing policy makes of what was recorded; `policy` is its file's name.
  package static func check(
    _ check: PolicyCheck, of policy: String, _ dialect: PolicyDialect,
    _ accounts: [ArtifactAccount]
  ) -> Report {
    let denied = check.flips.filter(\.wasAllowed)
    let tried = check.tried
    var report = Report(kind: "policy-check/1", title: "\(policy) on what was recorded")
    report.parts = [
      .facts(
        key: "totals", title: "",
        [
          Fact("policy", "policy", .path(policy)),
          Fact("dialect", "dialect", .text(dialect.rawValue)),
          Fact("decisions", "decisions", .integer(check.decisions)),
          Fact("tried", "tried", .integer(tried)),
          Fact("agreeing", "decided as recorded", .integer(check.agreeing)),
          Fact(
            "denied_now", "allowed, and now denied",
            .integer(denied.reduce(0) { $0 + $1.evidence.decisions })),
          Fact(
            "allowed_now", "denied, and now allowed",
            .integer(tried - check.agreeing - denied.reduce(0) { $0 + $1.evidence.decisions })),
        ]),
      .notes(key: "answer", title: "", [sentence(check, tried: tried) + "."]),
      .table(flips(check)),
      .table(
        Table(
          key: "untried", title: "Not tried",
          columns: [
            Column("reason", "reason"), Column("meaning", "meaning"),
            Column("decisions", "decisions"),
          ],
          rows: check.untried.map {
            [.text($0.reason.rawValue), .text($0.reason.meaning), .integer($0.decisions)]
          })),
      .notes(key: "remarks", title: "About the policy", check.remarks.map { $0 + "." }),
      .table(notUnderstood(accounts)),
    ]
    return report
  }

  private static func sentence(_ check: PolicyCheck, tried: Int) -> String {
    let decisions = QuantityText.count(tried, "decision")
    if check.flips.isEmpty { return "The policy decides all \(decisions) as they were recorded" }
    return
      "The policy decides \(QuantityText.count(tried - check.agreeing)) of \(decisions) otherwise"
  }

  private static func flips(_ check: PolicyCheck) -> Table {
    Table(
      key: "flips", title: "Decided otherwise",
      columns: [
        Column("recorded", "recorded"), Column("now", "now"), Column("principal", "principal"),
        Column("permission", "permission"), Column("resource", "resource"),
        Column("decisions", "decisions"), Column("reason", "because of"),
        Column("inferred", "inferred"),
        Column("first_seen", "first"), Column("last_seen", "last"),
        Column("artifact", "first in"), Column("byte_offset", "at byte"),
      ],
      rows: check.flips.map { flip in
        let place = flip.evidence.first
        return [
          .text(flip.wasAllowed ? "allow" : "deny"), .text(flip.wasAllowed ? "deny" : "allow"),
          .optional(flip.key.principal.text), .text(flip.key.permission.text),
          .text(flip.key.resource.text), .integer(flip.evidence.decisions), .text(flip.reason),
          .optional(flip.inference?.rawValue ?? ""),
          .optional(time: flip.evidence.firstSeen), .optional(time: flip.evidence.lastSeen),
          .path(place.artifact), .count(place.byteOffset),
        ]
      })
  }
}
