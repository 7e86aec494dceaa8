/// One Swift file as the rules see it.
struct SwiftSource {
  /// Relative to the package's root.
  let path: String
  /// The text line by line, with comments and the contents of string literals blanked out, so that
  /// a rule about code is not broken by words about code.
  let code: [String]

  init(path: String, text: String) {
    self.path = path
    var scanner = CodeScanner(Array(text.unicodeScalars))
    code = scanner.code().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
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
      guard code[start].prefixMatch(of: SwiftSource.declaration) != nil,
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
  private let text: [Unicode.Scalar]
  private var position = 0
  private var result = ""

  init(_ text: [Unicode.Scalar]) { self.text = text }

  mutating func code() -> String {
    while position < text.count {
      if starts("//") {
        skip { $0.starts("\n") }
      } else if starts("/*") {
        skipBlockComment()
      } else if text[position] == "\"" || text[position] == "#" {
        skipString()
      } else {
        keep()
      }
    }
    return result
  }

  private func starts(_ prefix: String) -> Bool {
    text[position...].starts(with: prefix.unicodeScalars)
  }

  private mutating func keep() {
    result.unicodeScalars.append(text[position])
    position += 1
  }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where position < text.count {
      result.unicodeScalars.append(text[position] == "\n" ? "\n" : " ")
      position += 1
    }
  }

  private mutating func skip(until isEnd: (CodeScanner) -> Bool) {
    while position < text.count, !isEnd(self) { blank() }
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
    let pounds = text[position...].prefix { $0 == "#" }.count
    guard text[(position + pounds)...].first == "\"" else {
      for _ in 0..<pounds { keep() }
      return
    }
    let fence = String(repeating: "#", count: pounds)
    let isMultiline = text[(position + pounds)...].starts(with: "\"\"\"".unicodeScalars)
    let end = (isMultiline ? "\"\"\"" : "\"") + fence
    blank(pounds + (isMultiline ? 3 : 1))
    while position < text.count, !starts(end) {
      if !isMultiline && text[position] == "\n" { return }
      if starts("\\" + fence + "(") {
        blank(pounds + 2)
        keepInterpolation()
      } else {
        blank(starts("\\" + fence) ? pounds + 2 : 1)
      }
    }
    blank(end.unicodeScalars.count)
  }

  /// What stands in an interpolation is code.
  private mutating func keepInterpolation() {
    var depth = 1
    while position < text.count {
      if text[position] == "\"" || text[position] == "#" {
        skipString()
        continue
      }
      if text[position] == "(" { depth += 1 }
      if text[position] == ")" { depth -= 1 }
      if depth == 0 { return blank() }
      keep()
    }
  }
}
