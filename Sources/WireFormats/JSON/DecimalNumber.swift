/// Whole numbers from decimal text, exactly: no rounding, no floating point, no trap.
package enum DecimalNumber {
  /// What a text comes to.
  package enum Reading: Equatable, Sendable {
    /// The number; `isExact` is false when a fraction was cut off.
    case whole(magnitude: UInt64, isNegative: Bool, isExact: Bool)
    /// A number that 64 bits cannot hold.
    case tooLarge(isNegative: Bool)
    /// Not a decimal number.
    case malformed
  }

  /// The number that `bytes[range]` writes, times ten to the power of `scale`.
  ///
  /// JSON's grammar, and leading zeros, which numbers inside strings may have.
  package static func read(_ bytes: RawSpan, _ range: Range<Int>, scale: Int = 0) -> Reading {
    if scale == 0, let value = shortDigits(bytes, range) {
      return .whole(magnitude: value, isNegative: false, isExact: true)
    }
    var position = range.lowerBound
    let isNegative =
      position < range.upperBound && bytes.byte(at: position) == UInt8(ascii: "-")
    if isNegative { position &+= 1 }
    let integer = digits(bytes, from: position, to: range.upperBound)
    position = integer.upperBound
    var fraction = position..<position
    if position < range.upperBound, bytes.byte(at: position) == UInt8(ascii: ".") {
      fraction = digits(bytes, from: position &+ 1, to: range.upperBound)
      if fraction.isEmpty { return .malformed }
      position = fraction.upperBound
    }
    guard !integer.isEmpty,
      let exponent = exponent(bytes, from: position, to: range.upperBound)
    else { return .malformed }
    return scaled(
      bytes, integer, fraction, wholeDigits: integer.count &+ exponent &+ scale,
      isNegative: isNegative)
  }

  /// Up to 19 digits and nothing else, the usual case.
  private static func shortDigits(_ bytes: RawSpan, _ range: Range<Int>) -> UInt64? {
    guard !range.isEmpty, range.count <= 19 else { return nil }
    var value: UInt64 = 0
    var position = range.lowerBound
    while position &+ 8 <= range.upperBound {
      guard let eight = eightDigits(bytes.word(at: position)) else { return nil }
      value = value &* 100_000_000 &+ eight
      position &+= 8
    }
    while position < range.upperBound {
      let byte = bytes.byte(at: position)
      guard JSONScan.isDigit(byte) else { return nil }
      value = value &* 10 &+ UInt64(byte & 0x0F)
      position &+= 1
    }
    return value
  }

  /// Eight digits at once, the first in the lowest byte.
  private static func eightDigits(_ word: UInt64) -> UInt64? {
    // A digit has the high nibble 3, and still has it when 6 is added.
    let high: UInt64 = 0xF0F0_F0F0_F0F0_F0F0
    guard (word & high) | (((word &+ 0x0606_0606_0606_0606) & high) >> 4) == 0x3333_3333_3333_3333
    else { return nil }
    var value = word & 0x0F0F_0F0F_0F0F_0F0F
    // Neighbours join in pairs: digits, then hundreds, then ten thousands.
    value = (value &* 10 &+ (value >> 8)) & 0x00FF_00FF_00FF_00FF
    value = (value &* 100 &+ (value >> 16)) & 0x0000_FFFF_0000_FFFF
    return (value &* 10_000 &+ (value >> 32)) & 0xFFFF_FFFF
  }

  private static func digits(_ bytes: RawSpan, from start: Int, to end: Int) -> Range<Int> {
    var position = start
    while position < end, JSONScan.isDigit(bytes.byte(at: position)) { position &+= 1 }
    return start..<position
  }

  /// The exponent at `start`, held within ±100,000; zero for none, `nil` when something else is there.
  private static func exponent(_ bytes: RawSpan, from start: Int, to end: Int) -> Int? {
    if start == end { return 0 }
    guard bytes.byte(at: start) | 0x20 == UInt8(ascii: "e") else { return nil }
    var position = start &+ 1
    var isNegative = false
    if position < end {
      let sign = bytes.byte(at: position)
      isNegative = sign == UInt8(ascii: "-")
      if isNegative || sign == UInt8(ascii: "+") { position &+= 1 }
    }
    let range = digits(bytes, from: position, to: end)
    guard !range.isEmpty, range.upperBound == end else { return nil }
    var value = 0
    for index in range where value < 100_000 {
      value = value &* 10 &+ Int(bytes.byte(at: index) & 0x0F)
    }
    value = min(value, 100_000)
    return isNegative ? -value : value
  }

  /// The number whose whole part is the first `wholeDigits` of the given digits.
  private static func scaled(
    _ bytes: RawSpan, _ integer: Range<Int>, _ fraction: Range<Int>, wholeDigits: Int,
    isNegative: Bool
  ) -> Reading {
    var value: UInt64 = 0
    var isExact = true
    let count = integer.count &+ fraction.count
    for index in 0..<count {
      let position =
        index < integer.count
        ? integer.lowerBound &+ index : fraction.lowerBound &+ (index &- integer.count)
      let digit = UInt64(bytes.byte(at: position) & 0x0F)
      if index >= wholeDigits {
        if digit != 0 { isExact = false }
      } else if !append(digit, to: &value) {
        return .tooLarge(isNegative: isNegative)
      }
    }
    // At most 20 rounds: a value other than zero soon becomes too large.
    var index = count
    while index < wholeDigits && value != 0 {
      if !append(0, to: &value) { return .tooLarge(isNegative: isNegative) }
      index &+= 1
    }
    return .whole(magnitude: value, isNegative: isNegative && value != 0, isExact: isExact)
  }

  private static func append(_ digit: UInt64, to value: inout UInt64) -> Bool {
    let (tenfold, overflow) = value.multipliedReportingOverflow(by: 10)
    let (sum, carry) = tenfold.addingReportingOverflow(digit)
    value = sum
    return !overflow && !carry
  }
}
