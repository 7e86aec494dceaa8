package import PolicyAnalysis
package import TraceAnalysis
import TraceModel

extension Report {
  /// A statement with its evidence; text and Markdown show `shown` rows of each table.
  package static func explanation(
    _ explanation: StatementExplanation, _ dialect: PolicyDialect, shown: Int,
    _ accounts: [ArtifactAccount]
  ) -> Report {
    let statement = explanation.statement
    var report = Report(
      kind: "policy-explain/1", title: "Statement \(statement.number): \(statement.id)")
    report.parts = [
      .notes(key: "answer", title: "", [sentence(explanation)]),
      .table(statements([statement])),
      .facts(
        key: "evidence", title: "",
        [
          Fact("dialect", "dialect", .text(dialect.rawValue)),
          Fact("decisions", "decisions behind it", .integer(statement.evidence.decisions)),
          Fact("runs", "runs", .integer(statement.evidence.runs)),
          Fact("first_seen", "first", .optional(time: statement.evidence.firstSeen)),
          Fact("last_seen", "last", .optional(time: statement.evidence.lastSeen)),
          Fact("denials", "denials of the same", .integer(statement.denials)),
          Fact("inferred", "inferred", .optional(statement.inference?.rawValue ?? "")),
          Fact("not_expressible", "cannot be said", .optional(explanation.objection ?? "")),
        ]),
      .table(
        Table(
          key: "places", title: "What in the document says it",
          columns: [Column("part", "part"), Column("place", "where"), Column("text", "what")],
          rows: explanation.places.map {
            [.text($0.kind.noun), .text($0.place), .optional($0.text)]
          })),
      .table(rows("rows", "Decisions behind it", explanation.rows, shown)),
      .table(rows("denied", "Denials of the same", explanation.denials, shown)),
      .table(notUnderstood(accounts)),
    ]
    return report
  }

  /// What decisions mean for a policy.
  package static func events(
    _ events: [EventExplanation], _ dialect: PolicyDialect, _ accounts: [ArtifactAccount]
  ) -> Report {
    var report = Report(kind: "policy-explain/1", title: "")
    let statements = Set(events.flatMap { $0.statements.map(\.number) })
    let all = events.flatMap(\.statements).filter { statements.contains($0.number) }
    var seen: Set<Int> = []
    report.parts = [
      .notes(key: "answer", title: "", events.map(\.sentence)),
      .table(Report.statements(all.filter { seen.insert($0.number).inserted })),
      .table(rows("rows", "The decision", events.map(\.row), .max)),
      .table(notUnderstood(accounts)),
    ]
    return report
  }

  private static func sentence(_ explanation: StatementExplanation) -> String {
    let statement = explanation.statement
    let evidence = statement.evidence
    let what =
      "\(statement.grant.principal) may \(statement.grant.permission) on "
      + "\(statement.grant.resource.text)"
    let times =
      "\(QuantityText.count(evidence.decisions, "decision")) of "
      + QuantityText.count(evidence.runs, "run")
    let why =
      statement.inference.map { "inferred from \(times): \($0.reason)" }
      ?? "\(times) allowed it"
    return what + ", because " + why + "."
  }

  private static func statements(_ statements: [Statement]) -> Table {
    Table(
      key: "statements", title: "What it grants",
      columns: [
        Column("number", "#"), Column("id", "id"), Column("principal", "principal"),
        Column("permission", "permission"), Column("resource", "resource"),
        Column("conditions", "only if"),
      ],
      rows: statements.map { statement in
        [
          .integer(statement.number), .text(statement.id), .text(statement.grant.principal.text),
          .text(statement.grant.permission.text), .text(statement.grant.resource.text),
          .optional(
            statement.grant.conditions.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")),
        ]
      })
  }

  private static func rows(
    _ key: String, _ title: String, _ rows: [EvidenceRow], _ shown: Int
  ) -> Table {
    Table(
      key: key, title: title,
      columns: [
        Column("execution", "run"), Column("time", "time"), Column("outcome", "outcome"),
        Column("reason", "reason"), Column("evaluator", "decided by"), Column("trace_id", "trace"),
        Column("span_id", "span"), Column("artifact", "artifact"), Column("byte_offset", "byte"),
      ],
      rows: rows.map { row in
        [
          .text(row.execution), .optional(time: row.time), .text(row.outcome.name),
          .optional(row.reason), .optional(row.evaluator), .optional(row.trace ?? ""),
          .optional(row.span ?? ""), .path(row.artifact), .count(row.byteOffset),
        ]
      }, shown: shown)
  }
}
