import ArgumentParser
import CSandbox
import Glibc

/// What tests ask of the running process; not shown in help.
struct DebugCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "debug", abstract: "Questions that tests ask.", shouldDisplay: false,
    subcommands: [SealCommand.self])

  struct SealCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "seal", abstract: "Try to open a socket; exit status 1 when that succeeds.")

    func run() throws {
      let failure = sandbox_probe_socket()
      let outcome = failure == 0 ? "given" : unsafe String(cString: strerror(failure))
      try StandardStream.output.send(
        "sealed: \(Seal.isClosed)\nsocket: \(outcome)\n")
      if failure == 0 { throw ExitCode.finding }
    }
  }
}
