/// What statements declare as allowed, with what their platform adds to them.
struct Declaration<Policy: ProvablePolicy>: Sendable {
  private let statements: [Statement]
  /// Places in `statements` by permission and principal.
  private let places: [Name: [Name: [Int]]]

  init(_ statements: [Statement]) {
    self.statements = statements
    var places: [Name: [Name: [Int]]] = [:]
    for (place, statement) in statements.enumerated() {
      let permission = Policy.spelling(of: statement.grant.permission)
      places[permission, default: [:]][statement.grant.principal, default: []].append(place)
    }
    self.places = places
  }

  /// The statement that accounts for `key`, the plainest reason first; nil when none does.
  ///
  /// - Parameters:
  ///   - hint: a statement that is asked first.
  ///   - isLeftOut: statements that do not count.
  func reason(
    for key: PermissionKey, hint: Statement? = nil,
    except isLeftOut: (Statement) -> Bool = { _ in
      false
    }
  ) -> (statement: Int, reach: DeclaredReach)? {
    if let hint, !isLeftOut(hint), let reach = Policy.reach(of: hint.grant, to: key) {
      return (hint.number, reach)
    }
    guard let byPrincipal = places[Policy.spelling(of: key.permission)] else { return nil }
    let candidates =
      key.principal.isEmpty ? byPrincipal.values.joined().sorted() : byPrincipal[key.principal]
    var best: (statement: Int, reach: DeclaredReach)?
    for place in candidates ?? [] where !isLeftOut(statements[place]) {
      guard let reach = Policy.reach(of: statements[place].grant, to: key) else { continue }
      if best.map({ reach < $0.reach }) ?? true { best = (statements[place].number, reach) }
      if reach == .granted { break }
    }
    return best
  }
}
