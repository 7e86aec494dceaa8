import TraceModel

/// Which rows of a batch are meant.
enum RowSelection {
  case all
  /// Those that name this run.
  case run(StringID)
  /// Those that belong to a trace.
  case traced

  func takes(_ row: RecordRow) -> Bool {
    switch self {
    case .all: true
    case .run(let run): row.run == run
    case .traced: !row.trace.isNone
    }
  }
}

/// The rows of a batch grouped by trace, the groups ordered by start, then by id.
///
/// Rows of no trace form the last group.
struct TraceBuckets: ~Copyable {
  struct Bucket: BitwiseCopyable {
    var id: TraceID
    var text: StringID
    var start: Int64
    /// The bucket's part of `members`.
    var first = 0
    var count = 0

    var range: Range<Int> { first..<first + count }
  }

  /// Batch rows, bucket by bucket, in the order of the batch inside each.
  private(set) var members: SpillArray<UInt32>
  private(set) var buckets: SpillArray<Bucket>
  /// The numbers of the buckets.
  private(set) var sorted: SpillArray<UInt32>

  private var slots: SpillArray<UInt32>
  private let space: SpillSpace?

  /// Rows that were withdrawn are in no bucket.
  init(of batch: borrowing RecordBatch, _ selection: RowSelection, in space: SpillSpace?) {
    self.space = space
    members = SpillArray(in: space)
    buckets = SpillArray(in: space)
    sorted = SpillArray(in: space)
    slots = SpillArray(repeating: .max, count: 1 << 10, in: space)
    var bucketOf = SpillArray<UInt32>(capacity: batch.rows.count, in: space)
    var previous = UInt32.max
    let hasWithdrawn = batch.hasWithdrawnRows
    for row in batch.rows.indices {
      space?.pace(row)
      let record = batch.rows[row]
      guard selection.takes(record), !hasWithdrawn || !batch.isWithdrawn(row) else {
        bucketOf.append(.max)
        continue
      }
      let id = record.trace
      // Neighbours usually belong to one trace.
      if previous == .max || buckets[Int(previous)].id != id {
        previous = bucket(of: id, text: record.traceText)
      }
      bucketOf.append(previous)
      buckets[Int(previous)].count += 1
      if !record.marks.contains(.timeMissing) && !record.join.method.isInferred {
        buckets[Int(previous)].start = min(buckets[Int(previous)].start, record.start)
      }
    }
    gather(bucketOf)
    sort()
  }

  private mutating func gather(_ bucketOf: borrowing SpillArray<UInt32>) {
    var position = 0
    for index in buckets.indices {
      buckets[index].first = position
      position += buckets[index].count
      // Counted again as the rows take their places.
      buckets[index].count = 0
      space?.pace(index)
    }
    members = SpillArray(repeating: 0, count: position, in: space)
    for row in bucketOf.indices {
      space?.pace(row)
      let bucket = bucketOf[row]
      guard bucket != .max else { continue }
      members[buckets[Int(bucket)].first + buckets[Int(bucket)].count] = UInt32(row)
      buckets[Int(bucket)].count += 1
    }
  }

  /// By start, equal starts by id; what belongs to no trace last.
  private mutating func sort() {
    var numbers = SpillArray<UInt32>(capacity: buckets.count, in: space)
    var starts = SpillArray<Int64>(capacity: buckets.count, in: space)
    var loose: UInt32?
    for number in buckets.indices {
      space?.pace(number)
      guard !buckets[number].id.isNone else {
        loose = UInt32(number)
        continue
      }
      numbers.append(UInt32(number))
      starts.append(buckets[number].start)
    }
    let order = orderByTime(starts, in: space)
    sorted = SpillArray(capacity: buckets.count, in: space)
    var first = 0
    while first < order.count {
      let start = starts[Int(order[first])]
      var end = first + 1
      while end < order.count && starts[Int(order[end])] == start { end += 1 }
      space?.pace(first)
      if end == first + 1 {
        sorted.append(numbers[Int(order[first])])
      } else {
        appendByID(order[first..<end].map { numbers[Int($0)] })
      }
      first = end
    }
    if let loose { sorted.append(loose) }
  }

  private mutating func appendByID(_ equals: [UInt32]) {
    let ordered = equals.sorted { a, b in
      let (x, y) = (buckets[Int(a)].id, buckets[Int(b)].id)
      return x.high != y.high ? x.high < y.high : x.low < y.low
    }
    sorted.append(contentsOf: ordered)
  }

  private mutating func bucket(of id: TraceID, text: StringID) -> UInt32 {
    let mask = slots.count - 1
    var slot = TraceBuckets.hash(id) & mask
    while slots[slot] != .max {
      if buckets[Int(slots[slot])].id == id { return slots[slot] }
      slot = (slot + 1) & mask
    }
    let number = UInt32(buckets.count)
    slots[slot] = number
    buckets.append(Bucket(id: id, text: text, start: .max))
    if buckets.count * 2 > slots.count { growSlots() }
    return number
  }

  private mutating func growSlots() {
    slots = SpillArray(repeating: .max, count: slots.count * 4, in: space)
    let mask = slots.count - 1
    for number in buckets.indices {
      var slot = TraceBuckets.hash(buckets[number].id) & mask
      while slots[slot] != .max { slot = (slot + 1) & mask }
      slots[slot] = UInt32(number)
      space?.pace(number)
    }
  }

  private static func hash(_ id: TraceID) -> Int {
    let mixed = (id.high ^ (id.low &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: mixed >> 29)
  }
}
