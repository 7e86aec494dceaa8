/// What the policies of one principal may take.
package enum GeneralizationBudget: Sendable, Equatable {
  /// What the platform takes.
  case limit
  /// In the unit of the dialect.
  case size(Int)
}

extension GeneralizationLadder {
  /// A rung that covers several statements.
  private struct Candidate {
    let permission: Name
    let conditions: [ContextEntry]
    let step: GeneralizationStep
    /// The first statement that it was found for.
    let number: Int

    func covers(_ statement: Statement) -> Bool {
      statement.key.permission == permission
        && conditions.allSatisfy(statement.key.context.contains)
        && step.pattern.matches(statement.key.resource)
    }

    /// What has an end first, then fewest others admitted, then the narrowest rung, then most covered.
    static func isCheaper(_ a: Candidate, _ b: Candidate) -> Bool {
      let (x, y) = (a.step.price, b.step.price)
      if (a.step.rung == .any) != (b.step.rung == .any) { return b.step.rung == .any }
      if x.admitted != y.admitted { return x.admitted < y.admitted }
      if a.step.rung != b.step.rung { return a.step.rung < b.step.rung }
      if x.covered != y.covered { return x.covered > y.covered }
      return a.number < b.number
    }
  }

  /// The statements, those of principals whose policies do not fit on cheaper rungs first, and on no
  /// more of them than it takes.
  ///
  /// Where no rungs make them fit, they stay as they are: a policy that is wide and too large, too,
  /// would be worth nothing.
  func fitted(
    _ statements: [Statement], includesSensitive: Bool, fits: ([Statement]) -> Bool
  ) -> [Statement] {
    var result = statements
    let byPrincipal = Dictionary(grouping: statements.indices) {
      statements[$0].key.principal
    }
    for (_, numbers) in byPrincipal.sorted(by: { $0.key < $1.key }) {
      let own = numbers.map { statements[$0] }
      if fits(own) { continue }
      let candidates = candidates(for: own, includesSensitive)
      func taken(_ count: Int) -> [Statement] { onRungs(own, candidates.prefix(count)) }
      guard fits(taken(candidates.count)) else {
        for number in numbers { result[number] = statements[number].keptBack(.budget) }
        continue
      }
      var (low, high) = (1, candidates.count)
      while low < high {
        let middle = (low + high) / 2
        if fits(taken(middle)) { high = middle } else { low = middle + 1 }
      }
      for (number, statement) in zip(numbers, taken(low)) { result[number] = statement }
    }
    return result
  }

  private func candidates(for statements: [Statement], _ includesSensitive: Bool) -> [Candidate] {
    struct Reach: Hashable {
      let permission: Name
      let conditions: [ContextEntry]
      let pattern: ResourcePattern
    }
    var seen: Set<Reach> = []
    var candidates: [Candidate] = []
    for statement in statements {
      let steps = steps(of: statement, includesSensitive: includesSensitive)
      for step in steps where step.rung > (statement.step?.rung ?? .exact) {
        let reach = Reach(
          permission: statement.key.permission, conditions: statement.key.context,
          pattern: step.pattern)
        // What covers one resource alone makes nothing shorter.
        guard step.price.covered > 1, seen.insert(reach).inserted else { continue }
        candidates.append(
          Candidate(
            permission: reach.permission, conditions: reach.conditions, step: step,
            number: statement.number))
      }
    }
    return candidates.sorted(by: Candidate.isCheaper)
  }

  /// Each statement on the widest of the rungs that cover it.
  private func onRungs(
    _ statements: [Statement], _ candidates: some Sequence<Candidate>
  ) -> [Statement] {
    let byPermission = Dictionary(grouping: candidates, by: \.permission)
    return statements.map { statement in
      let covering = byPermission[statement.key.permission, default: []].filter {
        $0.covers(statement) && $0.step.rung >= statement.step?.rung ?? .exact
      }
      let widest = covering.max { a, b in
        a.step.rung != b.step.rung
          ? a.step.rung < b.step.rung : a.step.price.covered < b.step.price.covered
      }
      return widest.map { statement.on($0.step) } ?? statement
    }
  }
}
