import Foundation
import TestSupport
import Testing

/// A terminal of its own for a test: a tmux server that nobody else uses, ended with the value.
final class TmuxSession {
  private let socket: String
  private let folder = TemporaryFolder()
  let indexFolder: String

  /// Where things are; nil, with a printed reason, where a test cannot run.
  static let binary: String? = {
    // They wait for ever when they run beside the other tests, for a reason not yet found.
    guard ProcessInfo.processInfo.environment["VESTIGE_TMUX_TESTS"] == "1" else {
      print("skipped: the tests on a real terminal run with VESTIGE_TMUX_TESTS=1")
      return nil
    }
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
      ["tmux", "-L", socket, "-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)",
       "env", "-i", "PATH=\(TmuxSession.path)", "TERM=screen-256color", "LANG=C.UTF-8",
       "HOME=\(folder.path)", "PS1=READY> ", "sh", "-i"])
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
        Issue.record("waited in vain for \(what); the screen:\n\(screen())", sourceLocation: sourceLocation)
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
  static func run(
    _ command: [String], environment: [String: String] = [:]
  ) -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment
      .merging(["TMUX": ""]) { $1 }.merging(environment) { $1 }
    // A file, not a pipe: the tmux server may inherit a pipe's end, which then never closes.
    let folder = TemporaryFolder()
    let path = folder.file("output")
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    guard let output = FileHandle(forWritingAtPath: path) else { return (127, "no file") }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = output
    do { try process.run() } catch { return (127, "\(error)") }
    process.waitUntilExit()
    let bytes = FileManager.default.contents(atPath: path) ?? Data()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}
