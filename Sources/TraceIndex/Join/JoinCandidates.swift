import TraceModel

/// The traces that a row may belong to, each with the row of it that speaks most for it.
///
/// Candidates that agree with the row in more ways push the others out. Among those that are left
/// each weighs the more the nearer it is in time, and the confidence is the best one's part of the
/// weight, of what such an agreement is worth at all; records of one principal are worth half of
/// that where they are as far apart as they may be.
struct JoinCandidates {
  struct Best {
    let row: Int
    /// Zero when no candidate weighs more than all others together.
    let confidence: UInt8
    let isSameCheck: Bool
  }

  /// What a candidate and the row have in common.
  enum Agreement {
    case principal, principalAndOneMore
    /// The same check, decided otherwise: of two engines at odds, the one record belongs to the
    /// other.
    case contradiction
    case sameCheck, request

    /// Higher ones push lower ones out.
    var rank: Int {
      switch self {
      case .principal: 0
      case .principalAndOneMore: 1
      case .contradiction, .sameCheck: 2
      case .request: 3
      }
    }

    /// Of a hundred rows with a single such candidate, how many belong to it.
    var worth: UInt64 {
      switch self {
      case .principal: 40
      case .principalAndOneMore, .contradiction: 70
      case .sameCheck: 90
      case .request: 95
      }
    }
  }

  private struct Candidate {
    let trace: TraceID
    let row: Int
    let agreement: Agreement
    let distance: Int64
    let weight: UInt64
  }

  /// More traces do not change the confidence of the nearest one by much.
  private static let limit = 64
  /// Two candidates that are nearer to the row than this weigh about the same, in nanoseconds.
  private static let grain: UInt64 = 5_000_000

  private var candidates: [Candidate] = []
  private var rank = 0
  /// How far apart two records may be, in nanoseconds; nil where the time does not matter.
  private let window: Int64?

  init(window: Int64? = nil) { self.window = window }

  /// Whether so many traces were added that others need not be.
  var isFull: Bool { candidates.count == JoinCandidates.limit }

  /// Adds a candidate; the nearer ones have to come first.
  ///
  /// - Parameter distance: nanoseconds between the two.
  mutating func add(_ row: Int, of trace: TraceID, _ agreement: Agreement, distance: Int64) {
    guard agreement.rank >= rank else { return }
    if agreement.rank > rank {
      candidates.removeAll(keepingCapacity: true)
      rank = agreement.rank
    }
    let distance = max(0, distance)
    let weight = max(1, (1 << 50) / UInt64(distance).addingClamped(JoinCandidates.grain))
    let candidate = Candidate(
      trace: trace, row: row, agreement: agreement, distance: distance, weight: weight)
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
    let isMajority = best.weight > sum - best.weight
    let share = (best.agreement.worth * nearness(of: best) * best.weight / sum + 50) / 100
    return Best(
      row: best.row, confidence: isMajority ? UInt8(clamping: share) : 0,
      isSameCheck: best.agreement.rank == Agreement.sameCheck.rank)
  }

  /// In per cent: half at the window's edge.
  private func nearness(of candidate: Candidate) -> UInt64 {
    guard let window, window > 0 else { return 100 }
    return 100 - UInt64(min(50, Double(candidate.distance) / Double(window) * 50))
  }
}

extension UInt64 {
  fileprivate func addingClamped(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
