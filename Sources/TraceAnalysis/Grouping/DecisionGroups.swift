import TraceIndex
import TraceModel

/// How many decisions came to what.
package struct DecisionCounts: Sendable, Equatable {
  package var allowed = 0
  /// Denied for want of permission or of an identity.
  package var denied = 0
  /// Checks that came to no decision, or whose outcome is not known.
  package var undecided = 0

  package init(allowed: Int = 0, denied: Int = 0, undecided: Int = 0) {
    self.allowed = allowed
    self.denied = denied
    self.undecided = undecided
  }

  package var total: Int { allowed + denied + undecided }

  mutating func add(_ outcome: Outcome) {
    switch outcome {
    case .allow, .allowedThenFailed: allowed += 1
    case .deny, .unauthenticated: denied += 1
    case .error, .unknown, .none: undecided += 1
    }
  }

  static func + (a: Self, b: Self) -> Self {
    Self(
      allowed: a.allowed + b.allowed, denied: a.denied + b.denied,
      undecided: a.undecided + b.undecided)
  }
}

/// The decisions of an execution by principal, permission and target.
struct DecisionGroups: Sendable {
  /// The rows of one outcome in one group.
  struct Occurrence: Sendable {
    /// The earliest, by time and then by row.
    var row: Int
    /// Nanoseconds since the Unix epoch; nil when no row of them has a time.
    var first: Int64?
    var last: Int64?

    mutating func add(row: Int, time: Int64?) {
      guard let time else { return }
      if time < first ?? .max {
        first = time
        self.row = row
      }
      last = max(last ?? .min, time)
    }
  }

  /// The decisions of one key.
  struct Group: Sendable {
    var counts = DecisionCounts()
    var allowed: Occurrence?
    var denied: Occurrence?
    var undecided: Occurrence?

    mutating func add(_ outcome: Outcome, row: Int, time: Int64?) {
      counts.add(outcome)
      switch outcome {
      case .allow, .allowedThenFailed: Group.add(row, time, to: &allowed)
      case .deny, .unauthenticated: Group.add(row, time, to: &denied)
      case .error, .unknown, .none: Group.add(row, time, to: &undecided)
      }
    }

    private static func add(_ row: Int, _ time: Int64?, to occurrence: inout Occurrence?) {
      if occurrence == nil { occurrence = Occurrence(row: row) }
      occurrence?.add(row: row, time: time)
    }

    /// The earliest decision of any outcome.
    var first: Occurrence? {
      [allowed, denied, undecided].compactMap { $0 }
        .min { ($0.first ?? .max, $0.row) < ($1.first ?? .max, $1.row) }
    }
  }

  /// A key's `a` is the principal, `b` the permission, `c` the target.
  private(set) var table = KeyTable()
  private(set) var groups: [Group] = []
  /// The selected decisions, ascending, and the group of each.
  private(set) var rows: [UInt32] = []
  private(set) var groupOfDecision: [UInt32] = []

  init(_ index: TraceIndex, rows selection: RowSelection) {
    index.withBytes(.kind) { kinds in
      selection.forEach { row in
        if kinds[row] == RowKind.decision.rawValue { rows.append(UInt32(row)) }
      }
    }
    groupOfDecision.reserveCapacity(rows.count)
    for row in rows.lazy.map(Int.init) {
      let group = table.number(
        of: .init(
          a: index.principal(row).value, b: index.permission(row).value,
          c: index.target(row).value))
      if group == groups.count { groups.append(Group()) }
      groups[group].add(index.outcome(row), row: row, time: index.knownStart(row))
      groupOfDecision.append(UInt32(group))
    }
  }

  func principal(_ group: Int) -> StringID { StringID(table.keys[group].a) }
  func permission(_ group: Int) -> StringID { StringID(table.keys[group].b) }
  func target(_ group: Int) -> StringID { StringID(table.keys[group].c) }
}

extension TraceIndex {
  /// Nanoseconds since the Unix epoch; nil when the artifact gives no usable time.
  func knownStart(_ row: Int) -> Int64? {
    marks(row).contains(.timeMissing) ? nil : start(row)
  }
}
