import CKernels
import TraceModel

/// Attributes turned from "by row" to "by key": for each key the rows that have it, ascending.
struct PostingLists: ~Copyable {
  var keyScopes: [UInt8] = []
  var keyNames: [UInt32] = []
  /// `keyEnds[k]` is the posting just past the last one of key `k`.
  var keyEnds: [UInt64] = []
  var rows: SpillArray<UInt32>
  var values: SpillArray<UInt32>
  var types: SpillArray<UInt8>
  var items: SpillArray<UInt32>

  /// - Parameters:
  ///   - events: where events (scope event) of the batch went.
  ///   - links: where its links (scope link) went.
  init(
    batch: borrowing RecordBatch, layout: borrowing TreeLayout,
    events: borrowing ItemOrder, links: borrowing ItemOrder
  ) {
    let space = layout.space
    var counts = [Int](repeating: 0, count: batch.keys.count)
    let owners = layout.columns.attributes.span
    let attributes = batch.attributes.span
    for place in owners.indices {
      space?.pace(place)
      for index in owners[place].first..<owners[place].end {
        counts[Int(attributes[Int(index)].key)] += 1
      }
    }
    for index in batch.resourceAttributes.indices {
      space?.pace(index)
      counts[Int(batch.resourceAttributes[index].key)] += 1
    }

    let keys = PostingLists.sortedKeys(of: batch).filter { counts[Int($0)] > 0 }
    var cursors = [Int](repeating: 0, count: batch.keys.count)
    var total = 0
    for key in keys {
      cursors[Int(key)] = total
      total += counts[Int(key)]
      keyScopes.append(batch.keys[Int(key)].scope.rawValue)
      keyNames.append(batch.keys[Int(key)].name.value)
      keyEnds.append(UInt64(total))
    }
    var rows = SpillArray<UInt32>(repeating: 0, count: total, in: space)
    var values = SpillArray<UInt32>(repeating: 0, count: total, in: space)
    var types = SpillArray<UInt8>(repeating: 0, count: total, in: space)
    var items = SpillArray<UInt32>(repeating: 0, count: total, in: space)
    var places = Places(
      rows: &rows, values: &values, types: &types, items: &items, cursors: &cursors)
    let scopes = batch.keys.map(\.scope)
    for place in owners.indices {
      space?.pace(place)
      if place &+ 8 < owners.count {
        let next = Int(owners[place &+ 8].first)
        attributes.withUnsafeBufferPointer { all in
          guard let base = all.baseAddress else { return }
          unsafe kernel_prefetch(base + next)
          unsafe kernel_prefetch(base + next + 4)
          unsafe kernel_prefetch(base + next + 8)
        }
      }
      for index in owners[place].first..<owners[place].end {
        let attribute = attributes[Int(index)]
        let item =
          switch scopes[Int(attribute.key)] {
          case .event: events.placeOf[Int(attribute.item)]
          case .link: links.placeOf[Int(attribute.item)]
          default: attribute.item
          }
        places.put(attribute, owner: UInt32(place), item: item)
      }
    }
    for ordinal in batch.resources.indices {
      space?.pace(ordinal)
      let resource = batch.resources[ordinal]
      let first = Int(resource.firstAttribute)
      for index in first..<first + Int(resource.attributeCount) {
        places.put(batch.resourceAttributes[index], owner: UInt32(ordinal), item: 0)
      }
    }
    self.rows = rows
    self.values = values
    self.types = types
    self.items = items
  }

  /// The columns while they are filled, each at the cursor of the key at hand.
  private struct Places: ~Copyable, ~Escapable {
    private var rows: MutableSpan<UInt32>
    private var values: MutableSpan<UInt32>
    private var types: MutableSpan<UInt8>
    private var items: MutableSpan<UInt32>
    private var cursors: MutableSpan<Int>

    @_lifetime(&rows, &values, &types, &items, &cursors)
    init(
      rows: inout SpillArray<UInt32>, values: inout SpillArray<UInt32>,
      types: inout SpillArray<UInt8>, items: inout SpillArray<UInt32>, cursors: inout [Int]
    ) {
      self.rows = rows.mutableSpan
      self.values = values.mutableSpan
      self.types = types.mutableSpan
      self.items = items.mutableSpan
      self.cursors = cursors.mutableSpan
    }

    @_lifetime(self: copy self)
    mutating func put(_ attribute: RecordAttribute, owner: UInt32, item: UInt32) {
      let position = cursors[Int(attribute.key)]
      cursors[Int(attribute.key)] = position &+ 1
      rows[position] = owner
      values[position] = attribute.value.value
      types[position] = attribute.type.rawValue
      if item != 0 { items[position] = item }
    }
  }

  /// Key numbers by scope, then by the bytes of the name.
  private static func sortedKeys(of batch: borrowing RecordBatch) -> [UInt32] {
    let names = batch.keys.map { batch.strings.string($0.name) }
    let keys = batch.keys
    return (0..<UInt32(keys.count)).sorted { a, b in
      let (x, y) = (keys[Int(a)], keys[Int(b)])
      if x.scope != y.scope { return x.scope.rawValue < y.scope.rawValue }
      return names[Int(a)].utf8.lexicographicallyPrecedes(names[Int(b)].utf8)
    }
  }
}
