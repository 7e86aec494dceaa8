/// A row of one of the executions that were read together.
package struct RowReference: Hashable, Comparable, Sendable {
  /// The execution's position among those given.
  package let execution: Int
  package let row: Int

  package init(execution: Int, row: Int) {
    self.execution = execution
    self.row = row
  }

  package static func < (a: RowReference, b: RowReference) -> Bool {
    a.execution != b.execution ? a.execution < b.execution : a.row < b.row
  }
}

/// Where a decision's record is.
package struct RecordPlace: Hashable, Sendable {
  package let reference: RowReference
  package let artifact: String
  /// Bytes from the artifact's first.
  package let byteOffset: UInt64
}

/// The decisions behind a key, in short.
///
/// The rows themselves are found by `GeneratedPolicy.rows(behind:in:)`.
package struct Evidence: Hashable, Sendable {
  /// The number of decisions; one call may have made several, when client and server record it.
  package let decisions: Int
  /// Nanoseconds since the Unix epoch; nil when no row tells its time.
  package let firstSeen: Int64?
  /// Nanoseconds since the Unix epoch; nil when no row tells its time.
  package let lastSeen: Int64?
  /// The earliest decision: by time, then by execution and row; rows without a time come last.
  package let first: RecordPlace
  /// The number of executions with such a decision.
  package let runs: Int
  /// How many of the decisions were recorded in a mode that lets calls pass undecided.
  package let unenforced: Int
  /// How many of the calls were allowed and failed afterwards, for another reason.
  package let failedLater: Int

  /// The time at which the key is tried against a policy: the last decision's.
  ///
  /// When no row tells it, any will do, and this is the Unix epoch.
  package var replayTime: Int64 { lastSeen ?? 0 }
}

/// What counts of decisions that say the same.
struct Sighting {
  /// The earliest decision.
  let reference: RowReference
  let decisions: Int
  /// From the first to the last, in nanoseconds since the Unix epoch; nil when none tells its time.
  let seen: ClosedRange<Int64>?
  let isUnenforced: Bool
  let failedLater: Bool
}

extension Sighting {
  /// One decision; `time` is nil when it does not tell it.
  init(reference: RowReference, time: Int64?, isUnenforced: Bool, failedLater: Bool) {
    self.init(
      reference: reference, decisions: 1, seen: time.map { $0...$0 }, isUnenforced: isUnenforced,
      failedLater: failedLater)
  }
}

/// Decisions of one kind about one key, while they are counted: `add` those of one execution after
/// those of another, or `merge` the tallies of executions.
struct EvidenceTally {
  private(set) var decisions = 0
  private var firstSeen: Int64?
  private var lastSeen: Int64?
  private var first: (time: Int64?, reference: RowReference)?
  private var runs = 0
  /// That of the last sighting; those of one execution come together.
  private var execution: Int?
  private var unenforced = 0
  private var failedLater = 0

  mutating func add(_ sighting: Sighting) {
    decisions += sighting.decisions
    if execution != sighting.reference.execution {
      execution = sighting.reference.execution
      runs += 1
    }
    if sighting.isUnenforced { unenforced += sighting.decisions }
    if sighting.failedLater { failedLater += sighting.decisions }
    if let seen = sighting.seen {
      firstSeen = min(firstSeen ?? seen.lowerBound, seen.lowerBound)
      lastSeen = max(lastSeen ?? seen.upperBound, seen.upperBound)
    }
    keepEarlier((sighting.seen?.lowerBound, sighting.reference))
  }

  mutating func merge(_ other: EvidenceTally) {
    decisions += other.decisions
    runs += other.runs
    unenforced += other.unenforced
    failedLater += other.failedLater
    firstSeen = [firstSeen, other.firstSeen].compactMap { $0 }.min()
    lastSeen = [lastSeen, other.lastSeen].compactMap { $0 }.max()
    if let first = other.first { keepEarlier(first) }
  }

  private mutating func keepEarlier(_ candidate: (time: Int64?, reference: RowReference)) {
    guard let kept = first else {
      first = candidate
      return
    }
    let isEarlier =
      switch (candidate.time, kept.time) {
      case (let new?, let old?) where new != old: new < old
      case (_?, nil): true
      case (nil, _?): false
      default: candidate.reference < kept.reference
      }
    if isEarlier { first = candidate }
  }

  /// Nil when nothing was counted.
  func evidence(place: (RowReference) -> RecordPlace) -> Evidence? {
    guard let first else { return nil }
    return Evidence(
      decisions: decisions, firstSeen: firstSeen, lastSeen: lastSeen,
      first: place(first.reference), runs: runs, unenforced: unenforced, failedLater: failedLater)
  }
}
