package import TraceModel

extension Report {
  /// What artifacts are, and what of them could not be understood.
  package static func artifacts(
    _ executions: [(name: String, artifacts: [ArtifactRecord], diagnostics: DiagnosticLog)],
    passedOver: [String]
  ) -> Report {
    var report = Report(kind: "artifact-inspect/1", title: "")
    report.parts = [
      .table(
        artifactTable(
          executions.flatMap { run in run.artifacts.map { (run.name, $0) } })),
      .table(kinds(executions)), .table(places(executions)),
      .notes(key: "passed_over", title: "Files that no reader knows", passedOver),
    ]
    return report
  }

  static func artifactTable(_ artifacts: [(run: String, record: ArtifactRecord)]) -> Table {
    Table(
      key: "artifacts", title: "Artifacts",
      columns: [
        Column("execution", "run"), Column("artifact", "artifact"), Column("format", "format"),
        Column("schema_versions", "schema"), Column("size_bytes", "size"),
        Column("digest", "digest"), Column("records_read", "read"),
        Column("records_refused", "refused"), Column("records_skipped", "skipped"),
      ],
      rows: artifacts.map { run, artifact in
        [
          .text(run), .path(artifact.path), .optional(artifact.format),
          .optional(artifact.schemaVersions.joined(separator: " ")), .bytes(artifact.size),
          .text(hexadecimal(artifact.digest, digits: 16)), .count(artifact.recordsRead),
          .count(artifact.recordsRefused), .count(artifact.recordsSkipped),
        ]
      })
  }

  private static func kinds(
    _ executions: [(name: String, artifacts: [ArtifactRecord], diagnostics: DiagnosticLog)]
  ) -> Table {
    Table(
      key: "diagnostics", title: "Not understood",
      columns: [
        Column("artifact", "artifact"), Column("severity", "cost"), Column("code", "what"),
        Column("meaning", "meaning"), Column("detail", "detail"), Column("count", "count"),
        Column("first_offset", "first at byte"),
      ],
      rows: executions.flatMap { run in
        run.diagnostics.kinds.compactMap { kind in
          run.diagnostics.tallies[kind].map { tally in
            [
              .text(path(kind.artifact, run.artifacts)), .text(word(kind.code.severity)),
              .text(kind.code.rawValue), .text(kind.code.meaning), .optional(kind.detail),
              .count(tally.count), .count(tally.firstOffset),
            ]
          }
        }
      })
  }

  private static func places(
    _ executions: [(name: String, artifacts: [ArtifactRecord], diagnostics: DiagnosticLog)]
  ) -> Table {
    Table(
      key: "places", title: "Where",
      columns: [
        Column("artifact", "artifact"), Column("offset", "byte"), Column("code", "what"),
        Column("detail", "detail"),
      ],
      rows: executions.flatMap { run in
        run.diagnostics.kept.filter { $0.code.severity != .skipped }.map { place in
          [
            .text(path(place.artifact, run.artifacts)), .count(place.offset),
            .text(place.code.rawValue), .optional(place.detail),
          ]
        }
      }, shown: 20)
  }

  private static func path(_ artifact: UInt32, _ artifacts: [ArtifactRecord]) -> String {
    artifacts.indices.contains(Int(artifact)) ? artifacts[Int(artifact)].path : "?"
  }

  private static func word(_ severity: DiagnosticSeverity) -> String {
    switch severity {
    case .refused: "record refused"
    case .partial: "read in part"
    case .skipped: "passed over"
    }
  }
}
