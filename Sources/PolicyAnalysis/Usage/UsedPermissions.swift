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
      var counting = DecisionCounting()
      counting.run(
        interpreter ?? RecordedDecisions([index], principal: principal), on: index,
        execution: number)
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
  /// The executions in an order that does not depend on the one in which they were given: by name,
  /// then by what their artifacts are.
  var sources: [PolicySource] {
    executions.sorted { a, b in
      if a.name != b.name { return Name(a.name) < Name(b.name) }
      return a.artifacts.lexicographicallyPrecedes(b.artifacts) { x, y in
        x.path != y.path ? Name(x.path) < Name(y.path) : x.digest < y.digest
      }
    }
  }

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

/// Counts the decisions of one execution.
private struct DecisionCounting {
  private(set) var tallies: [PermissionKey: KeyTally] = [:]
  private(set) var accounts: [Name: DecisionAccounting] = [:]
  private(set) var decisions = 0

  mutating func run(
    _ interpreter: any DecisionInterpreter, on index: TraceIndex, execution: Int
  ) {
    let rules = DecisionRules(index: index)
    for said in DecisionClasses(of: index, for: interpreter).classes {
      guard let reading = interpreter.reading(ofRow: said.first, in: index) else { continue }
      decisions += said.decisions
      accounts[Name(index.string(index.principal(said.first))), default: DecisionAccounting()]
        .add(reading.treatment, decisions: said.decisions)
      let sighting = Sighting(
        reference: RowReference(execution: execution, row: said.first),
        decisions: said.decisions, seen: said.seen,
        isUnenforced: rules.isUnenforced(said.first),
        failedLater: index.outcome(said.first) == .allowedThenFailed)
      for request in reading.requests {
        tallies[request.key, default: KeyTally()]
          .add(sighting, as: reading.treatment, request.inference)
      }
    }
  }
}
