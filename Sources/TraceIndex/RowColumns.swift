import CKernels
import TraceModel

/// The columns that are copied from the rows of a batch, in the order of the index.
///
/// All columns are filled in one pass: a row is fetched from memory once, not once for each column.
struct RowColumns: ~Copyable {
  private(set) var start: [Int64] = []
  private(set) var duration: [Int64] = []
  private(set) var kind: [RowKind] = []
  private(set) var spanKind: [SpanKind] = []
  private(set) var status: [SpanStatus] = []
  private(set) var outcome: [Outcome] = []
  private(set) var join: [RowJoin] = []
  private(set) var name: [UInt32] = []
  private(set) var service: [UInt32] = []
  private(set) var principal: [UInt32] = []
  private(set) var permission: [UInt32] = []
  private(set) var target: [UInt32] = []
  private(set) var reason: [UInt32] = []
  private(set) var evaluator: [UInt32] = []
  private(set) var message: [UInt32] = []
  private(set) var span: [UInt64] = []
  private(set) var parentSpan: [UInt64] = []
  private(set) var resource: [UInt32] = []
  private(set) var artifact: [UInt32] = []
  private(set) var offset: [UInt64] = []
  private(set) var length: [UInt32] = []
  /// Where the row's attributes are in the batch; not a column of the index.
  private(set) var attributes: [Range<UInt32>] = []

  init() {}

  init(rows: [RecordRow], order: [UInt32]) {
    reserve(order.count)
    rows.withUnsafeBufferPointer { rows in
      for (index, old) in order.enumerated() {
        // Rows lie far from each other: the one after the next seven is fetched meanwhile.
        if index &+ 8 < order.count {
          unsafe rows.baseAddress.map { unsafe prefetch($0 + Int(order[index &+ 8])) }
        }
        unsafe append(rows[Int(old)])
      }
    }
  }

  /// When the row ended, in nanoseconds since the Unix epoch.
  func end(_ place: Int) -> Int64 { start[place].addingSaturating(duration[place]) }

  private mutating func reserve(_ count: Int) {
    start.reserveCapacity(count)
    duration.reserveCapacity(count)
    kind.reserveCapacity(count)
    spanKind.reserveCapacity(count)
    status.reserveCapacity(count)
    outcome.reserveCapacity(count)
    join.reserveCapacity(count)
    name.reserveCapacity(count)
    service.reserveCapacity(count)
    principal.reserveCapacity(count)
    permission.reserveCapacity(count)
    target.reserveCapacity(count)
    reason.reserveCapacity(count)
    evaluator.reserveCapacity(count)
    message.reserveCapacity(count)
    span.reserveCapacity(count)
    parentSpan.reserveCapacity(count)
    resource.reserveCapacity(count)
    artifact.reserveCapacity(count)
    offset.reserveCapacity(count)
    length.reserveCapacity(count)
    attributes.reserveCapacity(count)
  }

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
    attributes.append(row.firstAttribute..<row.firstAttribute + row.attributeCount)
  }
}

/// Has the processor fetch a row, which takes up to three lines of memory.
func prefetch(_ row: UnsafePointer<RecordRow>) {
  let start = unsafe UnsafeRawPointer(row)
  unsafe kernel_prefetch(start)
  unsafe kernel_prefetch(start + 64)
  unsafe kernel_prefetch(start + MemoryLayout<RecordRow>.size - 1)
}
