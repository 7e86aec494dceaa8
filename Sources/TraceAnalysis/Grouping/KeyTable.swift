/// Dense numbers for combinations of up to three ids, in order of first appearance.
///
/// Numbers depend on the order of calls alone, never on hashing.
struct KeyTable: Sendable {
  /// A combination; parts that are not used are zero.
  struct Key: Hashable, Sendable {
    var a: UInt32
    var b: UInt32 = 0
    var c: UInt32 = 0
  }

  /// The key of each number.
  private(set) var keys: [Key] = []
  private var slots = [UInt32](repeating: .max, count: 64)

  var count: Int { keys.count }

  /// The number of `key`, which is added when it is new.
  ///
  /// - Complexity: O(1) on average.
  mutating func number(of key: Key) -> Int {
    let slot = slot(of: key)
    if slots[slot] != .max { return Int(slots[slot]) }
    slots[slot] = UInt32(keys.count)
    keys.append(key)
    if keys.count * 2 > slots.count { grow() }
    return keys.count - 1
  }

  /// The number of `key`; nil when it was never added.
  func find(_ key: Key) -> Int? {
    let number = slots[slot(of: key)]
    return number == .max ? nil : Int(number)
  }

  private func slot(of key: Key) -> Int {
    let mask = slots.count - 1
    var slot = KeyTable.hash(key) & mask
    while slots[slot] != .max && keys[Int(slots[slot])] != key { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    slots = [UInt32](repeating: .max, count: slots.count * 4)
    for (number, key) in keys.enumerated() { slots[slot(of: key)] = UInt32(number) }
  }

  private static func hash(_ key: Key) -> Int {
    var mixed = (UInt64(key.a) << 32 | UInt64(key.b)) &* 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ mixed >> 29 ^ UInt64(key.c)) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: mixed >> 33)
  }
}
