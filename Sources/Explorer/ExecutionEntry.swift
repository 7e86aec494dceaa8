package import PolicyAnalysis
package import TraceIndex

/// One run as the explorer knows it, whether its index is there yet or not.
package struct ExecutionEntry: Sendable {
  /// How far the run's index has come.
  package enum Stage: Sendable {
    case waiting
    /// Bytes read, bytes in all, rows so far, and the artifact being read.
    case indexing(read: UInt64, total: UInt64, rows: Int, artifact: String)
    case ready(TraceIndex)
    case failed(String)
  }

  package private(set) var name: String
  /// Where the run's artifacts are, for the commands that the explorer shows.
  package let path: String
  /// Files of the folder that no reader recognised.
  package let passedOver: [String]
  package internal(set) var stage: Stage = .waiting
  /// The dialect that a person chose for the run's policy.
  var chosenDialect: PolicyDialect?

  /// Whether the artifacts may grow, and are looked at again and again.
  package let isFollowed: Bool
  /// Rows that have come since a person last was at the end.
  package internal(set) var newRows = 0

  package init(name: String, path: String, passedOver: [String], isFollowed: Bool = false) {
    self.name = name
    self.path = path
    self.passedOver = passedOver
    self.isFollowed = isFollowed
  }

  /// Takes a newer index of the same artifacts.
  mutating func grow(to index: TraceIndex) {
    if let before = self.index { newRows += max(0, index.rowCount - before.rowCount) }
    name = index.name
    stage = .ready(index)
  }

  /// The dialect of the run's policy: the one that was chosen, else the one that fits its artifacts.
  package var dialect: PolicyDialect {
    chosenDialect ?? index.map { PolicyDialect.fitting([$0]) } ?? .emulator
  }

  /// The run's index once it is ready.
  package var index: TraceIndex? {
    if case .ready(let index) = stage { index } else { nil }
  }
}
