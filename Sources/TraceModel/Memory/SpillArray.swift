/// A growing array that leaves memory for a file when it becomes large.
///
/// It costs what `Array` costs, and has one owner. Indexes that are not in `indices` trap.
package struct SpillArray<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
  @usableFromInline var bytes: SpillBuffer
  /// Elements for which there is room.
  @usableFromInline var capacity = 0
  @usableFromInline package internal(set) var count = 0
  private let space: SpillSpace?

  /// - Parameter space: where the array goes when it outgrows memory; nil keeps it there.
  package init(in space: SpillSpace? = nil) {
    self.space = space
    bytes = SpillBuffer(in: space)
  }

  /// An array of `count` times the same element.
  package init(repeating element: Element, count: Int, in space: SpillSpace? = nil) {
    self.init(in: space)
    append(repeating: element, count: count)
  }

  /// An empty array with room for so many elements, wherever that is.
  package init(capacity: Int, in space: SpillSpace? = nil) {
    self.init(in: space)
    if capacity > 0 { grow(to: capacity) }
  }

  /// Whether the elements are in a file.
  package var isSpilled: Bool { bytes.isSpilled }

  @inlinable package var isEmpty: Bool { count == 0 }

  @inlinable package var indices: Range<Int> { 0..<count }

  @inlinable
  package subscript(index: Int) -> Element {
    get {
      unsafe pointer(to: index).pointee
    }
    _modify {
      yield unsafe &pointer(to: index).pointee
    }
  }

  @inlinable
  package mutating func append(_ element: Element) {
    if count == capacity { makeRoom(for: count &+ 1) }
    unsafe start.advanced(by: count).initialize(to: element)
    count &+= 1
  }

  package mutating func append(repeating element: Element, count more: Int) {
    if count + more > capacity { grow(to: count + more) }
    var rest = more
    while rest > 0 {
      let piece = min(rest, 1 << 16)
      unsafe start.advanced(by: count).initialize(repeating: element, count: piece)
      count += piece
      rest -= piece
      if isSpilled { space?.settle() }
    }
  }

  package mutating func append(contentsOf elements: some Collection<Element>) {
    for element in elements { append(element) }
  }

  /// Appends bytes as they are.
  package mutating func append(copying text: UnsafeRawBufferPointer) where Element == UInt8 {
    if count + text.count > capacity { makeRoom(for: count + text.count) }
    if let source = text.baseAddress {
      unsafe UnsafeMutableRawPointer(start + count).copyMemory(
        from: source, byteCount: text.count)
    }
    count += text.count
  }

  package mutating func remove(at index: Int) -> Element {
    let removed = self[index]
    for next in index + 1..<count { self[next - 1] = self[next] }
    count -= 1
    return removed
  }

  package mutating func removeLast(_ fewer: Int) {
    precondition(fewer >= 0 && fewer <= count)
    count -= fewer
  }

  /// Removes all elements; their room is kept.
  package mutating func removeAll() { count = 0 }

  /// Takes room in memory for so many elements, as far as they may be there; what is not used
  /// costs nothing.
  package mutating func reserveInMemory(_ wanted: Int) {
    let most = min(wanted, bytes.limit / MemoryLayout<Element>.stride)
    if most > capacity { grow(to: most) }
  }

  /// The elements, valid while nothing is appended.
  @inlinable package var span: Span<Element> {
    @_lifetime(borrow self)
    get {
      let all = unsafe Span(_unsafeStart: start, count: count)
      return unsafe _overrideLifetime(all, borrowing: self)
    }
  }

  /// The elements, valid while nothing is appended.
  @inlinable package var mutableSpan: MutableSpan<Element> {
    @_lifetime(&self)
    mutating get {
      let all = unsafe MutableSpan(_unsafeStart: start, count: count)
      return unsafe _overrideLifetime(all, mutating: &self)
    }
  }

  /// Copies of some elements.
  package subscript(range: some RangeExpression<Int>) -> [Element] {
    range.relative(to: indices).map { self[$0] }
  }

  /// Copies of all elements.
  package var elements: [Element] { self[indices] }

  /// The first element from `start` on that satisfies a condition.
  @inlinable
  package func firstIndex(from start: Int, where matches: (Element) -> Bool) -> Int? {
    (start..<count).first { matches(self[$0]) }
  }

  @inlinable var start: UnsafeMutablePointer<Element> {
    unsafe bytes.base.assumingMemoryBound(to: Element.self)
  }

  @inlinable func pointer(to index: Int) -> UnsafeMutablePointer<Element> {
    precondition(index >= 0 && index < count, "index out of range")
    return unsafe start.advanced(by: index)
  }

  /// Doubles the room, in memory not past the limit; in a file it grows by halves.
  @usableFromInline
  mutating func makeRoom(for wanted: Int) {
    let most = bytes.limit / MemoryLayout<Element>.stride
    if wanted <= most {
      grow(to: min(most, max(wanted, capacity * 2, 64)))
    } else {
      grow(to: max(wanted, capacity + capacity / 2))
    }
  }

  private mutating func grow(to elements: Int) {
    let stride = MemoryLayout<Element>.stride
    bytes.grow(to: elements * stride, keeping: count * stride)
    capacity = elements
  }
}
