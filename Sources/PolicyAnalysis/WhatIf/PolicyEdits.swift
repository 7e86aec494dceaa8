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

  /// The rungs as a request chooses them: a permission stands for its statements where all of them,
  /// but those that are dropped, are on one rung.
  func choices(in statements: [Statement]) -> [String: Rung] {
    guard !rungs.isEmpty else { return [:] }
    let kept = statements.filter { !dropped.contains($0.id) }
    var choices: [String: Rung] = [:]
    for (permission, all) in Dictionary(grouping: kept, by: \.key.permission) {
      let used = Set(all.map { rungs[$0.id] ?? .exact })
      if used.count == 1, let rung = used.first, all.count > 1 {
        choices[permission.text] = rung == .exact ? nil : rung
      } else {
        for statement in all { choices[statement.id] = rungs[statement.id] }
      }
    }
    return choices
  }

  /// The edits of these statements alone.
  package func kept(to statements: Set<String>) -> PolicyEdits {
    var kept = self
    kept.dropped.formIntersection(statements)
    kept.rungs = rungs.filter { statements.contains($0.key) }
    return kept
  }
}
