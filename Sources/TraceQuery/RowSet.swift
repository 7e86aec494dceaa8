/// A set of rows of one execution: a bit for each row, in 64-bit words.
///
/// A `Sequence` of row numbers in ascending order. Rows outside the execution are never members,
/// so no operation can trap on a row number that came from a file.
package struct RowSet: Sendable, Equatable {
  /// The number of rows of the execution, members or not.
  package let rowCount: Int
  /// Row r is bit r % 64 of word r / 64; bits past `rowCount` are zero.
  private(set) var words: [UInt64]

  /// The empty set.
  package init(rowCount: Int) {
    self.rowCount = Swift.max(0, rowCount)
    words = [UInt64](repeating: 0, count: (self.rowCount + 63) / 64)
  }

  /// The set of all rows.
  package init(all rowCount: Int) {
    self.init(rowCount: rowCount)
    insert(0..<self.rowCount)
  }

  /// The set of some rows of an execution; row numbers outside it are passed over.
  package init(rowCount: Int, _ rows: some Sequence<Int>) {
    self.init(rowCount: rowCount)
    for row in rows { insert(row) }
  }

  /// The number of members.
  ///
  /// - Complexity: O(rows / 64).
  package var count: Int { words.reduce(0) { $0 &+ $1.nonzeroBitCount } }

  /// Whether no row is a member.
  package var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// Whether `row` is a member.
  package func contains(_ row: Int) -> Bool {
    guard row >= 0, row < rowCount else { return false }
    return words[row >> 6] >> UInt64(row & 63) & 1 == 1
  }

  /// Adds a row; one outside the execution is passed over.
  package mutating func insert(_ row: Int) {
    guard row >= 0, row < rowCount else { return }
    words[row >> 6] |= 1 << UInt64(row & 63)
  }

  /// Takes a row out.
  package mutating func remove(_ row: Int) {
    guard row >= 0, row < rowCount else { return }
    words[row >> 6] &= ~(1 << UInt64(row & 63))
  }

  /// Adds a range of rows, of which only the part inside the execution counts.
  package mutating func insert(_ range: Range<Int>) {
    let range = range.clamped(to: 0..<rowCount)
    guard let last = range.last else { return }
    let first = range.lowerBound
    let head = UInt64.max << UInt64(first & 63)
    let tail = UInt64.max >> UInt64(63 - last & 63)
    if first >> 6 == last >> 6 {
      words[first >> 6] |= head & tail
      return
    }
    words[first >> 6] |= head
    for word in (first >> 6 + 1)..<(last >> 6) { words[word] = .max }
    words[last >> 6] |= tail
  }

  /// Sets the 64 bits from row `word * 64` on; those past `rowCount` are dropped.
  mutating func setWord(_ word: Int, _ bits: UInt64) {
    let rest = rowCount - word << 6
    words[word] = rest >= 64 ? bits : bits & ~(.max << UInt64(rest))
  }
}

/// Algebra. Both sides must be sets of the same execution; the result has the left side's rows.
extension RowSet {
  /// Adds the members of `other`.
  package mutating func formUnion(_ other: RowSet) {
    for word in 0..<Swift.min(words.count, other.words.count) {
      setWord(word, words[word] | other.words[word])
    }
  }

  /// Keeps the members that `other` has, too.
  package mutating func formIntersection(_ other: RowSet) {
    for word in words.indices {
      words[word] &= word < other.words.count ? other.words[word] : 0
    }
  }

  /// Takes out the members of `other`.
  package mutating func subtract(_ other: RowSet) {
    for word in 0..<Swift.min(words.count, other.words.count) { words[word] &= ~other.words[word] }
  }

  /// Turns members into non-members and the other way round.
  package mutating func formComplement() {
    for word in words.indices { setWord(word, ~words[word]) }
  }

  /// The members of either set.
  package func union(_ other: RowSet) -> RowSet {
    var result = self
    result.formUnion(other)
    return result
  }

  /// The members of both sets.
  package func intersection(_ other: RowSet) -> RowSet {
    var result = self
    result.formIntersection(other)
    return result
  }

  /// The members that `other` does not have.
  package func subtracting(_ other: RowSet) -> RowSet {
    var result = self
    result.subtract(other)
    return result
  }

  /// The rows that are not members.
  package var complement: RowSet {
    var result = self
    result.formComplement()
    return result
  }
}

/// Positions. A list that shows a filtered execution finds its lines with these.
extension RowSet: Sequence {
  /// The rows of a set, ascending.
  package struct Iterator: IteratorProtocol {
    private let words: [UInt64]
    private var word = 0
    private var rest: UInt64

    init(_ words: [UInt64]) {
      self.words = words
      rest = words.first ?? 0
    }

    /// The next member; nil after the last.
    package mutating func next() -> Int? {
      while rest == 0 {
        word += 1
        guard word < words.count else { return nil }
        rest = words[word]
      }
      let bit = rest.trailingZeroBitCount
      rest &= rest &- 1
      return word << 6 | bit
    }
  }

  /// The members, ascending.
  package func makeIterator() -> Iterator { Iterator(words) }

  /// Exact, so that an array of the members is allocated once.
  package var underestimatedCount: Int { count }

  /// The smallest member above `row`, which need not be a member; pass -1 for the first of all.
  ///
  /// - Complexity: O(distance / 64).
  package func first(after row: Int) -> Int? {
    let from = row < 0 ? 0 : row.addingReportingOverflow(1).partialValue
    guard from >= 0, from < rowCount else { return nil }
    var word = from >> 6
    var bits = words[word] & (.max << UInt64(from & 63))
    while bits == 0 {
      word += 1
      guard word < words.count else { return nil }
      bits = words[word]
    }
    return word << 6 | bits.trailingZeroBitCount
  }

  /// The largest member below `row`, which need not be a member; pass `rowCount` for the last.
  ///
  /// - Complexity: O(distance / 64).
  package func last(before row: Int) -> Int? {
    let until = Swift.min(row, rowCount)
    guard until > 0 else { return nil }
    var word = (until - 1) >> 6
    var bits = words[word] & (.max >> UInt64(63 - (until - 1) & 63))
    while bits == 0 {
      word -= 1
      guard word >= 0 else { return nil }
      bits = words[word]
    }
    return word << 6 | (63 - bits.leadingZeroBitCount)
  }

  /// The number of members below `row`: the position of a member among the members.
  ///
  /// - Complexity: O(rows / 64).
  package func rank(_ row: Int) -> Int {
    let until = Swift.max(0, Swift.min(row, rowCount))
    var rank = 0
    for word in 0..<(until >> 6) { rank &+= words[word].nonzeroBitCount }
    if until & 63 != 0 {
      rank += (words[until >> 6] & ~(.max << UInt64(until & 63))).nonzeroBitCount
    }
    return rank
  }

  /// The member that has `rank` members below it; nil when there are not so many.
  ///
  /// - Complexity: O(rows / 64).
  package func row(atRank rank: Int) -> Int? {
    guard rank >= 0 else { return nil }
    var rest = rank
    for (word, bits) in words.enumerated() {
      let members = bits.nonzeroBitCount
      if rest >= members {
        rest -= members
        continue
      }
      var bits = bits
      for _ in 0..<rest { bits &= bits &- 1 }
      return word << 6 | bits.trailingZeroBitCount
    }
    return nil
  }
}
