import Foundation
import PolicyAnalysis

/// Printed documents with one thing less, changed as texts and not by the program's own mutator.
enum DocumentMutations {
  struct Mutation {
    /// What was taken out.
    let what: String
    let document: String
  }

  static func all(of document: String, _ dialect: PolicyDialect) throws -> [Mutation] {
    switch dialect {
    case .aws: try ofJSON(document)
    case .emulator, .gcp, .kubernetes: ofLines(document) { $0.hasPrefix("- ") && isScalar($0) }
    case .cedar: ofLines(document) { $0.hasPrefix("Action::") || $0.hasPrefix("Resource::") }
    }
  }

  /// A list's element that is a text, and no mapping.
  private static func isScalar(_ line: Substring) -> Bool {
    line.hasPrefix("- \"") || !line.contains(": ")
  }

  private static func ofLines(_ document: String, _ isElement: (Substring) -> Bool) -> [Mutation] {
    let lines = document.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.compactMap { number in
      guard isElement(lines[number].drop { $0 == " " }) else { return nil }
      var less = lines
      less.remove(at: number)
      return Mutation(what: String(lines[number]), document: less.joined(separator: "\n"))
    }
  }

  // MARK: AWS

  private typealias Object = [String: Any]

  private static func ofJSON(_ document: String) throws -> [Mutation] {
    guard let whole = try JSONSerialization.jsonObject(with: Data(document.utf8)) as? Object,
      let policies = whole["policies"] as? [Object]
    else { return [] }
    var mutations: [Mutation] = []
    for (number, policy) in policies.enumerated() {
      var inner = policy["document"] as? Object ?? [:]
      let statements = inner["Statement"] as? [Object] ?? []
      for (place, statement) in statements.enumerated() {
        for (what, less) in without(statement) {
          var rest = statements
          if let less { rest[place] = less } else { rest.remove(at: place) }
          var (policies, whole) = (policies, whole)
          inner["Statement"] = rest
          policies[number]["document"] = inner
          // A document without statements is none.
          if rest.isEmpty { policies.remove(at: number) }
          whole["policies"] = policies
          let data = try JSONSerialization.data(withJSONObject: whole, options: .sortedKeys)
          mutations.append(Mutation(what: what, document: String(decoding: data, as: UTF8.self)))
        }
      }
    }
    return mutations
  }

  /// The statement without each action, resource, condition, and value of one; nil without any.
  private static func without(_ statement: Object) -> [(String, Object?)] {
    var found: [(String, Object?)] = []
    for key in ["Action", "Resource"] {
      let texts = statement[key] as? [String] ?? [statement[key] as? String].compactMap(\.self)
      for text in texts {
        var less: Object? = statement
        less?[key] = texts.filter { $0 != text }
        found.append(("\(key) \(text)", texts.count > 1 ? less : nil))
      }
    }
    for (operation, keys) in statement["Condition"] as? Object ?? [:] {
      for (key, value) in keys as? Object ?? [:] {
        var less = statement
        less["Condition"] = nil
        found.append(("\(operation) \(key)", less))
        // The only value of a condition: no request meets what is left.
        if value is String { found.append(("\(operation) \(key) \(value)", nil)) }
      }
    }
    return found
  }
}
