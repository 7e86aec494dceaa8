/// Quantities as people read them, rounded and with a unit; exact values are for JSON and CSV.
package enum QuantityText {
  private static let microsecond: Int64 = 1_000
  private static let millisecond: Int64 = 1_000_000
  private static let second: Int64 = 1_000_000_000

  /// A duration such as `412 ms`, `1.2 s`, `87 µs`, `5m00s` or `3d04h`; at most seven columns wide
  /// below a thousand days.
  ///
  /// Rounded half up to the smallest part shown. `micro` is the sign of a microsecond, for
  /// terminals without UTF-8.
  package static func duration(_ nanoseconds: Int64, micro: String = "µs") -> String {
    if nanoseconds < 0 {
      return "-" + duration(Int64(clamping: nanoseconds.magnitude), micro: micro)
    }
    if nanoseconds < microsecond { return "\(nanoseconds) ns" }
    // A value that would round up to 1,000 of its unit belongs to the next one.
    if nanoseconds < 999 * microsecond + 500 {
      return scaled(nanoseconds, by: microsecond, decimalBelow: 10) + " " + micro
    }
    if nanoseconds < 999 * millisecond + 500 * microsecond {
      return scaled(nanoseconds, by: millisecond, decimalBelow: 10) + " ms"
    }
    if nanoseconds < 60 * second - 50 * millisecond {
      return scaled(nanoseconds, by: second, decimalBelow: 60) + " s"
    }
    return long(nanoseconds)
  }

  private static func scaled(_ value: Int64, by unit: Int64, decimalBelow limit: Int64) -> String {
    let tenths = rounded(value, by: unit / 10)
    if tenths < limit * 10 { return "\(tenths / 10).\(tenths % 10)" }
    return String(rounded(value, by: unit))
  }

  private static func rounded(_ value: Int64, by unit: Int64) -> Int64 {
    value / unit + (value % unit * 2 >= unit ? 1 : 0)
  }

  /// Two neighbouring units, from minutes on.
  private static func long(_ nanoseconds: Int64) -> String {
    let seconds = rounded(nanoseconds, by: second)
    if seconds < 3600 { return "\(seconds / 60)m" + padded(seconds % 60) + "s" }
    let minutes = rounded(nanoseconds, by: 60 * second)
    if minutes < 24 * 60 { return "\(minutes / 60)h" + padded(minutes % 60) + "m" }
    let hours = rounded(nanoseconds, by: 3600 * second)
    return "\(hours / 24)d" + padded(hours % 24) + "h"
  }

  private static func padded(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }

  /// A whole number with a comma between groups of three digits: `3,406`.
  package static func count(_ value: some BinaryInteger) -> String {
    let digits = Array(String(value.magnitude))
    var text = value < 0 ? "-" : ""
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.count - place) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  /// A number of things: `1 span`, `3,406 spans`; the plural is the noun with an `s`.
  package static func count(_ value: some BinaryInteger, _ noun: String) -> String {
    count(value) + " " + noun + (value == 1 ? "" : "s")
  }

  /// A part of a whole with one decimal: `25.6 %`; `–` of nothing.
  ///
  /// `0 %` and `100 %` stand for none and all, never for a rounded value.
  package static func percent(_ part: Int64, of whole: Int64) -> String {
    if whole <= 0 { return "–" }
    if part == 0 { return "0 %" }
    if part == whole { return "100 %" }
    let tenths = (Int128(part) * 2000 + Int128(whole)) / (Int128(whole) * 2)
    if part > 0 && tenths == 0 { return "<0.1 %" }
    if part < whole && tenths >= 1000 { return ">99.9 %" }
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// A size in decimal units, rounded half up: `88 B`, `3.2 MB`.
  package static func bytes(_ count: UInt64) -> String {
    var unit: UInt64 = 1
    var name = "B"
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] where count >= unit * 999 + (unit + 1) / 2 {
      unit *= 1000
      name = next
    }
    if unit == 1 { return "\(count) B" }
    let tenths = count / (unit / 10) + (count % (unit / 10) * 2 >= unit / 10 ? 1 : 0)
    if tenths < 100 { return "\(tenths / 10).\(tenths % 10) \(name)" }
    return "\(count / unit + (count % unit * 2 >= unit ? 1 : 0)) \(name)"
  }
}

extension Timestamp {
  /// `2026-03-02 09:00:00.480`: UTC, cut (not rounded) to `fractionDigits` digits of a second.
  package static func dateTime(nanoseconds: Int64, fractionDigits: Int = 0) -> String {
    let exact = text(nanoseconds: nanoseconds)
    return exact.prefix(10) + " " + exact.dropFirst(11).prefix(clockLength(fractionDigits))
  }

  /// `09:00:00.480`: UTC, cut (not rounded) to `fractionDigits` digits of a second.
  package static func timeOfDay(nanoseconds: Int64, fractionDigits: Int = 0) -> String {
    String(text(nanoseconds: nanoseconds).dropFirst(11).prefix(clockLength(fractionDigits)))
  }

  private static func clockLength(_ fractionDigits: Int) -> Int {
    fractionDigits > 0 ? 9 + min(fractionDigits, 9) : 8
  }
}
