import Terminal
import TraceModel

/// Long dotted names as headings of narrow columns: over several lines, cut, and never two alike.
package enum ColumnHeadings {
  /// The lines of each heading, from the top; lines that are not needed are empty and come first.
  ///
  /// - Parameters:
  ///   - names: exact names, no two the same.
  ///   - width: columns that a heading has.
  ///   - lines: lines that it has; at least one.
  package static func headings(_ names: [String], width: Int, lines: Int) -> [[String]] {
    let parts = names.map { split(visibleText($0), lines: lines) }
    var headings = parts.map { $0.map { cutEnd($0, to: width) } }
    // What the beginnings do not tell apart, the ends often do; where not, a number does.
    for place in twins(headings) { headings[place] = parts[place].map { cutMiddle($0, to: width) } }
    for (number, place) in twins(headings).enumerated() {
      let sign = "#\(number + 1)"
      headings[place][lines - 1] = cutEnd(parts[place][lines - 1], to: width - sign.count) + sign
    }
    return headings
  }

  /// A name as at most `lines` parts: the last ones alone, the others joined as the first.
  private static func split(_ name: String, lines: Int) -> [String] {
    guard !name.isEmpty else { return padded(["(none)"], to: lines) }
    var parts: [String] = []
    var part = ""
    for character in name {
      if ".:/".contains(character), !part.isEmpty {
        parts.append(part)
        part = ""
      } else {
        part.append(character)
      }
    }
    parts.append(part)
    // With one line only the last part is shown: it says what was done.
    let first = lines > 1 ? [parts.dropLast(lines - 1).joined(separator: ".")] : []
    return padded(first + parts.suffix(max(1, lines - 1)), to: lines)
  }

  private static func padded(_ parts: [String], to lines: Int) -> [String] {
    let parts = parts.filter { !$0.isEmpty }
    return Array(repeating: "", count: max(0, lines - parts.count)) + parts
  }

  /// The places of headings that another one equals.
  private static func twins(_ headings: [[String]]) -> [Int] {
    var counts: [[String]: Int] = [:]
    for heading in headings { counts[heading, default: 0] += 1 }
    return headings.indices.filter { counts[headings[$0], default: 0] > 1 }
  }

  private static func cutEnd(_ text: String, to width: Int) -> String {
    guard displayWidth(of: text) > width else { return text }
    return prefix(of: text, width - 1) + "…"
  }

  private static func cutMiddle(_ text: String, to width: Int) -> String {
    guard displayWidth(of: text) > width else { return text }
    let tail = String(prefix(of: String(text.reversed()), width / 2).reversed())
    return prefix(of: text, width - 1 - displayWidth(of: tail)) + "…" + tail
  }

  private static func prefix(of text: String, _ width: Int) -> String {
    var result = ""
    var columns = 0
    for character in text {
      columns += displayWidth(of: String(character))
      if columns > width { break }
      result.append(character)
    }
    return result
  }
}
