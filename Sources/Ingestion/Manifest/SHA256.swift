/// The SHA-256 digest of a byte stream, fed in pieces of any size (FIPS 180-4).
package struct SHA256: Sendable {
  private static let blockSize = 64
  private static let constants: [UInt32] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]

  private var state: [UInt32] = [
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  ]
  /// What is left of a block that is not full.
  private var pending: [UInt8] = []
  private var length: UInt64 = 0
  private var schedule = [UInt32](repeating: 0, count: 64)

  package init() {}

  package mutating func update(_ bytes: ArraySlice<UInt8>) {
    length &+= UInt64(bytes.count)
    var rest = bytes
    if !pending.isEmpty {
      let missing = rest.prefix(SHA256.blockSize - pending.count)
      pending += missing
      rest = rest.dropFirst(missing.count)
      guard pending.count == SHA256.blockSize else { return }
      compress(pending[...])
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count / SHA256.blockSize * SHA256.blockSize
    compress(rest.prefix(whole))
    pending += rest.dropFirst(whole)
  }

  /// The digest of all bytes so far, in 64 hexadecimal digits.
  package var hexadecimal: String {
    var copy = self
    let (bits, room) = (length &* 8, (119 - pending.count) % SHA256.blockSize)
    let end = (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
    copy.update(([0x80] + [UInt8](repeating: 0, count: room) + end)[...])
    return copy.state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// Takes whole blocks in.
  private mutating func compress(_ blocks: ArraySlice<UInt8>) {
    blocks.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: SHA256.blockSize) {
        for word in 0..<16 {
          unsafe schedule[word] = UInt32(
            bigEndian: bytes.loadUnaligned(fromByteOffset: start + 4 * word, as: UInt32.self))
        }
        mixBlock()
      }
    }
  }

  private mutating func mixBlock() {
    for word in 16..<64 {
      let (a, b) = (schedule[word - 15], schedule[word - 2])
      let small = a.rotatedRight(7) ^ a.rotatedRight(18) ^ a >> 3
      let large = b.rotatedRight(17) ^ b.rotatedRight(19) ^ b >> 10
      schedule[word] = schedule[word - 16] &+ small &+ schedule[word - 7] &+ large
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for round in 0..<64 {
      let sum1 = e.rotatedRight(6) ^ e.rotatedRight(11) ^ e.rotatedRight(25)
      let choice = e & f ^ ~e & g
      let first = h &+ sum1 &+ choice &+ SHA256.constants[round] &+ schedule[round]
      let sum0 = a.rotatedRight(2) ^ a.rotatedRight(13) ^ a.rotatedRight(22)
      let majority = a & b ^ a & c ^ b & c
      (h, g, f, e) = (g, f, e, d &+ first)
      (d, c, b, a) = (c, b, a, first &+ sum0 &+ majority)
    }
    for (place, word) in [a, b, c, d, e, f, g, h].enumerated() { state[place] &+= word }
  }
}

extension UInt32 {
  fileprivate func rotatedRight(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}
