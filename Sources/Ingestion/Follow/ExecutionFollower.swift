package import TraceIndex
import TraceModel
import TraceReaders

/// Follows the artifacts of one execution while something still writes to them.
///
/// It has no thread and no clock: each `poll` looks once. What was read stays in memory, so that
/// only new bytes are ever given to a reader.
package struct ExecutionFollower: ~Copyable, Sendable {
  /// Files that are held open at once; what is beyond is opened for each reading.
  private static let openLimit = 256

  /// The execution as it is now; records are read by it.
  package internal(set) var source: ExecutionSource
  let isFolder: Bool
  let recordLimit: Int
  private let joinWindow: Int64
  var batch = RecordBatch()
  var followed: [FollowedArtifact] = []
  /// The number among the followed of each file.
  var numbers: [FileIdentity: Int] = [:]
  /// Paths at which nothing is followed, as they were when they were looked at.
  var looked: [String: LookedAt] = [:]
  private var hasStarted = false
  /// Bytes of the artifacts that were there at the start, for telling progress.
  private var initialSize: UInt64 = 0

  /// What is known of a path at which nothing is followed.
  struct LookedAt {
    let status: FollowedStatus
    /// Whether it will never be followed, however it grows.
    let isFinal: Bool
  }

  /// - Parameters:
  ///   - source: its artifacts may be none, or be recognised only later.
  ///   - joinWindow: how far apart in time records of one principal may be and still be joined, in
  ///     nanoseconds.
  ///   - recordLimit: bytes; a longer line ends the reading of its artifact.
  package init(
    _ source: ExecutionSource, joinWindow: Int64 = RecordJoin.usualWindow, recordLimit: Int? = nil
  ) {
    self.source = source
    self.joinWindow = joinWindow
    self.recordLimit = recordLimit ?? ArtifactIngestion.recordLimit
    isFolder = FollowedStatus(path: source.root) == nil && isFolderPath(source.root)
  }

  /// Bytes that readers were given since the beginning, repeated ones each time: as many as were
  /// read, when each was given once.
  package var bytesParsed: UInt64 {
    followed.reduce(0 as UInt64) { $0.addingClamped($1.bytesParsed) }
  }

  /// Rows so far; those of artifacts that were cut short are no more.
  package var rowCount: Int {
    Int(clamping: batch.artifacts.reduce(0 as UInt64) { $0.addingClamped($1.recordsRead) })
  }

  /// How many bytes of each artifact, by its number in the index, have become rows or were refused;
  /// all bytes, and more, of one that is not followed.
  package var bytesDone: [UInt64] {
    var done = [UInt64](repeating: .max, count: batch.artifacts.count)
    for artifact in followed { done[Int(artifact.number)] = artifact.bytesDone }
    return done
  }

  /// Records that were meant to become rows and could not be understood.
  package var recordsRefused: UInt64 {
    batch.artifacts.reduce(0 as UInt64) { $0.addingClamped($1.recordsRefused) }
  }

  /// Looks at the artifacts once: reads what is new, and tells what happened to them.
  ///
  /// - Parameter progress: called after every chunk; false stops.
  /// - Throws: `IngestionError.cancelled`; while reading for the first time, also `.unreadable`,
  ///   `.expansion` and, for a file of no known format, `.noArtifacts`.
  package mutating func poll(
    progress: (IngestionProgress) -> Bool = { _ in true }
  ) throws(IngestionError) -> FollowStep {
    var step = FollowStep()
    if !hasStarted {
      try start(progress, &step)
      hasStarted = true
    }
    search(&step, isFinal: false)
    for number in followed.indices { findPlace(of: number, &step) }
    for number in followed.indices { try readOn(number, progress, &step) }
    for number in followed.indices { finishIfReplacedTwice(number, &step) }
    return step
  }

  /// Says that following ends: a last line that has no end is counted as a record that was refused.
  package mutating func finish() -> FollowStep {
    var step = FollowStep()
    guard hasStarted else { return step }
    let before = followed.count
    search(&step, isFinal: true)
    for number in followed.indices {
      // What was recognised only now, by a first line without its end, has not been read.
      if number >= before { readLast(number, &step) }
      followed[number].finish(into: &batch)
    }
    step.hasNews = true
    return step
  }

  private mutating func readLast(_ number: Int, _ step: inout FollowStep) {
    do throws(IngestionError) {
      try readOn(number, { _ in true }, &step)
    } catch {
      let name = source.artifacts[Int(followed[number].number)].displayPath
      step.notices.append(.unreadable(name, reason: "\(error)"))
    }
  }

  /// The indexes of what was read so far, one for each run that its rows name, as a fresh reading
  /// of the artifacts would give them; their files are gone once they are open.
  ///
  /// - Throws: `IngestionError.unwritable` and `.index`.
  package mutating func indexes() throws(IngestionError) -> [TraceIndex] {
    guard let prefix = IndexCache.passingFolder else {
      throw .unwritable(path: "/tmp", reason: "it cannot be written to")
    }
    let folder = try IndexCache.makeUniqueFolder(prefix)
    func path(_ part: Int) -> String { "\(folder)/\(part).vtix" }
    defer { IndexCache.removePassing(folder, path) }
    let count = try write(to: path)
    var indexes: [TraceIndex] = []
    for part in 0..<count {
      do throws(TraceIndexError) {
        indexes.append(try TraceIndex.open(path: path(part)))
      } catch { throw .index(error) }
    }
    return indexes
  }

  /// Writes the indexes of what was read so far; returns how many.
  ///
  /// - Throws: `IngestionError.index`.
  package mutating func write(
    to path: (_ part: Int) -> String
  ) throws(IngestionError) -> Int {
    RecordJoin.join(&batch, window: joinWindow)
    return try IndexCache.write(batch, named: source.name, to: path)
  }

  // MARK: Artifacts

  /// Adds an artifact to the batch and to the source; returns its number.
  mutating func add(_ artifact: FoundArtifact) -> UInt32 {
    var record = ArtifactRecord(path: artifact.displayPath)
    record.size = artifact.size
    record.modified = artifact.modified
    batch.artifacts.append(record)
    source.artifacts.append(artifact)
    return UInt32(batch.artifacts.count - 1)
  }

  /// Begins to follow an artifact that was recognised.
  mutating func follow(
    _ artifact: FoundArtifact, _ format: any TraceReader.Type, _ identity: FileIdentity
  ) {
    var artifact = artifact
    artifact.identity = identity
    let number = followed.count
    for other in followed.indices
    where followed[other].firstPath == artifact.place.path && followed[other].successor == nil {
      followed[other].successor = number
    }
    numbers[identity] = number
    looked[artifact.place.path] = nil
    followed.append(
      FollowedArtifact(
        number: add(artifact), path: artifact.place.path, identity: identity, format: format,
        recordLimit: recordLimit))
  }

  private mutating func readOn(
    _ number: Int, _ progress: (IngestionProgress) -> Bool, _ step: inout FollowStep
  ) throws(IngestionError) {
    guard !followed[number].isOver || followed[number].bytesRead > 0 else { return }
    let artifact = Int(followed[number].number)
    let name = source.artifacts[artifact].displayPath
    do throws(IngestionError) {
      switch try followed[number].look() {
      case .absent, .unchanged: return
      case .shortened:
        step.notices.append(.truncated(name, rows: batch.artifacts[artifact].recordsRead))
        try startAnew(number, &step)
      case .rewritten:
        step.notices.append(.rewritten(name, rows: batch.artifacts[artifact].recordsRead))
        try startAnew(number, &step)
      case .grown: break
      }
      let (read, parsed) = (followed[number].bytesRead, followed[number].bytesParsed)
      let others = self.others(than: number)
      let total = max(initialSize, source.size)
      try followed[number].readOn(into: &batch) { bytes, rows in
        progress(
          IngestionProgress(
            artifact: name, bytesRead: others.addingClamped(bytes), bytesTotal: total, rows: rows))
      }
      step.bytesRead += followed[number].bytesRead - read
      if followed[number].bytesParsed > parsed { step.hasNews = true }
      source.artifacts[artifact].size = batch.artifacts[artifact].size
      source.artifacts[artifact].modified = batch.artifacts[artifact].modified
      if number >= ExecutionFollower.openLimit { followed[number].close() }
    } catch {
      if case .cancelled = error { throw error }
      // One artifact that fails must not take the others with it.
      followed[number].stop()
      step.notices.append(.unreadable(name, reason: "\(error)"))
    }
  }

  /// Bytes that were read of all artifacts but one.
  private func others(than number: Int) -> UInt64 {
    let own = Int(followed[number].number)
    return batch.artifacts.indices.reduce(0 as UInt64) {
      $1 == own ? $0 : $0.addingClamped(batch.artifacts[$1].size)
    }
  }

  private mutating func startAnew(
    _ number: Int, _ step: inout FollowStep
  ) throws(IngestionError) {
    batch.withdraw(artifact: followed[number].number)
    followed[number].restart()
    step.restarted.append(Int(followed[number].number))
    step.hasNews = true
    _ = try followed[number].look()
  }

  /// An artifact whose successor was replaced itself, and by one that is written to, is done with.
  private mutating func finishIfReplacedTwice(_ number: Int, _ step: inout FollowStep) {
    guard !followed[number].isOver, let next = followed[number].successor,
      let last = followed[next].successor, followed[last].bytesRead > 0
    else { return }
    followed[number].finish(into: &batch)
    step.hasNews = true
  }

  private mutating func start(
    _ progress: (IngestionProgress) -> Bool, _ step: inout FollowStep
  ) throws(IngestionError) {
    let initial = source
    initialSize = initial.size
    batch.reserve(rows: ArtifactIngestion.rowsExpected(in: initial))
    source.artifacts = []
    var supply = ArtifactSupply(initial)
    for name in initial.passedOver {
      let path = initial.root + "/" + name
      if let status = FollowedStatus(path: path) {
        looked[path] = LookedAt(status: status, isFinal: false)
      }
    }
    for (number, artifact) in initial.artifacts.enumerated() {
      switch try Growth(of: artifact, within: initial.limit) {
      case .lines(let format, let status):
        follow(artifact, format, status.identity)
        try readOn(followed.count - 1, progress, &step)
      case .notYet: break
      case .none(let reason):
        if let status = FollowedStatus(path: artifact.place.path) {
          looked[artifact.place.path] = LookedAt(status: status, isFinal: true)
        }
        step.notices.append(.readOnce(artifact.displayPath, reason: reason))
        try readOnce(artifact, try supply.open(number), progress)
        step.hasNews = true
      case .unknown:
        let named = add(artifact)
        ArtifactIngestion.refuse(artifact, Int(named), in: &batch)
        step.hasNews = true
      }
    }
    guard initial.artifacts.contains(where: { $0.reader != nil }) || source.artifacts.isEmpty else {
      throw .noArtifacts(path: initial.givenPath, looked: initial.artifacts.count)
    }
    if source.artifacts.isEmpty { step.notices.append(.waiting(initial.givenPath)) }
  }

  private mutating func readOnce(
    _ artifact: FoundArtifact, _ content: consuming ArtifactBytes,
    _ progress: (IngestionProgress) -> Bool
  ) throws(IngestionError) {
    let number = add(artifact)
    guard let reader = artifact.reader else { return }
    var bytes = content
    let total = initialSize
    let before = batch.artifacts.dropLast().reduce(0 as UInt64) { $0.addingClamped($1.size) }
    batch.artifacts[Int(number)].digest = try ArtifactIngestion.read(
      &bytes, with: reader.init(artifact: number), into: &batch
    ) { used, rows in
      progress(
        IngestionProgress(
          artifact: artifact.displayPath, bytesRead: before.addingClamped(used), bytesTotal: total,
          rows: rows))
    }
  }
}
