import Foundation
import TestSupport

/// What a run of the built program came to.
struct CommandRun {
  /// The exit status; nil when a signal ended the program, as a trap does.
  let status: Int32?
  let output: String
  let errors: String

  /// Runs `vestige` in the package's root, with a home and an index folder of its own.
  ///
  /// The environment is empty but for what is given: nothing of the machine shows.
  init(
    _ arguments: [String], home: TemporaryFolder = TemporaryFolder(),
    environment: [String: String] = [:], folder: String = CommandRun.packageRoot
  ) throws {
    try self.init(
      program: CommandRun.program, arguments, home: home, environment: environment, folder: folder)
  }

  /// Runs a line of shell in which `vestige` is the built program.
  init(
    shell line: String, home: TemporaryFolder = TemporaryFolder(),
    folder: String = CommandRun.packageRoot
  ) throws {
    let bin = (CommandRun.program as NSString).deletingLastPathComponent
    let path = bin + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
    try self.init(
      program: "/bin/bash", ["-c", line], home: home, environment: ["PATH": path], folder: folder)
  }

  private init(
    program: String, _ arguments: [String], home: TemporaryFolder, environment: [String: String],
    folder: String
  ) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.environment = ["HOME": home.path].merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a pipe that nobody reads while the other is read would block the program.
    let captured = TemporaryFolder()
    let files = ["out", "err"].map { captured.file($0) }
    for file in files { try Data().write(to: URL(fileURLWithPath: file)) }
    let handles = try files.map { try FileHandle(forWritingTo: URL(fileURLWithPath: $0)) }
    process.standardOutput = handles[0]
    process.standardError = handles[1]
    try process.run()
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : nil
    let texts = try files.map {
      String(decoding: try Data(contentsOf: URL(fileURLWithPath: $0)), as: UTF8.self)
    }
    output = texts[0]
    errors = texts[1]
  }

  /// The program beside the running test bundle: both are products of one build.
  static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("vestige").path

  static let packageRoot = RealArtifacts.packageRoot.path

  /// The output as an object of JSON.
  func json() throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
    guard let object = value as? [String: Any] else { throw NotAnObject() }
    return object
  }

  /// Each line of the output as an object of JSON.
  func jsonLines() throws -> [[String: Any]] {
    try output.split(separator: "\n").map { line in
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
      guard let object = value as? [String: Any] else { throw NotAnObject() }
      return object
    }
  }

  struct NotAnObject: Error {}
}

/// The output of a Python script beside the tests, as JSON; nil, with a printed reason, without
/// Python 3.
func independent(_ script: String, _ arguments: [String]) throws -> [String: Any]? {
  let path = CommandRun.packageRoot + "/Tests/CommandLineTests/Independent/" + script
  let words = ["python3", "-B", path] + arguments
  let quoted = words.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
  let run = try CommandRun(shell: quoted.joined(separator: " "))
  guard run.status != 127 else {
    print("skipped: python3 is not installed")
    return nil
  }
  return try run.json()
}
