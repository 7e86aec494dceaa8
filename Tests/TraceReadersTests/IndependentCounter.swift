import Foundation
import TestSupport
import Testing

/// Runs a script of `Tests/CommandLineTests/Independent` on files; what it prints is by path.
///
/// `nil`, with a printed reason, where Python is absent.
func runCounter<Count: Decodable>(
  _ script: String, on files: [URL], as type: Count.Type
) throws -> [String: Count]? {
  let path = RealArtifacts.packageRoot
    .appending(path: "Tests/CommandLineTests/Independent/" + script).path
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["python3", "-B", path] + files.map(\.path)
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let data = try output.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  // 127 is what env returns when there is no such program.
  if process.terminationStatus == 127 {
    print("skipped: no python3")
    return nil
  }
  try #require(process.terminationStatus == 0)
  return try JSONDecoder().decode([String: Count].self, from: data)
}
