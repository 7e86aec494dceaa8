/// The bytes between two values of a record, such as `"},"action":{"permission":`, as they were
/// found once.
struct Stretch: Sendable {
  /// The longest stretch that is remembered, in bytes.
  static let limit = 48
  /// How many stretches are remembered behind one value.
  static let alternatives = 4

  // Each word holds eight bytes, the first in the lowest; its mask says which belong to the stretch.
  private var word0 = UInt64.max
  private var mask0: UInt64 = 0
  private var word1: UInt64 = 0
  private var mask1: UInt64 = 0
  private var word2: UInt64 = 0
  private var mask2: UInt64 = 0
  private var word3: UInt64 = 0
  private var mask3: UInt64 = 0
  private var word4: UInt64 = 0
  private var mask4: UInt64 = 0
  private var word5: UInt64 = 0
  private var mask5: UInt64 = 0

  private(set) var length = 0
  /// The entry whose value follows, or `FieldWalk.end`.
  private(set) var entry = 0
  /// The numbers of up to two objects that are opened; -1 for none.
  private(set) var firstOpened = -1
  private(set) var secondOpened = -1
  private(set) var crossesLine = false
  /// Something has to be done besides passing the bytes.
  private(set) var isSpecial = false

  var isFree: Bool { length == 0 }

  /// A stretch that matches nothing.
  init() {}

  init(_ bytes: RawSpan, _ range: Range<Int>, entry: Int, opened: [Int], crossesLine: Bool) {
    (word0, mask0) = Stretch.word(bytes, range, 0)
    (word1, mask1) = Stretch.word(bytes, range, 8)
    (word2, mask2) = Stretch.word(bytes, range, 16)
    (word3, mask3) = Stretch.word(bytes, range, 24)
    (word4, mask4) = Stretch.word(bytes, range, 32)
    (word5, mask5) = Stretch.word(bytes, range, 40)
    length = range.count
    self.entry = entry
    firstOpened = opened.first ?? -1
    secondOpened = opened.count > 1 ? opened[1] : -1
    self.crossesLine = crossesLine
    isSpecial = crossesLine || !opened.isEmpty
  }

  private static func word(
    _ bytes: RawSpan, _ range: Range<Int>, _ offset: Int
  ) -> (UInt64, UInt64) {
    var (word, mask): (UInt64, UInt64) = (0, 0)
    for index in range.dropFirst(offset).prefix(8) {
      let shift = UInt64(index - range.lowerBound - offset) * 8
      word |= UInt64(bytes.byte(at: index)) << shift
      mask |= 0xFF << shift
    }
    return (word, mask)
  }

  /// Whether the bytes at `position` are the stretch; `limit` bytes must be there.
  @inline(__always)
  func matches(_ bytes: RawSpan, at position: Int) -> Bool {
    if (bytes.uncheckedWord(at: position) & mask0) != word0 { return false }
    if length <= 8 { return true }
    let difference =
      ((bytes.uncheckedWord(at: position &+ 8) & mask1) ^ word1)
      | ((bytes.uncheckedWord(at: position &+ 16) & mask2) ^ word2)
    if difference != 0 { return false }
    if length <= 24 { return true }
    return ((bytes.uncheckedWord(at: position &+ 24) & mask3) ^ word3)
      | ((bytes.uncheckedWord(at: position &+ 32) & mask4) ^ word4)
      | ((bytes.uncheckedWord(at: position &+ 40) & mask5) ^ word5) == 0
  }
}
