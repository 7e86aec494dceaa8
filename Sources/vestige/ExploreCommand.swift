import ArgumentParser

struct ExploreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Explore runs on the terminal (what is done without a command).",
    discussion: """
      EXAMPLES
        vestige run-1/                       one run: a folder with all its artifacts
        vestige payments.otlp.jsonl          one run: a file
        vestige baseline/ incident/          two runs, to compare
        vestige runs/                        each folder in it is a run
        vestige explore trace                a folder that is called like a command
      """)

  @OptionGroup var executions: ExecutionOptions

  func run() throws {
    StandardStream.error.say("vestige: the explorer is not part of this build\n")
    throw ExitCode(2)
  }
}
