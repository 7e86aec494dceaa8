import TraceModel

/// Below so many, counting digits costs more than comparing.
private let fewTimes = 1 << 13

/// The numbers `0 ..< times.count` ordered by time, equal times by number.
///
/// A least-significant-digit radix sort over 16-bit digits; digits that are the same everywhere
/// (the high ones, within one execution) cost one pass of counting each.
///
/// - Complexity: O(count).
func orderByTime(
  _ times: borrowing SpillArray<Int64>, in space: SpillSpace?
) -> SpillArray<UInt32> {
  var order = SpillArray<UInt32>(capacity: times.count, in: space)
  var isSorted = true
  for index in times.indices {
    order.append(UInt32(index))
    if index > 0 && times[index] < times[index - 1] { isSorted = false }
    space?.pace(index)
  }
  if isSorted { return order }
  if times.count < fewTimes {
    var numbers = order.elements
    numbers.sort { a, b in
      let (x, y) = (times[Int(a)], times[Int(b)])
      return x != y ? x < y : a < b
    }
    order.removeAll()
    order.append(contentsOf: numbers)
    return order
  }
  var scratch = SpillArray<UInt32>(repeating: 0, count: times.count, in: space)
  var starts = [Int](repeating: 0, count: 1 << 16)
  for digit in 0..<4 {
    let shift = UInt64(digit * 16)
    // Flipping the sign bit puts negative times before positive ones.
    func key(_ time: Int64) -> Int {
      Int(truncatingIfNeeded: ((UInt64(bitPattern: time) ^ (1 << 63)) >> shift) & 0xFFFF)
    }
    for value in starts.indices { starts[value] = 0 }
    for index in times.indices {
      starts[key(times[index])] += 1
      space?.pace(index)
    }
    if starts.contains(times.count) { continue }
    var position = 0
    for value in starts.indices {
      let count = starts[value]
      starts[value] = position
      position += count
    }
    for place in order.indices {
      let index = order[place]
      let value = key(times[Int(index)])
      scratch[starts[value]] = index
      starts[value] += 1
      space?.pace(place)
    }
    swap(&order, &scratch)
  }
  return order
}
