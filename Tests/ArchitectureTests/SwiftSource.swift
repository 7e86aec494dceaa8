/// One Swift file as the rules see it.
struct SwiftSource {
  /// Relative to the package's root.
  let path: String
  /// The text line by line, with comments and the contents of string literals blanked out, so that
  /// a rule about code is not broken by words about code.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    var scanner = CodeScanner(Array(text.utf8))
    code = scanner.code().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
  }

  /// The modules that the file imports, in order, with the numbers of their lines from 1.
  var imports: [(line: Int, module: String)] {
    code.enumerated().flatMap { number, line in
      line.split(separator: ";").compactMap { statement in
        SwiftSource.importedModule(statement).map { (number + 1, $0) }
      }
    }
  }

  /// `import M`, after attributes and an access level, perhaps of one declaration: `import struct M.S`.
  private static func importedModule(_ statement: Substring) -> String? {
    var words = statement.split(whereSeparator: \.isWhitespace)
    while let word = words.first, word.hasPrefix("@") || accessLevels.contains(word) {
      words.removeFirst()
    }
    guard words.first == "import" else { return nil }
    words.removeFirst()
    if let kind = words.first, declarationKinds.contains(kind) { words.removeFirst() }
    return words.first.map { String($0.prefix { $0 != "." }) }
  }

  private static let accessLevels: Set<Substring> = [
    "public", "package", "internal", "fileprivate", "private",
  ]
  private static let declarationKinds: Set<Substring> = [
    "typealias", "struct", "class", "enum", "protocol", "let", "var", "func",
  ]

  /// The functions and initializers with bodies, with their lengths in lines.
  ///
  /// Found by indentation, on which the formatter insists.
  var functions: [(line: Int, length: Int)] {
    code.indices.compactMap { start in
      // The words first: the expression is slow.
      guard code[start].contains("func ") || code[start].contains("init"),
        code[start].prefixMatch(of: SwiftSource.declaration) != nil,
        let opening = opening(ofDeclarationAt: start)
      else { return nil }
      let indentation = code[start].prefix { $0 == " " }
      let closing = code[opening...].dropFirst().firstIndex { $0.hasPrefix(indentation + "}") }
      let isOneLine = code[opening].hasSuffix("}")
      return (start + 1, ((isOneLine ? opening : closing) ?? opening) - start + 1)
    }
  }

  /// The line on which the body begins; nil for a requirement of a protocol.
  private func opening(ofDeclarationAt start: Int) -> Int? {
    let indentation = code[start].prefix { $0 == " " }.count
    for index in start..<code.count {
      if index > start, !isContinuation(code[index], of: indentation) { return nil }
      if code[index].hasSuffix("{") || code[index].hasSuffix("}") { return index }
    }
    return nil
  }

  private func isContinuation(_ line: String, of indentation: Int) -> Bool {
    let own = line.prefix { $0 == " " }.count
    let rest = line.dropFirst(own)
    return own > indentation
      || own == indentation && [")", "where ", "->", "{"].contains { rest.hasPrefix($0) }
  }

  // A regular expression is not Sendable, so it is made anew each time.
  private static var declaration: Regex<Substring> {
    /\ *(?:@\w+(?:\([^)]*\))? +)*(?:(?:package|public|private|internal|fileprivate|static|class|final|mutating|nonmutating|consuming|borrowing|override|convenience|required|nonisolated) +)*(?:func|init|deinit)\b/
  }
}

/// Blanks out comments and string literals; line breaks stay where they are.
private struct CodeScanner {
  private let text: [UInt8]
  private var position = 0
  private var result: [UInt8] = []

  init(_ text: [UInt8]) { self.text = text }

  mutating func code() -> [UInt8] {
    while position < text.count {
      switch text[position] {
      case UInt8(ascii: "/") where starts("//"):
        while position < text.count, text[position] != UInt8(ascii: "\n") { blank() }
      case UInt8(ascii: "/") where starts("/*"): skipBlockComment()
      case UInt8(ascii: "\""), UInt8(ascii: "#"): skipString()
      default: keep()
      }
    }
    return result
  }

  private func starts(_ prefix: StaticString, after offset: Int = 0) -> Bool {
    let start = position + offset
    return prefix.withUTF8Buffer { bytes in
      start + bytes.count <= text.count && text[start..<start + bytes.count].elementsEqual(bytes)
    }
  }

  private mutating func keep() {
    result.append(text[position])
    position += 1
  }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where position < text.count {
      result.append(text[position] == UInt8(ascii: "\n") ? UInt8(ascii: "\n") : UInt8(ascii: " "))
      position += 1
    }
  }

  private mutating func skipBlockComment() {
    var depth = 0
    repeat {
      if starts("/*") {
        depth += 1
        blank(2)
      } else if starts("*/") {
        depth -= 1
        blank(2)
      } else {
        blank()
      }
    } while depth > 0 && position < text.count
  }

  /// A literal in any of its forms: `"a"`, `"""a"""`, `#"a"#`.
  private mutating func skipString() {
    var pounds = 0
    while starts("#", after: pounds) { pounds += 1 }
    guard starts("\"", after: pounds) else {
      for _ in 0..<pounds { keep() }
      return
    }
    let isMultiline = starts("\"\"\"", after: pounds)
    let quotes = isMultiline ? 3 : 1
    blank(pounds + quotes)
    while position < text.count, !isEnd(quotes: quotes, pounds: pounds) {
      if !isMultiline && starts("\n") { return }
      if !starts("\\") || !hasPounds(pounds, after: 1) {
        blank()
      } else if starts("(", after: pounds + 1) {
        blank(pounds + 2)
        keepInterpolation()
      } else {
        blank(pounds + 2)
      }
    }
    blank(quotes + pounds)
  }

  private func isEnd(quotes: Int, pounds: Int) -> Bool {
    (quotes == 3 ? starts("\"\"\"") : starts("\"")) && hasPounds(pounds, after: quotes)
  }

  private func hasPounds(_ count: Int, after offset: Int) -> Bool {
    (0..<count).allSatisfy { starts("#", after: offset + $0) }
  }

  /// What stands in an interpolation is code.
  private mutating func keepInterpolation() {
    var depth = 1
    while position < text.count {
      if starts("\"") || starts("#") {
        skipString()
        continue
      }
      if starts("(") { depth += 1 }
      if starts(")") { depth -= 1 }
      if depth == 0 { return blank() }
      keep()
    }
  }
}
