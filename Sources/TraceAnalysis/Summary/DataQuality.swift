package import TraceIndex
package import TraceModel

/// What is wrong with the artifacts themselves: never filtered, because it limits every answer.
package struct DataQuality: Sendable, Equatable {
  /// One kind of thing that was not understood in one artifact.
  package struct Problem: Sendable, Equatable {
    /// The artifact's path.
    package let artifact: String
    package let code: DiagnosticCode
    /// The field's name or the parser's complaint, exactly.
    package let detail: String
    package let count: UInt64
    /// Bytes from the artifact's beginning.
    package let firstOffset: UInt64
  }

  /// Spans whose parent is not among the artifacts.
  package private(set) var orphanSpans = 0
  /// Decisions and logs that name a span which is not among the artifacts.
  package private(set) var orphanRecords = 0
  /// Decisions that belong to no trace.
  package private(set) var decisionsOutsideTraces = 0
  /// Spans whose ancestors form a cycle.
  package private(set) var cycles = 0
  /// Spans whose id an earlier span of the trace has.
  package private(set) var duplicates = 0
  package private(set) var endBeforeStart = 0
  package private(set) var endMissing = 0
  package private(set) var timeMissing = 0
  /// Spans that start before their parent: the clocks of two hosts disagree.
  package private(set) var startBeforeParent = 0
  /// Spans that end after their parent: asynchronous work, or clocks that disagree.
  package private(set) var endAfterParent = 0
  package private(set) var tracesWithSeveralRoots = 0
  /// Traces whose spans all name a parent.
  package private(set) var tracesWithoutRoot = 0
  /// In order of first appearance.
  package let problems: [Problem]

  /// - Complexity: O(rows).
  package init(_ index: TraceIndex) {
    problems = Problem.all(index.diagnostics, in: index.artifacts)
    for row in 0..<index.rowCount { count(row, in: index) }
    for trace in 0..<index.traceCount { countRoots(ofTrace: trace, in: index) }
  }

  private mutating func count(_ row: Int, in index: TraceIndex) {
    let marks = index.marks(row)
    if marks.contains(.timeMissing) { timeMissing += 1 }
    guard index.kind(row) == .span else {
      if marks.contains(.orphan) { orphanRecords += 1 }
      if index.kind(row) == .decision && index.trace(ofRow: row) == nil {
        decisionsOutsideTraces += 1
      }
      return
    }
    if marks.contains(.orphan) { orphanSpans += 1 }
    if marks.contains(.cycle) { cycles += 1 }
    if marks.contains(.duplicate) { duplicates += 1 }
    if marks.contains(.endBeforeStart) { endBeforeStart += 1 }
    if marks.contains(.endMissing) { endMissing += 1 }
    compareWithParent(row, marks: marks, in: index)
  }

  private mutating func compareWithParent(_ row: Int, marks: RowMarks, in index: TraceIndex) {
    guard let parent = index.parent(row), index.kind(parent) == .span else { return }
    let unusable: RowMarks = [.timeMissing, .endMissing, .endBeforeStart]
    let either = marks.union(index.marks(parent))
    if !either.contains(.timeMissing) && index.start(row) < index.start(parent) {
      startBeforeParent += 1
    }
    if either.isDisjoint(with: unusable) && index.end(row) > index.end(parent) {
      endAfterParent += 1
    }
  }

  private mutating func countRoots(ofTrace trace: Int, in index: TraceIndex) {
    let record = index.traceRecord(trace)
    guard record.spans > 0 else { return }
    var roots = 0
    var row = record.rows.lowerBound
    while row < record.rows.upperBound {
      if index.kind(row) == .span && index.marks(row).contains(.root) { roots += 1 }
      row = index.subtree(row).upperBound
    }
    if roots > 1 { tracesWithSeveralRoots += 1 }
    if roots == 0 { tracesWithoutRoot += 1 }
  }
}

extension DataQuality.Problem {
  /// What a log counts, in order of first appearance.
  static func all(_ log: DiagnosticLog, in artifacts: [ArtifactRecord]) -> [Self] {
    log.kinds.compactMap { kind in
      let artifact = Int(kind.artifact)
      return log.tallies[kind].map { tally in
        Self(
          artifact: artifacts.indices.contains(artifact) ? artifacts[artifact].path : "",
          code: kind.code, detail: kind.detail, count: tally.count, firstOffset: tally.firstOffset)
      }
    }
  }
}
