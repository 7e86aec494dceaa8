import Foundation
import Testing

/// A line of Queries/valid.txt or Queries/invalid.txt: what stands before and after the arrow.
struct QueryExample: CustomTestStringConvertible, Sendable {
  var query: String
  var expected: String

  var testDescription: String { query }

  /// The folder of the package.
  static let packageRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The text of a file of the package; empty, with an issue, when it cannot be read.
  static func text(ofFile path: String) -> String {
    do {
      return try String(contentsOf: packageRoot.appendingPathComponent(path), encoding: .utf8)
    } catch {
      Issue.record("cannot read \(path): \(error)")
      return ""
    }
  }

  static func read(_ file: String) -> [QueryExample] {
    text(ofFile: "Tests/TraceQueryTests/Queries/" + file)
      .split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
        let parts = String(line).components(separatedBy: "⟶")
        return QueryExample(
          query: parts[0].trimmingCharacters(in: .whitespaces),
          expected: parts.dropFirst().joined().trimmingCharacters(in: .whitespaces))
      }
  }
}
