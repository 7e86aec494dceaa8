import CKernels
import TraceModel

/// Attributes turned from "by row" to "by key": for each key the rows that have it, ascending.
struct PostingLists {
  var keyScopes: [UInt8] = []
  var keyNames: [UInt32] = []
  /// `keyEnds[k]` is the posting just past the last one of key `k`.
  var keyEnds: [UInt64] = []
  var rows: [UInt32] = []
  var values: [UInt32] = []
  var types: [UInt8] = []
  var items: [UInt32] = []

  /// - Parameters:
  ///   - itemPlaces: where each event (scope event) and link (scope link) of the batch went.
  init(
    batch: borrowing RecordBatch, layout: borrowing TreeLayout,
    itemPlaces: (events: [UInt32], links: [UInt32])
  ) {
    var counts = [Int](repeating: 0, count: batch.keys.count)
    let attributes = batch.attributes.span
    for range in layout.columns.attributes {
      for index in range { counts[Int(attributes[Int(index)].key)] += 1 }
    }
    for attribute in batch.resourceAttributes { counts[Int(attribute.key)] += 1 }

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
    var rows = [UInt32](repeating: 0, count: total)
    var values = rows
    var items = rows
    var types = [UInt8](repeating: 0, count: total)
    var places = Places(
      rows: &rows, values: &values, types: &types, items: &items, cursors: &cursors)
    let scopes = batch.keys.map(\.scope)
    for (place, range) in layout.columns.attributes.enumerated() {
      if place &+ 8 < layout.columns.attributes.count {
        let next = Int(layout.columns.attributes[place &+ 8].lowerBound)
        batch.attributes.withUnsafeBufferPointer { all in
          guard let base = all.baseAddress else { return }
          unsafe kernel_prefetch(base + next)
          unsafe kernel_prefetch(base + next + 4)
          unsafe kernel_prefetch(base + next + 8)
        }
      }
      for index in range {
        let attribute = attributes[Int(index)]
        let item =
          switch scopes[Int(attribute.key)] {
          case .event: itemPlaces.events[Int(attribute.item)]
          case .link: itemPlaces.links[Int(attribute.item)]
          default: attribute.item
          }
        places.put(attribute, owner: UInt32(place), item: item)
      }
    }
    for (ordinal, resource) in batch.resources.enumerated() {
      let first = Int(resource.firstAttribute)
      for attribute in batch.resourceAttributes[first..<first + Int(resource.attributeCount)] {
        places.put(attribute, owner: UInt32(ordinal), item: 0)
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
      rows: inout [UInt32], values: inout [UInt32], types: inout [UInt8], items: inout [UInt32],
      cursors: inout [Int]
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
