import TraceModel

/// What an edited policy decides otherwise than the generated one, among what was recorded.
package struct PolicyFlips: Sendable, Equatable {
  /// What was allowed and would be denied first, then by keys.
  package let flips: [PolicyCheck.Flip]
  /// Recorded decisions that would be denied; one that needs several of the keys counts once.
  package let deniedDecisions: Int
  /// Recorded denials of keys that would be allowed.
  package let allowedDecisions: Int

  /// Keys that would be denied.
  package var deniedKeys: Int { flips.count(where: \.wasAllowed) }

  package var isEmpty: Bool { flips.isEmpty }

  init(_ flips: [PolicyCheck.Flip], together: KeysTogether) {
    self.flips = flips.sorted { a, b in
      a.wasAllowed != b.wasAllowed ? a.wasAllowed : a.key < b.key
    }
    let denied = flips.filter(\.wasAllowed)
    deniedDecisions =
      denied.reduce(0) { $0 + $1.evidence.decisions } - together.repeated(Set(denied.map(\.key)))
    allowedDecisions = flips.filter { !$0.wasAllowed }.reduce(0) { $0 + $1.evidence.decisions }
  }

  /// One clause, without a full stop.
  package var sentence: String {
    var parts: [String] = []
    if deniedDecisions > 0 {
      parts.append(
        "\(counted(deniedDecisions, "decision")) about \(counted(deniedKeys, "key")) that "
          + "\(deniedDecisions == 1 ? "was" : "were") allowed would be denied")
    }
    if allowedDecisions > 0 {
      parts.append(
        "\(counted(allowedDecisions, "decision")) about "
          + "\(counted(flips.count - deniedKeys, "key")) that "
          + "\(allowedDecisions == 1 ? "was" : "were") denied would be allowed")
    }
    return parts.isEmpty ? "no recorded decision would change" : parts.joined(separator: ", ")
  }
}
