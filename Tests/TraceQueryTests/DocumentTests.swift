import Testing
import TraceIndex

@testable import TraceQuery

/// Holds docs/query-language.md against the language.
@Suite("The document of the query language")
struct DocumentTests {
  static let text = QueryExample.text(ofFile: "docs/query-language.md")
  private static let macros = [
    "approved": "storage.objects.get, secretmanager.*",
    "noisy": "name:*/health or name:ping",
  ]

  /// The lines of all blocks that begin with ```` ```query ````.
  static var examples: [String] {
    var found: [String] = []
    var isExample = false
    for line in text.split(separator: "\n") {
      if line.hasPrefix("```") {
        isExample = line == "```query"
      } else if isExample {
        found.append(String(line))
      }
    }
    return found
  }

  /// Everything the document writes in backticks.
  private static var codes: Set<String> {
    Set(text.split(separator: "`", omittingEmptySubsequences: false).map(String.init))
  }

  @Test("every example can be run", arguments: examples)
  func example(text: String) throws {
    let index = try sample.get()
    let query = try Query(parsing: text, macros: DocumentTests.macros)
    let none = RowSet(rowCount: index.rowCount)
    let words = IsWord.allCases.filter(\.isLabel).map { ($0.rawValue, none) }
    let context = QueryContext(
      labels: [
        "is": Dictionary(uniqueKeysWithValues: words), "diff": [:], "policy.stmt": [:],
        "mark": [:], "tag": [:],
      ], allowsAbsentAttributes: true)
    #expect(throws: Never.self) { _ = try evaluate(query, in: index, context: context) }
  }

  @Test("there are examples of everything")
  func coverage() {
    #expect(DocumentTests.examples.count > 50)
  }

  @Test("every name of the language is in the document")
  func completeness() {
    let codes = DocumentTests.codes
    for field in KnownField.allCases {
      #expect(codes.contains(field.rawValue), "\(field.rawValue)")
      for alias in field.aliases { #expect(codes.contains(alias), "\(alias)") }
      if case .word(let words) = field.kind, field != .isWord {
        for word in words { #expect(codes.contains(word), "\(word)") }
      }
    }
    for word in IsWord.allCases { #expect(codes.contains("is:" + word.rawValue), "\(word)") }
    for scope in QueryVocabulary.scopes { #expect(codes.contains(scope.name), "\(scope.name)") }
    for symbol in ComparisonOperator.allCases {
      #expect(codes.contains(symbol.rawValue), "\(symbol.rawValue)")
    }
    for relation in Relation.allCases {
      #expect(codes.contains("A \(relation.rawValue) B"), "\(relation.rawValue)")
    }
    for function in AggregateFunction.allCases {
      let call = function == .count ? "count()" : "\(function.rawValue)(f)"
      #expect(codes.contains(call), "\(call)")
    }
    for stage in StageName.allCases {
      #expect(codes.contains { $0.hasPrefix(stage.rawValue + "(") }, "\(stage.rawValue)")
    }
  }

  @Test("the fault that is shown is the one there is")
  func fault() {
    let query = "is:deny acter:ci"
    let error = #expect(throws: QueryError.self) { _ = try Query(parsing: query) }
    guard let error else { return }
    #expect(DocumentTests.text.contains("```\n" + error.rendered(in: query) + "\n```"))
  }

  @Test("the vocabulary for help screens is the language")
  func vocabulary() {
    #expect(
      Set(QueryVocabulary.operators.map(\.name)).isSuperset(
        of: ComparisonOperator.allCases.map(\.rawValue)))
    #expect(
      Set(QueryVocabulary.relations.map(\.name)).isSuperset(of: Relation.allCases.map(\.rawValue)))
    for entry in QueryVocabulary.fields + QueryVocabulary.words + QueryVocabulary.stages {
      #expect(!entry.help.isEmpty && !entry.help.hasSuffix("."), "\(entry.name)")
    }
  }
}
