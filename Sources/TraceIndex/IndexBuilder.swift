package import TraceModel

/// Turns the records of an execution into an index file.
package enum IndexBuilder {
  /// One of the executions that a batch holds when its artifacts name several runs.
  package struct Part: Sendable {
    package let number: Int
    package let count: Int
    /// Only rows that name this run become rows of the part.
    package let run: StringID

    package init(number: Int, count: Int, run: StringID) {
      self.number = number
      self.count = count
      self.run = run
    }
  }

  /// Writes the index of `batch` to `path`; readers see the whole file or the one that was there.
  ///
  /// - Parameters:
  ///   - name: the execution's name.
  ///   - part: which rows to take; nil takes all.
  /// - Throws: `TraceIndexError.system` when the file cannot be written.
  package static func write(
    _ batch: borrowing RecordBatch, name: String, part: Part? = nil, to path: String
  ) throws(TraceIndexError) {
    let rows = batch.rows
    let run = part.flatMap { $0.count > 1 ? $0.run : nil }
    let layout =
      if batch.hasWithdrawnRows {
        TreeLayout(rows: rows) { row in
          !batch.isWithdrawn(row) && (run == nil || rows[row].run == run)
        }
      } else if let run {
        TreeLayout(rows: rows) { rows[$0].run == run }
      } else {
        TreeLayout(rows: rows) { _ in true }
      }
    var metadata = metadata(of: batch, name: name, layout: layout)
    if let part, part.count > 1 { metadata.narrow(to: part, rows: layout.order.count) }
    var writer = try IndexFileWriter(path: path)
    try writer.add(.metadata, metadata.encoded())
    try writer.add(.stringEnds, batch.strings.ends)
    try writer.add(.stringBytes, batch.strings.bytes)
    try addRows(of: batch, layout: layout, to: &writer)
    try addTraces(layout, to: &writer)
    try addAttributes(of: batch, layout: layout, to: &writer)
    try writer.finish(rowCount: layout.order.count)
  }

  private static func metadata(
    of batch: borrowing RecordBatch, name: String, layout: borrowing TreeLayout
  ) -> IndexMetadata {
    var metadata = IndexMetadata()
    metadata.name = name
    metadata.artifacts = batch.artifacts
    metadata.diagnostics = batch.diagnostics
    metadata.resourceCount = batch.resources.count
    var totals = ExecutionTotals()
    totals.traces = layout.traces.count
    var start = Int64.max
    var end = Int64.min
    for place in layout.order.indices {
      count(place, of: layout.columns, in: &totals)
      if !layout.marks[place].contains(.timeMissing) {
        start = min(start, layout.columns.start[place])
        end = max(end, layout.columns.end(place))
      }
    }
    if start <= end {
      totals.start = start
      totals.end = end
    }
    for artifact in batch.artifacts {
      totals.recordsRead += artifact.recordsRead
      totals.recordsRefused += artifact.recordsRefused
      totals.recordsSkipped += artifact.recordsSkipped
    }
    metadata.totals = totals
    return metadata
  }

  private static func count(
    _ place: Int, of columns: borrowing RowColumns, in totals: inout ExecutionTotals
  ) {
    switch columns.kind[place] {
    case .span:
      totals.spans += 1
      if columns.status[place] == .error { totals.errors += 1 }
    case .log:
      totals.logs += 1
    case .decision:
      totals.decisions += 1
      switch columns.outcome[place] {
      case .allow, .allowedThenFailed: totals.allowed += 1
      case .deny, .unauthenticated: totals.denied += 1
      case .error: totals.decisionErrors += 1
      case .none, .unknown: break
      }
    }
  }

  private static func addRows(
    of batch: borrowing RecordBatch, layout: borrowing TreeLayout, to writer: inout IndexFileWriter
  ) throws(TraceIndexError) {
    try writer.add(.start, layout.columns.start)
    try writer.add(.duration, layout.columns.duration)
    try writer.add(.selfTime, layout.selfTime)
    try writer.add(.trace, layout.trace)
    try writer.add(.parent, layout.parent)
    try writer.add(.subtreeEnd, layout.subtreeEnd)
    try writer.add(.depth, layout.depth)
    try writer.add(.kind, layout.columns.kind.map(\.rawValue))
    try writer.add(.spanKind, layout.columns.spanKind.map(\.rawValue))
    try writer.add(.status, layout.columns.status.map(\.rawValue))
    try writer.add(.outcome, layout.columns.outcome.map(\.rawValue))
    try writer.add(.marks, layout.marks)
    try writer.add(.joinMethod, layout.joins.map(\.method.rawValue))
    try writer.add(.joinConfidence, layout.joins.map(\.confidence))
    try writer.add(.name, layout.columns.name)
    try writer.add(.service, layout.columns.service)
    try writer.add(.principal, layout.columns.principal)
    try writer.add(.permission, layout.columns.permission)
    try writer.add(.target, layout.columns.target)
    try writer.add(.reason, layout.columns.reason)
    try writer.add(.evaluator, layout.columns.evaluator)
    try writer.add(.message, layout.columns.message)
    try writer.add(.spanID, layout.columns.span)
    try writer.add(.parentSpanID, layout.columns.parentSpan)
    try writer.add(.resource, layout.columns.resource)
    try writer.add(.artifact, layout.columns.artifact)
    try writer.add(.byteOffset, layout.columns.offset)
    try writer.add(.byteLength, layout.columns.length)
    try writer.add(.timeOrder, orderByTime(layout.columns.start))
  }

  private static func addTraces(
    _ layout: borrowing TreeLayout, to writer: inout IndexFileWriter
  ) throws(TraceIndexError) {
    let traces = layout.traces
    try writer.add(.traceHigh, traces.map(\.id.high))
    try writer.add(.traceLow, traces.map(\.id.low))
    try writer.add(.traceText, traces.map(\.text.value))
    try writer.add(.traceFirstRow, traces.map { UInt32($0.firstRow) })
    try writer.add(.traceRowCount, traces.map { UInt32($0.rowCount) })
    try writer.add(.traceStart, traces.map(\.start))
    try writer.add(.traceEnd, traces.map(\.end))
    try writer.add(.traceRoot, traces.map { UInt32($0.root) })
    try writer.add(.traceSpans, traces.map { UInt32($0.spans) })
    try writer.add(.traceDecisions, traces.map { UInt32($0.decisions) })
    try writer.add(.traceErrors, traces.map { UInt32($0.errors) })
    try writer.add(.traceDenied, traces.map { UInt32($0.denied) })
  }

  private static func addAttributes(
    of batch: borrowing RecordBatch, layout: borrowing TreeLayout, to writer: inout IndexFileWriter
  ) throws(TraceIndexError) {
    let events = batch.events
    let links = batch.links
    let (eventOrder, eventPlaces) = itemOrder(events.count, layout: layout) { events[$0].row }
    let (linkOrder, linkPlaces) = itemOrder(links.count, layout: layout) { links[$0].row }
    let postings = PostingLists(
      batch: batch, layout: layout, itemPlaces: (eventPlaces, linkPlaces))
    try writer.add(.keyScope, postings.keyScopes)
    try writer.add(.keyName, postings.keyNames)
    try writer.add(.keyEnd, postings.keyEnds)
    try writer.add(.postingRow, postings.rows)
    try writer.add(.postingValue, postings.values)
    try writer.add(.postingType, postings.types)
    try writer.add(.postingItem, postings.items)
    try writer.add(.eventRow, eventOrder.map { layout.placeOf[Int(events[$0].row)] })
    try writer.add(.eventTime, eventOrder.map { events[$0].time })
    try writer.add(.eventName, eventOrder.map { events[$0].name.value })
    try writer.add(.linkRow, linkOrder.map { layout.placeOf[Int(links[$0].row)] })
    try writer.add(.linkTraceHigh, linkOrder.map { links[$0].trace.high })
    try writer.add(.linkTraceLow, linkOrder.map { links[$0].trace.low })
    try writer.add(.linkSpan, linkOrder.map { links[$0].span.value })
  }

  /// Events or links of selected rows by index row, and where each one of the batch went.
  private static func itemOrder(
    _ count: Int, layout: borrowing TreeLayout, row: (Int) -> UInt32
  ) -> (order: [Int], places: [UInt32]) {
    let selected = (0..<count).filter { layout.placeOf[Int(row($0))] != TreeLayout.none }
    let order = selected.sorted { a, b in
      let (x, y) = (layout.placeOf[Int(row(a))], layout.placeOf[Int(row(b))])
      return x != y ? x < y : a < b
    }
    var places = [UInt32](repeating: TreeLayout.none, count: count)
    for (place, item) in order.enumerated() { places[item] = UInt32(place) }
    return (order, places)
  }
}
