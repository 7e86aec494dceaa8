import TraceIndex

/// Newer indexes of followed runs, held back until what the screen needs of them is worked out:
/// until then the screen stays as it is, and what is on it belongs together.
struct Preparation: Sendable {
  /// By the number of the run that is followed.
  var indexes: [Int: [TraceIndex]]
  var awaited: Set<AnalysisRequest.Subject>
  var results: [AnalysisResult] = []
}

extension ExplorerState {
  /// Whether a run's artifacts are followed.
  package func isFollowed(_ execution: Int?) -> Bool {
    execution.map { executions.indices.contains($0) && executions[$0].isFollowed } ?? false
  }

  /// Whether the screen keeps the newest row selected.
  package var isPinned: Bool { screen.screen.isPinned }

  /// Whether the screen shows the run as it was, though rows have come.
  package var isHeldBack: Bool { staysAsItIs }

  /// Rows of a run that have come and are not shown, because its screen stays as it is.
  package func waitingRows(of execution: Int?) -> Int {
    guard let execution, executions.indices.contains(execution),
      let shown = executions[execution].index
    else { return 0 }
    for (source, indexes) in arrivals {
      guard let part = parts(of: source).firstIndex(of: execution), indexes.indices.contains(part)
      else { continue }
      return max(0, indexes[part].rowCount - shown.rowCount)
    }
    return 0
  }

  /// A followed run has more rows than before, or others.
  mutating func grown(_ execution: Int, _ indexes: [TraceIndex]) -> [Effect] {
    guard executions.indices.contains(execution), !indexes.isEmpty else { return [] }
    arrivals[execution] = indexes
    return takeIn(asked: false)
  }

  /// Takes in what has come, as soon as the screen can show it.
  ///
  /// - Parameter asked: a person wants it on a screen that otherwise stays as it is.
  mutating func takeIn(asked: Bool) -> [Effect] {
    guard !arrivals.isEmpty, asked || !staysAsItIs else { return [] }
    if arrivals.keys.contains(where: { executions[$0].index == nil }) {
      preparation = nil
      return adopt([])
    }
    guard preparation == nil else { return [] }
    var next = self
    next.exchange(arrivals)
    let needed = next.requests().filter { if case .analyse = $0 { true } else { false } }
    if needed.isEmpty { return adopt([]) }
    preparation = Preparation(
      indexes: arrivals,
      awaited: Set(needed.compactMap { if case .analyse(let it) = $0 { it.subject } else { nil } }))
    return needed
  }

  /// Takes a result that was worked out for indexes which are not shown yet; false for others.
  mutating func prepare(with result: AnalysisResult) -> [Effect]? {
    guard var waiting = preparation, waiting.awaited.contains(result.subject) else { return nil }
    var next = self
    next.exchange(waiting.indexes)
    guard next.isCurrent(result) else { return nil }
    waiting.awaited.remove(result.subject)
    waiting.results.append(result)
    preparation = waiting
    guard waiting.awaited.isEmpty else { return [] }
    preparation = nil
    // What came meanwhile comes next.
    let later = arrivals.filter { key, indexes in
      waiting.indexes[key].map { $0[0] !== indexes[0] } ?? true
    }
    arrivals = waiting.indexes
    let effects = adopt(waiting.results)
    arrivals = later
    return effects + takeIn(asked: false)
  }

  /// Whether a result is about the indexes that are there now.
  func isCurrent(_ result: AnalysisResult) -> Bool {
    let runs = result.subject.runs
    guard runs.allSatisfy(executions.indices.contains) else { return false }
    let indexes = runs.compactMap { executions[$0].index }
    return indexes.count == result.indexes.count && zip(indexes, result.indexes).allSatisfy(===)
  }

  /// A policy is read and signed, a difference gone through: neither moves under one's eyes.
  private var staysAsItIs: Bool {
    let runs: [Int] =
      switch screen {
      case .policy(let policy): [policy.shownExecution]
      case .diff(let diff): [diff.before, diff.after]
      default: []
      }
    let coming = Set(arrivals.keys.flatMap(parts(of:)))
    return runs.contains(where: coming.contains)
  }

  /// The runs that the artifacts of one followed run named, by number.
  private func parts(of source: Int) -> [Int] { [source] + furtherParts[source, default: []] }

  private mutating func adopt(_ results: [AnalysisResult]) -> [Effect] {
    let before = indexesByNumber
    let isFirst = arrivals.keys.contains { executions[$0].index == nil }
    exchange(arrivals)
    arrivals = [:]
    let translation = RowTranslation(before: before, after: indexesByNumber)
    translate(by: translation)
    for result in results {
      analyses.store(result)
      _ = analyses.ask(result.subject)
    }
    // Whichever run was first stays first, however the others grow.
    if isFirst && !hasChosenSides { chooseSides() }
    refreshScreen()
    return requests()
  }

  private var indexesByNumber: [Int: TraceIndex] {
    var indexes: [Int: TraceIndex] = [:]
    for (number, entry) in executions.enumerated() { indexes[number] = entry.index }
    return indexes
  }

  /// Puts newer indexes in the place of the ones that are there.
  private mutating func exchange(_ newer: [Int: [TraceIndex]]) {
    for (source, indexes) in newer.sorted(by: { $0.key < $1.key }) {
      for (part, index) in indexes.enumerated() {
        let known = parts(of: source)
        if part < known.count {
          executions[known[part]].grow(to: index)
        } else {
          addPart(index, of: source)
        }
      }
      for number in parts(of: source).dropFirst(indexes.count) {
        executions[number].stage = .failed("its artifact was cut short; none of its rows is left")
      }
      for number in parts(of: source) {
        filters.forget(execution: number)
        analyses.forget(execution: number)
      }
    }
  }

  /// Adds a run that is named inside the artifacts of another one. It comes behind all others:
  /// numbers of runs never change.
  mutating func addPart(_ index: TraceIndex, of source: Int) {
    var entry = ExecutionEntry(
      name: index.name, path: executions[source].path, passedOver: [],
      isFollowed: executions[source].isFollowed)
    entry.stage = .ready(index)
    executions.append(entry)
    furtherParts[source, default: []].append(executions.count - 1)
  }

  private mutating func translate(by rows: RowTranslation) {
    for number in screens.indices { screens[number].change { $0.translate(by: rows) } }
    for place in departures.indices {
      for number in departures[place].indices {
        departures[place][number].change { $0.translate(by: rows) }
      }
    }
  }

  /// Whoever looks at the newest row has seen the others.
  mutating func forgetSeenRows() {
    guard isPinned, let execution = currentExecution,
      executions.indices.contains(execution)
    else { return }
    executions[execution].newRows = 0
  }

  /// Follows the end, or takes in what a screen held back.
  mutating func follow() -> [Effect] {
    guard isFollowed(currentExecution) else {
      message = "this run is not followed; vestige explore --follow PATH follows one"
      return []
    }
    if staysAsItIs {
      message = "what has come is being taken in"
      return takeIn(asked: true)
    }
    message = "F follows the end of the events (3) and of the traces by start (f)"
    return []
  }
}
