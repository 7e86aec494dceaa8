package import Explorer
package import ExplorerViews
import Foundation
import Ingestion
import Synchronization
package import Terminal
package import TraceIndex

/// What a person would have in front of them after some keys.
package struct ExplorerRun {
  package let state: ExplorerState
  /// Every frame that was drawn, oldest first.
  package let frames: [Frame]
  /// What was saved, by name.
  package let saved: [String: String]

  /// The last frame as plain text.
  package var text: String { frames.last?.text ?? "" }
}

/// Runs the whole explorer on a terminal in memory: the real event loop, the real indexes, the real
/// analyses; only that effects are carried out at once, so that a script always gives the same
/// frames.
package enum ExplorerHarness {
  /// The folder of the package.
  package static var root: String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
  }

  /// The sample runs.
  package static var samples: [String] { [root + "/samples"] }

  private static let indexFolder = TemporaryFolder()

  /// Types `keys` into an explorer of the artifacts at `paths`.
  package static func run(
    _ paths: [String] = samples, keys: KeyScript, width: Int = 80, height: Int = 24,
    depth: ColorDepth = .palette256, charset: Charset = .utf8,
    theme: Theme = RoleTheme.theme, filter: String? = nil
  ) throws -> ExplorerRun {
    let sources = try ArtifactFinder.executions(at: paths)
    let cache = try IndexCache(folder: indexFolder.path, environment: [:])
    let entries = sources.map {
      ExecutionEntry(name: $0.name, path: $0.root, passedOver: $0.passedOver)
    }
    let indexes = try sources.map { try cache.executions(of: $0) }
    return try run(
      entries, indexes: indexes.map { .some($0) }, sources: sources, keys: keys,
      size: Size(width: width, height: height),
      capabilities: TerminalCapabilities(colorDepth: depth, charset: charset), theme: theme,
      filter: filter)
  }

  /// Types `keys` into an explorer of indexes made by hand; nil stands for a run that is not ready.
  package static func run(
    indexes: [TraceIndex?], keys: KeyScript, width: Int = 80, height: Int = 24
  ) throws -> ExplorerRun {
    try run(
      indexes.enumerated().map {
        ExecutionEntry(name: $1?.name ?? "run \($0)", path: "/runs/\($0)", passedOver: [])
      },
      indexes: indexes.map { $0.map { [$0] } }, sources: [], keys: keys,
      size: Size(width: width, height: height),
      capabilities: TerminalCapabilities(colorDepth: .palette256, charset: .utf8),
      theme: RoleTheme.theme, filter: nil)
  }

  private static func run(
    _ entries: [ExecutionEntry], indexes: [[TraceIndex]?], sources: [ExecutionSource],
    keys: KeyScript, size: Size, capabilities: TerminalCapabilities, theme: Theme,
    filter: String?
  ) throws -> ExplorerRun {
    var terminal = FakeTerminal(
      width: size.width, height: size.height, script: keys, capabilities: capabilities)
    let mailbox = Mailbox(waking: terminal.wakeHandle)
    let saved = Mutex<[String: String]>([:])
    func perform(_ effect: Effect) {
      switch effect {
      case .analyse(let request): mailbox.post(.analysed(request.run()))
      case .readRecord(let place):
        mailbox.post(
          .recordRead(execution: place.execution, row: place.row, record(at: place, sources)))
      case .save(let name, let text):
        saved.withLock { $0[name] = text }
        mailbox.post(.saved(path: name))
      case .saveScreen, .redraw, .cancel, .suspend, .quit: break
      }
    }
    var state = ExplorerState(executions: entries, isSealed: true, filter: filter)
    for (number, found) in indexes.enumerated() {
      guard let found else { continue }
      for effect in state.update(.indexed(execution: number, found)) { perform(effect) }
    }
    var loop = EventLoop(state: state, theme: theme, mailbox: mailbox, perform: perform)
    try loop.run(&terminal)
    return ExplorerRun(
      state: loop.state, frames: terminal.frames, saved: saved.withLock { $0 })
  }

  private static func record(
    at place: RecordPlace, _ sources: [ExecutionSource]
  ) -> RecordBytes {
    guard let source = sources.first(where: { $0.root == place.root }) else {
      return .unavailable(reason: "no artifact")
    }
    do {
      return .bytes(try source.record(of: place.artifact, at: place.offset, length: place.length))
    } catch {
      return .unavailable(reason: "\(error)")
    }
  }
}
