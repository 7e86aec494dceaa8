import CKernels
import TraceModel

/// The columns that are copied from the rows of a batch, in the order of the index.
///
/// All columns are filled in one pass: a row is fetched from memory once, not once for each column.
struct RowColumns: ~Copyable {
  private(set) var start: SpillArray<Int64>
  private(set) var duration: SpillArray<Int64>
  private(set) var kind: SpillArray<RowKind>
  private(set) var spanKind: SpillArray<SpanKind>
  private(set) var status: SpillArray<SpanStatus>
  private(set) var outcome: SpillArray<Outcome>
  private(set) var join: SpillArray<RowJoin>
  private(set) var name: SpillArray<UInt32>
  private(set) var service: SpillArray<UInt32>
  private(set) var principal: SpillArray<UInt32>
  private(set) var permission: SpillArray<UInt32>
  private(set) var target: SpillArray<UInt32>
  private(set) var reason: SpillArray<UInt32>
  private(set) var evaluator: SpillArray<UInt32>
  private(set) var message: SpillArray<UInt32>
  private(set) var span: SpillArray<UInt64>
  private(set) var parentSpan: SpillArray<UInt64>
  private(set) var resource: SpillArray<UInt32>
  private(set) var artifact: SpillArray<UInt32>
  private(set) var offset: SpillArray<UInt64>
  private(set) var length: SpillArray<UInt32>
  /// Where the row's attributes are in the batch; not a column of the index.
  private(set) var attributes: SpillArray<RowAttributes>

  init(capacity: Int, in space: SpillSpace?) {
    start = SpillArray(capacity: capacity, in: space)
    duration = SpillArray(capacity: capacity, in: space)
    kind = SpillArray(capacity: capacity, in: space)
    spanKind = SpillArray(capacity: capacity, in: space)
    status = SpillArray(capacity: capacity, in: space)
    outcome = SpillArray(capacity: capacity, in: space)
    join = SpillArray(capacity: capacity, in: space)
    name = SpillArray(capacity: capacity, in: space)
    service = SpillArray(capacity: capacity, in: space)
    principal = SpillArray(capacity: capacity, in: space)
    permission = SpillArray(capacity: capacity, in: space)
    target = SpillArray(capacity: capacity, in: space)
    reason = SpillArray(capacity: capacity, in: space)
    evaluator = SpillArray(capacity: capacity, in: space)
    message = SpillArray(capacity: capacity, in: space)
    span = SpillArray(capacity: capacity, in: space)
    parentSpan = SpillArray(capacity: capacity, in: space)
    resource = SpillArray(capacity: capacity, in: space)
    artifact = SpillArray(capacity: capacity, in: space)
    offset = SpillArray(capacity: capacity, in: space)
    length = SpillArray(capacity: capacity, in: space)
    attributes = SpillArray(capacity: capacity, in: space)
  }

  init(
    rows: borrowing SpillArray<RecordRow>, order: borrowing SpillArray<UInt32>,
    in space: SpillSpace?
  ) {
    self.init(capacity: order.count, in: space)
    for index in order.indices {
      space?.pace(index)
      // Rows lie far from each other: the one after the next seven is fetched meanwhile.
      if index &+ 8 < order.count { prefetch(rows, at: Int(order[index &+ 8])) }
      append(rows[Int(order[index])])
    }
  }

  /// When the row ended, in nanoseconds since the Unix epoch.
  @inline(__always)
  func end(_ place: Int) -> Int64 { start[place].addingSaturating(duration[place]) }

  private mutating func append(_ row: RecordRow) {
    start.append(row.start)
    duration.append(row.duration)
    kind.append(row.kind)
    spanKind.append(row.spanKind)
    status.append(row.status)
    outcome.append(row.outcome)
    join.append(row.join)
    name.append(row.name.value)
    service.append(row.service.value)
    principal.append(row.principal.value)
    permission.append(row.permission.value)
    target.append(row.target.value)
    reason.append(row.reason.value)
    evaluator.append(row.evaluator.value)
    message.append(row.message.value)
    // The id of another row, which an inferred join borrows to find its place.
    span.append(row.join.method.isInferred ? 0 : row.span.value)
    parentSpan.append(row.parentSpan.value)
    resource.append(row.resource)
    artifact.append(row.artifact)
    offset.append(row.offset)
    length.append(row.length)
    attributes.append(
      RowAttributes(first: row.firstAttribute, end: row.firstAttribute + row.attributeCount))
  }
}

/// Where a row's attributes are in the batch.
struct RowAttributes: BitwiseCopyable {
  var first: UInt32
  var end: UInt32
}

/// Has the processor fetch a row, which takes up to three lines of memory.
func prefetch(_ rows: borrowing SpillArray<RecordRow>, at index: Int) {
  rows.span.withUnsafeBufferPointer { rows in
    guard let base = rows.baseAddress else { return }
    let start = unsafe UnsafeRawPointer(base + index)
    unsafe kernel_prefetch(start)
    unsafe kernel_prefetch(start + 64)
    unsafe kernel_prefetch(start + MemoryLayout<RecordRow>.size - 1)
  }
}
