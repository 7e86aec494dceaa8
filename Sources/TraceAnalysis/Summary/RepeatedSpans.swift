package import TraceIndex
import TraceModel

/// Spans of one artifact that another artifact of the execution has as well, as when a collector
/// wrote the same spans in two formats.
package struct RepeatedSpans: Sendable, Equatable {
  /// The paths of the later and of the earlier artifact.
  package let artifact: String
  package let firstArtifact: String
  package let spans: Int

  /// One sentence, without a full stop.
  package var text: String {
    "\(QuantityText.count(spans, "span")) of \(artifact) \(spans == 1 ? "is" : "are") in "
      + "\(firstArtifact) as well: every count has them twice"
  }

  /// By artifact; only spans that agree in ids, name, service, kind, start and duration.
  ///
  /// - Complexity: O(rows).
  package static func all(_ index: TraceIndex) -> [RepeatedSpans] {
    guard index.artifacts.count > 1 else { return [] }
    var tallies: [Pair: Int] = [:]
    for trace in 0..<index.traceCount {
      let rows = index.traceRecord(trace).rows
      guard rows.contains(where: { index.marks($0).contains(.duplicate) }) else { continue }
      var first: [SpanID: Int] = [:]
      for row in rows where index.kind(row) == .span {
        let id = index.spanID(row)
        guard let other = first[id] else {
          first[id] = row
          continue
        }
        let pair = Pair(index.artifact(ofRow: row), index.artifact(ofRow: other))
        if pair.first != pair.later && isSame(row, other, in: index) {
          tallies[pair, default: 0] += 1
        }
      }
    }
    return tallies.sorted { ($0.key.later, $0.key.first) < ($1.key.later, $1.key.first) }
      .compactMap { pair, spans in
        guard index.artifacts.indices.contains(pair.later) else { return nil }
        return RepeatedSpans(
          artifact: index.artifacts[pair.later].path,
          firstArtifact: index.artifacts[pair.first].path,
          spans: spans)
      }
  }

  private struct Pair: Hashable {
    let first: Int
    let later: Int

    init(_ a: Int, _ b: Int) { (first, later) = (min(a, b), max(a, b)) }
  }

  private static func isSame(_ a: Int, _ b: Int, in index: TraceIndex) -> Bool {
    index.start(a) == index.start(b) && index.duration(a) == index.duration(b)
      && index.name(a) == index.name(b) && index.service(a) == index.service(b)
      && index.spanKind(a) == index.spanKind(b)
  }
}
