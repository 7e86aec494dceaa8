import TraceModel

/// The rows of a batch grouped by trace, the groups ordered by start, then by id.
///
/// Rows of no trace form the last group.
struct TraceBuckets {
  struct Bucket {
    var id: TraceID
    var text: StringID
    var start: Int64
    /// The bucket's part of `members`.
    var range: Range<Int>
  }

  /// Batch rows, bucket by bucket, in the order of the batch inside each.
  private(set) var members: [UInt32] = []
  private(set) var sorted: [Bucket] = []

  private var slots = [UInt32](repeating: .max, count: 1 << 10)

  init(rows: [RecordRow], selected: (Int) -> Bool) {
    var buckets: [Bucket] = []
    var counts: [Int] = []
    var bucketOf = [UInt32](repeating: .max, count: rows.count)
    var previous = UInt32.max
    for row in rows.indices where selected(row) {
      let id = rows[row].trace
      // Neighbours usually belong to one trace.
      if previous == .max || buckets[Int(previous)].id != id {
        previous = bucket(of: id, text: rows[row].traceText, in: &buckets, counts: &counts)
      }
      bucketOf[row] = previous
      counts[Int(previous)] += 1
      if !rows[row].marks.contains(.timeMissing) {
        buckets[Int(previous)].start = min(buckets[Int(previous)].start, rows[row].start)
      }
    }
    var next: [Int] = []
    next.reserveCapacity(buckets.count)
    var position = 0
    for index in buckets.indices {
      buckets[index].range = position..<position + counts[index]
      next.append(position)
      position += counts[index]
    }
    members = [UInt32](repeating: 0, count: position)
    for row in rows.indices where bucketOf[row] != .max {
      let bucket = Int(bucketOf[row])
      members[next[bucket]] = UInt32(row)
      next[bucket] += 1
    }
    sorted = buckets.sorted { a, b in
      if a.id.isNone != b.id.isNone { return b.id.isNone }
      if a.start != b.start { return a.start < b.start }
      return a.id.high != b.id.high ? a.id.high < b.id.high : a.id.low < b.id.low
    }
  }

  private mutating func bucket(
    of id: TraceID, text: StringID, in buckets: inout [Bucket], counts: inout [Int]
  ) -> UInt32 {
    let mask = slots.count - 1
    var slot = TraceBuckets.hash(id) & mask
    while slots[slot] != .max {
      if buckets[Int(slots[slot])].id == id { return slots[slot] }
      slot = (slot + 1) & mask
    }
    let number = UInt32(buckets.count)
    slots[slot] = number
    buckets.append(Bucket(id: id, text: text, start: .max, range: 0..<0))
    counts.append(0)
    if buckets.count * 2 > slots.count { growSlots(buckets) }
    return number
  }

  private mutating func growSlots(_ buckets: [Bucket]) {
    slots = [UInt32](repeating: .max, count: slots.count * 4)
    let mask = slots.count - 1
    for (number, bucket) in buckets.enumerated() {
      var slot = TraceBuckets.hash(bucket.id) & mask
      while slots[slot] != .max { slot = (slot + 1) & mask }
      slots[slot] = UInt32(number)
    }
  }

  private static func hash(_ id: TraceID) -> Int {
    let mixed = (id.high ^ (id.low &* 0x9E37_79B9_7F4A_7C15)) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: mixed >> 29)
  }
}
