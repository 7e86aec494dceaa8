/// Looks for a reason of each part of a policy: something recorded that is decided otherwise without
/// it, or something undeclared that would be allowed.
struct NecessitySearch<Policy: ProvablePolicy> {
  private let policy: Policy
  private let usage: UsedPermissions
  private let declaration: Declaration<Policy>
  private var needs: [Policy.Part: LeastPrivilegeProof.Need] = [:]
  /// For parts without a reason so far, some recorded keys about which they have a say.
  private var carriers: [Policy.Part: [PermissionKey]] = [:]

  /// Recorded keys whose neighbours are tried for one part.
  private let carriersPerPart = 4

  init(_ policy: Policy, _ usage: UsedPermissions, _ declaration: Declaration<Policy>) {
    self.policy = policy
    self.usage = usage
    self.declaration = declaration
  }

  var result: LeastPrivilegeProof.Necessity {
    LeastPrivilegeProof.Necessity(
      parts: policy.parts.map {
        LeastPrivilegeProof.Finding(part: policy.described($0), need: needs[$0] ?? .none)
      })
  }

  mutating func run() {
    for used in usage.used { tryAllowed(used.key, at: used.evidence.replayTime) }
    let open = policy.parts.filter { needs[$0] == nil }
    if open.isEmpty { return }
    for denied in usage.denied { tryDenied(denied.key, at: denied.evidence.replayTime) }
    for part in open where needs[part] == nil { tryNeighbours(part) }
    if open.allSatisfy({ needs[$0] != nil }) { return }
    explain(Set(open.filter { needs[$0] == nil }))
  }

  /// Parts without which `key` would be denied.
  private mutating func tryAllowed(_ key: PermissionKey, at time: Int64) {
    let slice = policy.slice(for: key)
    guard slice.allows(key, at: time) else { return }
    for part in slice.parts where needs[part] == nil {
      if slice.without(part).allows(key, at: time) {
        if carriers[part, default: []].count < carriersPerPart {
          carriers[part, default: []].append(key)
        }
      } else {
        needs[part] = .denies(key)
      }
    }
  }

  /// Parts without which `key`, which was denied, would be allowed.
  private mutating func tryDenied(_ key: PermissionKey, at time: Int64) {
    let slice = policy.slice(for: key)
    guard !slice.allows(key, at: time) else { return }
    for part in slice.parts where needs[part] == nil {
      if slice.without(part).allows(key, at: time) { needs[part] = .allowsDenied(key) }
    }
  }

  /// Whether something next to what was recorded would be allowed without the part.
  private mutating func tryNeighbours(_ part: Policy.Part) {
    for key in (carriers[part] ?? []).flatMap(Policy.variants) {
      let slice = policy.slice(for: key)
      guard !slice.allows(key, at: 0), slice.without(part).allows(key, at: 0),
        declaration.reason(for: key) == nil
      else { continue }
      needs[part] = .admits(key)
      return
    }
  }

  /// Whether other statements reach, as declared, what the part is there for.
  private mutating func explain(_ open: Set<Policy.Part>) {
    for used in usage.used {
      let other = declaration.reason(for: used.key) { $0.grant.onlyKey == used.key }
      guard let other else { continue }
      for part in policy.slice(for: used.key).parts
      where open.contains(part) && needs[part] == nil {
        needs[part] = .implied(by: other.statement, other.reach)
      }
    }
  }
}
