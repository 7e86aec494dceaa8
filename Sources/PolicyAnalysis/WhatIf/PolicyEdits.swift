/// What a person changes of a generated policy, statement by statement.
///
/// Statements go by their names, which are the same in all dialects that take decisions alike.
package struct PolicyEdits: Hashable, Sendable {
  /// Names of the statements that are left out.
  package private(set) var dropped: Set<String> = []
  /// The rungs that statements are put on, by their names.
  package private(set) var rungs: [String: Rung] = [:]

  package init() {}

  package var isEmpty: Bool { dropped.isEmpty && rungs.isEmpty }

  /// The number of statements that are changed.
  package var count: Int { dropped.union(rungs.keys).count }

  /// Leaves a statement out, or takes it back.
  package mutating func toggle(_ statement: String) {
    if dropped.remove(statement) == nil { dropped.insert(statement) }
  }

  /// Puts a statement on a rung of the ladder.
  package mutating func put(_ statement: String, on rung: Rung) {
    rungs[statement] = rung == .exact ? nil : rung
  }

  /// The edits of these statements alone.
  package func kept(to statements: Set<String>) -> PolicyEdits {
    var kept = self
    kept.dropped.formIntersection(statements)
    kept.rungs = rungs.filter { statements.contains($0.key) }
    return kept
  }
}
