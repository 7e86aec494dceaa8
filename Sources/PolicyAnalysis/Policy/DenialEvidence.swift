package import TraceIndex
import TraceModel

extension GeneratedPolicy {
  /// All rows of an execution in which a key was denied, ascending.
  ///
  /// - Complexity: O(rows).
  package func rows(denying key: PermissionKey, in index: TraceIndex) -> [Int] {
    if let interpreter = usage.interpreter {
      return (0..<index.rowCount).filter { row in
        guard let reading = interpreter.reading(ofRow: row, in: index) else { return false }
        return reading.treatment == .excluded(.denied) && reading.requests.contains { $0.key == key }
      }
    }
    guard let principal = index.stringID(of: key.principal.text),
      let permission = index.stringID(of: key.permission.text),
      let target = index.stringID(of: key.resource.text)
    else { return [] }
    let rules = DecisionRules(index: index, principal: usage.principal)
    return index.withIDs(.permission) { permissions in
      permissions.indices.filter { row in
        permissions[row] == permission.value && index.principal(row) == principal
          && index.target(row) == target && rules.treatment(ofRow: row) == .excluded(.denied)
      }
    }
  }
}
