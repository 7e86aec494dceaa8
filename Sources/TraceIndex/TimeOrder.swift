import TraceModel

/// Below so many, counting digits costs more than comparing.
private let fewTimes = 1 << 13

/// The numbers `0 ..< times.count` ordered by time, equal times by number.
///
/// - Parameters:
///   - space: nil when everything is in memory.
///   - runLength: so many are ordered at once when it is not.
/// - Complexity: O(count) in memory; otherwise runs are ordered there and merged, O(count log count).
func orderByTime(
  _ times: borrowing SpillArray<Int64>, in space: SpillSpace?, runLength: Int = 1 << 17
) -> SpillArray<UInt32> {
  guard let space, times.count > runLength else {
    var order = SpillArray<UInt32>(capacity: times.count, in: space)
    order.append(contentsOf: orderByTime(times, 0..<times.count))
    return order
  }
  var pairs = SpillArray<TimedNumber>(capacity: times.count, in: space)
  for start in stride(from: 0, to: times.count, by: runLength) {
    for number in orderByTime(times, start..<min(start + runLength, times.count)) {
      pairs.append(TimedNumber(time: times[Int(number)], number: number))
    }
    space.settle()
  }
  merge(&pairs, runLength, in: space)
  var order = SpillArray<UInt32>(capacity: times.count, in: space)
  for place in pairs.indices {
    order.append(pairs[place].number)
    space.pace(place)
  }
  return order
}

private struct TimedNumber: BitwiseCopyable {
  var time: Int64
  var number: UInt32

  func isBehind(_ other: TimedNumber) -> Bool {
    time != other.time ? time > other.time : number > other.number
  }
}

/// Merges runs of `runLength` until there is one; what is read and written lies side by side.
private func merge(
  _ pairs: inout SpillArray<TimedNumber>, _ runLength: Int, in space: SpillSpace
) {
  var length = runLength
  while length < pairs.count {
    var merged = SpillArray<TimedNumber>(capacity: pairs.count, in: space)
    for start in stride(from: 0, to: pairs.count, by: length * 2) {
      let middle = min(start + length, pairs.count)
      let end = min(middle + length, pairs.count)
      var (left, right) = (start, middle)
      for place in start..<end {
        space.pace(place)
        let isRight = left == middle || (right < end && pairs[left].isBehind(pairs[right]))
        merged.append(pairs[isRight ? right : left])
        if isRight { right += 1 } else { left += 1 }
      }
    }
    swap(&pairs, &merged)
    length *= 2
  }
}

/// The numbers of a range ordered by time, equal times by number.
///
/// A least-significant-digit radix sort over 16-bit digits; digits that are the same everywhere
/// (the high ones, within one execution) cost one pass of counting each.
private func orderByTime(_ times: borrowing SpillArray<Int64>, _ range: Range<Int>) -> [UInt32] {
  var order = range.map { UInt32($0) }
  let isSorted = range.dropFirst().allSatisfy { times[$0 - 1] <= times[$0] }
  if isSorted { return order }
  if range.count < fewTimes {
    order.sort { a, b in
      let (x, y) = (times[Int(a)], times[Int(b)])
      return x != y ? x < y : a < b
    }
    return order
  }
  var scratch = order
  for digit in 0..<4 {
    let shift = UInt64(digit * 16)
    // Flipping the sign bit puts negative times before positive ones.
    func key(_ index: UInt32) -> Int {
      Int(
        truncatingIfNeeded: ((UInt64(bitPattern: times[Int(index)]) ^ (1 << 63)) >> shift) & 0xFFFF)
    }
    var starts = [Int](repeating: 0, count: 1 << 16)
    for index in order { starts[key(index)] += 1 }
    if starts.contains(range.count) { continue }
    var position = 0
    for value in starts.indices {
      let count = starts[value]
      starts[value] = position
      position += count
    }
    for index in order {
      let value = key(index)
      scratch[starts[value]] = index
      starts[value] += 1
    }
    swap(&order, &scratch)
  }
  return order
}
