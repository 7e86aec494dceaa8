/// Reads YAML 1.2 as policies are written in it: block and flow collections, plain, quoted and block
/// scalars, comments, several documents; JSON is a part of it.
///
/// What would mean something else to another parser is refused: anchors, aliases and tags, keys that
/// are there twice, tabs as indentation.
package struct YAMLReader {
  private var scanner: YAMLScanner

  private init(_ scanner: YAMLScanner) { self.scanner = scanner }

  /// The documents of a text; one in which nothing but comments stands is left out.
  ///
  /// - Throws: `YAMLError`.
  package static func documents(_ text: String) throws(YAMLError) -> [YAMLNode] {
    var nodes: [YAMLNode] = []
    for scanner in try YAMLScanner.documents(of: text) {
      var reader = YAMLReader(scanner)
      try reader.scanner.seekToken()
      if reader.scanner.isAtEnd { continue }
      nodes.append(try reader.block(least: 0, depth: 0))
      try reader.scanner.seekToken()
      guard reader.scanner.isAtEnd else { throw reader.scanner.fault("less indentation expected") }
    }
    return nodes
  }

  /// Levels of collections that are read; walking more would need as much stack.
  private static let deepest = 64

  // MARK: Block collections

  /// What begins at the next token, in column `least` or behind it; null when nothing does.
  private mutating func block(least: Int, depth: Int) throws(YAMLError) -> YAMLNode {
    try scanner.seekToken()
    guard !scanner.isAtEnd, scanner.column >= least else { return .literal("") }
    guard depth < YAMLReader.deepest else { throw scanner.fault("nested too deeply") }
    if scanner.isEntry("-") { return try sequence(at: scanner.column, depth: depth) }
    if scanner.isEntry("?") || scanner.isAtKey {
      return try mapping(at: scanner.column, depth: depth)
    }
    return try inline(parent: least - 1, depth: depth)
  }

  private mutating func sequence(at column: Int, depth: Int) throws(YAMLError) -> YAMLNode {
    var elements: [YAMLNode] = []
    while try isNext(column), scanner.isEntry("-") {
      scanner.position += 1
      elements.append(try block(least: column + 1, depth: depth + 1))
    }
    return .sequence(elements)
  }

  private mutating func mapping(at column: Int, depth: Int) throws(YAMLError) -> YAMLNode {
    var entries: [YAMLNode.Entry] = []
    var keys: Set<Name> = []
    while try isNext(column) {
      let key: Name
      let isExplicit = scanner.isEntry("?")
      if isExplicit {
        key = try explicitKey(column, depth)
      } else if !scanner.isEntry("-"), scanner.isAtKey {
        key = Name(try scanner.key())
      } else {
        throw scanner.fault("a key expected")
      }
      guard keys.insert(key).inserted else { throw scanner.fault("the same key twice") }
      let value = try value(of: column, isExplicit: isExplicit, depth: depth)
      entries.append(YAMLNode.Entry(key: key, value: value))
    }
    return .mapping(entries)
  }

  /// Whether the collection in `column` goes on.
  private mutating func isNext(_ column: Int) throws(YAMLError) -> Bool {
    try scanner.seekToken()
    if scanner.isAtEnd || scanner.column < column { return false }
    guard scanner.column == column else { throw scanner.fault("other indentation expected") }
    return true
  }

  /// A key that begins with a question mark; its value's colon is taken, too.
  private mutating func explicitKey(_ column: Int, _ depth: Int) throws(YAMLError) -> Name {
    scanner.position += 1
    let node = try block(least: column + 1, depth: depth + 1)
    guard case .string(let key) = node else { throw scanner.fault("a key must be a text") }
    guard try isNext(column), scanner.isEntry(":") else { throw scanner.fault("':' expected") }
    scanner.position += 1
    return key
  }

  /// What belongs to a key of a mapping in `column`, behind its colon.
  ///
  /// Only behind an explicit key a block collection may begin on the line of the colon.
  private mutating func value(
    of column: Int, isExplicit: Bool, depth: Int
  ) throws(YAMLError) -> YAMLNode {
    scanner.skipSpaces()
    if !scanner.isAtLineEnd && !isExplicit {
      return try inline(parent: column, depth: depth + 1)
    }
    try scanner.seekToken()
    if !scanner.isAtEnd, scanner.column == column, scanner.isEntry("-") {
      return try sequence(at: column, depth: depth + 1)
    }
    return try block(least: column + 1, depth: depth + 1)
  }

  // MARK: Scalars and flow collections

  /// A scalar or flow collection below something in column `parent`.
  private mutating func inline(parent: Int, depth: Int) throws(YAMLError) -> YAMLNode {
    switch scanner.byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let text = try scanner.quoted()
      try scanner.endLine()
      return .string(Name(text))
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      let node = try flow(depth: depth)
      try scanner.endLine()
      return node
    case UInt8(ascii: "|"), UInt8(ascii: ">"):
      return .string(Name(try scanner.blockScalar(parent: parent)))
    default:
      return YAMLNode(plain: try scanner.plain(parent: parent))
    }
  }

  private mutating func flow(depth: Int) throws(YAMLError) -> YAMLNode {
    guard depth < YAMLReader.deepest else { throw scanner.fault("nested too deeply") }
    switch scanner.byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(Name(try scanner.quoted()))
    case UInt8(ascii: "["): return try flowSequence(depth)
    case UInt8(ascii: "{"): return try flowMapping(depth)
    default: return YAMLNode(plain: try scanner.flowPlain())
    }
  }

  private mutating func flowSequence(_ depth: Int) throws(YAMLError) -> YAMLNode {
    var elements: [YAMLNode] = []
    scanner.position += 1
    while try !scanner.take("]") {
      elements.append(try flow(depth: depth + 1))
      if try !scanner.take(",") {
        guard try scanner.take("]") else { throw scanner.fault("',' or ']' expected") }
        break
      }
    }
    return .sequence(elements)
  }

  private mutating func flowMapping(_ depth: Int) throws(YAMLError) -> YAMLNode {
    var entries: [YAMLNode.Entry] = []
    var keys: Set<Name> = []
    scanner.position += 1
    while try !scanner.take("}") {
      let key = Name(try scanner.isQuote ? scanner.quoted() : scanner.flowPlain())
      guard keys.insert(key).inserted else { throw scanner.fault("the same key twice") }
      guard try scanner.take(":") else { throw scanner.fault("':' expected") }
      try scanner.seekToken()
      let isEmpty = scanner.byte == UInt8(ascii: ",") || scanner.byte == UInt8(ascii: "}")
      let value = isEmpty ? YAMLNode.literal("") : try flow(depth: depth + 1)
      entries.append(YAMLNode.Entry(key: key, value: value))
      if try !scanner.take(",") {
        guard try scanner.take("}") else { throw scanner.fault("',' or '}' expected") }
        break
      }
    }
    return .mapping(entries)
  }
}
