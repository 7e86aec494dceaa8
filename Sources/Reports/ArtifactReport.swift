package import TraceAnalysis
import TraceModel

extension Report {
  /// What artifacts are, and what of them could not be understood.
  ///
  /// - Parameters:
  ///   - contents: the records of each artifact that became rows, by kind.
  ///   - passedOver: files that no reader knows, each with what it looks like.
  ///   - failures: why paths could not be looked at.
  ///   - blindSpots: what the formats at hand have no record of, a sentence each.
  package static func artifacts(
    _ accounts: [ArtifactAccount], contents: [ArtifactContents], passedOver: [String],
    failures: [String], blindSpots: [String]
  ) -> Report {
    var report = Report(kind: "artifact-inspect/1", title: "")
    report.parts = [
      .table(artifactTable(accounts)), .table(table(contents)), .table(kinds(accounts)),
      .table(places(accounts)),
      .notes(
        key: "repeated", title: "Counted twice", accounts.repeated.map { $0.text + "." }),
      .notes(key: "passed_over", title: "Files that no reader knows", passedOver),
      .notes(key: "failures", title: "Not looked at", failures),
      .notes(key: "blind_spots", title: "What these formats cannot show", blindSpots),
    ]
    return report
  }

  private static func table(_ contents: [ArtifactContents]) -> Table {
    Table(
      key: "contents", title: "Records",
      columns: [
        Column("execution", "run"), Column("artifact", "artifact"), Column("kind", "kind"),
        Column("count", "count"), Column("first", "first"), Column("last", "last"),
      ],
      rows: contents.map { part in
        [
          .text(part.execution), .path(part.artifact), .text(part.kind.name),
          .integer(part.count), .optional(time: part.first), .optional(time: part.last),
        ]
      })
  }

  static func artifactTable(_ accounts: [ArtifactAccount]) -> Table {
    Table(
      key: "artifacts", title: "Artifacts",
      columns: [
        Column("execution", "run"), Column("artifact", "artifact"), Column("format", "format"),
        Column("schema_versions", "schema"), Column("size_bytes", "size"),
        Column("digest", "digest"), Column("records_read", "read"),
        Column("records_refused", "refused"), Column("records_skipped", "skipped"),
      ],
      rows: accounts.flatMap { account in
        account.artifacts.map { artifact in
          [
            .text(account.name), .path(artifact.path), .optional(artifact.format),
            .optional(artifact.schemaVersions.joined(separator: " ")), .bytes(artifact.size),
            .text(hexadecimal(artifact.digest, digits: 16)), .count(artifact.recordsRead),
            .count(artifact.recordsRefused), .count(artifact.recordsSkipped),
          ]
        }
      })
  }

  /// What a result lacks: files that no reader knows, and what was not understood in the others.
  static func notUnderstood(_ accounts: [ArtifactAccount]) -> Table {
    Table(
      key: "diagnostics", title: "Not understood",
      columns: [
        Column("execution", "run"), Column("artifact", "artifact"), Column("code", "what"),
        Column("detail", "detail"), Column("count", "count"),
        Column("first_offset", "first at byte"),
      ],
      rows: accounts.flatMap { account in
        account.problems.map { problem in
          [
            .text(account.name), .path(problem.artifact), .text(problem.code.rawValue),
            .optional(problem.detail), .count(problem.count), .count(problem.firstOffset),
          ]
        }
      }, shown: 20)
  }

  private static func kinds(_ accounts: [ArtifactAccount]) -> Table {
    Table(
      key: "diagnostics", title: "Not understood",
      columns: [
        Column("execution", "run"), Column("artifact", "artifact"), Column("severity", "cost"),
        Column("code", "what"), Column("meaning", "meaning"), Column("detail", "detail"),
        Column("count", "count"), Column("first_offset", "first at byte"),
      ],
      rows: accounts.flatMap { account in
        account.diagnostics.kinds.compactMap { kind in
          account.diagnostics.tallies[kind].map { tally in
            [
              .text(account.name), .text(path(kind.artifact, account.artifacts)),
              .text(word(kind.code.severity)), .text(kind.code.rawValue),
              .text(kind.code.meaning), .optional(kind.detail), .count(tally.count),
              .count(tally.firstOffset),
            ]
          }
        }
      })
  }

  private static func places(_ accounts: [ArtifactAccount]) -> Table {
    Table(
      key: "places", title: "Where",
      columns: [
        Column("execution", "run"), Column("artifact", "artifact"), Column("offset", "byte"),
        Column("code", "what"), Column("detail", "detail"),
      ],
      rows: accounts.flatMap { account in
        account.diagnostics.kept.filter { $0.code.severity != .skipped }.map { place in
          [
            .text(account.name), .text(path(place.artifact, account.artifacts)),
            .count(place.offset), .text(place.code.rawValue), .optional(place.detail),
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
