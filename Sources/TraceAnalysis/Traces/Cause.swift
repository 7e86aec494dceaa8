package import TraceIndex
import TraceModel

/// What lies behind a failed span or a denied decision: the rows down to the deepest one.
///
/// Below the row, a denied decision is preferred, one that its own ids put there before an inferred
/// one; without one, a failed span or a check that came
/// to no decision. Among several of a kind the one with the fewest spans that did not fail between
/// it and the row, then the deepest, then the latest is taken. Only when nothing below the row
/// failed or was denied are the spans searched that the row or a span below it links to, if they
/// are in the execution, and so on from there.
package struct Cause: Sendable, Equatable {
  /// How a row of the chain comes after the one before it.
  package enum Relation: Sendable, Equatable {
    /// The first of the chain.
    case top
    /// A child in the trace's tree.
    case child
    /// The span that the row before links to.
    case link
  }

  /// A row of the chain.
  package struct Step: Sendable, Equatable {
    package let row: Int
    package let relation: Relation
  }

  /// From the outermost ancestor of the row to the deepest row.
  package let chain: [Step]
  /// The row that was asked about.
  package let asked: Int

  /// The row at the bottom: the cause, as far as the artifacts tell.
  package var deepest: Int { chain.last?.row ?? asked }

  /// The cause of `row`; nil when nothing failed or was denied there, below it, or behind links.
  ///
  /// - Complexity: O(rows below + ancestors); O(rows of the linked traces) when links are followed.
  package init?(of row: Int, in index: TraceIndex) {
    guard row >= 0, row < index.rowCount else { return nil }
    var search = CauseSearch(index: index)
    let below = search.descend(from: row)
    guard !below.isEmpty else { return nil }
    var above: [Int] = []
    while let parent = index.parent(above.last ?? row) { above.append(parent) }
    asked = row
    chain =
      above.reversed().enumerated().map { place, row in
        Step(row: row, relation: place == 0 ? .top : .child)
      }
      + below.enumerated().map { place, step in
        place == 0 ? Step(row: step.row, relation: above.isEmpty ? .top : .child) : step
      }
  }

  /// The row that `init(of:in:)` finds when it follows no links; nil when nothing went wrong.
  static func deepestBelow(_ row: Int, in index: TraceIndex) -> Int? {
    CauseSearch(index: index).deepest(in: index.subtree(row))
  }
}

/// The search for the deepest row, which visits no span twice.
private struct CauseSearch {
  private let index: TraceIndex
  private var visited: Set<Int> = []

  init(index: TraceIndex) { self.index = index }

  /// The steps from `row` to the deepest row; empty when there is none.
  mutating func descend(from row: Int) -> [Cause.Step] {
    guard visited.insert(row).inserted else { return [] }
    let deepest = deepest(in: index.subtree(row))
    if let deepest, deepest != row { return path(from: row, to: deepest) }
    for (linking, linked) in links(from: index.subtree(row)) {
      let behind = descend(from: linked)
      guard let first = behind.first else { continue }
      return path(from: row, to: linking) + [Cause.Step(row: first.row, relation: .link)]
        + behind.dropFirst()
    }
    return deepest == nil ? [] : path(from: row, to: row)
  }

  private func path(from row: Int, to deepest: Int) -> [Cause.Step] {
    var rows = [deepest]
    while let last = rows.last, last != row, let parent = index.parent(last) { rows.append(parent) }
    return rows.reversed().enumerated().map { place, row in
      Cause.Step(row: row, relation: place == 0 ? .top : .child)
    }
  }

  /// The spans that the spans of `rows` link to, as far as the execution has them.
  private func links(from rows: Range<Int>) -> [(linking: Int, linked: Int)] {
    var found: [(linking: Int, linked: Int)] = []
    for row in rows where index.kind(row) == .span {
      for number in index.links(ofRow: row) {
        let link = index.link(number)
        guard let trace = index.trace(with: link.trace) else { continue }
        let linked = index.traceRecord(trace).rows.first {
          index.kind($0) == .span && index.spanID($0) == link.span
        }
        if let linked, !rows.contains(linked) { found.append((row, linked)) }
      }
    }
    return found
  }

  /// The cause among the rows of a subtree, its top included.
  func deepest(in rows: Range<Int>) -> Int? {
    guard let top = rows.first else { return nil }
    var best = Candidate(row: top, in: index, healthyAbove: 0)
    guard !index.marks(top).isDisjoint(with: [.errorBelow, .denyBelow]) else { return best?.row }
    // For each row, how many spans between it and the top did not fail.
    var healthyAbove = [Int](repeating: 0, count: rows.count)
    for row in rows.dropFirst() {
      guard let parent = index.parent(row), parent >= top else { continue }
      let isHealthy = parent != top && index.status(parent) != .error
      healthyAbove[row - top] = healthyAbove[parent - top] + (isHealthy ? 1 : 0)
      let candidate = Candidate(row: row, in: index, healthyAbove: healthyAbove[row - top])
      if let candidate, candidate.isBetter(than: best) { best = candidate }
    }
    return best?.row
  }
}

/// A row that may be the cause.
private struct Candidate {
  let row: Int
  private let isDenial: Bool
  private let isCertain: Bool
  private let healthyAbove: Int
  private let depth: Int
  private let start: Int64

  /// Nil when the row neither failed nor was denied.
  init?(row: Int, in index: TraceIndex, healthyAbove: Int) {
    let outcome = index.outcome(row)
    guard outcome.isDenial || outcome == .error || index.status(row) == .error else { return nil }
    self.row = row
    self.healthyAbove = healthyAbove
    isDenial = outcome.isDenial
    isCertain = !index.join(row).method.isInferred
    depth = index.depth(row)
    start = index.start(row)
  }

  func isBetter(than other: Candidate?) -> Bool {
    guard let other else { return true }
    if isDenial != other.isDenial { return isDenial }
    if isCertain != other.isCertain { return isCertain }
    if healthyAbove != other.healthyAbove { return healthyAbove < other.healthyAbove }
    return (depth, start, row) > (other.depth, other.start, other.row)
  }
}
