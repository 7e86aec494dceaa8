import TraceIndex

/// The keys that single decisions needed together, so that a decision is not counted for each.
struct KeysTogether: Sendable {
  private let groups: [[PermissionKey]: Int]

  /// Reads the granted decisions of the executions that a policy was made from.
  ///
  /// - Complexity: O(rows) where decisions may need several permissions, else O(1).
  init(_ usage: UsedPermissions, in indexes: [TraceIndex]) {
    guard let interpreter = usage.interpreter else {
      groups = [:]
      return
    }
    var groups: [[PermissionKey]: Int] = [:]
    for index in indexes {
      for said in DecisionClasses(of: index, for: interpreter).classes {
        guard let reading = interpreter.reading(ofRow: said.first, in: index),
          reading.treatment == .granted, reading.requests.count > 1
        else { continue }
        groups[reading.requests.map(\.key), default: 0] += said.decisions
      }
    }
    self.groups = groups
  }

  /// How many times too often decisions are counted when those of all `keys` are added up.
  func repeated(_ keys: Set<PermissionKey>) -> Int {
    guard keys.count > 1 || !groups.isEmpty else { return 0 }
    return groups.reduce(0) { sum, group in
      sum + max(0, group.key.count(where: keys.contains) - 1) * group.value
    }
  }
}
