import Foundation
package import Testing

/// Compares `text` with the golden file `folder/name` beside the test that calls.
///
/// With `RECORD_GOLDEN=1` in the environment the file is written instead, and the test fails all
/// the same, so that a run that recorded is never taken for one that passed.
package func expectGolden(
  _ text: String, named name: String, in folder: String,
  filePath: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) {
  let file = URL(fileURLWithPath: filePath).deletingLastPathComponent()
    .appendingPathComponent(folder).appendingPathComponent(name)
  let place = "\(folder)/\(name)"
  do {
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
      Issue.record("recorded \(place); review it, then run again", sourceLocation: sourceLocation)
      return
    }
    let expected = try String(contentsOf: file, encoding: .utf8)
    guard expected != text else { return }
    Issue.record(
      "\(place) differs:\n\(differences(expected: expected, actual: text))",
      sourceLocation: sourceLocation)
  } catch {
    Issue.record(
      "cannot use \(place): \(error); RECORD_GOLDEN=1 writes it", sourceLocation: sourceLocation)
  }
}

// The lines that differ, with their numbers: `-` what the file says, `+` what the program does.
private func differences(expected: String, actual: String) -> String {
  let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
  let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
  var lines: [String] = []
  for index in 0..<max(old.count, new.count) {
    let before = index < old.count ? old[index] : nil
    let after = index < new.count ? new[index] : nil
    guard before != after else { continue }
    if let before { lines.append("\(index + 1) -\(before)") }
    if let after { lines.append("\(index + 1) +\(after)") }
  }
  return lines.joined(separator: "\n")
}
