package import Explorer
package import ExplorerViews
import Foundation
import Ingestion
import Synchronization
package import Terminal
package import TraceIndex

/// The whole explorer in memory: runs, a terminal that plays keys, and effects that are carried
/// out at once, so that the same keys always give the same frames.
package struct ExplorerHarness: Sendable {
  private struct Run {
    let name: String
    let path: String
    let indexes: [TraceIndex]
    let source: ExecutionSource?
  }

  private let runs: [Run]
  private let known = KnownResults()
  /// What is in files besides the artifacts, by path.
  package var files: [String: String] = [:]

  /// The two runs in the package's folder `samples`.
  package static let samples = Result {
    try ExplorerHarness(opening: ["samples"], below: RealArtifacts.packageRoot.path + "/")
  }

  /// Reads artifacts as the program does; indexes go to a temporary folder.
  ///
  /// - Parameter base: what is put before each path, and shown nowhere.
  package init(opening paths: [String], below base: String = "") throws {
    let folder = TemporaryFolder()
    let cache = try IndexCache(folder: folder.path, environment: [:])
    runs = try ArtifactFinder.executions(at: paths.map { base + $0 }).map { source in
      let path =
        source.root.hasPrefix(base) ? String(source.root.dropFirst(base.count)) : source.name
      return Run(
        name: source.name, path: path, indexes: try cache.executions(of: source), source: source)
    }
  }

  /// Runs made by hand; their records cannot be read.
  package init(_ indexes: TraceIndex...) { self.init(indexes) }

  /// The same for any number of runs.
  package init(_ indexes: [TraceIndex]) {
    runs = indexes.map { Run(name: $0.name, path: "runs/\($0.name)", indexes: [$0], source: nil) }
  }

  /// The indexes of all runs.
  package var indexes: [TraceIndex] { runs.flatMap(\.indexes) }

  /// The state before any run is ready.
  package func waitingState(filter: String? = nil) -> ExplorerState {
    ExplorerState(
      executions: runs.map {
        ExecutionEntry(name: $0.name, path: $0.path, passedOver: $0.source?.passedOver ?? [])
      },
      isSealed: true, filter: filter)
  }

  /// The state with all runs ready and everything worked out that the first screen asks for.
  package func state(filter: String? = nil) -> ExplorerState {
    var state = waitingState(filter: filter)
    for (number, run) in runs.enumerated() {
      apply(.indexed(execution: number, run.indexes), to: &state)
    }
    return state
  }

  /// Applies an action and all that comes of it; returns the effects that are left to the outside.
  @discardableResult
  package func apply(_ action: Action, to state: inout ExplorerState) -> [Effect] {
    var left: [Effect] = []
    var queue = [action]
    while !queue.isEmpty {
      for effect in state.update(queue.removeFirst()) {
        if let outcome = outcome(of: effect) { queue.append(outcome) } else { left.append(effect) }
      }
    }
    return left
  }

  /// Presses keys; returns the effects that are left to the outside.
  @discardableResult
  package func press(_ keys: String, in state: inout ExplorerState) throws -> [Effect] {
    try KeyNotation.parse(keys).compactMap(KeyNotation.notation(of:)).flatMap {
      apply(.key(KeyChord($0)), to: &state)
    }
  }

  /// Plays a script in the real event loop; there is a frame for each key.
  package func play(
    _ script: KeyScript, width: Int = 80, height: Int = 24, charset: Charset = .utf8,
    theme: Theme = RoleTheme.theme, filter: String? = nil
  ) throws -> ExplorerSession {
    try play(
      script, from: state(filter: filter), width: width, height: height, charset: charset,
      theme: theme)
  }

  /// The same from any state.
  package func play(
    _ script: KeyScript, from state: ExplorerState, width: Int = 80, height: Int = 24,
    charset: Charset = .utf8, theme: Theme = RoleTheme.theme
  ) throws -> ExplorerSession {
    var terminal = StepwiseTerminal(
      FakeTerminal(
        width: width, height: height, script: script,
        capabilities: TerminalCapabilities(colorDepth: .palette256, charset: charset)))
    let mailbox = Mailbox(waking: terminal.wakeHandle)
    let saved = SavedFiles()
    var loop = EventLoop(state: state, theme: theme, mailbox: mailbox) { effect in
      if let outcome = outcome(of: effect) { mailbox.post(outcome) }
      if case .save(let name, let text) = effect { saved.add(name, text) }
      if case .writeFile(let path, let text, _) = effect { saved.add(path, text) }
    }
    try loop.run(&terminal)
    return ExplorerSession(
      state: loop.state, frames: terminal.terminal.frames, calls: terminal.terminal.calls,
      saved: saved.all)
  }

  /// What comes of an effect; nil for those that belong to the event loop or to nobody.
  private func outcome(of effect: Effect) -> Action? {
    switch effect {
    case .analyse(let request): .analysed(known.result(of: request))
    case .readRecord(let place):
      .recordRead(place, record(at: place))
    case .readFile(let path, let purpose):
      .fileRead(path: path, purpose, files[path].map(FileContent.text) ?? .absent)
    case .writeFile(let path, _, _): .saved(path: path)
    case .save(let name, _): .saved(path: name)
    case .saveScreen, .redraw, .cancel, .suspend, .quit: nil
    }
  }

  private func record(at place: RecordPlace) -> RecordBytes {
    guard let source = runs.first(where: { $0.path == place.root })?.source else {
      return .unavailable(reason: "\(place.root): made by hand")
    }
    do {
      return .bytes(
        try source.record(of: place.artifact, at: place.offset, length: place.length))
    } catch {
      return .unavailable(reason: "\(error)")
    }
  }
}

/// What became of a script.
package struct ExplorerSession {
  package let state: ExplorerState
  /// The first frame, then one for each step of the script.
  package let frames: [Frame]
  package let calls: [FakeTerminal.Call]
  package let saved: [(name: String, text: String)]

  /// The text of the last frame, one line for each row.
  package var text: String { frames.last?.text ?? "" }
}

/// Hands out one event for each frame: a program that takes several at once shows less of them.
private struct StepwiseTerminal: TerminalDevice {
  var terminal: FakeTerminal

  init(_ terminal: FakeTerminal) { self.terminal = terminal }

  var size: Size { terminal.size }
  var capabilities: TerminalCapabilities { terminal.capabilities }
  var wakeHandle: WakeHandle { terminal.wakeHandle }

  mutating func draw(_ frame: Frame) throws(TerminalError) { try terminal.draw(frame) }

  mutating func nextEvent(timeoutMilliseconds: Int?) throws(TerminalError) -> KeyEvent? {
    timeoutMilliseconds == 0 ? nil : try terminal.nextEvent(timeoutMilliseconds: nil)
  }

  mutating func invalidate() { terminal.invalidate() }
  mutating func suspend() throws(TerminalError) { try terminal.suspend() }
  mutating func resume() throws(TerminalError) { try terminal.resume() }
  mutating func stopProcess() throws(TerminalError) { try terminal.stopProcess() }
}

private final class SavedFiles: Sendable {
  private let files = Mutex<[(name: String, text: String)]>([])

  func add(_ name: String, _ text: String) { files.withLock { $0.append((name, text)) } }

  var all: [(name: String, text: String)] { files.withLock { $0 } }
}

/// What was worked out about the runs once need not be worked out for each test.
private final class KnownResults: Sendable {
  private struct Key: Hashable {
    let subject: AnalysisRequest.Subject
    let indexes: [ObjectIdentifier]
  }

  private let results = Mutex<[Key: AnalysisResult]>([:])

  func result(of request: AnalysisRequest) -> AnalysisResult {
    let key = Key(subject: request.subject, indexes: request.indexes.map(ObjectIdentifier.init))
    if let known = results.withLock({ $0[key] }) { return known }
    let result = request.run()
    results.withLock { $0[key] = result }
    return result
  }
}
