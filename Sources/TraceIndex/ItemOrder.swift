import TraceModel

/// The events or links of a batch in the order of the rows that they belong to.
struct ItemOrder: ~Copyable {
  /// Those of selected rows by index row, then in the order of the batch.
  private(set) var order: SpillArray<UInt32>
  /// Where each one of the batch went; `TreeLayout.none` for those of other rows.
  private(set) var placeOf: SpillArray<UInt32>

  init(_ count: Int, layout: borrowing TreeLayout, row: (Int) -> UInt32) {
    let space = layout.space
    var selected = SpillArray<UInt32>(capacity: count, in: space)
    var rows = SpillArray<Int64>(capacity: count, in: space)
    for item in 0..<count {
      space?.pace(item)
      let place = layout.placeOf[Int(row(item))]
      guard place != TreeLayout.none else { continue }
      selected.append(UInt32(item))
      rows.append(Int64(place))
    }
    order = orderByTime(rows, in: space)
    placeOf = SpillArray(repeating: TreeLayout.none, count: count, in: space)
    for place in order.indices {
      space?.pace(place)
      order[place] = selected[Int(order[place])]
      placeOf[Int(order[place])] = UInt32(place)
    }
  }
}
