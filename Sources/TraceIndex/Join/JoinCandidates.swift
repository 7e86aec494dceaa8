import TraceModel

/// The traces that a row may belong to, each with the row of it that speaks most for it.
///
/// Candidates that agree with the row in more ways push the others out. Among those that are left
/// each weighs the more the nearer it is in time, and the confidence is the best one's part of the
/// weight, of what such an agreement is worth at all.
struct JoinCandidates {
  struct Best {
    let row: Int
    let confidence: UInt8
    let isSameCheck: Bool
  }

  /// What a candidate and the row have in common.
  enum Agreement: Int {
    case principal, principalAndOneMore, sameCheck, request

    /// Of a hundred rows with a single such candidate, how many belong to it.
    var worth: UInt64 {
      switch self {
      case .principal: 40
      case .principalAndOneMore: 70
      case .sameCheck: 90
      case .request: 95
      }
    }
  }

  private struct Candidate {
    let trace: TraceID
    let row: Int
    let weight: UInt64
  }

  /// More traces do not change the confidence of the nearest one by much.
  private static let limit = 64
  /// Two candidates that are nearer to the row than this weigh about the same, in nanoseconds.
  private static let grain: UInt64 = 5_000_000

  private var candidates: [Candidate] = []
  private var agreement = Agreement.principal

  /// Whether so many traces were added that others need not be.
  var isFull: Bool { candidates.count == JoinCandidates.limit }

  /// Adds a candidate; the nearer ones have to come first.
  ///
  /// - Parameter distance: nanoseconds between the two.
  mutating func add(_ row: Int, of trace: TraceID, _ agreement: Agreement, distance: Int64) {
    guard agreement.rawValue >= self.agreement.rawValue else { return }
    if agreement != self.agreement {
      candidates.removeAll(keepingCapacity: true)
      self.agreement = agreement
    }
    let weight = (1 << 50) / (UInt64(max(0, distance)).addingClamped(JoinCandidates.grain))
    let candidate = Candidate(trace: trace, row: row, weight: weight)
    if let known = candidates.lastIndex(where: { $0.trace == trace }) {
      if candidates[known].weight < weight { candidates[known] = candidate }
      return
    }
    if !isFull { candidates.append(candidate) }
  }

  /// The heaviest candidate, of equal ones the first; nil when there is none.
  var best: Best? {
    guard var best = candidates.first else { return nil }
    var sum: UInt64 = 0
    for candidate in candidates {
      sum = sum.addingClamped(candidate.weight)
      if candidate.weight > best.weight { best = candidate }
    }
    let share = sum == 0 ? 0 : agreement.worth * best.weight / sum
    return Best(
      row: best.row, confidence: UInt8(clamping: share),
      isSameCheck: agreement == .sameCheck)
  }
}

extension UInt64 {
  fileprivate func addingClamped(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
