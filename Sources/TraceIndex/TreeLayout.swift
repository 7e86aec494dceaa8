import TraceModel

/// Where every row of a batch goes: traces by start, trees in pre-order, facts about the tree.
///
/// Index rows and batch rows are both plain numbers here; `order` translates from the first to
/// the second.
struct TreeLayout: ~Copyable {
  static let none = UInt32.max

  /// One trace: its rows are `firstRow ..< firstRow + rowCount` in the index.
  struct Trace: BitwiseCopyable {
    var id: TraceID
    var text: StringID
    var firstRow: Int
    var rowCount: Int
    var start: Int64
    var end: Int64
    var root: Int
    var spans = 0
    var decisions = 0
    var errors = 0
    var denied = 0
  }

  /// The batch row of each index row.
  var order: SpillArray<UInt32>
  /// The index row of each batch row; `none` for rows that were not selected.
  var placeOf: SpillArray<UInt32>
  var trace: SpillArray<UInt32>
  var parent: SpillArray<UInt32>
  var subtreeEnd: SpillArray<UInt32>
  var depth: SpillArray<UInt16>
  var marks: SpillArray<RowMarks>
  var selfTime: SpillArray<Int64>
  var traces: SpillArray<Trace>
  /// The rows in the order of the index: what follows the layout reads them one after another.
  private(set) var columns: RowColumns
  let space: SpillSpace?

  /// Lays out rows of a batch.
  ///
  /// - Parameters:
  ///   - selection: the rows to take.
  ///   - space: where columns go that are too large for memory.
  init(
    of batch: borrowing RecordBatch, _ selection: RowSelection, in space: SpillSpace?
  ) {
    self.space = space
    placeOf = SpillArray(repeating: TreeLayout.none, count: batch.rows.count, in: space)
    let buckets = TraceBuckets(of: batch, selection, in: space)
    let total = buckets.members.count
    order = SpillArray(capacity: total, in: space)
    trace = SpillArray(capacity: total, in: space)
    parent = SpillArray(capacity: total, in: space)
    depth = SpillArray(capacity: total, in: space)
    marks = SpillArray(capacity: total, in: space)
    subtreeEnd = SpillArray(capacity: total, in: space)
    selfTime = SpillArray(capacity: total, in: space)
    traces = SpillArray(in: space)
    columns = RowColumns(capacity: 0, in: nil)
    var forest = SpanForest(in: space)
    for index in buckets.sorted.indices {
      let bucket = buckets.buckets[Int(buckets.sorted[index])]
      let members = buckets.members.span.extracting(bucket.range)
      if bucket.id.isNone {
        placeLoose(members, rows: batch.rows)
      } else {
        place(members, of: bucket, rows: batch.rows, forest: &forest)
      }
    }
    columns = RowColumns(rows: batch.rows, order: order, in: space)
    for index in traces.indices { traces[index] = summary(of: traces[index]) }
    finish()
  }

  /// Rows of no trace stand alone, in order of time.
  private mutating func placeLoose(
    _ members: Span<UInt32>, rows: borrowing SpillArray<RecordRow>
  ) {
    var starts = SpillArray<Int64>(capacity: members.count, in: space)
    for index in members.indices {
      starts.append(rows[Int(members[index])].start)
      space?.pace(index)
    }
    let byStart = orderByTime(starts, in: space)
    for index in byStart.indices {
      let old = members[Int(byStart[index])]
      append(
        old: old, trace: TreeLayout.none, parent: TreeLayout.none, depth: 0,
        marks: rows[Int(old)].marks.union([.root, .leaf]))
    }
  }

  private mutating func place(
    _ members: Span<UInt32>, of bucket: TraceBuckets.Bucket,
    rows: borrowing SpillArray<RecordRow>, forest: inout SpanForest
  ) {
    let first = order.count
    let ordinal = UInt32(traces.count)
    forest.grow(members: members, rows: rows)
    forest.forEachPreOrder { node, marks, parentPlace, depth in
      let old = members[node]
      let place = UInt32(order.count)
      append(
        old: old, trace: ordinal, parent: parentPlace, depth: UInt16(clamping: depth),
        marks: rows[Int(old)].marks.union(marks))
      return place
    }
    traces.append(
      Trace(
        id: bucket.id, text: bucket.text, firstRow: first, rowCount: members.count,
        start: .max, end: .min, root: first))
  }

  private mutating func append(
    old: UInt32, trace ordinal: UInt32, parent above: UInt32, depth level: UInt16,
    marks found: RowMarks
  ) {
    space?.pace(order.count)
    placeOf[Int(old)] = UInt32(order.count)
    order.append(old)
    trace.append(ordinal)
    parent.append(above)
    depth.append(level)
    marks.append(found)
  }

  private func summary(of trace: Trace) -> Trace {
    var record = trace
    var rootStart = Int64.max
    for place in record.firstRow..<record.firstRow + record.rowCount {
      space?.pace(place)
      let start = columns.start[place]
      // What was put here by inference tells nothing of when the trace was.
      if !marks[place].contains(.timeMissing) && !columns.join[place].method.isInferred {
        record.start = min(record.start, start)
        record.end = max(record.end, columns.end(place))
      }
      switch columns.kind[place] {
      case .span:
        record.spans += 1
        if columns.status[place] == .error { record.errors += 1 }
        if parent[place] == TreeLayout.none && start < rootStart {
          rootStart = start
          record.root = place
        }
      case .decision:
        record.decisions += 1
        if columns.outcome[place].isDenial { record.denied += 1 }
      case .log: break
      }
    }
    if record.start > record.end {
      record.start = 0
      record.end = 0
    }
    return record
  }

  /// How a row came to its place: what was inferred, and otherwise what its ids say.
  func join(_ place: Int) -> RowJoin {
    let join = columns.join[place]
    guard join.method == .none, columns.kind[place] != .span, trace[place] != TreeLayout.none
    else { return join }
    let hasSpan = parent[place] != TreeLayout.none
    return RowJoin(hasSpan ? .span : .trace, confidence: 100)
  }

  /// Facts that flow up the tree: ends of subtrees, what is below, self time, critical paths.
  private mutating func finish() {
    for place in order.indices {
      subtreeEnd.append(UInt32(place + 1))
      space?.pace(place)
    }
    for place in order.indices.reversed() {
      space?.pace(place)
      let above = parent[place]
      guard above != TreeLayout.none else { continue }
      let up = Int(above)
      subtreeEnd[up] = max(subtreeEnd[up], subtreeEnd[place])
      let outcome = columns.outcome[place]
      if columns.status[place] == .error || outcome == .error
        || marks[place].contains(.errorBelow)
      {
        marks[up].insert(.errorBelow)
      }
      if outcome.isDenial || marks[place].contains(.denyBelow) {
        marks[up].insert(.denyBelow)
      }
    }
    for place in order.indices {
      space?.pace(place)
      if subtreeEnd[place] == UInt32(place + 1) { marks[place].insert(.leaf) }
      selfTime.append(selfTime(of: place))
    }
    markCriticalPaths()
  }

  /// The span's duration less the union of its child spans' times.
  @inline(__always)  // A call would copy the layout.
  private func selfTime(of place: Int) -> Int64 {
    guard columns.kind[place] == .span else { return 0 }
    let end = columns.end(place)
    var covered: Int64 = 0
    var reached = columns.start[place]
    var child = place + 1
    while child < Int(subtreeEnd[place]) {
      space?.pace(child)
      if columns.kind[child] == .span {
        let from = max(columns.start[child], reached)
        let to = min(columns.end(child), end)
        if to > from {
          covered = covered.addingSaturating(to.subtractingSaturating(from))
          reached = to
        }
      }
      child = Int(subtreeEnd[child])
    }
    return max(0, columns.duration[place].subtractingSaturating(covered))
  }
}

extension Outcome {
  /// Whether the check refused: for want of permission or of an identity.
  package var isDenial: Bool { self == .deny || self == .unauthenticated }
}

extension Int64 {
  /// The sum, held at the largest or smallest value: times come from untrusted files.
  package func addingSaturating(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other > 0 ? .max : .min) : sum
  }

  /// The difference, held at the largest or smallest value.
  package func subtractingSaturating(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other < 0 ? .max : .min) : difference
  }
}
