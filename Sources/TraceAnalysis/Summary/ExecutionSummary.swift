package import TraceIndex
package import TraceModel
package import TraceQuery

/// One execution in figures: what it did, who did it, what failed and what was refused.
///
/// Names are exact; whoever shows them makes them visible first.
package struct ExecutionSummary: Sendable, Equatable {
  /// A service's spans.
  package struct Service: Sendable, Equatable {
    package let name: String
    package let spans: SpanStatistics
    /// Of the self time of all services, in nanoseconds.
    package let selfTimeShare: Share
  }

  /// The spans of one service that share a name.
  package struct Operation: Sendable, Equatable {
    package let service: String
    package let name: String
    package let spans: SpanStatistics
  }

  /// A principal, or a permission, and the decisions about it.
  package struct Subject: Sendable, Equatable {
    package let name: String
    package let counts: DecisionCounts
    /// For a principal its distinct permissions; for a permission its distinct principals.
    package let counterparts: Int
  }

  /// The execution's name.
  package let name: String
  /// Counts of the rows that are summarized; records are counted for the whole execution.
  package let totals: ExecutionTotals
  /// Whether only a part of the execution's rows is summarized.
  package let isFiltered: Bool
  /// Distinct values of the decisions that were allowed or denied, the empty one included.
  package let distinctPrincipals: Int
  package let distinctPermissions: Int
  package let distinctTargets: Int
  /// Failing ones first, then by self time.
  package let services: [Service]
  /// Failing ones first, then by self time.
  package let operations: [Operation]
  /// The most often denied first, then by decisions.
  package let principals: [Subject]
  /// The most often denied first, then by decisions.
  package let permissions: [Subject]
  package let denials: [DenialGroup]
  package let blindSpots: BlindSpots
  package let durations: DurationHistogram
  package let timeline: Timeline
  package let quality: DataQuality
  package let joins: JoinSummary
  /// Services whose clocks disagree, those that are furthest apart first; never filtered.
  package let clocks: [ClockSkew]
  package let artifacts: [ArtifactRecord]
  /// The answer in sentences, the most important first.
  package let headlines: [Headline]

  /// The summary of an execution, or of the rows in `rows`.
  ///
  /// - Complexity: O(rows + spans × log spans of one operation).
  package init(_ index: TraceIndex, rows members: RowSet? = nil) {
    let rows = RowSelection(rowCount: index.rowCount, members: members)
    name = index.name
    isFiltered = !rows.isEverything
    totals = rows.isEverything ? index.totals : ExecutionTotals(index, rows: rows)
    services = ExecutionSummary.services(index, rows: rows)
    let operationGroups = SpanGroups(index, rows: rows, by: .operation)
    operations = ExecutionSummary.operations(index, operationGroups)
    let decisions = DecisionGroups(index, rows: rows)
    let distinct = DistinctSubjects(decisions)
    distinctPrincipals = distinct.principals
    distinctPermissions = distinct.permissions
    distinctTargets = distinct.targets
    let matrix = DecisionMatrix(index, decisions)
    principals = ExecutionSummary.subjects(matrix.principals, matrix.cells, of: \.principal)
    permissions = ExecutionSummary.subjects(matrix.permissions, matrix.cells, of: \.permission)
    denials = DenialGroup.all(index, decisions)
    blindSpots = BlindSpots(index, decisions)
    durations = DurationHistogram(index, rows: rows)
    timeline = Timeline(index, rows: members)
    quality = DataQuality(index)
    joins = JoinSummary(index)
    clocks = ClockSkew.all(index)
    artifacts = index.artifacts
    headlines = Headline.all(
      index, rows: rows, totals: totals, operations: operations, denials: denials)
  }

  private static func services(_ index: TraceIndex, rows: RowSelection) -> [Service] {
    let groups = SpanGroups(index, rows: rows, by: .service)
    let statistics = (0..<groups.count).map { groups.statistics($0) }
    let selfTime = statistics.reduce(Int64(0)) { $0.addingSaturating($1.selfTime) }
    return statistics.enumerated().map { number, spans in
      Service(
        name: index.string(StringID(groups.table.keys[number].a)), spans: spans,
        selfTimeShare: Share(Int(spans.selfTime), of: Int(selfTime)))
    }
    .sorted { isMoreUrgent(($0.spans, $0.name, ""), ($1.spans, $1.name, "")) }
  }

  private static func operations(_ index: TraceIndex, _ groups: SpanGroups) -> [Operation] {
    (0..<groups.count).map { number in
      let key = groups.table.keys[number]
      return Operation(
        service: index.string(StringID(key.a)), name: index.string(StringID(key.b)),
        spans: groups.statistics(number))
    }
    .sorted { isMoreUrgent(($0.spans, $0.service, $0.name), ($1.spans, $1.service, $1.name)) }
  }

  private static func isMoreUrgent(
    _ a: (spans: SpanStatistics, service: String, name: String),
    _ b: (spans: SpanStatistics, service: String, name: String)
  ) -> Bool {
    if a.spans.errors != b.spans.errors { return a.spans.errors > b.spans.errors }
    if a.spans.selfTime != b.spans.selfTime { return a.spans.selfTime > b.spans.selfTime }
    if a.service.utf8.elementsEqual(b.service.utf8) { return isOrderedByBytes(a.name, b.name) }
    return isOrderedByBytes(a.service, b.service)
  }

  private static func subjects(
    _ names: [String], _ cells: [DecisionMatrix.Cell],
    of place: KeyPath<DecisionMatrix.Cell, Int>
  ) -> [Subject] {
    var counts = [DecisionCounts](repeating: DecisionCounts(), count: names.count)
    var counterparts = [Int](repeating: 0, count: names.count)
    for cell in cells {
      counts[cell[keyPath: place]] = counts[cell[keyPath: place]] + cell.counts
      counterparts[cell[keyPath: place]] += 1
    }
    return names.indices
      .sorted { a, b in
        (counts[b].denied, counts[b].total, a) < (counts[a].denied, counts[a].total, b)
      }
      .map { Subject(name: names[$0], counts: counts[$0], counterparts: counterparts[$0]) }
  }
}

/// How many different values the decisions have that were allowed or denied.
private struct DistinctSubjects {
  private(set) var principals = 0
  private(set) var permissions = 0
  private(set) var targets = 0

  init(_ groups: DecisionGroups) {
    var seen = (Set<UInt32>(), Set<UInt32>(), Set<UInt32>())
    for (number, group) in groups.groups.enumerated()
    where group.allowed != nil || group.denied != nil {
      let key = groups.table.keys[number]
      seen.0.insert(key.a)
      seen.1.insert(key.b)
      seen.2.insert(key.c)
    }
    (principals, permissions, targets) = (seen.0.count, seen.1.count, seen.2.count)
  }
}

extension ExecutionTotals {
  /// The counts of selected rows; records are those of the whole execution.
  init(_ index: TraceIndex, rows: RowSelection) {
    self.init()
    var traces = RowSet(rowCount: index.traceCount)
    var first: Int64?
    var last = Int64.min
    rows.forEach { row in
      count(row, of: index)
      if let trace = index.trace(ofRow: row) { traces.insert(trace) }
      if let time = index.knownStart(row) {
        first = min(first ?? .max, time)
        last = max(last, index.end(row))
      }
    }
    if let first { (start, end) = (first, last) }
    self.traces = traces.count
    recordsRead = index.totals.recordsRead
    recordsRefused = index.totals.recordsRefused
    recordsSkipped = index.totals.recordsSkipped
  }

  private mutating func count(_ row: Int, of index: TraceIndex) {
    switch index.kind(row) {
    case .span:
      spans += 1
      if index.status(row) == .error { errors += 1 }
    case .log: logs += 1
    case .decision:
      decisions += 1
      switch index.outcome(row) {
      case .allow, .allowedThenFailed: allowed += 1
      case .deny, .unauthenticated: denied += 1
      case .error: decisionErrors += 1
      case .none, .unknown: break
      }
    }
  }
}
