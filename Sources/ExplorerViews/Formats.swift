import Terminal
import TraceModel

// Short names for what every view writes; the rules are TraceModel's, the same as in reports.

/// `412 ms`, `5m00s`, `87 µs`.
func durationText(_ nanoseconds: Int64) -> String { QuantityText.duration(nanoseconds) }

/// `12,948`.
func count(_ number: Int) -> String { QuantityText.count(number) }

/// `10:01:12.480`, UTC.
func clockText(_ nanoseconds: Int64) -> String {
  Timestamp.timeOfDay(nanoseconds: nanoseconds, fractionDigits: 3)
}

/// `2026-03-02 09:00:00.480`, UTC.
func timeText(_ nanoseconds: Int64) -> String {
  Timestamp.dateTime(nanoseconds: nanoseconds, fractionDigits: 3)
}

/// Columns that a text takes.
func displayWidth(of text: String) -> Int { DisplayWidth.width(of: text) }

/// A text as lines of at most `width` columns, broken between words where there are any.
func wrapped(_ text: String, width: Int) -> [String] {
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
