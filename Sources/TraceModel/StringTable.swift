/// Distinct byte strings, each with a 32-bit id in order of first appearance.
///
/// Bytes are interned as they are: no `String` is made until one has to be shown. Ids depend on
/// the order of calls alone, never on hashing, so the same input gives the same ids anywhere.
package struct StringTable: ~Copyable, Sendable {
  /// All strings, one after another.
  package private(set) var bytes: [UInt8] = []
  /// `ends[id]` is the offset just past string `id`; string `id` begins at `ends[id - 1]`.
  package private(set) var ends: [UInt64] = [0]
  private var hashes: [UInt32] = [0]
  private var slots: [UInt32]
  private var mask: Int

  package init() {
    slots = [UInt32](repeating: .max, count: 1 << 12)
    mask = slots.count - 1
  }

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

  private mutating func intern(buffer: UnsafeRawBufferPointer) -> StringID {
    if buffer.count == 0 { return .empty }
    let hash = unsafe StringTable.hash(of: buffer)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let candidate = slots[slot]
      if candidate == .max { break }
      if hashes[Int(candidate)] == hash, unsafe equals(candidate, buffer) {
        return StringID(candidate)
      }
      slot = (slot &+ 1) & mask
    }
    let id = UInt32(ends.count)
    unsafe bytes.append(contentsOf: buffer)
    ends.append(UInt64(bytes.count))
    hashes.append(hash)
    slots[slot] = id
    if ends.count * 2 > slots.count { grow() }
    return StringID(id)
  }

  private func equals(_ id: UInt32, _ buffer: UnsafeRawBufferPointer) -> Bool {
    let range = self.range(of: id)
    guard range.count == buffer.count else { return false }
    return bytes.withUnsafeBytes { all in
      var index = 0
      let start = range.lowerBound
      while index &+ 8 <= buffer.count {
        let a = unsafe all.loadUnaligned(fromByteOffset: start &+ index, as: UInt64.self)
        let b = unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        if a != b { return false }
        index &+= 8
      }
      while index < buffer.count {
        if unsafe all[start &+ index] != buffer[index] { return false }
        index &+= 1
      }
      return true
    }
  }

  private func range(of id: UInt32) -> Range<Int> {
    let start = id == 0 ? 0 : Int(ends[Int(id) - 1])
    return start..<Int(ends[Int(id)])
  }

  /// The bytes of string `id`; empty for an id that this table did not give out.
  package func withBytes<R>(of id: StringID, _ body: (RawSpan) -> R) -> R {
    guard Int(id.value) < ends.count else { return body(RawSpan()) }
    let range = self.range(of: id.value)
    return body(bytes.span.bytes.extracting(range))
  }

  /// String `id` as text; invalid UTF-8 is replaced.
  package func string(_ id: StringID) -> String {
    guard Int(id.value) < ends.count else { return "" }
    return String(decoding: bytes[range(of: id.value)], as: UTF8.self)
  }

  private mutating func grow() {
    slots = [UInt32](repeating: .max, count: slots.count * 4)
    mask = slots.count - 1
    for id in hashes.indices.dropFirst() {
      var slot = Int(truncatingIfNeeded: hashes[id]) & mask
      while slots[slot] != .max { slot = (slot &+ 1) & mask }
      slots[slot] = UInt32(id)
    }
  }

  /// A multiply-and-fold hash over eight bytes at a time; its value never leaves this process.
  private static func hash(of buffer: UnsafeRawBufferPointer) -> UInt32 {
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: buffer.count)
    var index = 0
    while index &+ 8 <= buffer.count {
      let word = unsafe buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      state = (state ^ word).foldedMultiply(0xD6E8_FEB8_6659_FD93)
      index &+= 8
    }
    if index < buffer.count {
      var tail: UInt64 = 0
      while index < buffer.count {
        tail = (tail << 8) | UInt64(unsafe buffer[index])
        index &+= 1
      }
      state = (state ^ tail).foldedMultiply(0xD6E8_FEB8_6659_FD93)
    }
    state = state.foldedMultiply(0xA076_1D64_78BD_642F)
    return UInt32(truncatingIfNeeded: state)
  }
}

extension UInt64 {
  /// The two halves of the 128-bit product, combined with exclusive or.
  func foldedMultiply(_ other: UInt64) -> UInt64 {
    let product = multipliedFullWidth(by: other)
    return product.high ^ product.low
  }
}
