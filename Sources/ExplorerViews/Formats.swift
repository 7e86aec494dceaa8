import Terminal
import TraceModel

// Short names for what every view writes; the rules are TraceModel's, the same as in reports.

/// `412 ms`, `5m00s`, `87 µs`.
func durationText(_ nanoseconds: Int64) -> String { QuantityText.duration(nanoseconds) }

/// `12,948`.
func count(_ number: Int) -> String { QuantityText.count(number) }

/// `2026-03-02 09:00:00.480`, UTC.
func timeText(_ nanoseconds: Int64) -> String {
  Timestamp.dateTime(nanoseconds: nanoseconds, fractionDigits: 3)
}

/// Columns that a text takes.
func displayWidth(of text: String) -> Int { DisplayWidth.width(of: text) }

/// A text as at most `limit` lines of `width` columns, broken between words where there are any.
///
/// Where the text goes on, the last line is too long, so that it is cut with a mark.
func wrapped(_ text: String, width: Int, limit: Int) -> [String] {
  // What has no room is not looked at: a value can be a megabyte long.
  let text = text.prefix((width + 1) * (limit + 1))
  let lines = broken(text, width: width)
  guard lines.count > limit, limit > 0 else { return Array(lines.prefix(limit)) }
  return Array(lines.prefix(limit - 1)) + [lines[limit - 1] + " " + lines[limit]]
}

private func broken(_ text: Substring, width: Int) -> [String] {
  var lines: [String] = []
  var line = ""
  for word in text.split(separator: " ", omittingEmptySubsequences: false) {
    var word = String(word)
    if !line.isEmpty && displayWidth(of: line) + 1 + displayWidth(of: word) > width {
      lines.append(line)
      line = ""
    }
    while displayWidth(of: word) > width {
      let head = String(word.prefix(width))
      lines.append(line.isEmpty ? head : line)
      if line.isEmpty { word.removeFirst(head.count) }
      line = ""
    }
    line += line.isEmpty ? word : " " + word
  }
  if !line.isEmpty || lines.isEmpty { lines.append(line) }
  return lines
}

/// `12,948` as `12k`: at most four columns, rounded down.
func shortCount(_ number: Int) -> String {
  for (unit, letter) in [(1_000_000_000, "G"), (1_000_000, "M"), (1_000, "k")]
  where number >= unit {
    let whole = number / unit
    return whole < 10 ? "\(whole).\(number % unit * 10 / unit)\(letter)" : "\(whole)\(letter)"
  }
  return "\(number)"
}
