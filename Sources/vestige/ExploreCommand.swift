import ArgumentParser
import Explorer
import ExplorerViews
import Glibc
import Ingestion
import NcursesTerminal
import Terminal
import TraceQuery

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
        vestige run-1.tar.gz                 an archive is a folder
        vestige runs/ --filter 'is:deny'     only denied decisions
        vestige explore --follow run-1/      a run whose artifacts still grow
        vestige runs/ --policy in-force.yaml   what is new, against that
        vestige runs/ --theme light          see 'vestige theme list'
        vestige explore trace                a folder that is called like a command

      Press ? for the keys of a screen, : for all commands by name.
      """)

  @OptionGroup var executions: ExecutionOptions

  @Option(help: "A built-in theme or a theme file.")
  var theme = "dark"

  @Option(help: "Show only the rows that QUERY keeps.")
  var filter: String?

  @Option(
    help: ArgumentHelp(
      "Hold generated policies against the one in FILE, read as one of the dialect on the screen.",
      valueName: "file"),
    completion: .file())
  var policy: String?

  @Flag(help: "Show what is appended to the artifacts as it comes; F sticks to the end.")
  var follow = false

  @Flag(help: ArgumentHelp("Draw the first screen and leave.", visibility: .hidden))
  var firstScreenOnly = false

  func run() throws {
    let sources = try follow ? executions.growingSources() : executions.sources()
    if executions.paths.contains(StandardInput.path) { takeKeysFromTerminal() }
    if let filter { _ = try QueryProblem.parse(filter) }
    let cache = try executions.cache.cache()
    let catalogue = try InstalledCatalogue.current().file
    let definition = try ThemeChoice.definition(named: theme)
    var terminal = try NcursesTerminal()
    let mailbox = Mailbox(waking: terminal.wakeHandle)
    let runtime = ExplorerRuntime(
      sources: sources, cache: cache, mailbox: mailbox, rebuilds: executions.cache.rebuild,
      awsCatalogue: catalogue, follows: follow)
    var state = runtime.initialState(filter: filter)
    if let policy {
      state.hold(against: policy, try ExploreCommand.text(of: policy))
    }
    for effect in runtime.openFresh(&state) { runtime.perform(effect) }
    var loop = EventLoop(
      state: state, theme: definition.theme(at: terminal.capabilities.colorDepth),
      mailbox: mailbox, perform: runtime.perform)
    if firstScreenOnly {
      try loop.drawOnce(&terminal)
    } else {
      if follow { runtime.follow(after: state) } else { runtime.indexTheRest(after: state) }
      defer { runtime.end() }
      try loop.run(&terminal)
    }
    // As a shell tells of a process that a signal ended. The terminal is given back on the way out.
    switch loop.ending {
    case .terminate: throw ExitCode(128 + SIGTERM)
    case .hangup: throw ExitCode(128 + SIGHUP)
    default: break
    }
  }

  private static func text(of path: String) throws -> String {
    let bytes = try ArtifactFile(path: path).bytes(at: 0, length: ExplorerRuntime.fileLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ValidationError("\(path): no text in UTF-8, so no policy")
    }
    return text
  }

  /// Standard input was an artifact, so keys come from the terminal that the program runs on.
  ///
  /// Where there is none, taking the terminal fails right after, and says so.
  private func takeKeysFromTerminal() {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { return }
    dup2(terminal, STDIN_FILENO)
    close(terminal)
  }
}
