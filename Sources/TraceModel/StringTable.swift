import CKernels

/// Distinct byte strings, each with a 32-bit id in order of first appearance.
///
/// Bytes are interned as they are: no `String` is made until one has to be shown. Ids depend on
/// the order of calls alone, never on hashing, so the same input gives the same ids anywhere.
package struct StringTable: ~Copyable, Sendable {
  /// All strings, one after another.
  package private(set) var bytes = SpillArray<UInt8>()
  /// `ends[id]` is the offset just past string `id`; string `id` begins at `ends[id - 1]`.
  package private(set) var ends = SpillArray<UInt64>(repeating: 0, count: 1)
  /// Open addressing: the hash in the upper half, the id in the lower; zero is a free slot.
  private var slots = [UInt64](repeating: 0, count: 1 << 12)
  private var mask = 1 << 12 - 1

  package init() {}

  /// The number of distinct strings, the empty one included.
  package var count: Int { ends.count }

  /// The id of `text`, which is added when it is new.
  ///
  /// - Complexity: O(length) on average.
  package mutating func intern(_ text: RawSpan) -> StringID {
    text.withUnsafeBytes { unsafe intern(buffer: $0) }
  }

  /// The id of `text`, which is added when it is new.
  package mutating func intern(_ text: String) -> StringID {
    var text = text
    return text.withUTF8 { unsafe intern(buffer: UnsafeRawBufferPointer($0)) }
  }

  // Texts that are new, or have not been seen for long, are slow to find: each step of the search
  // waits for memory. Whoever has several at hand announces all of them, so that the waits overlap.

  /// Announces a text that will be interned: returns what the next two functions ask for.
  @inline(__always)  // A call inside this module would copy the table.
  package func announce(_ text: RawSpan) -> UInt32 {
    text.withUnsafeBytes { buffer in
      let hash = unsafe StringTable.hash(of: buffer)
      prefetch(slots.span, at: Int(truncatingIfNeeded: hash) & mask)
      return hash
    }
  }

  /// Fetches what `intern(_:announced:)` will most likely compare a text with.
  package func approach(announced hash: UInt32) {
    let entry = slots[Int(truncatingIfNeeded: hash) & mask]
    guard entry != 0, UInt32(truncatingIfNeeded: entry >> 32) == hash else { return }
    let end = ends[Int(UInt32(truncatingIfNeeded: entry)) &- 1]
    prefetch(bytes.span, at: Int(truncatingIfNeeded: end))
  }

  private func prefetch<T>(_ elements: Span<T>, at index: Int) {
    elements.withUnsafeBufferPointer { all in
      guard let base = all.baseAddress else { return }
      unsafe kernel_prefetch(base + index)
    }
  }

  /// The id of a text that was announced, which is added when it is new.
  package mutating func intern(_ text: RawSpan, announced hash: UInt32) -> StringID {
    text.withUnsafeBytes { unsafe intern(buffer: $0, hash: hash) }
  }

  private mutating func intern(buffer: UnsafeRawBufferPointer) -> StringID {
    unsafe intern(buffer: buffer, hash: StringTable.hash(of: buffer))
  }

  private mutating func intern(buffer: UnsafeRawBufferPointer, hash: UInt32) -> StringID {
    if buffer.count == 0 { return .empty }
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 { break }
      if UInt32(truncatingIfNeeded: entry >> 32) == hash {
        let id = UInt32(truncatingIfNeeded: entry)
        if unsafe equals(id, buffer) { return StringID(id) }
      }
      slot = (slot &+ 1) & mask
    }
    return unsafe add(buffer, hash: hash, slot: slot)
  }

  @inline(never)
  private mutating func add(
    _ buffer: UnsafeRawBufferPointer, hash: UInt32, slot: Int
  ) -> StringID {
    let id = UInt32(ends.count)
    unsafe bytes.append(copying: buffer)
    ends.append(UInt64(bytes.count))
    slots[slot] = UInt64(hash) << 32 | UInt64(id)
    if ends.count * 2 > slots.count { grow() }
    return StringID(id)
  }

  /// Whether string `id`, which is not the empty one, is `text`.
  @inline(__always)
  func isText(_ id: StringID, equalTo text: RawSpan) -> Bool {
    guard id.value > 0, text.byteCount > 0 else { return false }
    return text.withUnsafeBytes { unsafe equals(id.value, $0) }
  }

  @inline(__always)
  private func equals(_ id: UInt32, _ buffer: UnsafeRawBufferPointer) -> Bool {
    let start = Int(truncatingIfNeeded: ends[Int(id) &- 1])
    let count = buffer.count
    guard Int(truncatingIfNeeded: ends[Int(id)]) &- start == count else { return false }
    return bytes.span.withUnsafeBytes { all in
      if count < 8 {
        let own = unsafe UnsafeRawBufferPointer(rebasing: all[start..<(start &+ count)])
        return unsafe StringTable.shortWord(own) == StringTable.shortWord(buffer)
      }
      var index = 0
      while index &+ 8 < count {
        if unsafe all.word(at: start &+ index) != buffer.word(at: index) { return false }
        index &+= 8
      }
      // The last word overlaps the one before, so that no byte is left over.
      return unsafe all.word(at: start &+ count &- 8) == buffer.word(at: count &- 8)
    }
  }

  private func range(of id: UInt32) -> Range<Int> {
    Int(ends[Int(id) &- 1])..<Int(ends[Int(id)])
  }

  /// The bytes of string `id`; empty for an id that this table did not give out.
  package func withBytes<R>(of id: StringID, _ body: (RawSpan) -> R) -> R {
    guard id.value > 0, Int(id.value) < ends.count else { return body(RawSpan()) }
    let range = self.range(of: id.value)
    return body(bytes.span.bytes.extracting(range))
  }

  /// String `id` as text; invalid UTF-8 is replaced.
  package func string(_ id: StringID) -> String {
    guard id.value > 0, Int(id.value) < ends.count else { return "" }
    return withBytes(of: id) { text in
      text.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
  }

  private mutating func grow() {
    let old = slots
    // Many slots are doubled only: their memory counts more than the work.
    slots = [UInt64](repeating: 0, count: old.count * (old.count < 1 << 20 ? 4 : 2))
    mask = slots.count - 1
    for entry in old where entry != 0 {
      var slot = Int(truncatingIfNeeded: entry >> 32) & mask
      while slots[slot] != 0 { slot = (slot &+ 1) & mask }
      slots[slot] = entry
    }
  }

  // MARK: Hashing

  /// A multiply-and-fold hash over 16 bytes at a time; its value never leaves this process.
  private static func hash(of buffer: UnsafeRawBufferPointer) -> UInt32 {
    let count = buffer.count
    if count == 0 { return 0 }
    var state = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
    if count < 8 {
      state = unsafe (shortWord(buffer) ^ secret).foldedMultiply(state)
    } else {
      var index = 0
      while index &+ 16 < count {
        state = unsafe (buffer.word(at: index) ^ secret)
          .foldedMultiply(buffer.word(at: index &+ 8) ^ state)
        index &+= 16
      }
      // The last 16 bytes, or all 8 to 16, in two words that may overlap.
      let first = unsafe buffer.word(at: max(0, count &- 16))
      let last = unsafe buffer.word(at: count &- 8)
      state = (first ^ secret).foldedMultiply(last ^ state)
    }
    state = state.foldedMultiply(0xA076_1D64_78BD_642F)
    return UInt32(truncatingIfNeeded: state)
  }

  private static let secret: UInt64 = 0xD6E8_FEB8_6659_FD93

  /// One to seven bytes as a word; different for different texts of one length.
  private static func shortWord(_ buffer: UnsafeRawBufferPointer) -> UInt64 {
    let count = buffer.count
    if count >= 4 {
      let first = unsafe buffer.loadUnaligned(fromByteOffset: 0, as: UInt32.self)
      let last = unsafe buffer.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      return UInt64(first) << 32 | UInt64(last)
    }
    return unsafe UInt64(buffer[0]) << 16 | UInt64(buffer[count >> 1]) << 8
      | UInt64(buffer[count &- 1])
  }
}

extension UnsafeRawBufferPointer {
  /// Eight bytes from `offset` on.
  fileprivate func word(at offset: Int) -> UInt64 {
    unsafe loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
}

extension UInt64 {
  /// The two halves of the 128-bit product, combined with exclusive or.
  func foldedMultiply(_ other: UInt64) -> UInt64 {
    let product = multipliedFullWidth(by: other)
    return product.high ^ product.low
  }
}
