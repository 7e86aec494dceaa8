import Ingestion
import TraceIndex
import TraceQuery

/// One followed execution and whether an index of it is due.
///
/// A class, because a follower is one of its kind and several are kept in a list.
final class FollowedRun {
  private(set) var follower: ExecutionFollower
  private var pace = FollowPace()
  /// Whether something has come that no index has yet.
  private var hasNews = false
  /// Whether indexes were given at least once.
  private(set) var hasGivenIndexes = false
  /// What kept the last index from being made.
  var trouble: IngestionError?

  init(_ source: ExecutionSource, joinWindow: Int64 = RecordJoin.usualWindow) {
    follower = ExecutionFollower(source, joinWindow: joinWindow)
  }

  /// Looks at the artifacts once.
  ///
  /// - Throws: `IngestionError`.
  func look(progress: (IngestionProgress) -> Bool) throws(IngestionError) -> FollowStep {
    let step = try follower.poll(progress: progress)
    if step.hasNews { hasNews = true }
    return step
  }

  /// Takes what is left when following ends.
  func finish() -> FollowStep {
    let step = follower.finish()
    if step.hasNews { hasNews = true }
    return step
  }

  /// Newer indexes than the last ones; nil when they would be the same, or would cost too much now.
  ///
  /// - Parameter time: gives the time, for the pace; nil to wait for nothing.
  /// - Throws: `IngestionError`.
  func newIndexes(time: (() -> Duration)?) throws(IngestionError) -> [TraceIndex]? {
    let start = time?() ?? .zero
    guard hasNews, time == nil || pace.isDue(at: start) else { return nil }
    let indexes = try follower.indexes()
    if let time { pace.built(from: start, to: time()) }
    hasNews = false
    hasGivenIndexes = true
    return indexes
  }
}

/// One followed execution and which of its rows have been told.
final class FollowedRows {
  /// A row and where it is.
  typealias Row = (index: TraceIndex, row: Int)

  private let run: FollowedRun
  /// Rows that begin before these bytes of their artifacts have been told.
  private var told: [UInt64] = []
  private var hasBegun = false
  /// Records that could not be read, as far as they have been told.
  private var refusedTold: UInt64 = 0

  init(_ source: ExecutionSource) { run = FollowedRun(source) }

  /// The execution as it is now.
  var source: ExecutionSource { run.follower.source }

  /// Looks at the artifacts once.
  ///
  /// - Throws: `IngestionError`.
  func look(progress: (IngestionProgress) -> Bool) throws(IngestionError) -> FollowStep {
    note(try run.look(progress: progress))
  }

  /// Takes what is left when following ends.
  func finish() -> FollowStep { note(run.finish()) }

  private func note(_ step: FollowStep) -> FollowStep {
    for artifact in step.restarted where told.indices.contains(artifact) { told[artifact] = 0 }
    return step
  }

  /// How many more records could not be read since the last call, and how many in all.
  func newlyRefused() -> (more: UInt64, all: UInt64) {
    let all = run.follower.recordsRefused
    defer { refusedTold = all }
    return (all > refusedTold ? all - refusedTold : 0, all)
  }

  /// The rows that have come since the last call and that `keep` keeps, in order of time; none
  /// while an index would cost too much.
  ///
  /// A row that a later record of its request changed has come again.
  ///
  /// - Parameters:
  ///   - time: gives the time, for the pace; nil to wait for nothing.
  ///   - last: of the rows that were there at the beginning so many are told.
  /// - Throws: `IngestionError` and what `keep` throws.
  func newRows(
    time: (() -> Duration)?, last: Int, keep: (TraceIndex) throws -> RowSet?
  ) throws -> [Row] {
    guard let indexes = try run.newIndexes(time: time) else { return [] }
    var rows: [Row] = []
    for index in indexes {
      let kept = try keep(index)
      rows += unknownRows(of: index).filter { kept?.contains($0) ?? true }.map { (index, $0) }
    }
    told = run.follower.bytesDone
    rows.sort { place($0) < place($1) }
    defer { hasBegun = true }
    return hasBegun ? rows : rows.suffix(last)
  }

  private func unknownRows(of index: TraceIndex) -> [Int] {
    (0..<index.rowCount).filter { row in
      let artifact = index.artifact(ofRow: row)
      return index.byteOffset(ofRow: row) >= (told.indices.contains(artifact) ? told[artifact] : 0)
    }
  }

  private func place(_ row: Row) -> (Int64, Int, UInt64, Int) {
    (
      row.index.start(row.row), row.index.artifact(ofRow: row.row),
      row.index.byteOffset(ofRow: row.row), row.row
    )
  }
}
