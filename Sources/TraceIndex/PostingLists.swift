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
    rows = [UInt32](repeating: 0, count: total)
    values = rows
    items = rows
    types = [UInt8](repeating: 0, count: total)

    let keyScope = batch.keys.map(\.scope)
    for (place, range) in layout.columns.attributes.enumerated() {
      for index in range {
        let attribute = attributes[Int(index)]
        let item =
          switch keyScope[Int(attribute.key)] {
          case .event: itemPlaces.events[Int(attribute.item)]
          case .link: itemPlaces.links[Int(attribute.item)]
          default: attribute.item
          }
        put(attribute, owner: UInt32(place), item: item, cursors: &cursors)
      }
    }
    for (ordinal, resource) in batch.resources.enumerated() {
      let first = Int(resource.firstAttribute)
      for attribute in batch.resourceAttributes[first..<first + Int(resource.attributeCount)] {
        put(attribute, owner: UInt32(ordinal), item: 0, cursors: &cursors)
      }
    }
  }

  private mutating func put(
    _ attribute: RecordAttribute, owner: UInt32, item: UInt32, cursors: inout [Int]
  ) {
    let position = cursors[Int(attribute.key)]
    cursors[Int(attribute.key)] = position + 1
    rows[position] = owner
    values[position] = attribute.value.value
    types[position] = attribute.type.rawValue
    items[position] = item
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
