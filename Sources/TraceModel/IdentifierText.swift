/// How the text of an identifier became its bits.
package enum IdentifierForm: Sendable, Equatable {
  /// Nothing, or only zeros: no identifier.
  case none
  /// Exactly as many lower-case hexadecimal digits as the bits need; the bits give the text back.
  case canonical
  /// The text stands for these bits and no others, but is not the canonical text.
  case decoded
  /// A text of no known form: the bits are a hash of it.
  case hashed
}

extension TraceID {
  /// The identifier that `text` writes, and how it was read.
  ///
  /// In this order: up to 32 hexadecimal digits of either case, padded with zeros on the left;
  /// 24 characters of padded base64 (the plain protobuf JSON mapping of 16 bytes; `=` is no
  /// hexadecimal digit, so nothing is ambiguous); 26 characters of Crockford base32 (a ULID);
  /// everything else is hashed with FNV-1a of 128 bits, which is the same everywhere.
  package static func reading(_ text: RawSpan) -> (id: TraceID, form: IdentifierForm) {
    let count = text.byteCount
    if count == 32, let high = hexadecimalWord(text, at: 0),
      let low = hexadecimalWord(text, at: 16)
    {
      if high == 0 && low == 0 { return (.none, .none) }
      return (TraceID(high: high, low: low), hasUpperCase(text) ? .decoded : .canonical)
    }
    if count == 0 { return (.none, .none) }
    let decoded =
      hexadecimalNumber(text, digits: 32) ?? base64Number(text, bytes: 16) ?? ulidNumber(text)
    if let decoded {
      let id = TraceID(bits: decoded)
      return (id, id.isNone ? .none : .decoded)
    }
    let hash = fnv1a128(text)
    return (hash == 0 ? TraceID(high: 0, low: 1) : TraceID(bits: hash), .hashed)
  }

  private init(bits: UInt128) {
    self.init(
      high: UInt64(truncatingIfNeeded: bits >> 64), low: UInt64(truncatingIfNeeded: bits))
  }
}

extension SpanID {
  /// The identifier that `text` writes, and how it was read.
  ///
  /// In this order: up to 16 hexadecimal digits of either case, padded with zeros on the left;
  /// 12 characters of padded base64 (8 bytes); everything else is hashed with FNV-1a of 64 bits.
  package static func reading(_ text: RawSpan) -> (id: SpanID, form: IdentifierForm) {
    let count = text.byteCount
    if count == 16, let value = hexadecimalWord(text, at: 0) {
      if value == 0 { return (.none, .none) }
      return (SpanID(value), hasUpperCase(text) ? .decoded : .canonical)
    }
    if count == 0 { return (.none, .none) }
    if let decoded = hexadecimalNumber(text, digits: 16) ?? base64Number(text, bytes: 8) {
      let id = SpanID(UInt64(truncatingIfNeeded: decoded))
      return (id, id.isNone ? .none : .decoded)
    }
    let hash = fnv1a64(text)
    return (SpanID(hash == 0 ? 1 : hash), .hashed)
  }
}

/// The number that the 16 hexadecimal digits at `offset` write; `nil` when one is not a digit.
private func hexadecimalWord(_ text: RawSpan, at offset: Int) -> UInt64? {
  guard
    let high = hexadecimalHalf(
      UInt64(littleEndian: text.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))),
    let low = hexadecimalHalf(
      UInt64(littleEndian: text.unsafeLoadUnaligned(fromByteOffset: offset + 8, as: UInt64.self)))
  else { return nil }
  return high << 32 | low
}

/// Eight hexadecimal digits at once, the first one in the lowest byte.
private func hexadecimalHalf(_ word: UInt64) -> UInt64? {
  // 1 in each byte that is 0x40 or more: the letters, were they all valid.
  let letters = (word >> 6) & 0x0101_0101_0101_0101
  let values = (word & 0x0F0F_0F0F_0F0F_0F0F) &+ letters &* 9
  // Writing the values as digits must give the text back, in lower case.
  let aboveNine = ((values &+ 0x7676_7676_7676_7676) >> 7) & 0x0101_0101_0101_0101
  let written = values &+ 0x3030_3030_3030_3030 &+ aboveNine &* 0x27
  guard written == word | (letters << 5), values & 0xF0F0_F0F0_F0F0_F0F0 == 0,
    word & 0x8080_8080_8080_8080 == 0
  else { return nil }
  var nibbles = values.byteSwapped
  nibbles = (nibbles | nibbles >> 4) & 0x00FF_00FF_00FF_00FF
  nibbles = (nibbles | nibbles >> 8) & 0x0000_FFFF_0000_FFFF
  return (nibbles | nibbles >> 16) & 0xFFFF_FFFF
}

private func hasUpperCase(_ text: RawSpan) -> Bool {
  for offset in text.byteOffsets {
    let byte = text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    if byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "F") { return true }
  }
  return false
}

/// The number that 1 to `digits` hexadecimal digits write; `nil` for any other text.
private func hexadecimalNumber(_ text: RawSpan, digits: Int) -> UInt128? {
  guard text.byteCount <= digits else { return nil }
  var value: UInt128 = 0
  for offset in text.byteOffsets {
    let byte = text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt128(byte & 0x0F)
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
      value = value << 4 | UInt128((byte & 0x0F) + 9)
    default: return nil
    }
  }
  return value
}

/// The number whose `bytes` bytes, most significant first, `text` writes as padded base64 in the
/// standard or the URL-safe alphabet; `nil` for any other text.
private func base64Number(_ text: RawSpan, bytes: Int) -> UInt128? {
  let padding = (3 - bytes % 3) % 3
  guard text.byteCount == (bytes + 2) / 3 * 4 else { return nil }
  var value: UInt128 = 0
  var spare: UInt8 = 0
  let last = text.byteCount - padding - 1
  for offset in text.byteOffsets {
    let byte = text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    if offset > last {
      guard byte == UInt8(ascii: "=") else { return nil }
      continue
    }
    guard let digit = base64Digit(byte) else { return nil }
    if offset == last {
      // The last digit's low bits lie beyond the last byte: two bits for each `=`.
      value = value << UInt128(6 - 2 * padding) | UInt128(digit >> UInt8(2 * padding))
      spare = digit & (1 << UInt8(2 * padding) - 1)
    } else {
      value = value << 6 | UInt128(digit)
    }
  }
  return spare == 0 ? value : nil
}

private func base64Digit(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
  case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
  case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
  case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
  default: nil
  }
}

/// The 128 bits of a ULID: 26 digits of Crockford's base32, the first at most 7.
private func ulidNumber(_ text: RawSpan) -> UInt128? {
  guard text.byteCount == 26 else { return nil }
  var value: UInt128 = 0
  for offset in text.byteOffsets {
    let byte = text.unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    guard let digit = crockfordDigit(byte), offset > 0 || digit <= 7 else { return nil }
    value = value << 5 | UInt128(digit)
  }
  return value
}

/// Crockford's alphabet leaves out I, L, O and U; case does not matter.
private func crockfordDigit(_ byte: UInt8) -> UInt8? {
  let upper = byte >= UInt8(ascii: "a") ? byte & 0xDF : byte
  switch upper {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): return upper - UInt8(ascii: "0")
  case UInt8(ascii: "A")...UInt8(ascii: "H"): return upper - UInt8(ascii: "A") + 10
  case UInt8(ascii: "J"), UInt8(ascii: "K"): return upper - UInt8(ascii: "J") + 18
  case UInt8(ascii: "M"), UInt8(ascii: "N"): return upper - UInt8(ascii: "M") + 20
  case UInt8(ascii: "P")...UInt8(ascii: "T"): return upper - UInt8(ascii: "P") + 22
  case UInt8(ascii: "V")...UInt8(ascii: "Z"): return upper - UInt8(ascii: "V") + 27
  default: return nil
  }
}

/// FNV-1a: offset basis and prime of the 64-bit variant.
private func fnv1a64(_ text: RawSpan) -> UInt64 {
  var hash: UInt64 = 0xCBF2_9CE4_8422_2325
  for offset in text.byteOffsets {
    hash ^= UInt64(text.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    hash = hash &* 0x0000_0100_0000_01B3
  }
  return hash
}

/// FNV-1a: offset basis and prime of the 128-bit variant.
private func fnv1a128(_ text: RawSpan) -> UInt128 {
  var hash = UInt128(0x6C62_272E_07BB_0142) << 64 | UInt128(0x62B8_2175_6295_C58D)
  let prime = UInt128(0x0000_0000_0100_0000) << 64 | UInt128(0x0000_0000_0000_013B)
  for offset in text.byteOffsets {
    hash ^= UInt128(text.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    hash = hash &* prime
  }
  return hash
}
