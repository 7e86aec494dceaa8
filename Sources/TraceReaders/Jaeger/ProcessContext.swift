import TraceModel

/// The processes of the trace that spans are being read from.
///
/// Jaeger writes the processes behind the spans that name them. Rows then point to resources that
/// are filled in when the processes come, and get their services when the trace ends.
struct ProcessContext: Sendable {
  private struct Process: Sendable {
    var service = StringID.empty
    var isKnown = false
    /// The offset of the first span that names it.
    var firstUse: UInt64
  }

  /// The trace's `processes` have been read.
  var isComplete = false
  /// The resource of each is the one after its predecessor's.
  private var processes: [Process] = []
  private var numbers: [StringID: Int] = [:]
  private var firstResource = 0
  private var firstRow = 0
  /// Something became known behind rows that it belongs to.
  private var isLate = false

  mutating func open(in batch: borrowing RecordBatch) {
    isComplete = false
    processes.removeAll(keepingCapacity: true)
    numbers.removeAll(keepingCapacity: true)
    firstResource = batch.resources.count
    firstRow = batch.rows.count
    isLate = false
  }

  /// The resource and the service of the process of that id, which may not be known yet.
  mutating func process(
    _ id: StringID, usedAt offset: UInt64, in batch: inout RecordBatch
  ) -> (resource: UInt32, service: StringID) {
    let number = numbers[id] ?? add(id, firstUse: offset, to: &batch)
    return (UInt32(truncatingIfNeeded: firstResource + number), processes[number].service)
  }

  /// Takes a process whose attributes are in that range of the batch's; false when the id is
  /// known already.
  mutating func define(
    _ id: StringID, service: StringID, attributes: Range<Int>, in batch: inout RecordBatch
  ) -> Bool {
    let isUsed = numbers[id] != nil
    let number = numbers[id] ?? add(id, firstUse: 0, to: &batch)
    if processes[number].isKnown { return false }
    processes[number].isKnown = true
    processes[number].service = service
    if isUsed { isLate = true }
    fill(number, attributes, of: &batch)
    return true
  }

  /// Takes a process that one span alone has.
  mutating func defineUnnamed(
    service: StringID, attributes: Range<Int>, in batch: inout RecordBatch
  ) -> UInt32 {
    let number = append(Process(service: service, isKnown: true, firstUse: 0), to: &batch)
    fill(number, attributes, of: &batch)
    return UInt32(truncatingIfNeeded: firstResource + number)
  }

  /// Gives rows the services that came late, and begins anew.
  ///
  /// - Returns: the offsets of the spans that first named a process which never came.
  mutating func close(in batch: inout RecordBatch) -> [UInt64] {
    let unknown = processes.filter { !$0.isKnown }.map(\.firstUse)
    if isLate {
      for row in firstRow..<batch.rows.count {
        let number = Int(batch.rows[row].resource) - firstResource
        if processes.indices.contains(number) {
          batch.rows[row].service = processes[number].service
        }
      }
    }
    open(in: batch)
    return unknown
  }

  private mutating func add(
    _ id: StringID, firstUse: UInt64, to batch: inout RecordBatch
  ) -> Int {
    let number = append(Process(firstUse: firstUse), to: &batch)
    numbers[id] = number
    return number
  }

  private mutating func append(_ process: Process, to batch: inout RecordBatch) -> Int {
    processes.append(process)
    batch.resources.append(RecordResource(firstAttribute: 0, attributeCount: 0))
    return processes.count - 1
  }

  private func fill(_ number: Int, _ attributes: Range<Int>, of batch: inout RecordBatch) {
    let first = batch.resourceAttributes.count
    batch.resourceAttributes.append(contentsOf: batch.attributes[attributes])
    batch.resources[firstResource + number] = RecordResource(
      firstAttribute: UInt32(truncatingIfNeeded: first),
      attributeCount: UInt32(truncatingIfNeeded: attributes.count))
  }
}
