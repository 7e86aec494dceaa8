import Explorer
import ExplorerViews
import Glibc
import Ingestion
import PolicyAnalysis
import Synchronization
import TraceIndex

/// Carries out what the explorer asks of the world: indexing, analyses, reading and saving.
///
/// Whatever takes time runs beside the event loop; its outcome goes to the mailbox.
final class ExplorerRuntime: Sendable {
  /// How often the progress of indexing is told.
  private static let progressInterval = Duration.milliseconds(100)

  /// What was found; where artifacts are followed, as it is by now.
  private let sources: Mutex<[ExecutionSource]>
  private let cache: IndexCache
  private let mailbox: Mailbox
  private let rebuilds: Bool
  private let awsCatalogue: AWSCatalogueFile
  private let follows: Bool
  private let isCancelled = Atomic<Bool>(false)
  /// Whether the program ends. It is looked at while indexes are kept from being written half.
  private let isOver = Mutex<Bool>(false)

  init(
    sources: [ExecutionSource], cache: IndexCache, mailbox: Mailbox, rebuilds: Bool,
    awsCatalogue: AWSCatalogueFile, follows: Bool = false
  ) {
    self.sources = Mutex(sources)
    self.follows = follows
    self.cache = cache
    self.mailbox = mailbox
    self.rebuilds = rebuilds
    self.awsCatalogue = awsCatalogue
  }

  private var found: [ExecutionSource] { sources.withLock { $0 } }

  func initialState(filter: String?) -> ExplorerState {
    ExplorerState(
      executions: found.map {
        ExecutionEntry(
          name: $0.name, path: $0.root, passedOver: $0.passedOver, isFollowed: follows)
      },
      isSealed: Seal.isClosed, filter: filter)
  }

  /// Opens every run whose index is fresh, so that the first screen has them.
  func openFresh(_ state: inout ExplorerState) -> [Effect] {
    guard !rebuilds else { return [] }
    var effects: [Effect] = []
    for (number, source) in found.enumerated() {
      guard let indexes = cache.cached(source) else { continue }
      effects += state.update(.indexed(execution: number, indexes))
    }
    return effects
  }

  /// Indexes the runs that are not ready, one after another, in the background.
  func indexTheRest(after state: ExplorerState) {
    let waiting = found.indices.filter { state.executions[$0].index == nil }
    guard !waiting.isEmpty else { return }
    Task { [self] in
      for number in waiting { index(number) }
    }
  }

  private func index(_ number: Int) {
    let clock = ContinuousClock()
    var told = clock.now
    do throws(IngestionError) {
      let indexes = try cache.executions(of: found[number], rebuild: rebuilds) { progress in
        if clock.now - told >= ExplorerRuntime.progressInterval {
          told = clock.now
          tell(progress, of: number)
        }
        return !isCancelled.load(ordering: .relaxed)
      }
      mailbox.post(.indexed(execution: number, indexes))
    } catch {
      mailbox.post(.indexingFailed(execution: number, reason: "\(error)"))
    }
  }

  /// Makes whatever is being indexed stop at its next chunk.
  func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// Ends everything: waits for an index that is being written, so that nothing of it stays behind.
  func end() {
    cancel()
    isOver.withLock { $0 = true }
  }

  // MARK: Following

  /// Looks at the artifacts of all runs again and again, in the background.
  func follow(after state: ExplorerState) {
    let isReady = found.indices.map { state.executions[$0].index != nil }
    Task { [self] in
      var runs: [FollowedRun?] = found.map {
        FollowedRun($0, joinWindow: cache.joinWindow)
      }
      let origin = ContinuousClock().now
      while !isOver.withLock({ $0 }) {
        for (number, run) in runs.enumerated() {
          guard let run else { continue }
          do throws(IngestionError) {
            try look(at: run, number, isReady: isReady[number], since: origin)
          } catch {
            guard run.hasGivenIndexes else {
              runs[number] = nil
              mailbox.post(.indexingFailed(execution: number, reason: "\(error)"))
              continue
            }
            // What is shown stays, and the next look tries again.
            if run.trouble != error { mailbox.post(.noticed("\(error)")) }
            run.trouble = error
          }
        }
        // Being woken early does no harm.
        try? await Task.sleep(for: FollowPace.shortest)
      }
    }
  }

  private func look(
    at run: FollowedRun, _ number: Int, isReady: Bool, since origin: ContinuousClock.Instant
  ) throws(IngestionError) {
    let clock = ContinuousClock()
    var told = clock.now
    let tells = !isReady && !run.hasGivenIndexes
    let step = try run.look { progress in
      if tells, clock.now - told >= ExplorerRuntime.progressInterval {
        told = clock.now
        tell(progress, of: number)
      }
      return !isOver.withLock { $0 }
    }
    for notice in step.notices { mailbox.post(.noticed("\(notice)")) }
    let source = run.follower.source
    sources.withLock { $0[number] = source }
    let indexes = try isOver.withLock { isOver throws(IngestionError) in
      isOver ? nil : try run.newIndexes { clock.now - origin }
    }
    if let indexes { mailbox.post(.grown(execution: number, indexes)) }
  }

  private func tell(_ progress: IngestionProgress, of number: Int) {
    mailbox.post(
      .indexing(
        execution: number, read: progress.bytesRead, total: progress.bytesTotal,
        rows: progress.rows, artifact: progress.artifact))
  }

  func perform(_ effect: Effect) {
    switch effect {
    case .analyse(let request):
      Task { [mailbox, awsCatalogue] in
        mailbox.post(.analysed(request.run(awsCatalogue: awsCatalogue)))
      }
    case .readRecord(let place):
      Task { [self] in read(place) }
    case .readFile(let path, let purpose):
      Task { [self] in
        mailbox.post(.fileRead(path: path, purpose, content(of: path, for: purpose)))
      }
    case .writeFile(let path, let text, let replacing):
      write(text, to: path, replacing: replacing)
    case .save(let name, let text):
      save(text, as: name)
    case .cancel:
      cancel()
    case .saveScreen, .redraw, .suspend, .quit:
      break  // The event loop's own.
    }
  }

  private func read(_ place: Explorer.RecordPlace) {
    func done(_ bytes: RecordBytes) {
      mailbox.post(.recordRead(place, bytes))
    }
    guard let source = found.first(where: { $0.root == place.root }) else {
      return done(.unavailable(reason: "\(place.root): no longer open"))
    }
    do throws(IngestionError) {
      done(.bytes(try source.record(of: place.artifact, at: place.offset, length: place.length)))
    } catch {
      done(.unavailable(reason: "\(error)"))
    }
  }

  // MARK: Files that a person names

  /// The largest policy file; a path to something else must not be read into memory.
  static let fileLimit = 64 << 20

  private func content(of path: String, for purpose: FilePurpose) -> FileContent {
    var status = stat()
    guard stat(path, &status) == 0 else {
      return errno == ENOENT
        ? .absent : .refused(reason: unsafe String(cString: strerror(errno)))
    }
    guard status.st_mode & S_IFMT == S_IFREG else { return .refused(reason: "it is no file") }
    if purpose == .export, let reason = objection(toWriting: path, status) {
      return .refused(reason: reason)
    }
    guard status.st_size <= ExplorerRuntime.fileLimit else {
      return .refused(reason: "it has more than 64 MiB, which no policy has")
    }
    do throws(IngestionError) {
      let bytes = try ArtifactFile(path: path).bytes(at: 0, length: Int(status.st_size))
      guard let text = String(validating: bytes, as: UTF8.self) else {
        return .refused(reason: "it is no text in UTF-8")
      }
      return .text(text)
    } catch { return .refused(reason: "\(error)") }
  }

  /// Why a file that is there must not be written; nil when it may.
  private func objection(toWriting path: String, _ status: stat) -> String? {
    for source in found {
      for artifact in source.artifacts.map(\.place.path) + [source.root] {
        var other = stat()
        if stat(artifact, &other) == 0, other.st_ino == status.st_ino,
          other.st_dev == status.st_dev
        {
          return "it is an artifact of \(source.name), which is never written"
        }
      }
    }
    return nil
  }

  /// Writes a file that is new, or still has what a person has seen of it.
  private func write(_ text: String, to path: String, replacing: String?) {
    func failed(_ reason: String) { mailbox.post(.saveFailed(path: path, reason: reason)) }
    switch (content(of: path, for: .export), replacing) {
    case (.refused(let reason), _): return failed(reason)
    case (.absent, nil): break
    case (.text(let now), let seen?) where Array(now.utf8) == Array(seen.utf8): break
    default: return failed("it was changed since it was looked at; X looks again")
    }
    do throws(OutputError) {
      try FileOutput.write(text, to: path, replacing: replacing != nil)
      mailbox.post(.saved(path: path))
    } catch {
      switch error {
      case .unwritable(_, let reason): failed(reason)
      case .exists: failed("it was made since it was looked at; X looks again")
      }
    }
  }

  /// Writes a new file in the current folder; a name that is taken gets a number.
  private func save(_ text: String, as name: String) {
    let dot = name.lastIndex(of: ".") ?? name.endIndex
    for attempt in 1...999 {
      let path = attempt == 1 ? name : "\(name[..<dot])-\(attempt)\(name[dot...])"
      do throws(OutputError) {
        try FileOutput.write(text, to: path, replacing: false)
        return mailbox.post(.saved(path: path))
      } catch {
        guard case .unwritable(_, let reason) = error else { continue }
        return mailbox.post(.saveFailed(path: path, reason: reason))
      }
    }
    mailbox.post(.saveFailed(path: name, reason: "999 files of that name are there"))
  }
}
