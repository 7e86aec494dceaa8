package import TraceAnalysis

extension Report {
  /// The fields that the rows of several executions have.
  package static func fields(_ censuses: [(execution: String, census: FieldCensus)]) -> Report {
    let table = Table(
      key: "fields", title: "",
      columns: [
        Column("execution", "run"), Column("field", "field"), Column("rows", "rows"),
        Column("row_share", "of all"), Column("values", "values"),
      ],
      rows: censuses.flatMap { execution, census in
        census.entries.map { entry in
          [
            .text(execution), .text(entry.name), .integer(entry.rows),
            .share(part: entry.rows, whole: census.rows), .integer(entry.values),
          ]
        }
      })
    return Report(kind: "trace-fields/1", title: "", parts: [.table(table)])
  }
}
