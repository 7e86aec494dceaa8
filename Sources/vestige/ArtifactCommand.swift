import ArgumentParser

struct ArtifactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "artifact",
    abstract: "What files are, and whether they are still the same.",
    subcommands: [ArtifactInspectCommand.self, ArtifactVerifyCommand.self])
}
