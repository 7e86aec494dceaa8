package import TraceIndex
package import TraceModel

/// The rows of one kind that an artifact gave.
package struct ArtifactContents: Sendable, Equatable {
  /// The execution's name.
  package let execution: String
  /// The artifact's path.
  package let artifact: String
  package let kind: RowKind
  package let count: Int
  /// Nanoseconds since the Unix epoch; nil when no row of the kind tells its time.
  package let first: Int64?
  /// The latest beginning.
  package let last: Int64?

  /// By artifact, then by kind; only kinds that occur.
  ///
  /// - Complexity: O(rows).
  package static func all(_ index: TraceIndex) -> [ArtifactContents] {
    let kinds = RowKind.allCases.count
    var tallies = [Tally](repeating: Tally(), count: index.artifacts.count * kinds)
    for row in 0..<index.rowCount {
      let place = index.artifact(ofRow: row) * kinds + Int(index.kind(row).rawValue)
      guard tallies.indices.contains(place) else { continue }
      tallies[place].add(index.knownStart(row))
    }
    return index.artifacts.enumerated().flatMap { number, artifact in
      RowKind.allCases.compactMap { kind in
        let tally = tallies[number * kinds + Int(kind.rawValue)]
        guard tally.count > 0 else { return nil }
        return ArtifactContents(
          execution: index.name, artifact: artifact.path, kind: kind, count: tally.count,
          first: tally.first, last: tally.last)
      }
    }
  }

  private struct Tally {
    var count = 0
    var first: Int64?
    var last: Int64?

    mutating func add(_ time: Int64?) {
      count += 1
      guard let time else { return }
      first = min(first ?? time, time)
      last = max(last ?? time, time)
    }
  }
}
