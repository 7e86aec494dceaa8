import Foundation
import Glibc
import TestSupport
import Testing

/// A terminal of its own for a test: a tmux server that nobody else uses, ended with the value.
final class TmuxSession {
  private let socket: String
  private let folder = TemporaryFolder()
  let indexFolder: String

  /// Where things are; nil, with a printed reason, where a test cannot run.
  static let binary: String? = {
    guard run(["tmux", "-V"]).status == 0 else {
      print("skipped: tmux is absent")
      return nil
    }
    let candidates = [
      Bundle.main.bundleURL, Bundle.main.executableURL?.deletingLastPathComponent(),
      RealArtifacts.packageRoot.appending(path: ".build/debug"),
    ].compactMap { $0?.appending(path: "vestige").path }
    if let found = candidates.first(where: FileManager.default.isExecutableFile) { return found }
    print("skipped: no built vestige beside the tests")
    return nil
  }()

  /// A shell in a terminal of that size.
  init(width: Int = 80, height: Int = 24) throws {
    socket = "vestige-\(UUID().uuidString)"
    indexFolder = folder.file("index")
    let started = TmuxSession.run(
      [
        "tmux", "-L", socket, "-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y",
        "\(height)",
        "env", "-i", "PATH=\(TmuxSession.path)", "TERM=screen-256color", "LANG=C.UTF-8",
        "HOME=\(folder.path)", "PS1=READY> ", "sh", "-i",
      ])
    try #require(started.status == 0, "\(started.output)")
    _ = TmuxSession.run(["tmux", "-L", socket, "set", "-g", "status", "off"])
    try wait(for: "READY>")
  }

  deinit { _ = TmuxSession.run(["tmux", "-L", socket, "kill-server"]) }

  private static var path: String {
    ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
  }

  /// The command that opens paths, with this session's index folder.
  func command(_ paths: String...) throws -> String {
    let binary = try #require(TmuxSession.binary)
    return "'\(binary)' --index-dir '\(indexFolder)' "
      + paths.map { "'\($0)'" }.joined(separator: " ")
  }

  func type(_ text: String) { tmux("send-keys", "-l", text) }

  /// Keys by tmux's names, such as `Enter` and `C-z`.
  func press(_ keys: String...) { tmux(["send-keys"] + keys) }

  func resize(width: Int, height: Int) {
    tmux("resize-window", "-x", "\(width)", "-y", "\(height)")
  }

  /// What is on the screen; with `escapes`, also how it looks.
  func screen(escapes: Bool = false) -> String {
    tmux(["capture-pane", "-p"] + (escapes ? ["-e"] : []))
  }

  /// A property of the terminal, such as `alternate_on` or `cursor_flag`.
  func property(_ name: String) -> String {
    tmux("display-message", "-p", "#{\(name)}").trimmingCharacters(in: .newlines)
  }

  /// Waits until the screen has `text`.
  func wait(for text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try wait("'\(text)' to be shown", sourceLocation: sourceLocation) { screen().contains(text) }
  }

  /// Waits until `condition` holds.
  func wait(
    _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    until condition: () -> Bool
  ) throws {
    let deadline = Date.now.addingTimeInterval(60)
    while !condition() {
      guard Date.now < deadline else {
        Issue.record(
          "waited in vain for \(what); the screen:\n\(screen())", sourceLocation: sourceLocation)
        throw InVain()
      }
      Thread.sleep(forTimeInterval: 0.05)
    }
  }

  struct InVain: Error {}

  @discardableResult
  private func tmux(_ arguments: String...) -> String { tmux(arguments) }

  @discardableResult
  private func tmux(_ arguments: [String]) -> String {
    TmuxSession.run(["tmux", "-L", socket] + arguments).output
  }

  /// Runs a command to its end.
  static func run(_ command: [String]) -> (status: Int32, output: String) {
    // Not Foundation's Process: it waits until everybody has closed what the command inherited,
    // and the terminal's server, which inherits it too, goes on.
    let folder = TemporaryFolder()
    let output = folder.file("output")
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    let variables = ProcessInfo.processInfo.environment.filter { $0.key != "TMUX" }
      .map { "\($0.key)=\($0.value)" }
    var process = pid_t()
    let error = withCStrings(command) { arguments in
      withCStrings(variables) { posix_spawnp(&process, command[0], &actions, nil, arguments, $0) }
    }
    guard error == 0 else { return (127, String(cString: strerror(error))) }
    var status = Int32(0)
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? "no output"
    return (status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F, text)
  }

  private static func withCStrings<R>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> R
  ) -> R {
    let copies = strings.map { strdup($0) }
    defer { copies.forEach { free($0) } }
    return body(copies + [nil])
  }
}
