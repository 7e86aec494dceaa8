/// Distinct 64-bit codes, each with a number in order of first appearance.
struct CodeTable {
  private(set) var codes: [UInt64] = []
  private var slots = [UInt32](repeating: .max, count: 1 << 8)

  /// The number of `code`, which is added when it is new.
  ///
  /// - Complexity: O(1) on average.
  mutating func number(of code: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = CodeTable.hash(code) & mask
    while slots[slot] != .max {
      let number = Int(slots[slot])
      if codes[number] == code { return number }
      slot = (slot + 1) & mask
    }
    slots[slot] = UInt32(codes.count)
    codes.append(code)
    if codes.count * 2 > slots.count { grow() }
    return codes.count - 1
  }

  private mutating func grow() {
    slots = [UInt32](repeating: .max, count: slots.count * 4)
    let mask = slots.count - 1
    for (number, code) in codes.enumerated() {
      var slot = CodeTable.hash(code) & mask
      while slots[slot] != .max { slot = (slot + 1) & mask }
      slots[slot] = UInt32(number)
    }
  }

  /// Fibonacci hashing; its value never leaves this process.
  private static func hash(_ code: UInt64) -> Int {
    Int(truncatingIfNeeded: (code &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }
}
