/// A moment as the language spells it; times of day and zoneless times are UTC.
enum TimeLiteral: Sendable, Equatable {
  /// Nanoseconds since the Unix epoch.
  case absolute(Int64)
  /// Nanoseconds before the end of the data: `-5m`. Never "now", so a query always means the same.
  case beforeEnd(Int64)
  /// Nanoseconds since midnight, on the day of the data.
  case timeOfDay(Int64)

  private static let day: Int64 = 86_400_000_000_000

  /// Nanoseconds since the Unix epoch, in an execution that lasted from `start` to `end`.
  ///
  /// A time of day is the last one inside the data; outside it, the one on the data's last day.
  func nanoseconds(from start: Int64, to end: Int64) -> Int64 {
    switch self {
    case .absolute(let time): return time
    case .beforeEnd(let duration):
      let (time, overflow) = end.subtractingReportingOverflow(duration)
      return overflow ? .min : time
    case .timeOfDay(let time):
      let sinceMidnight = (end % TimeLiteral.day + TimeLiteral.day) % TimeLiteral.day
      let last = Int128(end) - Int128(sinceMidnight) + Int128(time)
      let before = last - Int128(TimeLiteral.day)
      return Int64(clamping: last > end && before >= start ? before : last)
    }
  }

  /// The moment that `text` spells.
  ///
  /// - Throws: `LiteralError` for a text that is none, and outside the years 1677 to 2262.
  init(_ text: String) throws(LiteralError) {
    if text.first == "-" {
      let duration = try DurationText.nanoseconds(String(text.dropFirst()))
      if duration < 0 { throw TimeInput(text).error }
      self = .beforeEnd(duration)
      return
    }
    var input = TimeInput(text)
    if input.hasDate {
      let days = try input.date()
      let time = try input.isAtEnd ? 0 : input.timeOfDay(afterDate: true)
      let offset = try input.offset()
      let seconds = days * 86_400 - offset
      let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
      let (sum, carry) = whole.addingReportingOverflow(time)
      if overflow || carry { throw LiteralError("'\(text)' is out of range") }
      self = .absolute(sum)
    } else {
      self = .timeOfDay(try input.timeOfDay(afterDate: false))
    }
    if !input.isAtEnd { throw input.error }
  }
}

extension TimeLiteral: CustomStringConvertible {
  var description: String {
    switch self {
    case .absolute(let time): TimeText.text(time)
    case .beforeEnd(let duration): "-" + DurationText.text(duration)
    case .timeOfDay(let time): TimeText.clock(time)
    }
  }
}

/// Moments in RFC 3339, in UTC, with as many decimals as they need.
enum TimeText {
  static func text(_ nanoseconds: Int64) -> String {
    let day: Int64 = 86_400_000_000_000
    let days = nanoseconds / day - (nanoseconds % day < 0 ? 1 : 0)
    let rest = (nanoseconds % day + day) % day
    let date = CivilDate(daysSinceEpoch: days)
    return padded(date.year, 4) + "-" + padded(date.month, 2) + "-" + padded(date.day, 2) + "T"
      + clock(rest) + "Z"
  }

  /// `10:01:12.48`, from nanoseconds since midnight.
  static func clock(_ nanoseconds: Int64) -> String {
    let seconds = nanoseconds / 1_000_000_000
    var text = padded(seconds / 3_600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":"
    text += padded(seconds % 60, 2)
    var fraction = padded(nanoseconds % 1_000_000_000, 9)
    while fraction.last == "0" { fraction.removeLast() }
    return fraction.isEmpty ? text : text + "." + fraction
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
  }
}

/// A day of the Gregorian calendar (proleptic), by the algorithms of Howard Hinnant's
/// `chrono`-compatible date algorithms: eras of 400 years that begin in March.
struct CivilDate {
  var year: Int64
  var month: Int64
  var day: Int64

  init(daysSinceEpoch days: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  var daysSinceEpoch: Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Whether the calendar has such a day.
  var isValid: Bool {
    guard (1...12).contains(month), day >= 1 else { return false }
    let back = CivilDate(daysSinceEpoch: daysSinceEpoch)
    return back.month == month && back.day == day && back.year == year
  }
}

/// Reads the parts of RFC 3339.
private struct TimeInput {
  private let text: String
  private let bytes: [UInt8]
  private var position = 0

  init(_ text: String) {
    self.text = text
    bytes = Array(text.utf8)
  }

  var isAtEnd: Bool { position == bytes.count }
  var hasDate: Bool { bytes.count >= 5 && bytes[4] == UInt8(ascii: "-") }
  var error: LiteralError {
    LiteralError(
      "'\(text)' is not a time such as -5m, 10:01:12 or 2026-03-02T10:01:12Z")
  }

  private mutating func digits(_ count: Int) throws(LiteralError) -> Int64 {
    var value: Int64 = 0
    for _ in 0..<count {
      guard !isAtEnd, bytes[position] >= 48, bytes[position] <= 57 else { throw error }
      value = value * 10 + Int64(bytes[position] - 48)
      position += 1
    }
    return value
  }

  private mutating func take(_ characters: String) -> Bool {
    guard !isAtEnd, characters.utf8.contains(bytes[position]) else { return false }
    position += 1
    return true
  }

  /// Days since the Unix epoch.
  mutating func date() throws(LiteralError) -> Int64 {
    let year = try digits(4)
    guard take("-") else { throw error }
    let month = try digits(2)
    guard take("-") else { throw error }
    let date = CivilDate(year: year, month: month, day: try digits(2))
    guard date.isValid else { throw LiteralError("'\(text)' is not a day of the calendar") }
    return date.daysSinceEpoch
  }

  /// Nanoseconds since midnight.
  mutating func timeOfDay(afterDate: Bool) throws(LiteralError) -> Int64 {
    if afterDate, !take("Tt ") { throw error }
    let hour = try digits(2)
    guard take(":") else { throw error }
    let minute = try digits(2)
    let second = take(":") ? try digits(2) : 0
    guard hour < 24, minute < 60, second < 60 else { throw error }
    var fraction: Int64 = 0
    if take(".") {
      var scale: Int64 = 100_000_000
      let first = position
      while !isAtEnd, bytes[position] >= 48, bytes[position] <= 57, scale > 0 {
        fraction += Int64(bytes[position] - 48) * scale
        scale /= 10
        position += 1
      }
      if position == first { throw error }
    }
    return ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + fraction
  }

  /// Seconds east of UTC; none written means UTC.
  mutating func offset() throws(LiteralError) -> Int64 {
    if isAtEnd || take("Zz") { return 0 }
    let isWest = !isAtEnd && bytes[position] == UInt8(ascii: "-")
    guard take("+-") else { throw error }
    let hours = try digits(2)
    guard take(":") else { throw error }
    let minutes = try digits(2)
    guard hours < 24, minutes < 60 else { throw error }
    return (hours * 60 + minutes) * (isWest ? -60 : 60)
  }
}
