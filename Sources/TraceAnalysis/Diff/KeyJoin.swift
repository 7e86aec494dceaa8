import TraceIndex
import TraceModel

/// The keys of two executions matched by the bytes of their strings.
struct KeyJoin: Sendable {
  /// The numbers of one key in the two tables; at least one is there.
  struct Pair: Sendable {
    var before: Int?
    var after: Int?
  }

  /// The keys of the first table in its order, then those that only the second has.
  private(set) var pairs: [Pair] = []

  init(
    before: (index: TraceIndex, table: KeyTable), after: (index: TraceIndex, table: KeyTable)
  ) {
    var strings = StringTable()
    var joined = KeyTable()
    for (number, key) in before.table.keys.enumerated() {
      _ = joined.number(of: KeyJoin.shared(key, of: before.index, in: &strings))
      pairs.append(Pair(before: number))
    }
    for (number, key) in after.table.keys.enumerated() {
      let place = joined.number(of: KeyJoin.shared(key, of: after.index, in: &strings))
      if place == pairs.count { pairs.append(Pair()) }
      pairs[place].after = number
    }
  }

  private static func shared(
    _ key: KeyTable.Key, of index: TraceIndex, in strings: inout StringTable
  ) -> KeyTable.Key {
    KeyTable.Key(
      a: intern(key.a, of: index, in: &strings), b: intern(key.b, of: index, in: &strings),
      c: intern(key.c, of: index, in: &strings))
  }

  private static func intern(
    _ id: UInt32, of index: TraceIndex, in strings: inout StringTable
  ) -> UInt32 {
    index.withStringBytes(StringID(id)) { strings.intern($0).value }
  }
}
