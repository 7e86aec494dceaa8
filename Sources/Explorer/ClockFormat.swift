package import TraceIndex
import TraceModel

/// Times as one view writes them: with the date where it spans more than one day, UTC.
package struct ClockFormat {
  package let showsDate: Bool
  /// Digits of a second.
  private let digits: Int

  /// The format for rows of `runs`; times with a date lose their milliseconds where they are
  /// `short`.
  package init(_ runs: [TraceIndex], digits: Int = 3, short: Bool = false) {
    self.init(runs.map(\.totals), digits: digits, short: short)
  }

  init(_ runs: [ExecutionTotals], digits: Int, short: Bool = false) {
    let known = runs.filter { $0.start != 0 || $0.end != 0 }
    let first = known.map(\.start).min().map { Timestamp.dateTime(nanoseconds: $0).prefix(10) }
    let last = known.map(\.end).max().map { Timestamp.dateTime(nanoseconds: $0).prefix(10) }
    showsDate = first != last
    self.digits = showsDate && short ? 0 : digits
  }

  /// Columns that a time takes.
  package var width: Int { (showsDate ? 19 : 8) + (digits > 0 ? digits + 1 : 0) }

  package func text(_ nanoseconds: Int64?) -> String {
    guard let nanoseconds else { return "-" }
    return showsDate
      ? Timestamp.dateTime(nanoseconds: nanoseconds, fractionDigits: digits)
      : Timestamp.timeOfDay(nanoseconds: nanoseconds, fractionDigits: digits)
  }
}

extension TraceIndex {
  /// Nanoseconds since the Unix epoch; nil when the artifact gives no usable time.
  package func knownStart(_ row: Int) -> Int64? {
    marks(row).contains(.timeMissing) ? nil : start(row)
  }
}
