import TraceModel

extension TreeLayout {
  /// Marks, below every root span, the chain of spans that decided when it ended.
  ///
  /// Walking back from a span's end: the child that finished last before that moment is on the
  /// path until it started, then the child that finished last before that, and so on. Children that
  /// outlive their parent count only up to its end.
  mutating func markCriticalPaths() {
    var pending: [(place: Int, until: Int64)] = []
    for place in order.indices {
      space?.pace(place)
      guard parent[place] == TreeLayout.none else { continue }
      guard columns.kind[place] == .span, trace[place] != TreeLayout.none else { continue }
      pending.append((place, columns.end(place)))
      while let (span, until) = pending.popLast() {
        marks[span].insert(.critical)
        pushCriticalChildren(of: span, until: until, onto: &pending)
      }
    }
  }

  @inline(__always)  // A call would copy the layout.
  private func pushCriticalChildren(
    of span: Int, until: Int64, onto pending: inout [(place: Int, until: Int64)]
  ) {
    var children: [(place: Int, start: Int64, end: Int64)] = []
    var child = span + 1
    while child < Int(subtreeEnd[span]) {
      space?.pace(child)
      if columns.kind[child] == .span && columns.duration[child] > 0 {
        let start = columns.start[child]
        let end = min(columns.end(child), until)
        if end > start { children.append((child, start, end)) }
      }
      child = Int(subtreeEnd[child])
    }
    if children.count > 1 { children.sort { ($0.end, $0.place) > ($1.end, $1.place) } }
    var reached = until
    for child in children where child.end <= reached {
      pending.append((child.place, child.end))
      reached = child.start
    }
  }
}
