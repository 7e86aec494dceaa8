/// A growing array that leaves memory for a file when it becomes large.
///
/// It costs what `Array` costs, and has one owner. Indexes that are not in `indices` trap. Public
/// within the package, because the compiler adapts only what is public to the elements that another
/// module has.
public struct SpillArray<Element: BitwiseCopyable & Sendable>: ~Copyable, Sendable {
  /// Where `bytes` begins.
  @usableFromInline nonisolated(unsafe) var start: UnsafeMutablePointer<Element>
  /// Elements for which there is room.
  @usableFromInline var capacity = 0
  @usableFromInline var filled = 0
  private var bytes: SpillBuffer

  /// - Parameter space: where the array goes when it outgrows memory; nil keeps it there.
  public init(in space: SpillSpace? = nil) {
    bytes = SpillBuffer(in: space)
    unsafe start = bytes.base.assumingMemoryBound(to: Element.self)
  }

  /// An array of `count` times the same element.
  @inlinable
  public init(repeating element: Element, count: Int, in space: SpillSpace? = nil) {
    self.init(in: space)
    append(repeating: element, count: count)
  }

  /// An empty array with room for so many elements, wherever that is.
  public init(capacity: Int, in space: SpillSpace? = nil) {
    self.init(in: space)
    if capacity > 0 { grow(to: capacity) }
  }

  /// Whether the elements are in a file.
  public var isSpilled: Bool { bytes.isSpilled }

  /// The number of elements.
  @inlinable public var count: Int { filled }

  /// Whether there are none.
  @inlinable public var isEmpty: Bool { count == 0 }

  /// The numbers of all elements.
  @inlinable public var indices: Range<Int> { 0..<count }

  /// One element.
  @inlinable
  public subscript(index: Int) -> Element {
    get {
      unsafe pointer(to: index).pointee
    }
    _modify {
      yield unsafe &pointer(to: index).pointee
    }
  }

  /// Adds one element.
  @inlinable
  public mutating func append(_ element: Element) {
    if count == capacity { makeRoom(for: count &+ 1) }
    unsafe start.advanced(by: count).initialize(to: element)
    filled &+= 1
  }

  /// Adds the same element so many times.
  @inlinable
  public mutating func append(repeating element: Element, count more: Int) {
    if count + more > capacity { grow(to: count + more) }
    var rest = more
    while rest > 0 {
      let piece = min(rest, 1 << 16)
      unsafe start.advanced(by: count).initialize(repeating: element, count: piece)
      filled += piece
      rest -= piece
      settle()
    }
  }

  /// Adds elements in their order.
  @inlinable
  public mutating func append(contentsOf elements: some Collection<Element>) {
    for element in elements { append(element) }
  }

  /// Appends bytes as they are.
  public mutating func append(copying text: UnsafeRawBufferPointer) where Element == UInt8 {
    if count + text.count > capacity { makeRoom(for: count + text.count) }
    if let source = text.baseAddress {
      unsafe UnsafeMutableRawPointer(start + count).copyMemory(
        from: source, byteCount: text.count)
    }
    filled += text.count
  }

  /// Takes one element out; those behind it move up.
  @inlinable
  public mutating func remove(at index: Int) -> Element {
    let removed = self[index]
    for next in index + 1..<count { self[next - 1] = self[next] }
    filled -= 1
    return removed
  }

  /// Removes so many elements from the end.
  @inlinable
  public mutating func removeLast(_ fewer: Int) {
    precondition(fewer >= 0 && fewer <= count)
    filled -= fewer
  }

  /// Removes all elements; their room is kept.
  @inlinable public mutating func removeAll() { filled = 0 }

  /// Takes room in memory for so many elements, as far as they may be there; what is not used
  /// costs nothing.
  public mutating func reserveInMemory(_ wanted: Int) {
    let most = min(wanted, bytes.limit / MemoryLayout<Element>.stride)
    if most > capacity { grow(to: most) }
  }

  /// The elements, valid while nothing is appended.
  @inlinable public var span: Span<Element> {
    @_lifetime(borrow self)
    get {
      let all = unsafe Span(_unsafeStart: start, count: count)
      return unsafe _overrideLifetime(all, borrowing: self)
    }
  }

  /// The elements, valid while nothing is appended.
  @inlinable public var mutableSpan: MutableSpan<Element> {
    @_lifetime(&self)
    mutating get {
      let all = unsafe MutableSpan(_unsafeStart: start, count: count)
      return unsafe _overrideLifetime(all, mutating: &self)
    }
  }

  /// Copies of some elements.
  @inlinable
  public subscript(range: some RangeExpression<Int>) -> [Element] {
    range.relative(to: indices).map { self[$0] }
  }

  /// Copies of all elements.
  @inlinable public var elements: [Element] { self[indices] }

  /// The first element from `start` on that satisfies a condition.
  @inlinable
  public func firstIndex(from start: Int, where matches: (Element) -> Bool) -> Int? {
    (start..<count).first { matches(self[$0]) }
  }

  @inlinable func pointer(to index: Int) -> UnsafeMutablePointer<Element> {
    // One comparison: a negative index is a large one.
    precondition(UInt(bitPattern: index) < UInt(bitPattern: filled))
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

  @usableFromInline
  mutating func grow(to elements: Int) {
    let stride = MemoryLayout<Element>.stride
    bytes.grow(to: elements * stride, keeping: count * stride)
    unsafe start = bytes.base.assumingMemoryBound(to: Element.self)
    capacity = elements
  }

  @usableFromInline
  func settle() { bytes.settle() }
}
