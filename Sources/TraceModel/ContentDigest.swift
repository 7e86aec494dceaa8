import CKernels

/// A 64-bit digest of a byte stream, fed in pieces of any size.
///
/// It notices accidental change (a truncated, edited or corrupted file) at memory speed; it does
/// not resist an attacker. Four lanes of `lane = fold((lane ^ word) * odd constant)` over 32-byte
/// stripes, little-endian; the rest of the stream, padded with zeros, and its length close it.
package struct ContentDigest: Sendable {
  private static let multipliers: [UInt64] = [
    0x9E37_79B9_7F4A_7C15, 0xD6E8_FEB8_6659_FD93, 0xA076_1D64_78BD_642F, 0xE703_7ED1_A0B4_28DB,
  ]

  private var lanes: [UInt64] = [1, 2, 3, 4]
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  package init() {}

  /// The digest of `bytes` alone.
  package static func of(_ bytes: RawSpan) -> UInt64 {
    var digest = ContentDigest()
    digest.update(bytes)
    return digest.value
  }

  package mutating func update(_ bytes: RawSpan) {
    length &+= UInt64(bytes.byteCount)
    var position = 0
    if !pending.isEmpty {
      while pending.count < 32 && position < bytes.byteCount {
        pending.append(bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self))
        position += 1
      }
      guard pending.count == 32 else { return }
      let stripe = pending
      pending.removeAll(keepingCapacity: true)
      stripes(of: stripe.span.bytes, from: 0)
    }
    position = stripes(of: bytes, from: position)
    while position < bytes.byteCount {
      pending.append(bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self))
      position += 1
    }
  }

  /// The digest of all bytes so far.
  package var value: UInt64 {
    var copy = self
    if !copy.pending.isEmpty {
      let padded = copy.pending + [UInt8](repeating: 0, count: 32 - copy.pending.count)
      copy.stripes(of: padded.span.bytes, from: 0)
    }
    var state = copy.lanes[0].foldedMultiply(ContentDigest.multipliers[1])
    state = (state ^ copy.lanes[1]).foldedMultiply(ContentDigest.multipliers[2])
    state = (state ^ copy.lanes[2]).foldedMultiply(ContentDigest.multipliers[3])
    state = (state ^ copy.lanes[3]).foldedMultiply(ContentDigest.multipliers[0])
    return (state ^ length).foldedMultiply(ContentDigest.multipliers[1])
  }

  @discardableResult
  private mutating func stripes(of bytes: RawSpan, from start: Int) -> Int {
    let stripeCount = (bytes.byteCount - start) / 32
    guard stripeCount > 0 else { return start }
    bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      // A lane that reached zero would absorb everything after it, hence the one in each step.
      unsafe kernel_mix_stripes(&lanes, ContentDigest.multipliers, base + start, stripeCount)
    }
    return start + stripeCount * 32
  }
}
