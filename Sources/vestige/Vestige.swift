import ArgumentParser
import Glibc

/// The command line: nouns, then verbs.
@main
struct Vestige: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vestige",
    abstract: "Explore what a system left behind: traces and authorization decisions.",
    discussion: """
      Reads artifact files and nothing else: it opens no connection, and changes no artifact.

      EXAMPLES
        vestige samples                     explore two runs of a small shop
        vestige run-1/ run-2/               your own: a folder of artifacts is a run
        vestige trace summarize run-1/      what happened, in one page
        vestige trace diff run-1/ run-2/    what changed; exit status 1 if anything
        vestige policy generate run-1/      the least privilege that the run needed
        vestige drift detect in-force.yaml run-1/   what is granted and not used

      EXIT STATUS
        0 done, nothing found   1 a finding, such as a difference   2 bad input
      """,
    version: version,
    subcommands: [
      ExploreCommand.self, TraceCommand.self, PolicyCommand.self, DriftCommand.self,
      IndexCommand.self,
      ArtifactCommand.self, ThemeCommand.self, KeysCommand.self, SamplesCommand.self,
      CompletionsCommand.self, DebugCommand.self,
    ],
    defaultSubcommand: ExploreCommand.self)

  static let version = "0.1.0"

  /// Seals the process, carries out the command, and turns every outcome into an exit status.
  static func main() {
    // A parent may have ignored it, and then a closed pipe would be an error instead of an end.
    signal(SIGPIPE, SIG_DFL)
    Seal.close()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      Glibc.exit(status(of: error))
    }
  }

  /// Says what happened where it belongs, and returns the exit status for it.
  private static func status(of error: any Error) -> Int32 {
    if let status = error as? ExitCode { return status.rawValue }
    switch exitCode(for: error) {
    case .success:
      do throws(OutputError) {
        try StandardStream.output.send(fullMessage(for: error) + "\n")
        return 0
      } catch {
        StandardStream.error.say("vestige: \(error)\n")
      }
    case .validationFailure: StandardStream.error.say(fullMessage(for: error) + "\n")
    default: StandardStream.error.say("vestige: \(error)\n")
    }
    return 2
  }
}

extension ExitCode {
  /// A difference, drift, a denied replay: what a gate in CI should stop at.
  static let finding = ExitCode(1)
  /// Nothing could be read; what and why was said.
  static let badInput = ExitCode(2)
}
