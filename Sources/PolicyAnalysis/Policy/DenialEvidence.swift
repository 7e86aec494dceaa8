package import TraceIndex
import TraceModel

extension GeneratedPolicy {
  /// All rows of an execution in which a key was denied, ascending.
  ///
  /// - Complexity: O(rows).
  package func rows(denying denied: DeniedPermission, in index: TraceIndex) -> [Int] {
    let key = denied.key
    if let interpreter = usage.interpreter {
      return rows(
        about: key, treated: .excluded(.denied), denied.evidence, by: interpreter, in: index)
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

  /// The rows that ask for a key in some way, ascending.
  func rows(
    about key: PermissionKey, treated treatment: DecisionTreatment, _ evidence: Evidence,
    by interpreter: any DecisionInterpreter, in index: TraceIndex
  ) -> [Int] {
    func asks(_ row: Int) -> Bool {
      guard let reading = interpreter.reading(ofRow: row, in: index) else { return false }
      return reading.treatment == treatment && reading.requests.contains { $0.key == key }
    }
    let principal = index.stringID(of: key.principal.text)
    let own = (0..<index.rowCount).filter { index.principal($0) == principal && asks($0) }
    // Rows mostly name who is granted something; a request in another's name is granted to both.
    return own.count == evidence.decisions ? own : (0..<index.rowCount).filter(asks)
  }
}
