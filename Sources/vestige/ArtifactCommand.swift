import ArgumentParser
import Ingestion
import Reports
import TraceIndex

struct ArtifactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "artifact",
    abstract: "What files are.",
    subcommands: [InspectCommand.self])

  struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "inspect",
      abstract: "Say what files are, and what of them could not be understood.",
      discussion: """
        A file that no reader knows is described by its content.

        EXAMPLES
          vestige artifact inspect payments.otlp.jsonl
          vestige artifact inspect run-1/ --format json
          vestige artifact inspect *.json
        """)

    @OptionGroup var executions: ExecutionOptions
    @OptionGroup var report: ReportOptions

    func run() throws {
      var indexes: [TraceIndex] = []
      var passedOver: [String] = []
      let cache = try executions.cache.cache()
      for path in executions.paths {
        let files = try ArtifactFinder.files(at: path)
        passedOver += try files.filter { $0.reader == nil }.map { file in
          "\(file.displayPath): \(try InspectCommand.look(of: file))"
        }
        guard files.contains(where: { $0.reader != nil }) else { continue }
        for source in try ArtifactFinder.executions(at: [path]) {
          indexes += try executions.cache.executions(of: source, in: cache, warns: false)
        }
      }
      try report.print(
        .artifacts(
          indexes.map { ($0.name, $0.artifacts, $0.diagnostics) }, passedOver: passedOver))
    }

    private static func look(of file: FoundArtifact) throws -> String {
      let prefix = try ArtifactFile(path: file.path)
        .bytes(at: 0, length: ArtifactFinder.sniffLength)
      return ContentDescription(prefix: prefix).text
    }
  }
}
