import TraceModel

/// Looks for what a policy allows although nothing recorded or declares it.
struct AdmissionSearch<Policy: ProvablePolicy> {
  private let policy: Policy
  private let usage: UsedPermissions
  private let declaration: Declaration<Policy>
  private let recorded: Set<PermissionKey>
  private var asked = 0
  private var witnesses = 0
  private var declared: [DeclaredReach: LeastPrivilegeProof.Declared] = [:]
  private var violations: Set<PermissionKey> = []

  private let principals: [Name]
  private let permissions: [Name]
  private let resources: [Name]
  private let contexts: [[ContextEntry]]

  init(_ policy: Policy, _ usage: UsedPermissions, _ declaration: Declaration<Policy>) {
    self.policy = policy
    self.usage = usage
    self.declaration = declaration
    let keys = usage.used.map(\.key) + usage.denied.map(\.key)
    recorded = Set(usage.used.map(\.key))
    principals = Set(keys.map(\.principal)).sorted()
    permissions = Set(keys.map(\.permission)).sorted()
    resources = Set(keys.map(\.resource)).sorted()
    contexts = Set(keys.map(\.context) + [[]]).sorted { $0.lexicographicallyPrecedes($1) }
  }

  var result: LeastPrivilegeProof.Minimality {
    LeastPrivilegeProof.Minimality(
      principals: principals.count, permissions: permissions.count, resources: resources.count,
      contexts: contexts.count, asked: asked, witnesses: witnesses,
      declared: declared.values.sorted { $0.reach < $1.reach }, violations: violations.sorted())
  }

  mutating func run(_ statements: [Statement]) {
    for principal in principals {
      for permission in permissions { askAll(principal, permission) }
    }
    let byKey = Dictionary(
      statements.compactMap { statement in statement.grant.onlyKey.map { ($0, statement) } }
    ) { first, _ in first }
    for used in usage.used { askNeighbours(of: used.key, byKey[used.key]) }
  }

  /// All recorded resources on which the policy may allow it, in all recorded contexts that matter.
  private mutating func askAll(_ principal: Name, _ permission: Name) {
    let contexts = policy.testsContext(of: principal, permission) ? contexts : [[]]
    var done = 0
    for prefix in policy.prefixes(of: principal, permission).map({ Name($0) }).sorted() {
      let first = resources.partition(after: done) { $0 < prefix }
      // Names that begin alike stand together, and behind those that are less.
      var last = first
      while last < resources.count, resources[last].hasPrefix(prefix.text) {
        for context in contexts {
          asked += 1
          let key = PermissionKey(
            principal: principal, permission: permission, resource: resources[last],
            context: context)
          judge(key, hint: nil)
        }
        last += 1
      }
      done = max(done, last)
    }
  }

  private mutating func askNeighbours(of key: PermissionKey, _ statement: Statement?) {
    for neighbour in Policy.variants(of: key) {
      witnesses += 1
      judge(neighbour, hint: statement)
    }
  }

  private mutating func judge(_ key: PermissionKey, hint: Statement?) {
    guard policy.allows(key, at: 0), !recorded.contains(key) else { return }
    guard let reason = declaration.reason(for: key, hint: hint) else {
      violations.insert(key)
      return
    }
    let known = declared[reason.reach]
    declared[reason.reach] = LeastPrivilegeProof.Declared(
      reach: reason.reach, requests: (known?.requests ?? 0) + 1,
      example: known?.example ?? key, statement: known?.statement ?? reason.statement)
  }
}

extension [Name] {
  /// The first place from `start` on that is not `isBefore`, in a list that is sorted by it.
  fileprivate func partition(after start: Int, _ isBefore: (Name) -> Bool) -> Int {
    var (low, high) = (start, count)
    while low < high {
      let middle = (low + high) / 2
      if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
