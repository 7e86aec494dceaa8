/// The bytes of one YAML document, and how far they are read.
struct YAMLScanner {
  private let bytes: [UInt8]
  private var line: Int
  private(set) var lineStart = 0
  var position = 0

  private init(_ bytes: some Sequence<UInt8>, firstLine: Int) {
    self.bytes = Array(bytes)
    line = firstLine
  }

  /// The documents of a text, which lines of three hyphens divide.
  static func documents(of text: String) throws(YAMLError) -> [YAMLScanner] {
    var bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    var scanners: [YAMLScanner] = []
    var lines: [UInt8] = []
    var first = 1
    for (number, whole) in bytes.split(separator: lineFeed, omittingEmptySubsequences: false)
      .enumerated()
    {
      let line = whole.last == UInt8(ascii: "\r") ? whole.dropLast() : whole
      let isMark = line.starts(with: "---".utf8) || line.starts(with: "...".utf8)
      if isMark && (line.count == 3 || isSpace(line[line.startIndex + 3])) {
        scanners.append(YAMLScanner(lines, firstLine: first))
        lines = Array("   ".utf8) + line.dropFirst(3)
        first = number + 1
      } else if line.first == UInt8(ascii: "%"), lines.allSatisfy({ isSpace($0) || $0 == lineFeed })
      {
        guard line.starts(with: "%YAML 1.".utf8) else {
          throw YAMLError(line: number + 1, problem: "directives other than %YAML 1 are not read")
        }
      } else {
        lines += line
      }
      lines.append(lineFeed)
    }
    // The last line has no end of its own; what looks like one is an empty line behind it.
    return scanners + [YAMLScanner(lines.dropLast(), firstLine: first)]
  }

  func fault(_ problem: String) -> YAMLError {
    YAMLError(line: line, problem: problem)
  }

  // MARK: Where it stands

  static let lineFeed = UInt8(ascii: "\n")

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
  }

  var isAtEnd: Bool { position >= bytes.count }
  /// The byte to be read; a line end behind the last.
  var byte: UInt8 { peek(0) }
  var column: Int { position - lineStart }
  var isQuote: Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

  /// Whether nothing but a comment stands on the rest of the line.
  var isAtLineEnd: Bool {
    byte == YAMLScanner.lineFeed
      || (byte == UInt8(ascii: "#") && (position == lineStart || isBlank(-1)))
  }

  private func peek(_ offset: Int) -> UInt8 {
    bytes.indices.contains(position + offset) ? bytes[position + offset] : YAMLScanner.lineFeed
  }

  private func isBlank(_ offset: Int) -> Bool {
    peek(offset) == YAMLScanner.lineFeed || YAMLScanner.isSpace(peek(offset))
  }

  /// Whether `sign` stands alone here, before an entry of a collection.
  func isEntry(_ sign: Unicode.Scalar) -> Bool { byte == UInt8(ascii: sign) && isBlank(1) }

  /// Whether a key and its colon stand here, on one line.
  var isAtKey: Bool {
    var other = self
    do throws(YAMLError) {
      _ = try other.key()
      return true
    } catch { return false }
  }

  // MARK: Moving

  /// Takes a line end.
  mutating func newLine() {
    position += 1
    lineStart = position
    line += 1
  }

  mutating func skipSpaces() {
    while !isAtEnd, YAMLScanner.isSpace(byte) { position += 1 }
  }

  /// Passes over white space, line ends and comments.
  mutating func seekToken() throws(YAMLError) {
    while !isAtEnd {
      if byte == YAMLScanner.lineFeed {
        newLine()
      } else if byte == UInt8(ascii: "\t"), bytes[lineStart..<position].allSatisfy({ $0 == 0x20 }) {
        throw fault("a tab in the indentation")
      } else if YAMLScanner.isSpace(byte) {
        position += 1
      } else if isAtLineEnd {
        skipLine()
      } else {
        return
      }
    }
  }

  /// Passes over the rest of the line, where only a comment may stand.
  mutating func endLine() throws(YAMLError) {
    skipSpaces()
    guard isAtLineEnd else { throw fault("more on the line than a value") }
    skipLine()
  }

  /// Takes a sign of a flow collection, with what is before it.
  mutating func take(_ sign: Unicode.Scalar) throws(YAMLError) -> Bool {
    try seekToken()
    guard !isAtEnd else { throw fault("a list or mapping has no end") }
    guard byte == UInt8(ascii: sign) else { return false }
    position += 1
    return true
  }

  private mutating func skipLine() {
    while !isAtEnd, byte != YAMLScanner.lineFeed { position += 1 }
  }

  // MARK: Plain scalars

  /// Signs that cannot begin a plain scalar.
  private static let indicators = Array(",[]{}#&*!|>'\"%@`".utf8)
  private static let flowSigns = Array(",[]{}".utf8)

  private func checkPlainStart() throws(YAMLError) {
    if [UInt8(ascii: "&"), UInt8(ascii: "*"), UInt8(ascii: "!")].contains(byte) {
      throw fault("anchors, aliases and tags are not read")
    }
    let isSign = ["-", "?", ":"].contains { isEntry($0) }
    guard !YAMLScanner.indicators.contains(byte), !isSign else { throw fault("a value expected") }
  }

  /// A key on one line and its colon.
  mutating func key() throws(YAMLError) -> String {
    if isQuote {
      let line = lineStart
      let text = try quoted()
      skipSpaces()
      guard line == lineStart, isEntry(":") else { throw fault("':' expected") }
      position += 1
      return text
    }
    try checkPlainStart()
    let start = position
    while !isAtLineEnd, !isEntry(":") { position += 1 }
    guard isEntry(":") else { throw fault("':' expected") }
    let text = trimmed(start..<position)
    position += 1
    return text
  }

  private func trimmed(_ range: Range<Int>) -> String {
    var part = bytes[range]
    while let last = part.last, YAMLScanner.isSpace(last) { part.removeLast() }
    return String(decoding: part, as: UTF8.self)
  }

  /// A plain scalar below something in column `parent`, over all its lines.
  mutating func plain(parent: Int) throws(YAMLError) -> String {
    try checkPlainStart()
    var text = ""
    while true {
      let start = position
      while !isAtLineEnd {
        if isEntry(":") { throw fault("a key inside a value") }
        position += 1
      }
      text += trimmed(start..<position)
      guard byte == YAMLScanner.lineFeed, let breaks = continuation(parent) else {
        skipLine()
        return text
      }
      text += breaks == 1 ? " " : String(repeating: "\n", count: breaks - 1)
    }
  }

  /// Goes to the next line when it continues a scalar, and tells how many line ends are between.
  private mutating func continuation(_ parent: Int) -> Int? {
    var other = self
    var breaks = 0
    while !other.isAtEnd, other.byte == YAMLScanner.lineFeed {
      breaks += 1
      other.newLine()
      while other.byte == UInt8(ascii: " ") { other.position += 1 }
    }
    guard !other.isAtEnd, other.column > parent, other.byte != UInt8(ascii: "#") else { return nil }
    self = other
    return breaks
  }

  /// A plain scalar in a flow collection, on one line.
  mutating func flowPlain() throws(YAMLError) -> String {
    try checkPlainStart()
    let start = position
    while !isAtLineEnd, !YAMLScanner.flowSigns.contains(byte) {
      if byte == UInt8(ascii: ":") && (isBlank(1) || YAMLScanner.flowSigns.contains(peek(1))) {
        break
      }
      position += 1
    }
    return trimmed(start..<position)
  }

  // MARK: Block scalars

  /// A scalar that begins with `|` or `>`.
  mutating func blockScalar(parent: Int) throws(YAMLError) -> String {
    let isFolded = byte == UInt8(ascii: ">")
    position += 1
    var indentation: Int?
    var chomping: UInt8?
    while !isBlank(0) {
      if (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(byte), indentation == nil {
        indentation = max(parent, 0) + Int(byte - UInt8(ascii: "0"))
      } else if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-"), chomping == nil {
        chomping = byte
      } else {
        throw fault("no header of a block scalar")
      }
      position += 1
    }
    try endLine()
    var lines = try blockLines(parent: parent, indentation)
    var blanks = 0
    while lines.last?.isEmpty ?? false {
      lines.removeLast()
      blanks += 1
    }
    if isFolded && lines.contains(where: { $0.hasPrefix(" ") || $0.hasPrefix("\t") }) {
      throw fault("folded text with lines of its own indentation is not read")
    }
    let text = isFolded ? YAMLScanner.folded(lines) : lines.joined(separator: "\n")
    switch chomping {
    case UInt8(ascii: "-"): return text
    case UInt8(ascii: "+"):
      return text + String(repeating: "\n", count: lines.isEmpty ? blanks : blanks + 1)
    default: return lines.isEmpty || (isAtEnd && blanks == 0) ? text : text + "\n"
    }
  }

  private mutating func blockLines(
    parent: Int, _ given: Int?
  ) throws(YAMLError) -> [String] {
    var lines: [String] = []
    var indentation = given
    while !isAtEnd {
      let start = position + 1
      var end = start
      while end < bytes.count, bytes[end] == UInt8(ascii: " ") { end += 1 }
      let isEmpty = end >= bytes.count || bytes[end] == YAMLScanner.lineFeed
      if start >= bytes.count { break }
      if !isEmpty {
        let needed = indentation ?? (end - start)
        guard end - start >= needed, needed > parent else { break }
        indentation = needed
      }
      newLine()
      skipLine()
      let content = min(start + (indentation ?? position), position)
      lines.append(String(decoding: bytes[content..<position], as: UTF8.self))
    }
    return lines
  }

  private static func folded(_ lines: [String]) -> String {
    var text = ""
    var breaks = 0
    for (number, line) in lines.enumerated() {
      if line.isEmpty {
        breaks += 1
        continue
      }
      if breaks > 0 {
        text += String(repeating: "\n", count: breaks)
      } else if number > 0 {
        text += " "
      }
      text += line
      breaks = 0
    }
    return text
  }
}
