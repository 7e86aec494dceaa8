package import TraceIndex
import TraceModel

/// How far what was recorded can stand for what the system will need.
///
/// Two questions that fail in different ways. How much of what happened in this kind of run was seen:
/// answered by how many keys were seen only once or twice. And whether later runs are of this kind
/// at all: answered by making the policy from the first part of the time alone, and trying it on
/// the rest.
package struct PolicyConfidence: Sendable, Equatable {
  /// What a policy from the first part of the time would have refused of the rest.
  package struct HoldOut: Sendable, Equatable {
    /// Where the time was cut: nanoseconds since the Unix epoch.
    package let cut: Int64
    /// Granted decisions before the cut, and from it on.
    package let before: Int
    package let after: Int
    /// Of those after, the ones about keys that nobody used before.
    package let refused: Int
    /// Those keys.
    package let newKeys: Int
  }

  /// A run's part of the keys.
  package struct Run: Sendable, Equatable {
    /// The execution's name.
    package let name: String
    /// Keys that no earlier run used.
    package let newKeys: Int
    /// Keys of this run and all earlier ones.
    package let keys: Int
  }

  /// Granted decisions; where a call needs several permissions each of them counts.
  package let decisions: Int
  /// Distinct keys that were used.
  package let keys: Int
  /// Keys that were used once, and twice.
  package let usedOnce: Int
  package let usedTwice: Int
  /// Days in UTC on which anything was used.
  package let days: Int
  /// Nil when fewer than two times are known.
  package let holdOut: HoldOut?
  /// In order of their beginnings, then of names.
  package let runs: [Run]

  /// The estimated chance, as `part` of `decisions`, that one more decision of such runs is about a key
  /// that was seen (Good and Turing: all but the share of keys seen once).
  package var coverage: (part: Int, whole: Int) { (decisions - usedOnce, decisions) }

  /// At least so many more keys should exist (Chao1, bias-corrected), rounded up.
  package var unseenKeys: Int {
    let (product, overflow) = usedOnce.multipliedReportingOverflow(by: max(0, usedOnce - 1))
    if overflow { return .max }
    let divisor = 2 * (usedTwice + 1)
    return product / divisor + (product % divisor > 0 ? 1 : 0)
  }

  /// The part of the decisions, in per cent, that the policy on trial is made from.
  private static let trainingPercent = 70

  /// - Parameter indexes: the executions that `usage` was made from.
  /// - Complexity: O(rows + decisions × log(decisions)).
  package init(_ usage: UsedPermissions, in indexes: [TraceIndex]) {
    let uses = indexes.map { RunUse(usage, in: $0) }
    let times = uses.flatMap(\.times)
    keys = usage.used.count
    decisions = usage.used.reduce(0) { $0 + $1.evidence.decisions }
    usedOnce = usage.used.count { $0.evidence.decisions == 1 }
    usedTwice = usage.used.count { $0.evidence.decisions == 2 }
    let day: Int64 = 86_400_000_000_000
    days = Set(times.map { $0 >= 0 ? $0 / day : ($0 + 1) / day - 1 }).count
    holdOut = PolicyConfidence.holdOut(usage, sorted: times.sorted())
    runs = PolicyConfidence.runs(uses, indexes)
  }

  private static func holdOut(_ usage: UsedPermissions, sorted times: [Int64]) -> HoldOut? {
    guard times.count > 1 else { return nil }
    let cut = times[min(times.count - 1, times.count * trainingPercent / 100)]
    // Decisions of one moment stay together.
    let before = times.firstIndex(of: cut) ?? 0
    guard before > 0 else { return nil }
    let new = usage.used.filter { $0.evidence.firstSeen.map { $0 >= cut } ?? false }
    return HoldOut(
      cut: cut, before: before, after: times.count - before,
      refused: new.reduce(0) { $0 + $1.evidence.decisions }, newKeys: new.count)
  }

  private static func runs(_ uses: [RunUse], _ indexes: [TraceIndex]) -> [Run] {
    let order = indexes.indices.sorted { a, b in
      let (x, y) = (indexes[a].totals.start, indexes[b].totals.start)
      if x != y { return x < y }
      return indexes[a].name.utf8.lexicographicallyPrecedes(indexes[b].name.utf8)
    }
    var seen: Set<PermissionKey> = []
    return order.map { number in
      let before = seen.count
      seen.formUnion(uses[number].keys)
      return Run(name: indexes[number].name, newKeys: seen.count - before, keys: seen.count)
    }
  }
}

/// What one run used.
private struct RunUse {
  /// The known times of granted decisions, one for each permission that they asked for.
  private(set) var times: [Int64] = []
  private(set) var keys: Set<PermissionKey> = []

  init(_ usage: UsedPermissions, in index: TraceIndex) {
    let interpreter =
      usage.interpreter ?? RecordedDecisions([index], principal: usage.principal)
    let decisions = DecisionClasses(of: index, for: interpreter)
    // How many permissions a decision of each class was granted.
    let granted = decisions.classes.map { said in
      guard let reading = interpreter.reading(ofRow: said.first, in: index),
        reading.treatment == .granted
      else { return 0 }
      keys.formUnion(reading.requests.map(\.key))
      return reading.requests.count
    }
    index.withMarks { marks in
      index.withTimes(.start) { starts in
        decisions.forEachDecision { row, number in
          guard !RowMarks(rawValue: marks[row]).contains(.timeMissing) else { return }
          times.append(contentsOf: repeatElement(starts[row], count: granted[number]))
        }
      }
    }
  }
}
