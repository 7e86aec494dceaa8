import ArgumentParser

struct IndexCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "index",
    abstract: "The files behind it all: build, look into, check, remove.",
    discussion: """
      Every command makes the index it needs and keeps it; these are for looking
      behind the curtain. docs/index-format.md describes the files.
      """,
    subcommands: [
      IndexBuildCommand.self, IndexInspectCommand.self, IndexVerifyCommand.self,
      IndexCleanCommand.self,
    ])
}
