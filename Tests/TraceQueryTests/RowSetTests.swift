import Testing

@testable import TraceQuery

@Suite("Row sets")
struct RowSetTests {
  /// Numbers of rows around the edges of words.
  static let sizes = [0, 1, 63, 64, 65, 127, 128, 200]

  /// A set and the plain Swift set with the same members.
  private func sample(_ size: Int, seed: UInt64) -> (RowSet, Set<Int>) {
    var random = SplitMix(seed: seed)
    let rows = (0..<size).filter { _ in random.next() % 3 == 0 }
    return (RowSet(rowCount: size, rows), Set(rows))
  }

  @Test("algebra agrees with Swift's sets", arguments: sizes)
  func algebra(size: Int) {
    let (a, x) = sample(size, seed: 1)
    let (b, y) = sample(size, seed: 2)
    #expect(Array(a) == x.sorted())
    #expect(a.count == x.count)
    #expect(a.isEmpty == x.isEmpty)
    #expect(Array(a.union(b)) == x.union(y).sorted())
    #expect(Array(a.intersection(b)) == x.intersection(y).sorted())
    #expect(Array(a.subtracting(b)) == x.subtracting(y).sorted())
    #expect(Array(a.complement) == Set(0..<size).subtracting(x).sorted())
    #expect(a.complement.complement == a)
    #expect(RowSet(all: size).count == size)
    #expect((-2..<size + 66).allSatisfy { a.contains($0) == x.contains($0) })
  }

  @Test("positions agree with the sorted members", arguments: sizes)
  func positions(size: Int) {
    let (set, members) = sample(size, seed: 3)
    let sorted = members.sorted()
    for row in -2..<size + 3 {
      #expect(set.first(after: row) == sorted.first { $0 > row })
      #expect(set.last(before: row) == sorted.last { $0 < row })
      #expect(set.rank(row) == sorted.filter { $0 < row }.count)
    }
    for rank in -1..<sorted.count + 2 {
      #expect(set.row(atRank: rank) == (sorted.indices.contains(rank) ? sorted[rank] : nil))
    }
  }

  @Test("ranges are inserted as their rows are", arguments: sizes)
  func ranges(size: Int) {
    for first in stride(from: -1, to: size + 2, by: 7) {
      for last in stride(from: first, to: size + 70, by: 13) {
        var set = RowSet(rowCount: size)
        set.insert(first..<last)
        #expect(set == RowSet(rowCount: size, first..<last))
      }
    }
  }

  @Test("rows can be inserted and removed one by one, and foreign ones are passed over")
  func singleRows() {
    var set = RowSet(rowCount: 70)
    for row in [-1, 0, 63, 64, 69, 70, .max, .min] { set.insert(row) }
    #expect(Array(set) == [0, 63, 64, 69])
    for row in [-1, 63, 70, .max] { set.remove(row) }
    #expect(Array(set) == [0, 64, 69])
    #expect(set.first(after: .max) == nil)
    #expect(set.last(before: .min) == nil)
  }

  @Test("sets of different executions never reach past the left one")
  func differentSizes() {
    let small = RowSet(all: 10)
    let large = RowSet(all: 200)
    #expect(small.union(large) == small)
    #expect(small.intersection(large) == small)
    #expect(large.intersection(small).count == 10)
    #expect(large.subtracting(small).count == 190)
  }
}
