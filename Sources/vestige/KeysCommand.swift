import ArgumentParser
import Explorer
import ExplorerViews

struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Print the keys of the explorer.",
    discussion: """
      EXAMPLES
        vestige keys                         all keys, by subject
        vestige keys --format markdown       as docs/keybindings.md has them
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, markdown
  }

  @Option(help: "How to print them.")
  var format = Format.text

  func run() throws {
    try StandardStream.output.send(
      format == .text ? KeyTable.text(.standard) : KeyTable.markdown(.standard))
  }
}
