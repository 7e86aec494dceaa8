package import PolicyAnalysis
package import TraceAnalysis
import TraceModel

extension Report {
  /// What a policy grants against what was recorded; `policy` is its file's name.
  package static func drift(
    _ drift: PolicyDrift, of policy: String, _ dialect: PolicyDialect,
    _ accounts: [ArtifactAccount]
  ) -> Report {
    var report = Report(kind: "drift/1", title: "\(policy): granted against used")
    report.parts = [
      .notes(key: "answer", title: "", answer(drift)),
      .facts(
        key: "totals", title: "",
        [
          Fact("policy", "policy", .path(policy)),
          Fact("dialect", "dialect", .text(dialect.rawValue)),
          Fact("grants", "grants", .integer(drift.grants.count)),
          Fact("used", "used", .integer(drift.count(.used))),
          Fact("unused", "not used", .integer(drift.count(.unused))),
          Fact("unobservable", "not to be seen here", .integer(drift.count(.unobservable))),
          Fact(
            "exercised_but_denied", "asked for and denied",
            .integer(drift.count(.exercisedButDenied))),
          Fact("used_not_granted", "used, not granted", .integer(drift.count(.usedNotGranted))),
          Fact("decisions", "decisions", .integer(drift.decisions)),
          Fact("tried", "tried", .integer(drift.tried)),
          Fact("to_nobody", "allowed to nobody in particular", .integer(drift.toNobody)),
        ]),
      .table(missing(drift)), .table(places(drift)), .table(grants(drift)),
      .table(disagreements(drift)), .table(untried(drift.untried)),
      .notes(key: "remarks", title: "About the policy", drift.remarks.map { $0 + "." }),
      .table(notUnderstood(accounts)),
    ]
    return report
  }

  /// The result in sentences, what is most urgent behind the count.
  static func answer(_ drift: PolicyDrift) -> [String] {
    let total = drift.grants.count
    var sentences = [
      "\(QuantityText.count(drift.count(.used))) of \(QuantityText.count(total, "grant")) "
        + "\(total == 1 ? "was" : "were") used."
    ]
    func say(_ drift: PolicyDrift, _ kind: DriftClass, _ one: String, _ many: String) {
      let count = drift.count(kind)
      if count > 0 { sentences.append(QuantityText.count(count) + (count == 1 ? one : many)) }
    }
    say(
      drift, .usedNotGranted, " permission was used, and the policy does not grant it.",
      " permissions were used, and the policy does not grant them.")
    say(
      drift, .exercisedButDenied, " grant was asked for, and denied every time.",
      " grants were asked for, and denied every time.")
    say(
      drift, .unused, " grant was not used: it can go if the recording is long enough.",
      " grants were not used: they can go if the recording is long enough.")
    say(
      drift, .unobservable, " grant says nothing here: these artifacts would not show its use.",
      " grants say nothing here: these artifacts would not show their use.")
    if !drift.disagreements.isEmpty {
      sentences.append(
        "The records name other bindings than this policy has: it is not the one that was in force."
      )
    }
    return sentences
  }

  private static func missing(_ drift: PolicyDrift) -> Table {
    Table(
      key: "used_not_granted", title: "Used, and not granted",
      columns: [
        Column("principal", "principal"), Column("permission", "permission"),
        Column("resource", "resource"), Column("uses", "uses"), Column("first_use", "first"),
        Column("last_use", "last"), Column("reason", "because"),
        Column("recorded_reason", "the record says"), Column("inferred", "inferred"),
        Column("artifact", "first in"), Column("byte_offset", "at byte"),
      ],
      rows: drift.missing.map { missing in
        [
          .optional(missing.key.principal.text), .text(missing.key.permission.text),
          .text(missing.key.resource.text), .integer(missing.evidence.decisions),
          .optional(time: missing.evidence.firstSeen), .optional(time: missing.evidence.lastSeen),
          .text(missing.reason), .optional(missing.recorded),
          .optional(missing.inference?.rawValue ?? ""), .path(missing.evidence.first.artifact),
          .count(missing.evidence.first.byteOffset),
        ]
      })
  }

  private static func places(_ drift: PolicyDrift) -> Table {
    Table(
      key: "places", title: "By binding or statement",
      columns: [
        Column("place", "where"), Column("grants", "grants"), Column("used", "used"),
        Column("unused", "not used"), Column("unobservable", "not seen"),
        Column("exercised_but_denied", "denied"), Column("last_use", "last used"),
      ],
      rows: drift.places.map { place in
        let counts = [DriftClass.used, .unused, .unobservable, .exercisedButDenied].map {
          place.grants[$0, default: 0]
        }
        return [.text(place.place), .integer(counts.reduce(0, +))]
          + counts.map { .integer($0) } + [.optional(time: place.lastUse)]
      }, shown: 40)
  }

  private static func grants(_ drift: PolicyDrift) -> Table {
    let classes: [DriftClass] = [.exercisedButDenied, .unused, .unobservable, .used]
    return Table(
      key: "grants", title: "Grants",
      columns: [
        Column("class", "class"), Column("principal", "principal"),
        Column("permission", "permission"), Column("resource", "resource"),
        Column("uses", "uses"), Column("last_use", "last"), Column("denials", "denials"),
        Column("also_allows", "also allows"), Column("place", "where"),
        Column("condition", "only if"), Column("silence", "why not seen"),
        Column("first_use", "first"), Column("artifact", "first in"),
        Column("byte_offset", "at byte"),
      ],
      rows: classes.flatMap(drift.uses).map { use in
        let first = (use.uses ?? use.denials)?.first
        return [
          .text(use.drift.rawValue), .text(use.grant.principal.text),
          .text(use.grant.permission.text), .text(use.grant.resource.text),
          .integer(use.uses?.decisions ?? 0), .optional(time: use.uses?.lastSeen),
          .integer(use.denials?.decisions ?? 0), .integer(use.alsoAllows),
          .text(use.grant.place), .optional(use.grant.condition ?? ""),
          .optional(use.silence ?? ""), .optional(time: use.uses?.firstSeen),
          first.map { .path($0.artifact) } ?? .none, first.map { .count($0.byteOffset) } ?? .none,
        ]
      }, shown: 30)
  }

  private static func disagreements(_ drift: PolicyDrift) -> Table {
    Table(
      key: "disagreements", title: "Allowed by something else than the record names",
      columns: [
        Column("principal", "principal"), Column("permission", "permission"),
        Column("resource", "resource"), Column("decisions", "decisions"),
        Column("recorded_reason", "the record says"), Column("reason", "the policy has"),
        Column("artifact", "first in"), Column("byte_offset", "at byte"),
      ],
      rows: drift.disagreements.map { found in
        [
          .text(found.key.principal.text), .text(found.key.permission.text),
          .text(found.key.resource.text), .integer(found.evidence.decisions),
          .text(found.recorded), .text(found.reason), .path(found.evidence.first.artifact),
          .count(found.evidence.first.byteOffset),
        ]
      })
  }
}
