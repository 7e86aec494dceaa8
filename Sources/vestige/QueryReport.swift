import Reports
import TraceIndex
import TraceModel
import TraceQuery

/// What a query found in one run after another, as a report.
struct QueryReport {
  private enum Source {
    case rows([Int])
    case table(QueryTable)
  }

  private let index: TraceIndex
  private let source: Source
  private let columns: [Report.Column]
  private var rows: [[Report.Value]] = []

  init(_ result: QueryResult, in index: TraceIndex) {
    self.index = index
    switch result {
    case .rows(let set):
      source = .rows(Array(set))
      columns = QueryReport.rowColumns
    case .ordered(let rows):
      source = .rows(rows)
      columns = QueryReport.rowColumns
    case .table(let table):
      source = .table(table)
      columns = QueryReport.columns(of: table)
    }
  }

  /// How many rows were found.
  var rowCount: Int {
    switch source {
    case .rows(let rows): rows.count
    case .table(let table): table.rows.count
    }
  }

  /// Reads the first `count` rows.
  mutating func fill(_ count: Int) {
    switch source {
    case .rows(let found):
      rows = found.prefix(count).map { QueryReport.cells(ofRow: $0, in: index) }
    case .table(let table):
      rows = table.rows.prefix(count).map { row in
        [.text(index.name)] + row.cells.map { value($0) }
      }
    }
  }

  /// Adds the rows of the same query in another run.
  mutating func append(_ other: QueryReport) { rows += other.rows }

  func report(title: String) -> Report {
    Report(
      kind: "trace-query/1", title: title,
      parts: [.table(Report.Table(key: "rows", title: "", columns: columns, rows: rows))])
  }

  // MARK: Rows

  static let rowColumns = [
    Report.Column("execution", "run"), Report.Column("start", "time"),
    Report.Column("kind", "kind"), Report.Column("service", "service"),
    Report.Column("name", "name"), Report.Column("outcome", "outcome"),
    Report.Column("duration_ns", "lasted"), Report.Column("principal", "principal"),
    Report.Column("resource", "resource"), Report.Column("trace_id", "trace"),
    Report.Column("join", "joined by"), Report.Column("confidence", "confidence"),
    Report.Column("artifact", "artifact"), Report.Column("byte_offset", "byte"),
  ]

  /// What the columns say of a row.
  static func cells(ofRow row: Int, in index: TraceIndex) -> [Report.Value] {
    let outcome: Report.Value =
      switch index.kind(row) {
      case .decision: .text(index.outcome(row).name)
      case .span, .log: index.status(row) == .unset ? .none : .text(index.status(row).name)
      }
    let artifact = index.artifact(ofRow: row)
    let join = index.join(row)
    return [
      .text(index.name),
      index.marks(row).contains(.timeMissing) ? .none : .time(index.start(row)),
      .text(index.kind(row).name),
      .optional(index.string(index.service(row))), .text(index.string(index.name(row))), outcome,
      .duration(index.duration(row)), .optional(index.string(index.principal(row))),
      .optional(index.string(index.target(row))),
      index.trace(ofRow: row).map { .text(index.idText(ofTrace: $0)) } ?? .none,
      index.kind(row) == .span ? .none : .text(join.method.name),
      join.method.isJoined ? .integer(Int(join.confidence)) : .none,
      index.artifacts.indices.contains(artifact) ? .path(index.artifacts[artifact].path) : .none,
      .count(index.byteOffset(ofRow: row)),
    ]
  }

  // MARK: Tables

  /// A column's unit is part of its name where values are exact.
  private static func columns(of table: QueryTable) -> [Report.Column] {
    [Report.Column("execution", "run")]
      + table.columns.map { column in
        Report.Column(column.kind == .duration ? column.name + "_ns" : column.name, column.name)
      }
  }

  private func value(_ cell: QueryCell) -> Report.Value {
    switch cell {
    case .absent: .none
    case .string(let id): .text(index.string(id))
    case .text(let text): .text(text)
    case .integer(let number): .integer(Int(number))
    case .duration(let nanoseconds): .duration(nanoseconds)
    case .time(let nanoseconds): .time(nanoseconds)
    case .double(let number): .text(QueryReport.decimal(number))
    }
  }

  /// Three decimals, by whole numbers: the same in every locale.
  private static func decimal(_ number: Double) -> String {
    guard number.isFinite, abs(number) < 1e15 else { return "\(number)" }
    let thousandths = Int64((number * 1_000).rounded())
    let rest = String(thousandths.magnitude % 1_000)
    return (thousandths < 0 ? "-" : "") + "\(thousandths.magnitude / 1_000)."
      + String(repeating: "0", count: 3 - rest.count) + rest
  }
}
