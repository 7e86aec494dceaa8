package import TraceAnalysis
import TraceModel

extension Report {
  /// Who asked for what in several executions, a line for each principal and permission.
  package static func matrix(_ matrices: [(execution: String, matrix: AccessMatrix)]) -> Report {
    let cells = Table(
      key: "cells", title: "",
      columns: [
        Column("execution", "run"), Column("principal", "principal"),
        Column("permission", "permission"), Column("allowed", "allowed"),
        Column("denied", "denied"), Column("undecided", "no decision"),
        Column("resources", "resources"),
      ],
      rows: matrices.flatMap { execution, matrix in
        matrix.cells.map { cell in
          [
            .text(execution), .optional(matrix.principals[cell.principal].name),
            .optional(matrix.permissions[cell.permission].name), .integer(cell.counts.allowed),
            .integer(cell.counts.denied), .integer(cell.counts.undecided),
            .integer(cell.targets),
          ]
        }
      }, shown: 1_000)
    return Report(
      kind: "trace-matrix/1", title: "Who asked for what",
      parts: [
        .table(cells),
        .table(lines("principals", "principal", matrices.map { ($0, $1.principals) })),
        .table(lines("permissions", "permission", matrices.map { ($0, $1.permissions) })),
      ])
  }

  private static func lines(
    _ key: String, _ name: String, _ lines: [(execution: String, lines: [AccessMatrix.Line])]
  ) -> Table {
    Table(
      key: key, title: key == "principals" ? "Principals" : "Permissions",
      columns: [
        Column("execution", "run"), Column(name, name), Column("allowed", "allowed"),
        Column("denied", "denied"), Column("undecided", "no decision"),
      ],
      rows: lines.flatMap { execution, lines in
        lines.map { line in
          [
            .text(execution), .optional(line.name), .integer(line.counts.allowed),
            .integer(line.counts.denied), .integer(line.counts.undecided),
          ]
        }
      }, shown: 100)
  }
}
