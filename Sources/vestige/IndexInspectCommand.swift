import ArgumentParser
import Reports
import TraceIndex
import TraceModel

struct IndexInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what is in indexes: counts and sections.",
    discussion: """
      A PATH may be an index file as well.

      EXAMPLES
        vestige index inspect run-1/
        vestige index inspect ~/.cache/vestige/run-1-*.vtix --format json
      """)

  @OptionGroup var executions: ExecutionOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let indexes = try executions.paths.flatMap { path in
      path.hasSuffix(".vtix")
        ? [try TraceIndex.open(path: path)] : try executions.cache.executions(at: [path])
    }
    try report.print(
      Report(
        kind: "index-inspect/1", title: "",
        parts: [.table(counts(indexes)), .table(sections(indexes))]))
  }

  private func counts(_ indexes: [TraceIndex]) -> Report.Table {
    Report.Table(
      key: "indexes", title: "",
      columns: [
        Report.Column("execution", "run"), Report.Column("format", "format"),
        Report.Column("rows", "rows"), Report.Column("traces", "traces"),
        Report.Column("strings", "strings"), Report.Column("attribute_keys", "keys"),
        Report.Column("resources", "resources"), Report.Column("artifacts", "artifacts"),
        Report.Column("index", "index"),
      ],
      rows: indexes.map { index in
        [
          .text(index.name), .integer(Int(IndexFormat.version)), .integer(index.rowCount),
          .integer(index.traceCount), .integer(index.stringCount),
          .integer(index.attributeKeys.count), .integer(index.resourceCount),
          .integer(index.artifacts.count), .path(index.path),
        ]
      })
  }

  private func sections(_ indexes: [TraceIndex]) -> Report.Table {
    Report.Table(
      key: "sections", title: "Sections",
      columns: [
        Report.Column("execution", "run"), Report.Column("id", "id"),
        Report.Column("section", "section"), Report.Column("group", "group"),
        Report.Column("element", "element"), Report.Column("elements", "elements"),
        Report.Column("offset", "at byte"), Report.Column("size_bytes", "size"),
        Report.Column("meaning", "meaning"),
      ],
      rows: indexes.flatMap { index in
        index.sections.map { descriptor, offset, byteCount in
          [
            .text(index.name), .integer(Int(descriptor.section.rawValue)), .text(descriptor.name),
            .text(descriptor.group.rawValue), .text(descriptor.element.rawValue),
            .integer(byteCount / descriptor.element.size), .integer(offset),
            .bytes(UInt64(byteCount)), .text(descriptor.meaning),
          ]
        }
      })
  }
}
