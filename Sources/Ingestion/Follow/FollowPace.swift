/// How often the index of a growing execution is built anew: building must take a small share of
/// the time, however large the execution has become.
///
/// Times are those of any clock that only goes forward, since any moment.
package struct FollowPace: Sendable {
  /// The shortest time between two indexes.
  package static let shortest = Duration.milliseconds(250)
  /// The time between two indexes, in times of what building the last one took.
  package static let restFactor = 5

  private var next = Duration.zero

  package init() {}

  /// Whether an index may be built now.
  package func isDue(at now: Duration) -> Bool { now >= next }

  /// Takes note of an index that was built.
  package mutating func built(from start: Duration, to end: Duration) {
    next = end + max(FollowPace.shortest, (end - start) * FollowPace.restFactor)
  }
}
