import TraceModel

/// The resource and the instrumentation scopes of the element that spans are being read from.
///
/// JSON has no order of fields: a resource or a scope may follow the spans it belongs to. Rows
/// then point to a resource whose attributes are filled in when the element ends.
struct ResourceContext: Sendable {
  private struct Scope: Sendable {
    /// The index in `RecordBatch.resources`; `noResource` until a row needs it.
    var resource = RecordBatch.noResource
    var attributes: Range<Int>
    var isKnown = false
  }

  private(set) var service = StringID.empty
  private(set) var hasResource = false
  private var attributes: [RecordAttribute] = []
  private var scopes: [Scope] = []
  private var scopeAttributes: [RecordAttribute] = []
  private var firstRow = 0
  private var isOpen = false
  /// Something that belongs to rows came behind them.
  private var isLate = false

  var hasScope: Bool { scopes.last?.isKnown ?? false }

  mutating func openElement(in batch: borrowing RecordBatch) {
    service = .empty
    hasResource = false
    attributes.removeAll(keepingCapacity: true)
    scopes.removeAll(keepingCapacity: true)
    scopeAttributes.removeAll(keepingCapacity: true)
    firstRow = batch.rows.count
    isOpen = true
    isLate = false
  }

  mutating func openScope() {
    scopes.append(Scope(attributes: scopeAttributes.count..<scopeAttributes.count))
  }

  /// Takes the resource's attributes, which are the batch's last ones, out of the batch.
  mutating func takeResource(
    from first: Int, service: StringID, of batch: inout RecordBatch
  ) {
    attributes.append(contentsOf: batch.attributes[first...])
    batch.attributes.removeLast(batch.attributes.count - first)
    self.service = service
    hasResource = true
    if batch.rows.count > firstRow { isLate = true }
  }

  /// Takes the scope's attributes, which are the batch's last ones, out of the batch.
  mutating func takeScope(from first: Int, of batch: inout RecordBatch) {
    if scopes.isEmpty { openScope() }
    let start = scopeAttributes.count
    scopeAttributes.append(contentsOf: batch.attributes[first...])
    batch.attributes.removeLast(batch.attributes.count - first)
    let last = scopes.count - 1
    scopes[last].attributes = start..<scopeAttributes.count
    scopes[last].isKnown = true
    if scopes[last].resource != RecordBatch.noResource { isLate = true }
  }

  /// The resource of a row in the scope at hand.
  mutating func resource(in batch: inout RecordBatch) -> UInt32 {
    if scopes.isEmpty { openScope() }
    let last = scopes.count - 1
    if scopes[last].resource == RecordBatch.noResource {
      scopes[last].resource = UInt32(truncatingIfNeeded: batch.resources.count)
      batch.resources.append(RecordResource(firstAttribute: 0, attributeCount: 0))
      write(scopes[last], to: &batch)
    }
    return scopes[last].resource
  }

  /// Fills in what came late.
  mutating func closeElement(in batch: inout RecordBatch) {
    guard isOpen else { return }
    isOpen = false
    guard isLate else { return }
    for scope in scopes where scope.resource != RecordBatch.noResource {
      write(scope, to: &batch)
    }
    for row in firstRow..<batch.rows.count { batch.rows[row].service = service }
  }

  private func write(_ scope: Scope, to batch: inout RecordBatch) {
    let first = batch.resourceAttributes.count
    batch.resourceAttributes.append(contentsOf: attributes)
    batch.resourceAttributes.append(contentsOf: scopeAttributes[scope.attributes])
    batch.resources[Int(scope.resource)] = RecordResource(
      firstAttribute: UInt32(truncatingIfNeeded: first),
      attributeCount: UInt32(truncatingIfNeeded: batch.resourceAttributes.count - first))
  }
}
