/// What kind of difference there is between two executions, the gravest first.
package enum DifferenceKind: String, Sendable, CaseIterable, Comparable {
  /// Allowed (or both) before, denied after.
  case deniedNow = "denied-now"
  /// Denied (or both) after, and not asked for before.
  case newDenied = "new-denied"
  /// Allowed before, both after.
  case partlyDenied = "partly-denied"
  /// Decided before, only errors after; or only errors after, and not asked for before.
  case undecidedNow = "undecided-now"
  /// No error before, errors after.
  case failsNow = "fails-now"
  case failsMore = "fails-more"
  /// Denied (or both) before, allowed after.
  case allowedNow = "allowed-now"
  /// Denied before, both after.
  case partlyAllowed = "partly-allowed"
  case slower = "slower"
  case newOperation = "new-operation"
  /// Allowed after, and not asked for before.
  case newAllowed = "new-allowed"
  /// In more traces, or more often in each.
  case moreCalls = "more-calls"
  case fewerCalls = "fewer-calls"
  /// The same principal used the same permission, allowed or denied as before, on other targets
  /// only: often names that a run makes up.
  case otherTargets = "other-targets"
  case goneOperation = "gone-operation"
  /// Asked for before and not after.
  case goneDecision = "gone-decision"
  case faster = "faster"
  case failsLess = "fails-less"
  /// Errors before, none after.
  case failsNoMore = "fails-no-more"

  package static func < (a: Self, b: Self) -> Bool { a.severity < b.severity }

  private var severity: Int { DifferenceKind.allCases.firstIndex(of: self) ?? 0 }

  /// What is shown for it: the words of the diff screen.
  package var label: String {
    switch self {
    case .deniedNow: "denied now"
    case .newDenied: "new, denied"
    case .partlyDenied: "partly denied now"
    case .undecidedNow: "undecided now"
    case .failsNow: "fails now"
    case .failsMore: "fails more"
    case .allowedNow: "allowed now"
    case .partlyAllowed: "partly allowed now"
    case .slower: "slower"
    case .newOperation, .newAllowed: "new"
    case .moreCalls: "more"
    case .fewerCalls: "fewer"
    case .goneOperation, .goneDecision: "gone"
    case .otherTargets: "other targets"
    case .faster: "faster"
    case .failsLess: "fails less"
    case .failsNoMore: "fails no more"
    }
  }

  /// Its glyph.
  package var mark: DifferenceMark {
    switch self {
    case .deniedNow, .newDenied, .partlyDenied: .denied
    case .undecidedNow, .failsNow, .failsMore: .error
    case .slower, .moreCalls: .more
    case .faster, .fewerCalls, .failsLess: .less
    case .newOperation, .newAllowed: .added
    case .goneOperation, .goneDecision: .removed
    case .allowedNow, .partlyAllowed, .otherTargets, .failsNoMore: .changed
    }
  }
}

/// The signs of differences; each has one meaning everywhere.
package enum DifferenceMark: Sendable {
  case denied
  case error
  case more
  case less
  case added
  case removed
  case changed

  package var glyph: String {
    switch self {
    case .denied: "✗"
    case .error: "E"
    case .more: "▲"
    case .less: "▼"
    case .added: "+"
    case .removed: "−"
    case .changed: "~"
    }
  }

  /// For terminals without UTF-8.
  package var asciiGlyph: String {
    switch self {
    case .denied: "D"
    case .error: "E"
    case .more: "^"
    case .less: "v"
    case .added: "+"
    case .removed: "-"
    case .changed: "~"
    }
  }
}

/// One of the two executions of a comparison.
package enum DiffSide: String, Sendable {
  case before
  case after
}

/// A measured quantity of a difference.
package enum Quantity: Sendable, Equatable {
  case count(Int)
  case share(Share)
  /// Nanoseconds.
  case duration(Int64)
}

/// How one measure of a subject changed.
package struct MeasureChange: Sendable, Equatable {
  package enum Measure: String, Sendable {
    case allowed
    case denied
    case undecided
    case decisions
    /// Distinct targets of decisions.
    case targets
    case errorRate = "error_rate"
    case p50
    case p95
    case calls
    /// Of all traces, those in which it occurs.
    case traces
  }

  package let measure: Measure
  package let before: Quantity
  package let after: Quantity

  /// How far the sides lie apart, for counts.
  var countChange: Int64 {
    guard case .count(let a) = before, case .count(let b) = after else { return 0 }
    return Int64((b - a).magnitude)
  }

  init(_ measure: Measure, _ before: Quantity, _ after: Quantity) {
    self.measure = measure
    self.before = before
    self.after = after
  }
}

/// One difference between two executions, with its evidence and what it has to do with others.
package struct Difference: Sendable, Equatable {
  /// What differs; exact names.
  package enum Subject: Sendable, Equatable {
    /// The decisions of a principal and a permission about `targets` targets, `target` the first
    /// of them by its bytes.
    case decision(principal: String, permission: String, target: String, targets: Int)
    case operation(service: String, name: String)
  }

  /// The rows that show it.
  package struct Evidence: Sendable, Equatable {
    package let side: DiffSide
    /// The earliest row.
    package let row: Int
    package let count: Int
    /// Rows of those whose place in their trace was concluded (`JoinMethod.isInferred`).
    package let inferred: Int
    /// The mean number of ancestors of the rows.
    package let depth: Double
  }

  /// How much of a difference another one accounts for.
  package struct Explanation: Sendable, Equatable {
    /// The other difference's index in `ExecutionDiff.differences`.
    package let difference: Int
    /// Of the traces that show the explained difference, those that show the explaining one.
    package let share: Share
  }

  package let kind: DifferenceKind
  package let subject: Subject
  /// The measure that makes it a difference first, then others that changed beyond noise.
  package let changes: [MeasureChange]
  /// How far the durations lie apart; nil unless they are compared.
  package let effect: EffectSize?
  /// Reasons of the earliest decisions on each side; empty for operations.
  package let reasonBefore: String
  package let reasonAfter: String
  /// The roles whose bindings allowed it before, when the artifact says.
  package let grantedBy: [String]
  /// When it first shows after, in nanoseconds since the Unix epoch.
  package let first: Int64?
  package let evidence: Evidence?
  /// The differences that this one accounts for.
  package internal(set) var explains: [Explanation] = []
  /// The differences that account for this one, those that cover most first.
  package internal(set) var explainedBy: [Explanation] = []
  /// Whether those account for at least four fifths of it.
  package internal(set) var isExplained = false

  /// Whether it explains others and nothing explains it.
  package var isCause: Bool { !explains.isEmpty && !isExplained }
}
