import TraceModel

/// The parent-child structure of one trace's rows, whatever state they are in.
///
/// Nodes are numbered in the order of the rows given. Spans whose parent is missing, that share an
/// id, or whose ancestors form a cycle all have a place; `marks` says what was found. One value is
/// reused for trace after trace, so that a million small traces allocate nothing.
struct SpanForest {
  private static let none = UInt32.max

  /// What was found about each node.
  private(set) var marks: [RowMarks] = []
  private var parent: [UInt32] = []
  private var firstChild: [UInt32] = []
  private var nextSibling: [UInt32] = []
  private var byStart: [UInt32] = []
  private var visited: [Bool] = []
  private var roots: [UInt32] = []
  private var stack: [(node: UInt32, parentPlace: UInt32, depth: Int)] = []
  private var slots: [UInt32] = []
  private var mask = 0

  init() {}

  /// Finds the parent of every row of one trace.
  mutating func grow(members: ArraySlice<UInt32>, rows: [RecordRow]) {
    let base = members.startIndex
    let count = members.count
    reset(count)
    rows.withUnsafeBufferPointer { rows in
      guard let base = rows.baseAddress else { return }
      for old in members { unsafe prefetch(base + Int(old)) }
    }
    for node in 0..<count {
      let row = rows[Int(members[base + node])]
      guard row.kind == .span, !row.span.isNone else { continue }
      register(row.span, node: node, members: members, rows: rows)
    }
    for node in 0..<count {
      findParent(of: node, row: rows[Int(members[base + node])], members: members, rows: rows)
    }
    sortByStart(members: members, rows: rows)
    // Linked back to front, so that each list of children runs forward in time.
    for node in byStart.reversed() {
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
    for root in roots.reversed() { visit(from: root, body) }
    for node in byStart where !visited[Int(node)] {
      marks[Int(node)].insert(.cycle)
      visit(from: node, body)
    }
  }

  private mutating func visit(
    from root: UInt32,
    _ body: (_ node: Int, _ marks: RowMarks, _ parentPlace: UInt32, _ depth: Int) -> UInt32
  ) {
    stack.append((root, SpanForest.none, 0))
    visited[Int(root)] = true
    while let (node, parentPlace, depth) = stack.popLast() {
      let place = body(Int(node), marks[Int(node)], parentPlace, depth)
      let bottom = stack.count
      var child = firstChild[Int(node)]
      while child != SpanForest.none {
        if !visited[Int(child)] {
          visited[Int(child)] = true
          stack.append((child, place, depth + 1))
        }
        child = nextSibling[Int(child)]
      }
      stack[bottom...].reverse()
    }
  }

  private mutating func reset(_ count: Int) {
    marks.removeAll(keepingCapacity: true)
    marks.append(contentsOf: repeatElement([], count: count))
    SpanForest.clear(&parent, count: count)
    SpanForest.clear(&firstChild, count: count)
    SpanForest.clear(&nextSibling, count: count)
    visited.removeAll(keepingCapacity: true)
    visited.append(contentsOf: repeatElement(false, count: count))
    roots.removeAll(keepingCapacity: true)
    var capacity = 4
    while capacity < count * 2 { capacity *= 2 }
    SpanForest.clear(&slots, count: capacity)
    mask = capacity - 1
  }

  private static func clear(_ list: inout [UInt32], count: Int) {
    list.removeAll(keepingCapacity: true)
    list.append(contentsOf: repeatElement(SpanForest.none, count: count))
  }

  /// Remembers the node that spans name when they name an id: the first one with it.
  private mutating func register(
    _ id: SpanID, node: Int, members: ArraySlice<UInt32>, rows: [RecordRow]
  ) {
    var slot = SpanForest.hash(id) & mask
    while slots[slot] != SpanForest.none {
      let holder = Int(slots[slot])
      let row = rows[Int(members[members.startIndex + holder])]
      if row.span == id {
        let newcomer = rows[Int(members[members.startIndex + node])]
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
    with id: SpanID, members: ArraySlice<UInt32>, rows: [RecordRow]
  ) -> UInt32? {
    guard !id.isNone else { return nil }
    var slot = SpanForest.hash(id) & mask
    while slots[slot] != SpanForest.none {
      if rows[Int(members[members.startIndex + Int(slots[slot])])].span == id { return slots[slot] }
      slot = (slot + 1) & mask
    }
    return nil
  }

  private mutating func findParent(
    of node: Int, row: RecordRow, members: ArraySlice<UInt32>, rows: [RecordRow]
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

  private mutating func sortByStart(members: ArraySlice<UInt32>, rows: [RecordRow]) {
    let base = members.startIndex
    byStart.removeAll(keepingCapacity: true)
    byStart.append(contentsOf: 0..<UInt32(members.count))
    byStart.sort { a, b in
      let x = rows[Int(members[base + Int(a)])].start
      let y = rows[Int(members[base + Int(b)])].start
      return x != y ? x < y : a < b
    }
  }

  private static func hash(_ id: SpanID) -> Int {
    Int(truncatingIfNeeded: (id.value &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }
}
