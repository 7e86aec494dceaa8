import TraceIndex
import TraceModel

/// A whole number's range, or some whole numbers.
enum IntegerTest {
  case range(Int64, Int64)
  case oneOf(Set<Int64>)
  case never

  /// The numbers that stand so to `value`.
  init(_ ordering: Ordering, _ value: Int64) {
    switch ordering {
    case .equal: self = .range(value, value)
    case .less: self = value == .min ? .never : .range(.min, value - 1)
    case .atMost: self = .range(.min, value)
    case .more: self = value == .max ? .never : .range(value + 1, .max)
    case .atLeast: self = .range(value, .max)
    }
  }

  @inline(__always)
  func matches(_ value: Int64) -> Bool {
    switch self {
    case .range(let low, let high): low <= value && value <= high
    case .oneOf(let values): values.contains(value)
    case .never: false
    }
  }
}

/// A test of the 16 hexadecimal digits of a span id.
enum IdentifierTest {
  case equal(UInt64)
  case text(TextMatcher)
  case any

  /// The test that a condition on text asks for.
  init(_ test: TextTest) {
    if case .equals(let text) = test, text.utf8.count == 16, let value = UInt64(text, radix: 16) {
      self = .equal(value)
    } else {
      self = .text(TextMatcher(test))
    }
  }

  /// `digits` is room for 16 bytes, so that no string is made for a row.
  ///
  /// Zero stands for no id.
  func matches(_ id: SpanID, digits: inout [UInt8]) -> Bool {
    if id.isNone { return false }
    switch self {
    case .any: return true
    case .equal(let value): return id.value == value
    case .text(let matcher):
      for position in 0..<16 {
        let digit = UInt8(truncatingIfNeeded: id.value >> UInt64(60 - position * 4)) & 0xF
        digits[position] = digit < 10 ? 48 + digit : 87 + digit
      }
      return matcher.matches(digits.span.bytes)
    }
  }
}

/// A test of one or several columns, row by row.
enum ColumnTest {
  /// Any of the columns holds a string that passes.
  case dictionary([IDColumn], DictionaryTest)
  /// The column holds a string.
  case nonEmpty(IDColumn)
  /// The column's number is a member.
  case ordinals(IDColumn, RowSet)
  /// The raw value is one of these, by raw value.
  case bytes(ByteColumn, [Bool])
  /// The row has one of these marks, or has none of them.
  case marks(RowMarks, areSet: Bool)
  case times(TimeColumn, IntegerTest)
  case end(IntegerTest)
  case depth(IntegerTest)
  case byte(IntegerTest)
  /// The numbers of children by row, and what they have to be.
  case children([UInt32], IntegerTest)
  case spanID(IdentifierTest)
  case parentSpanID(IdentifierTest)

  /// Sets the rows that pass, from word `first` (of 64 rows) on, with about `budget` rows of work.
  ///
  /// Returns the next word, and the work done.
  mutating func fill(
    _ set: inout RowSet, from first: Int, budget: Int, _ index: TraceIndex
  ) -> (next: Int, spent: Int) {
    let words = first..<min(set.words.count, first + max(1, budget / 64))
    if case .dictionary(let columns, var test) = self {
      // The table of verdicts is moved out of this value and back, not copied.
      self = .depth(.never)
      let filled = ColumnTest.fill(&set, words, columns, &test, budget: budget, index)
      self = .dictionary(columns, test)
      return filled
    }
    fill(&set, words, index)
    return (words.upperBound, words.count * 64)
  }

  /// Blocks of words, small enough that strings that take long are noticed.
  private static func fill(
    _ set: inout RowSet, _ words: Range<Int>, _ columns: [IDColumn], _ test: inout DictionaryTest,
    budget: Int, _ index: TraceIndex
  ) -> (next: Int, spent: Int) {
    var next = words.lowerBound
    var spent = 0
    test.cost = 0
    while next < words.upperBound, spent + test.cost < budget {
      let block = next..<min(words.upperBound, next + 64)
      for column in columns {
        index.withIDs(column) { ids in
          for word in block {
            let rows = rows(of: word, until: ids.count)
            set.setWord(word, set.words[word] | test.bits(ids, rows, index))
          }
        }
      }
      spent += block.count * 64 * columns.count
      next = block.upperBound
    }
    return (next, spent + test.cost)
  }

  private func fill(_ set: inout RowSet, _ words: Range<Int>, _ index: TraceIndex) {
    switch self {
    case .nonEmpty(let column):
      index.withIDs(column) { ids in
        ColumnTest.pack(&set, words, until: ids.count) { ids[$0] != 0 }
      }
    case .ordinals(let column, let members):
      index.withIDs(column) { ids in
        ColumnTest.pack(&set, words, until: ids.count) { members.contains(Int(ids[$0])) }
      }
    case .bytes(let column, let isWanted):
      index.withBytes(column) { bytes in
        ColumnTest.pack(&set, words, until: bytes.count) {
          Int(bytes[$0]) < isWanted.count && isWanted[Int(bytes[$0])]
        }
      }
    case .marks(let marks, let areSet):
      index.withMarks { all in
        ColumnTest.pack(&set, words, until: all.count) {
          (all[$0] & marks.rawValue != 0) == areSet
        }
      }
    case .times(let column, let test):
      index.withTimes(column) { times in
        ColumnTest.pack(&set, words, until: times.count) { test.matches(times[$0]) }
      }
    case .depth(let test):
      index.withDepths { depths in
        ColumnTest.pack(&set, words, until: depths.count) { test.matches(Int64(depths[$0])) }
      }
    case .children(let counts, let test):
      ColumnTest.pack(&set, words, until: counts.count) { test.matches(Int64(counts[$0])) }
    case .dictionary, .end, .byte, .spanID, .parentSpanID: fillByRow(&set, words, index)
    }
  }

  /// Tests of what has no column to scan.
  private func fillByRow(_ set: inout RowSet, _ words: Range<Int>, _ index: TraceIndex) {
    let count = index.rowCount
    var digits = [UInt8](repeating: 0, count: 16)
    switch self {
    case .end(let test):
      ColumnTest.pack(&set, words, until: count) { test.matches(index.end($0)) }
    case .byte(let test):
      ColumnTest.pack(&set, words, until: count) {
        test.matches(Int64(clamping: index.byteOffset(ofRow: $0)))
      }
    case .spanID(let test):
      ColumnTest.pack(&set, words, until: count) {
        test.matches(index.spanID($0), digits: &digits)
      }
    case .parentSpanID(let test):
      ColumnTest.pack(&set, words, until: count) {
        test.matches(index.parentSpanID($0), digits: &digits)
      }
    default: break
    }
  }

  @inline(__always)
  private static func rows(of word: Int, until count: Int) -> Range<Int> {
    let first = min(word << 6, count)
    return first..<min(first + 64, count)
  }

  /// Always inlined, so that `test` is a part of the loop and not a call.
  @inline(__always)
  private static func pack(
    _ set: inout RowSet, _ words: Range<Int>, until count: Int, _ test: (Int) -> Bool
  ) {
    for word in words {
      var bits: UInt64 = 0
      for row in rows(of: word, until: count) {
        bits |= (test(row) ? 1 : 0) << UInt64(row & 63)
      }
      set.setWord(word, bits)
    }
  }
}
