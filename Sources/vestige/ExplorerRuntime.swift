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

  private let sources: [ExecutionSource]
  private let cache: IndexCache
  private let mailbox: Mailbox
  private let rebuilds: Bool
  private let awsCatalogue: AWSCatalogueFile
  private let isCancelled = Atomic<Bool>(false)

  init(
    sources: [ExecutionSource], cache: IndexCache, mailbox: Mailbox, rebuilds: Bool,
    awsCatalogue: AWSCatalogueFile
  ) {
    self.sources = sources
    self.cache = cache
    self.mailbox = mailbox
    self.rebuilds = rebuilds
    self.awsCatalogue = awsCatalogue
  }

  func initialState(filter: String?) -> ExplorerState {
    ExplorerState(
      executions: sources.map {
        ExecutionEntry(name: $0.name, path: $0.root, passedOver: $0.passedOver)
      },
      isSealed: Seal.isClosed, filter: filter)
  }

  /// Opens every run whose index is fresh, so that the first screen has them.
  func openFresh(_ state: inout ExplorerState) -> [Effect] {
    guard !rebuilds else { return [] }
    var effects: [Effect] = []
    for (number, source) in sources.enumerated() {
      guard let indexes = cache.cached(source) else { continue }
      effects += state.update(.indexed(execution: number, indexes))
    }
    return effects
  }

  /// Indexes the runs that are not ready, one after another, in the background.
  func indexTheRest(after state: ExplorerState) {
    let waiting = sources.indices.filter { state.executions[$0].index == nil }
    guard !waiting.isEmpty else { return }
    Task { [self] in
      for number in waiting { index(number) }
    }
  }

  private func index(_ number: Int) {
    let clock = ContinuousClock()
    var told = clock.now
    do throws(IngestionError) {
      let indexes = try cache.executions(of: sources[number], rebuild: rebuilds) { progress in
        if clock.now - told >= ExplorerRuntime.progressInterval {
          told = clock.now
          mailbox.post(
            .indexing(
              execution: number, read: progress.bytesRead, total: progress.bytesTotal,
              rows: progress.rows, artifact: progress.artifact))
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

  func perform(_ effect: Effect) {
    switch effect {
    case .analyse(let request):
      Task { [mailbox, awsCatalogue] in
        mailbox.post(.analysed(request.run(awsCatalogue: awsCatalogue)))
      }
    case .readRecord(let place):
      Task { [self] in read(place) }
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
    guard let source = sources.first(where: { $0.root == place.root }) else {
      return done(.unavailable(reason: "\(place.root): no longer open"))
    }
    do throws(IngestionError) {
      done(.bytes(try source.record(of: place.artifact, at: place.offset, length: place.length)))
    } catch {
      done(.unavailable(reason: "\(error)"))
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
