package import TraceIndex
import TraceModel

/// An execution that a policy was made from.
package struct PolicySource: Sendable, Equatable {
  package let name: String
  package let artifacts: [SourceArtifact]
  package let decisions: Int
  /// Records of its artifacts that could not be understood: decisions may be missing.
  package let recordsRefused: UInt64
  /// Files beside its artifacts that no reader knows: decisions may be in them.
  package let passedOver: [String]
}

/// An artifact that a policy was made from.
package struct SourceArtifact: Sendable, Equatable {
  package let path: String
  package let digest: UInt64
  package let recordsRead: UInt64
}

/// A key that was allowed at least once.
package struct UsedPermission: Sendable, Equatable {
  package let key: PermissionKey
  package let evidence: Evidence
  /// How often the same key was denied at other times.
  package let denials: Int
  /// Why it was needed, where no decision was recorded for it; nil for all others.
  package let inference: Inference?
}

/// A key that was denied and never allowed.
package struct DeniedPermission: Sendable, Equatable {
  package let key: PermissionKey
  package let evidence: Evidence
}

/// What the decisions of one or several executions show as allowed, and what became of the rest.
///
/// Every decision is accounted for: it is behind one used permission or counted under one reason.
package struct UsedPermissions: Sendable {
  package let executions: [PolicySource]
  /// The only principal whose decisions count; nil for all.
  package let principal: Name?
  /// In order of keys.
  package let used: [UsedPermission]
  /// In order of keys.
  package let denied: [DeniedPermission]
  package let accounting: DecisionAccounting
  /// In order of principals.
  package let principals: [PrincipalAccount]
  /// How decisions were read; nil when their columns say all.
  let interpreter: (any DecisionInterpreter)?

  /// Reads all decisions of `indexes`, whose order only numbers them, `passedOver` being what lay
  /// beside each and was not read; with a principal, those of all
  /// others are left out.
  ///
  /// - Throws: `PolicyError` when there is nothing to read, or when an index's own count of
  ///   decisions is not the number found in it.
  /// - Complexity: O(rows + distinct keys × log(distinct keys)).
  package init(
    indexes: [TraceIndex], passedOver: [[String]] = [], principal: Name? = nil,
    interpreter: (any DecisionInterpreter)? = nil
  ) throws(PolicyError) {
    guard !indexes.isEmpty else { throw .noExecutions }
    var merged: [PermissionKey: KeyTally] = [:]
    var accounts: [Name: DecisionAccounting] = [:]
    for (number, index) in indexes.enumerated() {
      var counting = DecisionCounting(index: index, execution: number, principal: principal)
      if let interpreter { counting.run(interpreter) } else { counting.run() }
      guard counting.decisions == index.totals.decisions else {
        throw .unbalanced(
          execution: index.name, decisions: index.totals.decisions, counted: counting.decisions)
      }
      for (key, tally) in counting.tallies { merged[key, default: KeyTally()].merge(tally) }
      for (name, account) in counting.accounts {
        accounts[name, default: DecisionAccounting()].merge(account)
      }
    }
    executions = indexes.enumerated().map { number, index in
      PolicySource(index, passedOver: passedOver.indices.contains(number) ? passedOver[number] : [])
    }
    self.principal = principal
    self.interpreter = interpreter
    let keys = merged.sorted { $0.key < $1.key }
    func place(_ reference: RowReference) -> RecordPlace { indexes.place(of: reference) }
    used = keys.compactMap { key, tally in
      tally.granted.evidence(place: place).map {
        UsedPermission(
          key: key, evidence: $0, denials: tally.denied.decisions, inference: tally.inference)
      }
    }
    denied = keys.compactMap { key, tally in
      guard tally.granted.decisions == 0, !tally.wasAllowedUngranted else { return nil }
      return tally.denied.evidence(place: place).map { DeniedPermission(key: key, evidence: $0) }
    }
    let perPrincipal = Dictionary(grouping: used, by: \.key.principal)
    principals = accounts.sorted { $0.key < $1.key }.map { name, account in
      PrincipalAccount(
        principal: name, accounting: account, usedPermissions: perPrincipal[name]?.count ?? 0)
    }
    accounting = principals.reduce(into: DecisionAccounting()) { $0.merge($1.accounting) }
    guard accounting.decisions > 0 else { throw .noDecisions(executions: indexes.map(\.name)) }
    // Who only acted in another's name has no decisions, but may have used permissions.
    if let principal, accounts[principal] == nil, used.isEmpty {
      let part = principal.text.lowercased()
      let similar = part.isEmpty ? [] : accounts.keys.filter { $0.text.lowercased().contains(part) }
      throw .unknownPrincipal(principal, similar: similar.sorted())
    }
  }
}

extension UsedPermissions {
  /// The resources of all keys.
  var resources: Set<Name> {
    Set(used.map(\.key.resource) + denied.map(\.key.resource))
  }

  /// How many recorded pairs of a permission and a resource principals are allowed that used the
  /// permission elsewhere, and never there.
  func admitted(by allows: (PermissionKey) -> Bool) -> Int {
    let recorded = Set(used.map(\.key))
    let resources = Dictionary(grouping: used.map(\.key) + denied.map(\.key), by: \.permission)
      .mapValues { Set($0.map(\.resource)) }
    let permissions = Dictionary(grouping: recorded, by: \.principal)
      .mapValues { Set($0.map(\.permission)) }
    return permissions.reduce(0) { sum, entry in
      let pairs = entry.value.flatMap { permission in
        (resources[permission] ?? []).map { (permission: permission, resource: $0) }
      }
      return sum
        + pairs.count { pair in
          let key = PermissionKey(
            principal: entry.key, permission: pair.permission, resource: pair.resource)
          return !recorded.contains(key) && allows(key)
        }
    }
  }
}

extension PolicySource {
  init(_ index: TraceIndex, passedOver: [String]) {
    self.passedOver = passedOver
    name = index.name
    artifacts = index.artifacts.map {
      SourceArtifact(path: $0.path, digest: $0.digest, recordsRead: $0.recordsRead)
    }
    decisions = index.totals.decisions
    recordsRefused = index.totals.recordsRefused
  }
}

extension [TraceIndex] {
  /// Where the record of a row is.
  func place(of reference: RowReference) -> RecordPlace {
    let index = self[reference.execution]
    let artifact = index.artifact(ofRow: reference.row)
    return RecordPlace(
      reference: reference,
      artifact: index.artifacts.indices.contains(artifact) ? index.artifacts[artifact].path : "",
      byteOffset: index.byteOffset(ofRow: reference.row))
  }
}

/// What was seen of one key.
private struct KeyTally {
  var granted = EvidenceTally()
  var denied = EvidenceTally()
  /// Allowed at least once, but of a kind that no statement can grant.
  var wasAllowedUngranted = false
  private var wasRecorded = false
  private var inferred: Inference?

  /// Why the key was needed, unless a decision was recorded for it.
  var inference: Inference? { wasRecorded ? nil : inferred }

  mutating func add(
    _ sighting: Sighting, as treatment: DecisionTreatment, _ inference: Inference? = nil
  ) {
    switch treatment {
    case .granted:
      granted.add(sighting)
      keep(inference, wasRecorded: inference == nil)
    case .excluded(.denied): denied.add(sighting)
    case .excluded(.noPrincipal), .excluded(.everyone), .excluded(.noPermission),
      .excluded(.noResource), .excluded(.damagedName):
      wasAllowedUngranted = true
    case .excluded: break
    }
  }

  mutating func merge(_ other: KeyTally) {
    granted.merge(other.granted)
    denied.merge(other.denied)
    wasAllowedUngranted = wasAllowedUngranted || other.wasAllowedUngranted
    keep(other.inferred, wasRecorded: other.wasRecorded)
  }

  private mutating func keep(_ other: Inference?, wasRecorded: Bool) {
    self.wasRecorded = self.wasRecorded || wasRecorded
    inferred = [inferred, other].compactMap { $0 }.min()
  }
}

/// Counts the decisions of one execution by the ids of its own dictionary, then by name.
private struct DecisionCounting {
  private struct IDs: Hashable {
    let principal: StringID
    let permission: StringID
    let resource: StringID
  }

  private let index: TraceIndex
  private let execution: Int
  private let rules: DecisionRules
  private var byIDs: [IDs: KeyTally] = [:]
  private var byKey: [PermissionKey: KeyTally] = [:]
  private var accountsByID: [StringID: DecisionAccounting] = [:]
  private(set) var decisions = 0

  init(index: TraceIndex, execution: Int, principal: Name?) {
    self.index = index
    self.execution = execution
    rules = DecisionRules(index: index, principal: principal)
  }

  mutating func run() {
    for row in 0..<index.rowCount {
      guard let treatment = rules.treatment(ofRow: row) else { continue }
      decisions += 1
      let principal = index.principal(row)
      accountsByID[principal, default: DecisionAccounting()].add(treatment)
      let ids = IDs(
        principal: principal, permission: index.permission(row), resource: index.target(row))
      let sighting = sighting(row)
      // A method of `self` here would copy the dictionary, for each row.
      byIDs[ids, default: KeyTally()].add(sighting, as: treatment)
    }
  }

  /// The same, asking what each decision means.
  mutating func run(_ interpreter: any DecisionInterpreter) {
    for row in 0..<index.rowCount {
      guard let reading = interpreter.reading(ofRow: row, in: index) else { continue }
      decisions += 1
      accountsByID[index.principal(row), default: DecisionAccounting()].add(reading.treatment)
      let sighting = sighting(row)
      for request in reading.requests {
        byKey[request.key, default: KeyTally()]
          .add(sighting, as: reading.treatment, request.inference)
      }
    }
  }

  private func sighting(_ row: Int) -> Sighting {
    Sighting(
      reference: RowReference(execution: execution, row: row),
      time: index.marks(row).contains(.timeMissing) ? nil : index.start(row),
      isUnenforced: rules.isUnenforced(row), failedLater: index.outcome(row) == .allowedThenFailed)
  }

  /// By name; different ids are different names.
  var tallies: [(key: PermissionKey, tally: KeyTally)] {
    byKey.map { (key: $0.key, tally: $0.value) }
      + byIDs.map { ids, tally in
        let key = PermissionKey(
          principal: Name(index.string(ids.principal)),
          permission: Name(index.string(ids.permission)),
          resource: Name(index.string(ids.resource)))
        return (key: key, tally: tally)
      }
  }

  var accounts: [Name: DecisionAccounting] {
    var result: [Name: DecisionAccounting] = [:]
    for (id, account) in accountsByID {
      result[Name(index.string(id)), default: DecisionAccounting()].merge(account)
    }
    return result
  }
}
