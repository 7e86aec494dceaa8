import TraceModel

/// The columns that are copied from the rows of a batch, in the order of the index.
///
/// All columns are filled in one pass: a row is fetched from memory once, not once for each column.
struct RowColumns {
  private(set) var start: [Int64] = []
  private(set) var duration: [Int64] = []
  private(set) var kind: [UInt8] = []
  private(set) var spanKind: [UInt8] = []
  private(set) var status: [UInt8] = []
  private(set) var outcome: [UInt8] = []
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

  init(rows: [RecordRow], order: [UInt32]) {
    reserve(order.count)
    for old in order { append(rows[Int(old)]) }
  }

  private mutating func reserve(_ count: Int) {
    start.reserveCapacity(count)
    duration.reserveCapacity(count)
    kind.reserveCapacity(count)
    spanKind.reserveCapacity(count)
    status.reserveCapacity(count)
    outcome.reserveCapacity(count)
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
  }

  private mutating func append(_ row: RecordRow) {
    start.append(row.start)
    duration.append(row.duration)
    kind.append(row.kind.rawValue)
    spanKind.append(row.spanKind.rawValue)
    status.append(row.status.rawValue)
    outcome.append(row.outcome.rawValue)
    name.append(row.name.value)
    service.append(row.service.value)
    principal.append(row.principal.value)
    permission.append(row.permission.value)
    target.append(row.target.value)
    reason.append(row.reason.value)
    evaluator.append(row.evaluator.value)
    message.append(row.message.value)
    span.append(row.span.value)
    parentSpan.append(row.parentSpan.value)
    resource.append(row.resource)
    artifact.append(row.artifact)
    offset.append(row.offset)
    length.append(row.length)
  }
}
