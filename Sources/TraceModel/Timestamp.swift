/// Why a text is not a moment that can be kept.
package enum TimestampError: Error, Equatable, Sendable {
  /// Not an RFC 3339 date and time with a zone.
  case malformed
  /// Well formed, but before 1677-09-21 or after 2262-04-11, which nanoseconds in 64 bits end at.
  case outOfRange
}

/// Moments as text: RFC 3339 in, RFC 3339 in UTC out.
package enum Timestamp {
  private static let nanosecondsPerSecond: Int64 = 1_000_000_000
  private static let secondsPerDay: Int64 = 86_400

  /// Nanoseconds since the Unix epoch of an RFC 3339 date and time.
  ///
  /// Strict: a four-digit year, days that the month has, hours to 23, a zone, and at most nine
  /// fractional digits. A leap second is only taken where one can be, at 23:59:60 UTC, and stands
  /// for the last nanosecond of that minute, because Unix time has no room for it.
  ///
  /// - Throws: `TimestampError.malformed` or `.outOfRange`.
  package static func nanoseconds(rfc3339 text: RawSpan) throws(TimestampError) -> Int64 {
    // 2026-03-02T09:00:00 takes 19 bytes, a zone at least one.
    guard text.byteCount >= 20 else { throw .malformed }
    var digits = DigitPairs()
    let year = digits.pair(text, at: 0) * 100 + digits.pair(text, at: 2)
    let month = digits.pair(text, at: 5)
    let day = digits.pair(text, at: 8)
    let hour = digits.pair(text, at: 11)
    let minute = digits.pair(text, at: 14)
    let second = digits.pair(text, at: 17)
    guard digits.areDigits, text.byte(at: 4) == UInt8(ascii: "-"),
      text.byte(at: 7) == UInt8(ascii: "-"), text.byte(at: 10) | 0x20 == UInt8(ascii: "t"),
      text.byte(at: 13) == UInt8(ascii: ":"), text.byte(at: 16) == UInt8(ascii: ":"),
      (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year), hour <= 23,
      minute <= 59, second <= 60
    else { throw .malformed }
    var position = 19
    let fraction = try fraction(text, &position)
    let zone = try zoneSeconds(text, &position)
    guard position == text.byteCount else { throw .malformed }

    let days = daysSinceEpoch(year: year, month: month, day: day)
    let minutes = days * secondsPerDay + hour * 3600 + minute * 60 - zone
    if second == 60 {
      guard floorModulo(minutes, secondsPerDay) == secondsPerDay - 60 else { throw .malformed }
      return try nanoseconds(seconds: minutes + 59, fraction: nanosecondsPerSecond - 1)
    }
    return try nanoseconds(seconds: minutes + second, fraction: fraction)
  }

  private static func nanoseconds(
    seconds: Int64, fraction: Int64
  ) throws(TimestampError) -> Int64 {
    // Adding one second first keeps the product in range for the last second before Int64.min.
    let shift: Int64 = seconds < 0 ? 1 : 0
    let (whole, overflow) = (seconds + shift).multipliedReportingOverflow(by: nanosecondsPerSecond)
    let rest = fraction - shift * nanosecondsPerSecond
    let (sum, sumOverflow) = whole.addingReportingOverflow(rest)
    if overflow || sumOverflow { throw .outOfRange }
    return sum
  }

  /// `2026-03-02T09:00:00.123456789Z`: UTC, always nine fractional digits, so it sorts as text.
  package static func text(nanoseconds: Int64) -> String {
    let fraction = floorModulo(nanoseconds, nanosecondsPerSecond)
    let seconds = floorDivide(nanoseconds, nanosecondsPerSecond)
    let secondOfDay = floorModulo(seconds, secondsPerDay)
    let date = civil(daysSinceEpoch: floorDivide(seconds, secondsPerDay))
    return decimal(date.year, digits: 4) + "-" + decimal(date.month, digits: 2) + "-"
      + decimal(date.day, digits: 2) + "T" + decimal(secondOfDay / 3600, digits: 2) + ":"
      + decimal(secondOfDay / 60 % 60, digits: 2) + ":" + decimal(secondOfDay % 60, digits: 2) + "."
      + decimal(fraction, digits: 9) + "Z"
  }

  private static func decimal(_ value: Int64, digits: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }

  private static func daysIn(month: Int64, year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  // The two conversions count years from 1 March, so that the leap day is a year's last day, in
  // eras of 400 years, which all have 146,097 days; 719,468 days lie between 0000-03-01 and the
  // Unix epoch.

  private static func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = floorDivide(marchYear, 400)
    let yearOfEra = marchYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func civil(
    daysSinceEpoch: Int64
  ) -> (year: Int64, month: Int64, day: Int64) {
    let days = daysSinceEpoch + 719_468
    let era = floorDivide(days, 146_097)
    let dayOfEra = days - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
    a % b < 0 ? a / b - 1 : a / b
  }

  private static func floorModulo(_ a: Int64, _ b: Int64) -> Int64 {
    a % b < 0 ? a % b + b : a % b
  }

  // MARK: The end of the text

  /// Nanoseconds; zero when there is no fraction at `position`, which moves behind it.
  private static func fraction(
    _ text: RawSpan, _ position: inout Int
  ) throws(TimestampError) -> Int64 {
    guard text.byte(at: position) == UInt8(ascii: ".") else { return 0 }
    position &+= 1
    let first = position
    var value: Int64 = 0
    var scale = nanosecondsPerSecond
    while position < text.byteCount {
      let digit = text.byte(at: position) &- UInt8(ascii: "0")
      if digit > 9 { break }
      if scale == 1 { throw .malformed }
      value = value &* 10 &+ Int64(digit)
      scale /= 10
      position &+= 1
    }
    if position == first { throw .malformed }
    return value &* scale
  }

  /// Seconds east of Greenwich of the zone at `position`, which moves behind it.
  private static func zoneSeconds(
    _ text: RawSpan, _ position: inout Int
  ) throws(TimestampError) -> Int64 {
    guard position < text.byteCount else { throw .malformed }
    let sign = text.byte(at: position)
    if sign | 0x20 == UInt8(ascii: "z") {
      position &+= 1
      return 0
    }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      position &+ 6 <= text.byteCount, text.byte(at: position &+ 3) == UInt8(ascii: ":")
    else { throw .malformed }
    var digits = DigitPairs()
    let hours = digits.pair(text, at: position &+ 1)
    let minutes = digits.pair(text, at: position &+ 4)
    guard digits.areDigits, hours <= 23, minutes <= 59 else { throw .malformed }
    position &+= 6
    let seconds = hours * 3600 + minutes * 60
    return sign == UInt8(ascii: "-") ? -seconds : seconds
  }
}

/// Two-digit numbers, and whether all of them were digits.
private struct DigitPairs {
  var areDigits = true

  mutating func pair(_ text: RawSpan, at offset: Int) -> Int64 {
    let tens = text.byte(at: offset) &- UInt8(ascii: "0")
    let units = text.byte(at: offset &+ 1) &- UInt8(ascii: "0")
    if tens > 9 || units > 9 { areDigits = false }
    return Int64(tens) &* 10 &+ Int64(units)
  }
}

extension RawSpan {
  /// The byte at `offset`, which must be inside.
  fileprivate func byte(at offset: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
  }
}
