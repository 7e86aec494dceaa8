import ArgumentParser

struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "What happened: summaries, lists, single traces, questions, differences.",
    subcommands: [
      TraceSummarizeCommand.self, TraceListCommand.self, TraceShowCommand.self,
      TraceMatrixCommand.self, TraceFieldsCommand.self, TraceQueryCommand.self,
      TraceDiffCommand.self,
      TraceFollowCommand.self,
    ])
}
