import Testing

@testable import TraceQuery

@Suite("Query syntax")
struct QuerySyntaxTests {
  static let macros = [
    "approved": "storage.objects.get, secretmanager.*",
    "noisy": "name:health or name:ping",
    "both": "@noisy is:error",
    "broken": "name:",
    "under": "{ a } >> { b }",
    "loop": "a @loop",
    "badlist": "a b",
  ]

  @Test("a valid query has its canonical text", arguments: QueryExample.read("valid.txt"))
  func valid(example: QueryExample) throws {
    let query = try Query(parsing: example.query, macros: QuerySyntaxTests.macros)
    #expect(query.description == example.expected)
  }

  @Test("the canonical text parses to itself", arguments: QueryExample.read("valid.txt"))
  func idempotent(example: QueryExample) throws {
    let canonical = try Query(parsing: example.query, macros: QuerySyntaxTests.macros).description
    #expect(try Query(parsing: canonical).description == canonical)
  }

  @Test(
    "an invalid query names its fault and the place", arguments: QueryExample.read("invalid.txt"))
  func invalid(example: QueryExample) throws {
    let parts = example.expected.split(separator: ":", maxSplits: 1).map { String($0) }
    let error = #expect(throws: QueryError.self) {
      _ = try Query(parsing: example.query, macros: QuerySyntaxTests.macros)
    }
    guard let error else { return }
    #expect(String(error.column) == parts[0], "\(error)")
    #expect(error.description.contains(parts[1].dropFirst()), "\(error)")
    #expect(error.range.upperBound <= example.query.unicodeScalars.count + 1)
  }
}
