import TraceModel

/// The parent-child structure of one trace's rows, whatever state they are in.
///
/// Nodes are numbered in the order of the rows given. Spans whose parent is missing, that share an
/// id, or whose ancestors form a cycle all have a place; `marks` says what was found. One value is
/// reused for trace after trace, so that a million small traces allocate nothing.
struct SpanForest: ~Copyable {
  private static let none = UInt32.max
  /// Up to so many, an insertion sort has nothing to set up.
  private static let fewNodes = 64

  /// What was found about each node.
  private(set) var marks: SpillArray<RowMarks>
  private var parent: SpillArray<UInt32>
  private var firstChild: SpillArray<UInt32>
  private var nextSibling: SpillArray<UInt32>
  private var starts: SpillArray<Int64>
  private var byStart: SpillArray<UInt32>
  private var visited: SpillArray<Bool>
  private var roots: SpillArray<UInt32>
  private var stack: SpillArray<Frame>
  private var slots: SpillArray<UInt32>
  private var mask = 0
  private let space: SpillSpace?

  private struct Frame: BitwiseCopyable {
    var node: UInt32
    var parentPlace: UInt32
    var depth: Int
  }

  init(in space: SpillSpace?) {
    self.space = space
    marks = SpillArray(in: space)
    parent = SpillArray(in: space)
    firstChild = SpillArray(in: space)
    nextSibling = SpillArray(in: space)
    starts = SpillArray(in: space)
    byStart = SpillArray(in: space)
    visited = SpillArray(in: space)
    roots = SpillArray(in: space)
    stack = SpillArray(in: space)
    slots = SpillArray(in: space)
  }

  /// Finds the parent of every row of one trace.
  mutating func grow(members: Span<UInt32>, rows: borrowing SpillArray<RecordRow>) {
    reset(members.count)
    for node in members.indices { prefetch(rows, at: Int(members[node])) }
    for node in members.indices {
      space?.pace(node)
      let row = rows[Int(members[node])]
      starts.append(row.start)
      guard row.kind == .span, !row.span.isNone else { continue }
      register(row.span, node: node, members: members, rows: rows)
    }
    for node in members.indices {
      space?.pace(node)
      findParent(of: node, row: rows[Int(members[node])], members: members, rows: rows)
    }
    sortByStart()
    // Linked back to front, so that each list of children runs forward in time.
    for index in byStart.indices.reversed() {
      space?.pace(index)
      let node = byStart[index]
      let above = parent[Int(node)]
      if above == SpanForest.none {
        roots.append(node)
      } else {
        nextSibling[Int(node)] = firstChild[Int(above)]
        firstChild[Int(above)] = node
      }
    }
  }

  /// Visits every node once, parents before children, siblings by start.
  ///
  /// `body` gets the node, its marks, what it returned for the node's parent, and the depth.
  mutating func forEachPreOrder(
    _ body: (_ node: Int, _ marks: RowMarks, _ parentPlace: UInt32, _ depth: Int) -> UInt32
  ) {
    for index in roots.indices.reversed() { visit(from: roots[index], body) }
    for index in byStart.indices where !visited[Int(byStart[index])] {
      marks[Int(byStart[index])].insert(.cycle)
      visit(from: byStart[index], body)
    }
  }

  private mutating func visit(
    from root: UInt32,
    _ body: (_ node: Int, _ marks: RowMarks, _ parentPlace: UInt32, _ depth: Int) -> UInt32
  ) {
    stack.append(Frame(node: root, parentPlace: SpanForest.none, depth: 0))
    visited[Int(root)] = true
    while !stack.isEmpty {
      let top = stack[stack.count - 1]
      stack.removeLast(1)
      let place = body(Int(top.node), marks[Int(top.node)], top.parentPlace, top.depth)
      let bottom = stack.count
      var child = firstChild[Int(top.node)]
      while child != SpanForest.none {
        if !visited[Int(child)] {
          visited[Int(child)] = true
          stack.append(Frame(node: child, parentPlace: place, depth: top.depth + 1))
        }
        child = nextSibling[Int(child)]
        space?.pace(Int(child))
      }
      reverseStack(from: bottom)
    }
  }

  private mutating func reverseStack(from bottom: Int) {
    var (low, high) = (bottom, stack.count - 1)
    while low < high {
      (stack[low], stack[high]) = (stack[high], stack[low])
      low += 1
      high -= 1
      space?.pace(low)
    }
  }

  private mutating func reset(_ count: Int) {
    marks.removeAll()
    marks.append(repeating: [], count: count)
    SpanForest.clear(&parent, count: count)
    SpanForest.clear(&firstChild, count: count)
    SpanForest.clear(&nextSibling, count: count)
    visited.removeAll()
    visited.append(repeating: false, count: count)
    starts.removeAll()
    byStart.removeAll()
    roots.removeAll()
    var capacity = 4
    while capacity < count * 2 { capacity *= 2 }
    SpanForest.clear(&slots, count: capacity)
    mask = capacity - 1
  }

  private static func clear(_ list: inout SpillArray<UInt32>, count: Int) {
    list.removeAll()
    list.append(repeating: SpanForest.none, count: count)
  }

  /// Remembers the node that spans name when they name an id: the first one with it.
  private mutating func register(
    _ id: SpanID, node: Int, members: Span<UInt32>, rows: borrowing SpillArray<RecordRow>
  ) {
    var slot = SpanForest.hash(id) & mask
    while slots[slot] != SpanForest.none {
      let holder = Int(slots[slot])
      let row = rows[Int(members[holder])]
      if row.span == id {
        let newcomer = rows[Int(members[node])]
        share(slot, holder, row.spanKind, with: node, newcomer.spanKind)
        return
      }
      slot = (slot + 1) & mask
    }
    slots[slot] = UInt32(node)
  }

  /// Settles who is who when two spans have one id.
  ///
  /// The two sides of a call may share their id, as Zipkin's do: the server then stands below the
  /// client, and what names the id was done by the server. Of all others, the first counts.
  private mutating func share(
    _ slot: Int, _ holder: Int, _ kind: SpanKind, with node: Int, _ other: SpanKind
  ) {
    if kind == .server && other == .client && parent[holder] == SpanForest.none {
      parent[holder] = UInt32(node)
      marks[holder].insert(.duplicate)
      return
    }
    marks[node].insert(.duplicate)
    if kind == .client && other == .server {
      parent[node] = UInt32(holder)
      slots[slot] = UInt32(node)
    }
  }

  private func node(
    with id: SpanID, members: Span<UInt32>, rows: borrowing SpillArray<RecordRow>
  ) -> UInt32? {
    guard !id.isNone else { return nil }
    var slot = SpanForest.hash(id) & mask
    while slots[slot] != SpanForest.none {
      if rows[Int(members[Int(slots[slot])])].span == id { return slots[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private mutating func findParent(
    of node: Int, row: RecordRow, members: Span<UInt32>, rows: borrowing SpillArray<RecordRow>
  ) {
    // The server's side of a call whose client has the same id.
    if parent[node] != SpanForest.none { return }
    if row.kind != .span, let span = self.node(with: row.span, members: members, rows: rows) {
      parent[node] = span
      if row.kind == .decision { marks[node].insert(.joined) }
      return
    }
    if row.parentSpan.isNone {
      let isLost = row.kind != .span && !row.span.isNone
      marks[node].insert(isLost ? .orphan : .root)
    } else if let above = self.node(with: row.parentSpan, members: members, rows: rows) {
      if above == UInt32(node) {
        marks[node].insert([.root, .cycle])
      } else {
        parent[node] = above
        if row.kind == .decision { marks[node].insert(.joined) }
      }
    } else {
      marks[node].insert(.orphan)
    }
  }

  private mutating func sortByStart() {
    guard starts.count <= SpanForest.fewNodes else {
      byStart = orderByTime(starts, in: space)
      return
    }
    for node in starts.indices {
      // Most spans were written in the order in which they began, or nearly so.
      var place = node
      byStart.append(UInt32(node))
      while place > 0 && starts[Int(byStart[place - 1])] > starts[node] {
        byStart[place] = byStart[place - 1]
        place -= 1
      }
      byStart[place] = UInt32(node)
    }
  }

  private static func hash(_ id: SpanID) -> Int {
    Int(truncatingIfNeeded: (id.value &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }
}
