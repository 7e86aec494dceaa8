/// Durations as the language spells them, in whole units and without rounding.
package enum DurationText {
  /// Units of time in nanoseconds, the largest first; `day` is only read, never written.
  private static let units: [(name: String, nanoseconds: Int64)] = [
    ("d", 86_400_000_000_000), ("h", 3_600_000_000_000), ("m", 60_000_000_000),
    ("s", 1_000_000_000), ("ms", 1_000_000), ("us", 1_000), ("ns", 1),
    ("\u{B5}s", 1_000), ("\u{3BC}s", 1_000),
  ]
  private static let written = units[1...6]

  /// Nanoseconds of a text such as `200ms`; nil for another text.
  package static func value(_ text: String) -> Int64? { try? nanoseconds(text) }

  /// Nanoseconds of a text such as `200ms`, `1.5s`, `1m30s`, `-5m` or `0`.
  ///
  /// - Throws: `LiteralError` for another text, for parts of a nanosecond, and beyond 292 years.
  static func nanoseconds(_ text: String) throws(LiteralError) -> Int64 {
    var rest = Substring(text)
    let isNegative = rest.first == "-"
    if isNegative { rest = rest.dropFirst() }
    if rest == "0" { return 0 }
    var total: Int64 = 0
    repeat {
      let number = try Decimal(prefixOf: &rest, of: text, wanted: "a duration such as 200ms")
      let unit = rest.prefix { $0.isLetter || $0 == "\u{B5}" }
      rest = rest.dropFirst(unit.count)
      guard let scale = units.first(where: { $0.name == unit })?.nanoseconds else {
        throw LiteralError(
          unit.isEmpty
            ? "a duration needs a unit: ns, us, ms, s, m, h or d"
            : "'\(unit)' is not a unit of time: ns, us, ms, s, m, h or d")
      }
      let (sum, overflow) = total.addingReportingOverflow(try number.scaled(by: scale, of: text))
      if overflow { throw LiteralError("'\(text)' is out of range") }
      total = sum
    } while !rest.isEmpty
    return isNegative ? -total : total
  }

  /// The shortest spelling in one unit, without a fraction: `90s`, `1500us`, `2h`.
  package static func text(_ nanoseconds: Int64) -> String {
    if nanoseconds == 0 { return "0" }
    for unit in written where nanoseconds % unit.nanoseconds == 0 {
      return String(nanoseconds / unit.nanoseconds) + unit.name
    }
    return "\(nanoseconds)ns"
  }
}

/// Whole numbers and sizes: `42`, `1_000`, `10MB`, `64KiB`.
enum SizeText {
  private static let units: [String: Int64] = [
    "b": 1, "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
    "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
  ]

  /// - Throws: `LiteralError` for another text, for parts of one, and beyond 64 bits.
  static func integer(_ text: String) throws(LiteralError) -> Int64 {
    let wanted = "a whole number such as 42 or 10MB"
    var rest = Substring(text)
    let isNegative = rest.first == "-"
    if isNegative { rest = rest.dropFirst() }
    let number = try Decimal(prefixOf: &rest, of: text, wanted: wanted)
    let scale: Int64? = rest.isEmpty ? 1 : units[rest.lowercased()]
    guard let scale else { throw LiteralError("'\(text)' is not \(wanted)") }
    let value = try number.scaled(by: scale, of: text)
    return isNegative ? -value : value
  }

  /// Any number, exact where it is whole.
  static func number(_ text: String) throws(LiteralError) -> Number {
    if let number = Number(text.filter { $0 != "_" }) { return number }
    guard text.utf8.last.map({ $0 | 0x20 == UInt8(ascii: "b") }) == true else {
      throw LiteralError("'\(text)' is not a number such as 200, 0.5 or 10MB")
    }
    return .integer(try integer(text))
  }
}

/// Why a literal is not one.
struct LiteralError: Error, Equatable {
  var message: String

  init(_ message: String) { self.message = message }
}

/// A decimal number kept as an integer and a power of ten, so that `0.1s` is exactly 100 ms.
private struct Decimal {
  var digits: Int64 = 0
  var fractionDigits = 0

  /// Takes digits, `_` and a fraction from the front of `rest`.
  init(prefixOf rest: inout Substring, of text: String, wanted: String) throws(LiteralError) {
    var seenPoint = false
    var count = 0
    while let character = rest.first {
      if character == "." && !seenPoint {
        seenPoint = true
      } else if let digit = character.wholeNumberValue, character.isASCII {
        let (tens, overflow) = digits.multipliedReportingOverflow(by: 10)
        let (sum, carry) = tens.addingReportingOverflow(Int64(digit))
        if overflow || carry { throw LiteralError("'\(text)' is out of range") }
        digits = sum
        count += 1
        if seenPoint { fractionDigits += 1 }
      } else if character != "_" || count == 0 {
        break
      }
      rest = rest.dropFirst()
    }
    if count == 0 { throw LiteralError("'\(text)' is not \(wanted)") }
  }

  /// `scale` times the number, if that is a whole number.
  func scaled(by scale: Int64, of text: String) throws(LiteralError) -> Int64 {
    guard fractionDigits <= 18 else { throw LiteralError("'\(text)' has too many decimals") }
    let power = (0..<fractionDigits).reduce(Int128(1)) { power, _ in power * 10 }
    let (quotient, remainder) = (Int128(digits) * Int128(scale))
      .quotientAndRemainder(dividingBy: power)
    if remainder != 0 { throw LiteralError("'\(text)' is not a whole number of its smallest unit") }
    guard let value = Int64(exactly: quotient) else {
      throw LiteralError("'\(text)' is out of range")
    }
    return value
  }
}
