import TraceModel

/// A moment as the language spells it; times of day and times without a zone are UTC.
enum TimeLiteral: Sendable, Equatable {
  /// Nanoseconds since the Unix epoch.
  case absolute(Int64)
  /// Nanoseconds before the end of the data: `-5m`. Never "now", so a query always means the same.
  case beforeEnd(Int64)
  /// Nanoseconds since midnight, on the day of the data.
  case timeOfDay(Int64)

  /// Nanoseconds since the Unix epoch, in an execution that lasted from `start` to `end`.
  ///
  /// A time of day is the last one inside the data; outside it, the one on the data's last day.
  func nanoseconds(from start: Int64, to end: Int64) -> Int64 {
    let day: Int64 = 86_400_000_000_000
    switch self {
    case .absolute(let time): return time
    case .beforeEnd(let duration):
      let (time, overflow) = end.subtractingReportingOverflow(duration)
      return overflow ? .min : time
    case .timeOfDay(let time):
      let sinceMidnight = (end % day + day) % day
      let last = Int128(end) - Int128(sinceMidnight) + Int128(time)
      let before = last - Int128(day)
      return Int64(clamping: last > end && before >= start ? before : last)
    }
  }

  /// The moment that `text` spells: `-5m`, `10:01`, `2026-03-02`, or RFC 3339 with or without
  /// seconds and zone.
  ///
  /// - Throws: `LiteralError` for a text that is none, and outside the years 1677 to 2262.
  init(_ text: String) throws(LiteralError) {
    let isDated = text.utf8.dropFirst(4).first == UInt8(ascii: "-")
    if isDated {
      let parts = text.split(
        maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { "Tt ".contains($0) })
      let time = parts.count > 1 ? TimeLiteral.completed(parts[1]) : "00:00:00Z"
      self = .absolute(try TimeLiteral.moment("\(parts[0])T\(time)", text))
    } else if text.first == "-" {
      let duration = try DurationText.nanoseconds(String(text.dropFirst()))
      if duration < 0 { throw TimeLiteral.malformed(text) }
      self = .beforeEnd(duration)
    } else {
      guard !text.contains(where: { "Zz+-".contains($0) }) else {
        throw TimeLiteral.malformed(text)
      }
      self = .timeOfDay(
        try TimeLiteral.moment("1970-01-01T" + TimeLiteral.completed(text[...]), text))
    }
  }

  /// A time with its seconds and its zone.
  private static func completed(_ text: Substring) -> String {
    let zone = text.firstIndex { "Zz+-".contains($0) } ?? text.endIndex
    let time = text[..<zone]
    let seconds = time.utf8.count == 5 ? ":00" : ""
    return time + seconds + (zone == text.endIndex ? "Z" : text[zone...])
  }

  private static func moment(_ text: String, _ written: String) throws(LiteralError) -> Int64 {
    let bytes = Array(text.utf8)
    do throws(TimestampError) {
      return try Timestamp.nanoseconds(rfc3339: bytes.span.bytes)
    } catch {
      switch error {
      case .malformed: throw malformed(written)
      case .outOfRange: throw LiteralError("'\(written)' is out of range")
      }
    }
  }

  private static func malformed(_ text: String) -> LiteralError {
    LiteralError("'\(text)' is not a time such as -5m, 10:01:12 or 2026-03-02T10:01:12Z")
  }
}

extension TimeLiteral: CustomStringConvertible {
  /// The shortest spelling that says the same.
  var description: String {
    switch self {
    case .absolute(let time): TimeLiteral.trimmed(Timestamp.text(nanoseconds: time)) + "Z"
    case .beforeEnd(let duration): "-" + DurationText.text(duration)
    case .timeOfDay(let time):
      TimeLiteral.trimmed(String(Timestamp.text(nanoseconds: time).dropFirst(11)))
    }
  }

  /// Without the zone and without zeros at the end of the fraction.
  private static func trimmed(_ text: String) -> String {
    var rest = text.dropLast()
    while rest.last == "0", rest.contains(".") { rest.removeLast() }
    if rest.last == "." { rest.removeLast() }
    return String(rest)
  }
}
