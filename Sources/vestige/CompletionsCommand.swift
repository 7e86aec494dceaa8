import ArgumentParser

struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Print the completions of all commands for a shell.",
    discussion: """
      EXAMPLES
        vestige completions bash > ~/.local/share/bash-completion/completions/vestige
        vestige completions zsh  > ~/.zfunc/_vestige
        vestige completions fish > ~/.config/fish/completions/vestige.fish
      """)

  enum Shell: String, CaseIterable, ExpressibleByArgument {
    case bash, zsh, fish

    var completionShell: CompletionShell {
      switch self {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    }
  }

  @Argument(help: "bash, zsh or fish")
  var shell: Shell

  func run() throws {
    try StandardStream.output.send(Vestige.completionScript(for: shell.completionShell) + "\n")
  }
}
