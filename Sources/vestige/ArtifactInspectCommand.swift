import ArgumentParser
import Ingestion
import Reports
import TraceAnalysis
import TraceModel
import TraceReaders

struct ArtifactInspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Say what files are, and what of them could not be understood.",
    discussion: """
      A file that no reader knows is described by its content. A path that cannot be
      looked at is reported, and the others are looked at all the same. The exit status
      is 1 when a record was refused or a path could not be looked at, and 2 when none
      could.

      EXAMPLES
        vestige artifact inspect payments.otlp.jsonl
        vestige artifact inspect run-1/ --format json
        vestige artifact inspect run-1.tar.gz
        vestige artifact inspect *.json
      """)

  @OptionGroup var executions: ExecutionOptions
  @OptionGroup var report: ReportOptions

  func run() throws {
    let cache = try executions.cache.cache()
    var accounts: [ArtifactAccount] = []
    var contents: [ArtifactContents] = []
    var passedOver: [String] = []
    var failures: [String] = []
    for path in executions.paths {
      do throws(IngestionError) {
        let found = try look(at: path, cache)
        accounts += found.opened.map(\.account)
        contents += found.opened.flatMap { ArtifactContents.all($0.index) }
        passedOver += found.passedOver
      } catch {
        failures.append("\(error)")
      }
    }
    guard failures.count < executions.paths.count else {
      for failure in failures { StandardStream.error.say("vestige: \(visibleText(failure))\n") }
      throw ExitCode.badInput
    }
    try report.print(
      .artifacts(
        accounts, contents: contents, passedOver: passedOver, failures: failures,
        blindSpots: blindSpots(of: accounts)))
    let refused = accounts.contains { $0.artifacts.contains { $0.recordsRefused > 0 } }
    if refused || !failures.isEmpty { throw ExitCode.finding }
  }

  /// What must not be concluded from the silence of the formats at hand.
  private func blindSpots(of accounts: [ArtifactAccount]) -> [String] {
    let formats = Set(accounts.flatMap { $0.artifacts.map(\.format) })
    return TraceReaders.all.map { $0.descriptor }.filter { formats.contains($0.name) }
      .flatMap { format in format.blindSpots.map { "\(format.title): \($0)" } }
  }

  private func look(
    at path: String, _ cache: IndexCache
  ) throws(IngestionError) -> (opened: [OpenExecution], passedOver: [String]) {
    let limit = executions.cache.expansion.limit
    let found = try ArtifactFinder.everything(at: path, within: limit)
    guard !found.executions.isEmpty || !found.unread.isEmpty else {
      throw .unreadable(path: path, reason: "no file found in this folder")
    }
    let passedOver = try found.unread.map { file throws(IngestionError) in
      "\(file.displayPath): \(try file.phrase(within: limit))"
    }
    var opened: [OpenExecution] = []
    for source in found.executions {
      opened += try executions.cache.opened(source, in: cache, warns: false)
    }
    return (opened, passedOver)
  }
}
