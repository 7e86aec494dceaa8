import TraceModel

/// A record's bytes as lines to read.
enum RecordText {
  /// Bytes shown at most; the rest is counted.
  private static let limit = 256 << 10

  /// JSON with a line for each member, by brackets and commas outside strings. The text itself is
  /// not changed, so that what is not quite JSON can be read, too.
  static func pretty(_ bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    var line: [UInt8] = []
    var depth = 0
    var inString = false
    var escaped = false
    func flush() {
      let text = String(repeating: "  ", count: min(depth, 30)) + visibleText(line.span.bytes)
      if !line.isEmpty { lines.append(text) }
      line = []
    }
    for byte in bytes.prefix(limit) {
      if inString {
        line.append(byte)
        if !escaped && byte == UInt8(ascii: "\"") { inString = false }
        escaped = !escaped && byte == UInt8(ascii: "\\")
        continue
      }
      switch byte {
      case UInt8(ascii: "\""):
        inString = true
        line.append(byte)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        line.append(byte)
        flush()
        depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        flush()
        depth = max(0, depth - 1)
        line.append(byte)
      case UInt8(ascii: ","):
        line.append(byte)
        flush()
      case UInt8(ascii: ":"):
        line += [byte, UInt8(ascii: " ")]
      case 0x20, 0x09, 0x0A, 0x0D:
        continue
      default:
        line.append(byte)
      }
    }
    flush()
    return joinEmpty(lines) + rest(bytes)
  }

  /// The bytes as they are, a line for each line feed.
  static func original(_ bytes: [UInt8]) -> [String] {
    bytes.prefix(limit).split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { visibleText(Array($0).span.bytes) } + rest(bytes)
  }

  /// Sixteen bytes a line, with the offset in the record and the printable ones as text.
  static func hexadecimal(_ bytes: [UInt8]) -> [String] {
    stride(from: 0, to: min(bytes.count, limit), by: 16).map { start in
      let part = bytes[start..<min(start + 16, bytes.count)]
      let digits = part.map { TraceModel.hexadecimal(UInt64($0), digits: 2) }
        .joined(separator: " ")
      let padding = String(repeating: " ", count: max(0, 48 - digits.count))
      let text = String(
        part.map { (0x20...0x7E).contains($0) ? Character(Unicode.Scalar($0)) : "." })
      return TraceModel.hexadecimal(UInt64(start), digits: 8) + "  " + digits + padding + " " + text
    } + rest(bytes)
  }

  private static func rest(_ bytes: [UInt8]) -> [String] {
    bytes.count > limit ? ["… \(bytes.count - limit) more bytes"] : []
  }

  /// Puts `{` and `}` of an empty object back on one line.
  private static func joinEmpty(_ lines: [String]) -> [String] {
    var joined: [String] = []
    for line in lines {
      let closer = line.drop { $0 == " " }
      if let last = joined.last, let opener = last.last,
        (opener == "{" && closer.first == "}") || (opener == "[" && closer.first == "]")
      {
        joined[joined.count - 1] = last + closer
      } else {
        joined.append(line)
      }
    }
    return joined
  }
}
