import ArgumentParser

struct ArtifactCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "artifact")
}
