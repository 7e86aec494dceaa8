package import TraceIndex
package import TraceModel

/// What of an execution's files was read and what was not: what limits every answer about it.
package struct ArtifactAccount: Sendable {
  /// The execution's name.
  package let name: String
  package let artifacts: [ArtifactRecord]
  package let diagnostics: DiagnosticLog
  /// Files beside the artifacts that no reader knows.
  package let passedOver: [String]
  fileprivate let isFurtherPart: Bool

  /// - Parameters:
  ///   - isFurtherPart: whether an earlier execution is of the same files, which name several runs.
  package init(_ index: TraceIndex, passedOver: [String] = [], isFurtherPart: Bool = false) {
    name = index.name
    artifacts = index.artifacts
    diagnostics = index.diagnostics
    self.passedOver = isFurtherPart ? [] : passedOver
    self.isFurtherPart = isFurtherPart
  }

  /// Files that were not read first, then what was not understood in those that were.
  package var problems: [DataQuality.Problem] {
    passedOver.map {
      DataQuality.Problem(artifact: $0, code: .unknownFormat, detail: "", count: 1, firstOffset: 0)
    } + DataQuality.Problem.all(diagnostics, in: artifacts)
  }
}

/// An artifact with the content of an earlier one.
package struct RepeatedArtifact: Sendable, Equatable {
  /// The execution and the path of the later one.
  package let execution: String
  package let artifact: String
  /// The execution and the path of the first one.
  package let firstExecution: String
  package let firstArtifact: String
  /// The records that count again.
  package let records: UInt64

  /// One sentence, without a full stop.
  package var text: String {
    if artifact == firstArtifact && execution == firstExecution {
      return "\(artifact) is read twice: its records count twice"
    }
    let first =
      firstExecution == execution || firstExecution == firstArtifact
      ? firstArtifact : "\(firstArtifact) of \(firstExecution)"
    return "\(artifact) has the same content as \(first): its records count twice"
  }
}

extension [ArtifactAccount] {
  /// The artifacts whose content an earlier one has, in order.
  package var repeated: [RepeatedArtifact] {
    var first: [ArtifactContent: (execution: String, artifact: String)] = [:]
    var repeated: [RepeatedArtifact] = []
    for account in filter({ !$0.isFurtherPart }) {
      for artifact in account.artifacts where artifact.recordsRead > 0 {
        let content = ArtifactContent(digest: artifact.digest, records: artifact.recordsRead)
        guard let earlier = first[content] else {
          first[content] = (account.name, artifact.path)
          continue
        }
        repeated.append(
          RepeatedArtifact(
            execution: account.name, artifact: artifact.path, firstExecution: earlier.execution,
            firstArtifact: earlier.artifact, records: artifact.recordsRead))
      }
    }
    return repeated
  }
}

/// What tells contents apart, compressed or not.
private struct ArtifactContent: Hashable {
  let digest: UInt64
  let records: UInt64
}
