package import TraceAnalysis
import TraceModel

extension Report {
  /// The traces of executions, one line each.
  package static func list(
    _ lists: [(execution: String, rows: [TraceList.Row], looseRows: Int, looseDenied: Int)]
  ) -> Report {
    let table = Table(
      key: "traces", title: "",
      columns: [
        Column("execution", "run"), Column("trace_id", "trace"), Column("start", "started"),
        Column("duration_ns", "lasted"), Column("spans", "spans"),
        Column("decisions", "decisions"), Column("errors", "errors"), Column("denied", "denied"),
        Column("service", "service"), Column("name", "root"),
      ],
      rows: lists.flatMap { list in
        list.rows.map { row in
          [
            .text(list.execution), .text(row.id), .time(row.start), .duration(row.duration),
            .integer(row.spans), .integer(row.decisions), .integer(row.errors),
            .integer(row.denied), .optional(row.service), .text(row.name),
          ]
        }
      })
    let notes = lists.filter { $0.looseRows > 0 }.map { list in
      "\(list.execution): \(QuantityText.count(list.looseRows)) rows belong to no trace, "
        + "\(QuantityText.count(list.looseDenied)) of them denied."
    }
    return Report(
      kind: "trace-list/1", title: "",
      parts: [.table(table), .notes(key: "notes", title: "", notes)])
  }

  /// One trace as a tree.
  package static func trace(_ detail: TraceDetail) -> Report {
    let trace = detail.trace
    var report = Report(kind: "trace-show/1", title: "\(trace.name)  \(trace.id)")
    report.parts = [
      .facts(
        key: "trace", title: "",
        [
          Fact("execution", "run", .text(detail.execution)),
          Fact("trace_id", "trace", .text(trace.id)),
          Fact("start", "started", .time(trace.start)),
          Fact("duration_ns", "lasted", .duration(trace.duration)),
          Fact("spans", "spans", .integer(trace.spans)),
          Fact("decisions", "decisions", .integer(trace.decisions)),
          Fact("errors", "errors", .integer(trace.errors)),
          Fact("denied", "denied", .integer(trace.denied)),
        ]),
      .notes(key: "cause", title: "Cause", detail.cause.map { [$0 + "."] } ?? []),
      .table(rows(of: detail)),
      .table(
        Table(
          key: "critical_path", title: "Critical path",
          columns: [Column("service", "service"), Column("self_time_ns", "self time")],
          rows: detail.criticalServices.map { [.optional($0.service), .duration($0.time)] })),
    ]
    return report
  }

  private static func rows(of detail: TraceDetail) -> Table {
    Table(
      key: "rows", title: "Tree",
      columns: [
        Column("name", "span or decision"), Column("kind", "kind"), Column("depth", "depth"),
        Column("service", "service"), Column("offset_ns", "at"), Column("duration_ns", "lasted"),
        Column("self_time_ns", "self"), Column("outcome", "outcome"),
        Column("principal", "principal"),
        Column("resource", "resource"), Column("message", "message"), Column("marks", "marks"),
        Column("join", "joined by"), Column("confidence", "confidence"),
        Column("artifact", "artifact"),
        Column("byte_offset", "byte"),
      ],
      rows: detail.rows.map { row in
        [
          .indented(row.name, depth: row.depth), .text(row.kind.name), .integer(row.depth),
          .optional(row.service), row.offset.map { .duration($0) } ?? .none,
          .duration(row.duration), .duration(row.selfTime), outcome(row), .optional(row.principal),
          .optional(row.target), .optional(row.message), .optional(marks(row.marks)),
          row.kind == .span ? .none : .text(row.join.method.name),
          row.join.method.isJoined ? .integer(Int(row.join.confidence)) : .none,
          .text(row.artifact),
          .count(row.byteOffset),
        ]
      })
  }

  private static func outcome(_ row: TraceDetail.Row) -> Value {
    switch row.kind {
    case .decision: .text(row.outcome.name)
    case .span, .log: row.status == .unset ? .none : .text(row.status.name)
    }
  }

  private static func marks(_ marks: RowMarks) -> String {
    let names: [(RowMarks, String)] = [
      (.orphan, "orphan"), (.duplicate, "duplicate"), (.cycle, "cycle"), (.critical, "critical"),
      (.endBeforeStart, "ends-before-start"), (.timeMissing, "no-time"), (.endMissing, "no-end"),
      (.joined, "joined"),
    ]
    return names.filter { marks.contains($0.0) }.map(\.1).joined(separator: " ")
  }
}
