package import TraceIndex
import TraceModel

/// How far the clock of one service is from that of a service that calls it.
///
/// A call is answered inside the time that its caller waits. Where the recorded times contradict
/// that, the two clocks disagree: each call bounds by how much the called service's times would
/// have to be moved, and all calls together bound it from both sides. Nothing is moved.
package struct ClockSkew: Sendable, Equatable {
  /// Exact names.
  package let caller: String
  package let service: String
  /// The calls that were compared.
  package let calls: Int
  /// Those whose times contradict the caller's.
  package let contradictions: Int
  /// What would have to be added to the service's times, in nanoseconds: positive when its clock
  /// is behind.
  package let estimate: Int64
  /// The bounds of the estimate, nanoseconds; nil when no single shift satisfies all calls, as when
  /// a clock was set or drifts. The estimate is then the median over the calls.
  package let bounds: ClosedRange<Int64>?

  /// All pairs of services whose clocks disagree, those that are furthest apart first.
  ///
  /// Only calls between two services are compared, with all their times known, whose answer took no
  /// longer than the caller waited.
  ///
  /// - Complexity: O(rows + contradicting calls × log(calls)).
  package static func all(_ index: TraceIndex) -> [ClockSkew] {
    var table = KeyTable()
    var pairs: [Pair] = []
    for row in 0..<index.rowCount {
      guard let call = Call(row, in: index) else { continue }
      let number = table.number(of: call.key)
      if number == pairs.count { pairs.append(Pair()) }
      pairs[number].add(call)
    }
    // Only where no shift fits all calls is every call needed once more.
    var middles = [[Int64]](repeating: [], count: pairs.count)
    if pairs.contains(where: \.isTorn) {
      for row in 0..<index.rowCount {
        guard let call = Call(row, in: index), let number = table.find(call.key),
          pairs[number].isTorn
        else { continue }
        middles[number].append(call.middle)
      }
    }
    let found = pairs.indices.compactMap { number -> ClockSkew? in
      let pair = pairs[number]
      guard pair.contradictions > 0 else { return nil }
      let key = table.keys[number]
      return ClockSkew(
        caller: index.string(StringID(key.a)), service: index.string(StringID(key.b)),
        calls: pair.calls, contradictions: pair.contradictions,
        estimate: pair.bounds.map(middle) ?? nearestRank(50, of: middles[number].sorted()[...]),
        bounds: pair.bounds)
    }
    return found.sorted { a, b in
      let (x, y) = (a.estimate.magnitude, b.estimate.magnitude)
      if x != y { return x > y }
      if !a.caller.utf8.elementsEqual(b.caller.utf8) { return isOrderedByBytes(a.caller, b.caller) }
      return isOrderedByBytes(a.service, b.service)
    }
  }

  /// One call from one service to another.
  private struct Call {
    let key: KeyTable.Key
    /// The shifts of the called service's times that put the answer inside the waiting.
    let shifts: ClosedRange<Int64>

    init?(_ row: Int, in index: TraceIndex) {
      let unusable: RowMarks = [
        .timeMissing, .endMissing, .endBeforeStart, .duplicate, .cycle, .orphan,
      ]
      guard index.kind(row) == .span, index.spanKind(row) == .server,
        let parent = index.parent(row), index.kind(parent) == .span,
        index.spanKind(parent) != .producer, index.service(parent) != index.service(row),
        !index.service(parent).isEmpty, !index.service(row).isEmpty,
        index.marks(row).union(index.marks(parent)).isDisjoint(with: unusable)
      else { return nil }
      let low = index.start(parent).subtractingSaturating(index.start(row))
      let high = index.end(parent).subtractingSaturating(index.end(row))
      guard low <= high else { return nil }
      key = KeyTable.Key(a: index.service(parent).value, b: index.service(row).value)
      shifts = low...high
    }

    var middle: Int64 { ClockSkew.middle(shifts) }
  }

  /// What the calls between two services say together.
  private struct Pair {
    var calls = 0
    var contradictions = 0
    private var low = Int64.min
    private var high = Int64.max

    /// Nil when no shift satisfies all calls.
    var bounds: ClosedRange<Int64>? { low <= high ? low...high : nil }
    var isTorn: Bool { low > high && contradictions > 0 }

    mutating func add(_ call: Call) {
      calls += 1
      if !call.shifts.contains(0) { contradictions += 1 }
      low = max(low, call.shifts.lowerBound)
      high = min(high, call.shifts.upperBound)
    }
  }

  private static func middle(_ range: ClosedRange<Int64>) -> Int64 {
    range.lowerBound / 2 + range.upperBound / 2 + (range.lowerBound % 2 + range.upperBound % 2) / 2
  }
}
