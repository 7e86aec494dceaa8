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
    let space = batch.columnSpace
    let run = part.flatMap { $0.count > 1 ? $0.run : nil }
    let layout = TreeLayout(of: batch, run.map(RowSelection.run) ?? .all, in: space)
    try check(space)
    var metadata = metadata(of: batch, name: name, layout: layout)
    if let part, part.count > 1 { metadata.narrow(to: part, rows: layout.order.count) }
    var writer = try IndexFileWriter(path: path, space: space)
    try writer.add(.metadata, metadata.encoded())
    try writer.add(.stringEnds, batch.strings.ends)
    try writer.add(.stringBytes, batch.strings.bytes)
    try addRows(of: batch, layout: layout, to: &writer)
    try addTraces(layout, to: &writer)
    try addAttributes(of: batch, layout: layout, to: &writer)
    try check(space)
    try writer.finish(rowCount: layout.order.count)
  }

  private static func check(_ space: SpillSpace?) throws(TraceIndexError) {
    if let failure = space?.failure { throw TraceIndexError(failure) }
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
      layout.space?.pace(place)
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
    let count = layout.order.count
    try writer.add(.start, layout.columns.start)
    try writer.add(.duration, layout.columns.duration)
    try writer.add(.selfTime, layout.selfTime)
    try writer.add(.trace, layout.trace)
    try writer.add(.parent, layout.parent)
    try writer.add(.subtreeEnd, layout.subtreeEnd)
    try writer.add(.depth, layout.depth)
    try writer.add(.kind, count: count) { layout.columns.kind[$0].rawValue }
    try writer.add(.spanKind, count: count) { layout.columns.spanKind[$0].rawValue }
    try writer.add(.status, count: count) { layout.columns.status[$0].rawValue }
    try writer.add(.outcome, count: count) { layout.columns.outcome[$0].rawValue }
    try writer.add(.marks, layout.marks)
    try writer.add(.joinMethod, count: count) { layout.join($0).method.rawValue }
    try writer.add(.joinConfidence, count: count) { layout.join($0).confidence }
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
    try writer.add(.timeOrder, orderByTime(layout.columns.start, in: layout.space))
  }

  private static func addTraces(
    _ layout: borrowing TreeLayout, to writer: inout IndexFileWriter
  ) throws(TraceIndexError) {
    let count = layout.traces.count
    try writer.add(.traceHigh, count: count) { layout.traces[$0].id.high }
    try writer.add(.traceLow, count: count) { layout.traces[$0].id.low }
    try writer.add(.traceText, count: count) { layout.traces[$0].text.value }
    try writer.add(.traceFirstRow, count: count) { UInt32(layout.traces[$0].firstRow) }
    try writer.add(.traceRowCount, count: count) { UInt32(layout.traces[$0].rowCount) }
    try writer.add(.traceStart, count: count) { layout.traces[$0].start }
    try writer.add(.traceEnd, count: count) { layout.traces[$0].end }
    try writer.add(.traceRoot, count: count) { UInt32(layout.traces[$0].root) }
    try writer.add(.traceSpans, count: count) { UInt32(layout.traces[$0].spans) }
    try writer.add(.traceDecisions, count: count) { UInt32(layout.traces[$0].decisions) }
    try writer.add(.traceErrors, count: count) { UInt32(layout.traces[$0].errors) }
    try writer.add(.traceDenied, count: count) { UInt32(layout.traces[$0].denied) }
  }

  private static func addAttributes(
    of batch: borrowing RecordBatch, layout: borrowing TreeLayout, to writer: inout IndexFileWriter
  ) throws(TraceIndexError) {
    let events = ItemOrder(batch.events.count, layout: layout) { batch.events[$0].row }
    let links = ItemOrder(batch.links.count, layout: layout) { batch.links[$0].row }
    let postings = PostingLists(batch: batch, layout: layout, events: events, links: links)
    try writer.add(.keyScope, postings.keyScopes)
    try writer.add(.keyName, postings.keyNames)
    try writer.add(.keyEnd, postings.keyEnds)
    try writer.add(.postingRow, postings.rows)
    try writer.add(.postingValue, postings.values)
    try writer.add(.postingType, postings.types)
    try writer.add(.postingItem, postings.items)
    try addEvents(of: batch, events, layout: layout, to: &writer)
    try addLinks(of: batch, links, layout: layout, to: &writer)
  }

  private static func addEvents(
    of batch: borrowing RecordBatch, _ events: borrowing ItemOrder, layout: borrowing TreeLayout,
    to writer: inout IndexFileWriter
  ) throws(TraceIndexError) {
    func event(_ place: Int) -> RecordEvent { batch.events[Int(events.order[place])] }
    let count = events.order.count
    try writer.add(.eventRow, count: count) { layout.placeOf[Int(event($0).row)] }
    try writer.add(.eventTime, count: count) { event($0).time }
    try writer.add(.eventName, count: count) { event($0).name.value }
  }

  private static func addLinks(
    of batch: borrowing RecordBatch, _ links: borrowing ItemOrder, layout: borrowing TreeLayout,
    to writer: inout IndexFileWriter
  ) throws(TraceIndexError) {
    func link(_ place: Int) -> RecordLink { batch.links[Int(links.order[place])] }
    let count = links.order.count
    try writer.add(.linkRow, count: count) { layout.placeOf[Int(link($0).row)] }
    try writer.add(.linkTraceHigh, count: count) { link($0).trace.high }
    try writer.add(.linkTraceLow, count: count) { link($0).trace.low }
    try writer.add(.linkSpan, count: count) { link($0).span.value }
  }
}

extension RecordBatch {
  /// Where columns go: nil while the rows are in memory, because then the columns fit as well.
  var columnSpace: SpillSpace? {
    guard let space, space.isUsed else { return nil }
    return space.divided(by: IndexSection.allCases.count)
  }
}
