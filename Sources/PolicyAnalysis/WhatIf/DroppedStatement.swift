import TraceModel

/// What a policy leaves out because a person said so, as its document says it.
struct DroppedStatement {
  let id: String
  let key: PermissionKey
  /// Decisions that it was used for.
  let decisions: Int

  /// Those of a request, in the order of the policy.
  static func all(of usage: UsedPermissions, _ request: PolicyRequest) -> [DroppedStatement] {
    guard !request.dropped.isEmpty else { return [] }
    return [Statement].exact(usage.used).filter { request.dropped.contains($0.id) }.map {
      DroppedStatement(id: $0.id, key: $0.key, decisions: $0.evidence.decisions)
    }
  }

  /// One clause.
  var sentence: String {
    "\(key.principal) \(key.permission) on \(key.resource): \(counted(decisions, "decision"))"
  }
}

extension [Statement] {
  /// The statements with other names than these, numbered anew.
  func without(_ names: Set<String>) -> [Statement] {
    if names.isEmpty { return self }
    return filter { !names.contains($0.id) }.enumerated().map { $1.numbered($0 + 1) }
  }
}
