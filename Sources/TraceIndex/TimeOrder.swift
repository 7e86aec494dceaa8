/// The numbers `0 ..< times.count` ordered by time, equal times by number.
///
/// A least-significant-digit radix sort over 16-bit digits; digits that are the same everywhere
/// (the high ones, within one execution) cost one pass of counting each.
///
/// - Complexity: O(count).
func orderByTime(_ times: [Int64]) -> [UInt32] {
  var order = [UInt32](0..<UInt32(times.count))
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
    if starts.contains(times.count) { continue }
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
