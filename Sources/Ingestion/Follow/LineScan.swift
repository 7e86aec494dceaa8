/// How far a line of JSON has come: its brackets, counted outside of strings.
struct LineScan {
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  private var hasBracket = false

  /// Whether the line holds a value with all of its brackets: more may come, but need not.
  var isWhole: Bool { hasBracket && depth == 0 && !isInString }

  mutating func take(_ byte: UInt8) {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      hasBracket = true
      depth += 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"): depth = max(0, depth - 1)
    default: break
    }
  }
}

/// What the first bytes of an artifact say of how it grows.
enum GrowthShape: Equatable {
  /// Nothing but space so far.
  case empty
  /// The first line has not come to its end.
  case open
  /// A value a line: what is appended can be read by itself.
  case lines
  /// It does not grow by lines; a phrase says what it is.
  case other(String)

  init(prefix: [UInt8]) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let rest =
      mark.starts(with: prefix.prefix(mark.count)) ? prefix.dropFirst(mark.count) : prefix[...]
    let content = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }
    guard let first = content.first else {
      self = .empty
      return
    }
    guard first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else {
      self = .other(first == UInt8(ascii: "<") ? "XML" : "no lines of JSON")
      return
    }
    var line = LineScan()
    for byte in content {
      if byte == 0x0A {
        self = .other("a JSON document over several lines")
        return
      }
      line.take(byte)
      if line.isWhole {
        self = .lines
        return
      }
    }
    self = .open
  }
}
