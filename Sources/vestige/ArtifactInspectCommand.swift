import ArgumentParser
import Ingestion
import Reports
import TraceIndex

struct ArtifactInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what files are, and what of them could not be understood.",
    discussion: """
      A file that no reader knows is described by its content.

      EXAMPLES
        vestige artifact inspect payments.otlp.jsonl
        vestige artifact inspect run-1/ --format json
        vestige artifact inspect run-1.tar.gz
        vestige artifact inspect *.json
      """)

  @OptionGroup var executions: ExecutionOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let limit = executions.cache.expansion.limit
    var indexes: [TraceIndex] = []
    var passedOver: [String] = []
    let cache = try executions.cache.cache()
    for path in executions.paths {
      let found = try ArtifactFinder.everything(at: path, within: limit)
      passedOver += try found.unread.map { file in
        "\(file.displayPath): \(try file.phrase(within: limit))"
      }
      for source in found.executions {
        indexes += try executions.cache.executions(of: source, in: cache, warns: false)
      }
    }
    try report.print(
      .artifacts(
        indexes.map { ($0.name, $0.artifacts, $0.diagnostics) }, passedOver: passedOver))
  }
}
